"""The values of one indicator over the years: one series per thing counted, gaps shown as gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from aict.ui import charts
from aict.ui.tables import ChartTable
from evaluation.enums import MeasureState
from evaluation.models import Indicator, Measure

LONGEST = 40  # years drawn one by one; beyond, only the years that have a value
MOST_CHARTS = 6  # drawn on one page; every value is in the table all the same


@dataclass(frozen=True)
class Series:
    """One curve: what it counts, its drawing and its table."""

    title: str
    drawing: SafeString
    table: ChartTable


def series(indicator: Indicator, measures: Iterable[Measure], *, accent: str) -> list[Series]:
    """The curves that measures (oldest first) allow: same place, action, scope and unit, two years at least.

    A returned value is left out; a year without value is a gap, never a zero.
    """
    groups: dict[tuple[str, str, str, str], dict[int, Decimal]] = {}
    for row in measures:
        if row.state != MeasureState.RETURNED:
            place = row.territory.name if row.territory_id else ""
            key = (place, row.action.title if row.action_id else "", row.scope, row.unit)
            groups.setdefault(key, {})[row.year] = row.value
    kept = [(key, values) for key, values in groups.items() if len(values) > 1]
    return [_drawn(indicator, key, values, accent, rank) for rank, (key, values) in enumerate(kept[:MOST_CHARTS], 1)]


def _drawn(
    indicator: Indicator, key: tuple[str, str, str, str], values: dict[int, Decimal], accent: str, rank: int
) -> Series:
    *counted, unit = key
    title = ", ".join(part for part in counted if part) or "Ensemble du territoire"
    first, last = min(values), max(values)
    years = range(first, last + 1) if last - first < LONGEST else sorted(values)
    points = [(str(year), values.get(year)) for year in years]
    lacking = sum(value is None for _, value in points)
    description = f"De {first} à {last}, {len(values)} valeurs connues, {lacking} années sans valeur."
    drawing = charts.line(
        points, title=f"{indicator.label} : {title}", description=description, chart_id=f"serie-{rank}", unit=unit,
        accent=accent,
    )  # fmt: skip
    return Series(title, drawing, charts.line_table(points, title=f"{indicator.label} : {title}", unit=unit))
