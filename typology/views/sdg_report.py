"""The report of actions by sustainable development goal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from typology.models import Action
from typology.sdg_report import SdgReportFilter, report


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    collectivity = request.access.collectivity
    filters = SdgReportFilter(request.GET, Action.objects.for_collectivity(collectivity), request=request)
    year = filters.form.cleaned_data.get("year") if filters.form.is_valid() else None
    context = {"filters": filters, "year": year, "report": report(filters.qs, year=year, accent=collectivity.accent)}
    return render(request, "typology/sdg_report.html", context)
