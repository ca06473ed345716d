"""Where each step stands: not started, incomplete, complete, and what its checks say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from strategy import checks
from strategy.enums import Severity, StepStatus
from strategy.findings import Finding, in_words
from strategy.material import Material
from strategy.steps import STEPS, Step


@dataclass(frozen=True)
class StepProgress:
    """One step of one strategy on one day."""

    step: Step
    status: StepStatus
    row_count: int
    incomplete_rows: int
    findings: tuple[Finding, ...]

    @property
    def word(self) -> str:
        """What the stepper repeats in words: the gravest thing to know, else the status."""
        if self.status == StepStatus.NOT_STARTED:
            return str(self.status.label)
        for severity in (Severity.BLOCAGE, Severity.ALERTE):
            found = [finding for finding in self.findings if finding.severity == severity]
            if found:
                return in_words(found)
        return str(self.status.label)

    def as_link(self, strategy_pk: int, *, current: bool = False) -> dict[str, Any]:
        """What templates/ui/stepper.html needs."""
        return {
            "code": self.step.code,
            "label": self.step.short_label,
            "state": self.status.value,
            "word": self.word,
            "url": reverse("strategy:step", args=[strategy_pk, self.step.slug]),
            "current": current,
        }


def of(material: Material) -> list[StepProgress]:
    """The eight steps, in order."""
    findings = checks.run(material)
    return [_of_step(step, material, findings) for step in STEPS]


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Blocking checks, then alerts, then information; the order of the guide within each."""
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _of_step(step: Step, material: Material, findings: list[Finding]) -> StepProgress:
    rows = material.of(step)
    mine = tuple(gravest_first(finding for finding in findings if finding.step_slug == step.slug))
    incomplete = sum(bool(material.missing(step, row)) for row in rows)
    if not rows:
        status = StepStatus.NOT_STARTED
    elif incomplete or any(finding.is_blocking for finding in mine):
        status = StepStatus.INCOMPLETE
    else:
        status = StepStatus.COMPLETE
    return StepProgress(step, status, len(rows), incomplete, mine)


def all_findings(steps: list[StepProgress]) -> list[Finding]:
    """Findings of every step, the gravest first."""
    return gravest_first(finding for step in steps for finding in step.findings)
