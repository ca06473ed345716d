"""What the step page shows, gathered once: rows in summary, steps around, checks, guide, suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, QueryDict
from django.utils.functional import cached_property

from aict.accounts.access import Access
from strategy import prefill, progress, steps
from strategy.findings import Finding
from strategy.forms import StepRowForm, row_form
from strategy.material import Material
from strategy.models import StepRow, StepState, Strategy
from strategy.progress import StepProgress
from strategy.steps import Step
from strategy.writing import versions
from typology.models import FicheSection


@dataclass(frozen=True)
class RowSummary:
    """A closed row: what it is, two lines about it, what it still lacks."""

    row: StepRow
    number: int
    title: str
    lines: tuple[str, ...]
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass
class StepPage:
    """One step of one strategy for one person."""

    strategy: Strategy
    step: Step
    access: Access
    material: Material
    state: StepState

    @classmethod
    def load(cls, *, strategy: Strategy, step: Step, access: Access, on: date) -> StepPage:
        """Read the strategy once; everything on the page derives from it."""
        return cls(strategy, step, access, Material.load(strategy, on), versions(strategy)[step.slug])

    @property
    def may_write(self) -> bool:
        return self.access.may(self.step.ability)

    @property
    def is_editable(self) -> bool:
        return self.may_write and self.strategy.is_editable

    @cached_property
    def progress(self) -> list[StepProgress]:
        return progress.of(self.material)

    @property
    def mine(self) -> StepProgress:
        """Progress of this step."""
        return next(item for item in self.progress if item.step is self.step)

    @property
    def stepper(self) -> list[dict[str, Any]]:
        """The eight steps for templates/ui/stepper.html."""
        return [item.as_link(self.strategy.pk, current=item.step is self.step) for item in self.progress]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Checks of this step, with the address that mends each."""
        return [{"finding": finding, "url": finding.url(self.strategy.pk)} for finding in self.mine.findings]

    @cached_property
    def guide(self) -> FicheSection | None:
        return FicheSection.objects.current().select_related("fiche").filter(code=self.step.slug).first()

    @cached_property
    def suggestions(self) -> list[prefill.Suggestion]:
        return prefill.suggestions(self.step, self.material) if self.is_editable else []

    @property
    def previous(self) -> Step | None:
        return steps.before(self.step)

    @property
    def following(self) -> Step | None:
        return steps.after(self.step)

    @cached_property
    def rows(self) -> list[RowSummary]:
        return [self._summary(number, row) for number, row in enumerate(self.material.of(self.step), start=1)]

    def _summary(self, number: int, row: StepRow) -> RowSummary:
        lines = [self.material.text(self.step, row, spec) for spec in self.step.fields if spec.in_summary]
        missing = [self.step.label(spec.name) for spec in self.material.missing(self.step, row)]
        findings = [f for f in self.mine.findings if any(place.pk == row.pk and not place.url for place in f.places)]
        facts = [] if self.is_editable else self._facts(row)
        return RowSummary(
            row=row,
            number=number,
            title=str(row),
            lines=tuple(filter(None, lines)),
            missing=tuple(missing),
            findings=tuple(findings),
            facts=tuple((label, text) for label, text in facts if text),
        )

    def _facts(self, row: StepRow) -> list[tuple[str, str]]:
        """Every field of a row, for who only reads."""
        return [(self.step.label(spec.name), self.material.text(self.step, row, spec)) for spec in self.step.fields]

    def row(self, pk: str) -> StepRow | None:
        """The row of this step with this number; None when there is none."""
        return next((row for row in self.material.of(self.step) if str(row.pk) == pk), None)

    def row_or_404(self, pk: str) -> StepRow:
        """The row of this step with this number, else 404."""
        if (row := self.row(pk)) is None:
            raise Http404
        return row

    def form(self, row: StepRow | None, data: QueryDict | None = None) -> StepRowForm:
        """The form of a row of this step, or of a new one."""
        return row_form(self.step)(data=data, instance=row, access=self.access, strategy=self.strategy)
