"""Funding schemes: the directory, one scheme, the export instruments by phase (SYS-39, SYS-40)."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import requires
from aict.accounts.enums import Ability
from typology.funding_filters import FundingSchemeFilter
from typology.models import FundingCall, FundingScheme


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    filters = FundingSchemeFilter(request.GET, FundingScheme.objects.for_list(), request=request)
    page = registers.page_of(request, filters.qs)
    return render(request, "typology/scheme_list.html", {"filters": filters, "page": page})


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    scheme = get_object_or_404(FundingScheme.objects.for_list(), code=code)
    calls = FundingCall.objects.for_collectivity(request.access.collectivity).filter(scheme=scheme).for_list()
    context = {
        "scheme": scheme,
        "predecessors": list(scheme.predecessors.current()),
        "parts": list(scheme.parts.current()),
        "calls": list(calls),
        "on": timezone.localdate(),
    }
    return render(request, "typology/scheme_detail.html", context)


@require_safe
@requires(Ability.VIEW)
def export_table(request: HttpRequest) -> HttpResponse:
    """The sixteen instruments of the guide in their three phases, in the order of an export project."""
    rows = FundingScheme.objects.for_list().instruments()
    phases = [(phase, list(group)) for phase, group in groupby(rows, key=lambda row: row.phase)]
    return render(request, "typology/scheme_export_table.html", {"phases": phases})
