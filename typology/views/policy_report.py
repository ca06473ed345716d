"""The report of expenses by public policy (SYS-28)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from aict.accounts.registers import page_of
from typology import money_exports, policy_report
from typology.aid_filters import ExpenseFilter
from typology.models import Action


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    lines = filters.lines()
    report = policy_report.report(lines)
    context = {
        "filters": filters,
        "report": report,
        "drawing": report.drawing(request.access.collectivity.accent),
        "page": page_of(request, policy_report.unattached_lines(lines), count=report.unattached.count),
    }
    return render(request, "typology/budget_report.html", context)


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    return money_exports.policies(policy_report.report(_filters(request).lines()), format)


def _filters(request: HttpRequest) -> ExpenseFilter:
    actions = Action.objects.for_collectivity(request.access.collectivity)
    return ExpenseFilter(request.GET, actions, request=request)
