"""The budget of an action: what the collectivité and the others plan and pay, missing amounts told as such."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from typology.models import BudgetLine


@dataclass(frozen=True)
class Sums:
    """Euros planned and paid on some lines; None when no line gives an amount. `lacking`: lines without one."""

    label: str
    planned: Decimal | None
    actual: Decimal | None
    planned_lacking: int
    actual_lacking: int


@dataclass(frozen=True)
class Budget:
    """The lines of an action and their sums: the collectivité's own, the others', all."""

    lines: Sequence[BudgetLine]
    sums: Sequence[Sums]


def budget(lines: Iterable[BudgetLine]) -> Budget:
    """Sums of the lines of one action, in euros."""
    rows = list(lines)
    own = [row for row in rows if row.is_own]
    others = [row for row in rows if not row.is_own]
    sums = [_sums("Collectivité", own), _sums("Autres financeurs", others), _sums("Total", rows)]
    return Budget(rows, sums)


def _sums(label: str, rows: Sequence[BudgetLine]) -> Sums:
    planned = [row.planned for row in rows if row.planned is not None]
    actual = [row.actual for row in rows if row.actual is not None]
    return Sums(
        label,
        sum(planned, Decimal(0)) if planned else None,
        sum(actual, Decimal(0)) if actual else None,
        len(rows) - len(planned),
        len(rows) - len(actual),
    )
