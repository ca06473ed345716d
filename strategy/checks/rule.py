"""What a check is: a rule of one step that says what lacks and where, and never mends by itself.

A check takes the Material and gives the places concerned; it fires when there is at least one, or when
it gives WHOLE_STEP. Codes, severities and messages are those of the reference data (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aict.ui import typography
from strategy.enums import Severity
from strategy.findings import Place
from strategy.material import Material
from strategy.steps import Step
from typology.models import Action

Places = Iterable[Place]
Rule = Callable[[Material], Places]
WHOLE_STEP = (Place(ref="", label=""),)
NOTHING: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Check:
    """A rule of one step."""

    code: str
    step: Step
    severity: Severity
    message: str
    field: str
    find: Rule


CHECKS: list[Check] = []


def check(step: Step, code: str, severity: Severity, message: str, field: str = "") -> Callable[[Rule], Rule]:
    """Register a rule; `field` is the attribute that mends it."""

    def register(find: Rule) -> Rule:
        CHECKS.append(Check(code, step, severity, typography.french(message), field, find))
        return find

    return register


def of_row(row: Any) -> Place:
    """A row of the step."""
    return Place(ref=row.ref or f"ligne-{row.pk}", label=str(row)[:80], pk=row.pk)


def of_action(action: Action) -> Place:
    """An action of the register."""
    return Place(ref=action.ref or f"action-{action.pk}", label=action.title[:80], url=action.get_absolute_url())


def lacking(code: str, label: str) -> Place:
    """Something that no row holds."""
    return Place(ref=code, label=label)
