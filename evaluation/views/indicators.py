"""The indicator library: three tables of the guide, and one page per indicator with its series."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from evaluation import series
from evaluation.enums import IndicatorTable
from evaluation.filters import IndicatorFilter
from evaluation.models import Indicator, IndicatorUse, Measure


@requires(Ability.VIEW)
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Impact, internationalisation and result indicators with their printed scores."""
    filters = IndicatorFilter(request.GET, Indicator.objects.current().select_related("category", "fiche"))
    rows = list(filters.qs)
    tables = [(table, [row for row in rows if row.table == table]) for table in IndicatorTable]
    return render(
        request,
        "evaluation/indicator_list.html",
        {
            "filters": filters,
            "tables": [(table, kept) for table, kept in tables if kept],
            "found": len(rows),
            "sort": filters.form.cleaned_data.get("sort", ""),
            "hidden": bool(filters.form.cleaned_data.get("hidden")),
        },
    )


@requires(Ability.VIEW)
def indicator_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What the guide prints, what we suggest, and the collectivité's own values."""
    collectivity = request.access.collectivity
    indicator = get_object_or_404(Indicator.objects.select_related("category", "fiche"), code=code)
    measures = list(Measure.objects.for_collectivity(collectivity).for_list().series(indicator))
    return render(
        request,
        "evaluation/indicator_detail.html",
        {
            "indicator": indicator,
            "measures": measures[::-1],
            "series": series.series(indicator, measures, accent=collectivity.accent),
            "uses": IndicatorUse.objects.for_collectivity(collectivity).following(indicator),
        },
    )
