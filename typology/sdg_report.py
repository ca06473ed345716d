"""Actions and planned euros by sustainable development goal (SYS-49)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.safestring import SafeString

from aict.ui import charts
from typology.filters import ActionFilter
from typology.models import Action, Sdg
from typology.models.actions import ActionQuerySet


class SdgReportFilter(ActionFilter):
    """The filters of the list that the report keeps."""

    KEPT = ("category", "year", "economic")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept: Any = self
        kept.filters = OrderedDict((name, kept.filters[name]) for name in self.KEPT)


@dataclass(frozen=True)
class SdgRow:
    """A goal: how many actions serve it, and what all funders plan for them, in euros (None: nothing known)."""

    sdg: Sdg
    count: int
    planned: Decimal | None
    drawing: SafeString


@dataclass(frozen=True)
class SdgReport:
    """The goals that are served, by number; those that are not; the actions that name none."""

    rows: Sequence[SdgRow]
    unserved: Sequence[Sdg]
    actions: int
    without: int
    without_planned: Decimal | None

    @property
    def tagged(self) -> int:
        """How many actions name at least one goal."""
        return self.actions - self.without


def report(actions: ActionQuerySet, *, year: int | None, accent: str) -> SdgReport:
    """The report of these actions, in three queries. `year`: only the amounts planned for that year are added.

    An action that serves two goals counts under both: the lines do not add up to the total.
    """
    amounts = Sum("budget_lines__planned", filter=Q(budget_lines__year=year) if year else None)
    kept = Action.objects.filter(pk__in=actions.order_by().values("pk"))  # a filter may have joined other rows
    lines: dict[Any, dict[str, Any]] = {
        line["sdgs"]: dict(line)
        for line in kept.order_by().values("sdgs").annotate(count=Count("pk", distinct=True), planned=amounts)
    }
    without = lines.pop(None, {"count": 0, "planned": None})
    widest = max((line["count"] for line in lines.values()), default=1)
    goals = list(Sdg.objects.order_by("number"))
    rows = [
        SdgRow(goal, line["count"], line["planned"], charts.bar(line["count"] / widest, color=accent))
        for goal in goals
        if (line := lines.get(goal.pk))
    ]
    return SdgReport(
        rows=rows,
        unserved=[goal for goal in goals if goal.pk not in lines],
        actions=kept.count(),
        without=without["count"],
        without_planned=without["planned"],
    )
