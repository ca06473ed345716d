"""What a check found: how grave, what, where, and the place that mends it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from strategy.enums import Severity
from strategy.steps import BY_SLUG, Step

_WORDS = {Severity.BLOCAGE: "Bloquant", Severity.ALERTE: "Alerte", Severity.INFO: "À savoir"}
_TONES = {Severity.BLOCAGE: "danger", Severity.ALERTE: "warn", Severity.INFO: "info"}


@dataclass(frozen=True)
class Place:
    """What a finding speaks of: a row of the step, a row of a register, or something that lacks (no pk)."""

    ref: str
    label: str
    pk: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """One check that fired."""

    code: str
    severity: Severity
    step_slug: str
    message: str
    places: tuple[Place, ...] = ()
    field: str = ""

    @property
    def step(self) -> Step:
        return BY_SLUG[self.step_slug]

    @property
    def word(self) -> str:
        return _WORDS[self.severity]

    @property
    def tone(self) -> str:
        return _TONES[self.severity]

    @property
    def is_blocking(self) -> bool:
        return self.severity == Severity.BLOCAGE

    @property
    def where(self) -> str:
        """The places in words: three at most, then how many more."""
        labels = [place.label for place in self.places]
        more = len(labels) - 3
        return ", ".join(labels[:3]) + (f" et {more} de plus" if more > 0 else "")

    def url(self, strategy_pk: int) -> str:
        """Where to mend it: the field of the first row concerned, else the register, else the step."""
        first = self.places[0] if self.places else None
        if first and first.url:
            return first.url
        base = reverse("strategy:step", args=[strategy_pk, self.step_slug])
        if first and first.pk:
            return f"{base}?ligne={first.pk}#{'id_' + self.field if self.field else 'ligne'}"
        return f"{base}?ligne=nouvelle#ligne"


def in_words(findings: list[Finding]) -> str:
    """« 1 blocage, 2 alertes »; empty when nothing fired."""
    counts = [(severity, sum(f.severity == severity for f in findings)) for severity in Severity]
    nouns = {Severity.BLOCAGE: "blocage", Severity.ALERTE: "alerte", Severity.INFO: "information"}
    return ", ".join(f"{count} {nouns[severity]}{'s' if count > 1 else ''}" for severity, count in counts if count)
