"""What actions cost by thematic public policy, the two natures apart (SYS-28; guide, fiche 3, « Combien »)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import Count, Sum
from django.utils.safestring import SafeString

from aict.ui import charts
from aict.ui.charts import BarRow
from typology.enums import LineNature
from typology.models import PublicPolicy
from typology.models.budget import BudgetLineQuerySet

UNATTACHED = "Non rattaché"
TOTAL = "Total"
APART = "Actions non économiques, hors total"


@dataclass(frozen=True)
class Amounts:
    """Euros planned and paid; None when no line gives an amount: unknown is not 0."""

    planned: Decimal | None = None
    actual: Decimal | None = None

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(_plus(self.planned, other.planned), _plus(self.actual, other.actual))


@dataclass(frozen=True)
class PolicyRow:
    """The lines that serve one policy, the two natures apart."""

    label: str
    code: str = ""
    count: int = 0
    action: Amounts = Amounts()
    investment: Amounts = Amounts()

    @property
    def total(self) -> Amounts:
        return self.action + self.investment

    def __add__(self, other: PolicyRow) -> PolicyRow:
        return PolicyRow(
            self.label,
            self.code,
            self.count + other.count,
            self.action + other.action,
            self.investment + other.investment,
        )


@dataclass(frozen=True)
class PolicyReport:
    """Each policy that some line serves, what none serves, their sum; non-economic actions beside, never in it."""

    policies: Sequence[PolicyRow]
    unattached: PolicyRow
    total: PolicyRow
    apart: PolicyRow

    @property
    def every_row(self) -> list[PolicyRow]:
        """The rows of the page and of the file, in order."""
        return [*self.policies, self.unattached, self.total, *([self.apart] if self.apart.count else [])]

    def drawing(self, accent: str) -> SafeString:
        """Planned euros by policy, unattached ones included."""
        rows = [BarRow(row.label, row.total.planned, accent) for row in (*self.policies, self.unattached) if row.count]
        described = "Une barre par politique publique, de la même échelle ; les montants sont dans le tableau."
        return charts.bars(rows, title="Prévu par politique", description=described, chart_id="policies", unit="€")


def report(lines: BudgetLineQuerySet) -> PolicyReport:
    """The report on these lines, whatever the order of their policies. Two queries."""
    policies = {row.pk: PolicyRow(row.label, row.code) for row in PublicPolicy.objects.all()}
    unattached, apart = PolicyRow(UNATTACHED), PolicyRow(APART)
    for cell in _cells(lines):
        row = _row(cell)
        if not cell["action__economic_aim"]:
            apart += row
        elif cell["policy"] is None:
            unattached += row
        else:
            policies[cell["policy"]] += row
    served = [row for row in policies.values() if row.count]
    return PolicyReport(served, unattached, reduce(PolicyRow.__add__, [*served, unattached], PolicyRow(TOTAL)), apart)


def _cells(lines: BudgetLineQuerySet) -> Iterable[dict[str, Any]]:
    grouped = lines.order_by().values("policy", "nature", "action__economic_aim")
    return grouped.annotate(count=Count("pk"), planned=Sum("planned"), actual=Sum("actual"))


def _row(cell: dict[str, Any]) -> PolicyRow:
    amounts = Amounts(cell["planned"], cell["actual"])
    if cell["nature"] == LineNature.INVESTMENT:
        return PolicyRow("", count=cell["count"], investment=amounts)
    return PolicyRow("", count=cell["count"], action=amounts)


def unattached_lines(lines: BudgetLineQuerySet) -> BudgetLineQuerySet:
    """The lines of economic actions that serve no policy yet, the latest first, with what a link to mend them shows."""
    rows = lines.filter(policy=None, action__economic_aim=True)
    return rows.select_related("action", "funder", "bearer").order_by("-year", "action__title", "pk")


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other
