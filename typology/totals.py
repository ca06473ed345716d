"""Totals by category of a set of actions; the non-economic ones are counted apart (SYS-01)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from typology.filters import CATEGORIES
from typology.models import ActionCategory
from typology.models.actions import ActionQuerySet


@dataclass(frozen=True)
class CategoryTotal:
    """Economic actions of one category and what all funders plan for them, in euros (None: nothing known)."""

    category: ActionCategory
    count: int
    planned: Decimal | None


@dataclass(frozen=True)
class Totals:
    """The three categories, and beside them the non-economic cooperations that involve firms."""

    categories: list[CategoryTotal]
    apart: int
    apart_planned: Decimal | None

    @property
    def count(self) -> int:
        """Every action, economic or not."""
        return sum(row.count for row in self.categories) + self.apart


def totals(actions: ActionQuerySet) -> Totals:
    """The totals of these actions, in one query whatever their number."""
    counts: dict[int, int] = {}
    planned: dict[int, Decimal | None] = {}
    apart, apart_planned = 0, None
    for line in actions.tally():
        if line["economic_aim"]:
            counts[line["category"]], planned[line["category"]] = line["count"], line["planned"]
        else:
            apart += line["count"]
            if line["planned"] is not None:
                apart_planned = (apart_planned or Decimal(0)) + line["planned"]
    rows = [CategoryTotal(row, counts.get(row.pk, 0), planned.get(row.pk)) for row in CATEGORIES.all()]
    return Totals(rows, apart, apart_planned)
