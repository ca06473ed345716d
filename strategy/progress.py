"""Where each step stands: not started, incomplete, complete, and what its checks say."""

from __future__ import annotations

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


def _of_step(step: Step, material: Material, findings: list[Finding]) -> StepProgress:
    rows = material.of(step)
    mine = tuple(finding for finding in findings if finding.step_slug == step.slug)
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
    order = list(Severity)
    return sorted((f for step in steps for f in step.findings), key=lambda finding: order.index(finding.severity))
