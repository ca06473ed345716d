"""The fears that fiche 3 asks to assess on both sides of a cooperation with firms (SYS-25; guide, « Pourquoi »)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from typology.enums import COOPERATION, RiskSide
from typology.models import FicheOption, RiskAssessment
from typology.questions import Sheet

_PREFIX = "fiche-3-pourquoi-risques-"
# Whose fear each one is, as the guide tells it; a form proposes it, a person decides.
SIDES: Mapping[str, RiskSide] = {
    "denaturation": RiskSide.SOLIDARITY,
    "delocalisation": RiskSide.ECONOMY,
    "fuite-informations": RiskSide.ECONOMY,
    "transfert-technologies": RiskSide.ECONOMY,
    "social-washing": RiskSide.SOLIDARITY,
}


@dataclass(frozen=True)
class Risks:
    """The risks of one cooperation: those assessed, those that nobody looked at, the reason for assessing none."""

    assessed: Sequence[RiskAssessment]
    remaining: Sequence[FicheOption]
    waiver: str
    is_asked: bool  # firms take part

    @property
    def is_examined(self) -> bool:
        """At least one assessed risk, or a written reason why none is."""
        return bool(self.assessed or self.waiver)


def risks(sheet: Sheet) -> Risks | None:
    """The risks of a cooperation, one query; None for an action of another category."""
    action = sheet.action
    if action.category.code != COOPERATION:
        return None
    seen = {row.risk_id for row in sheet.risks}
    remaining = [row for row in FicheOption.objects.current().risks() if row.pk not in seen]
    return Risks(sheet.risks, remaining, action.risk_waiver.strip(), action.economic_actors)


def side_of(option: FicheOption) -> RiskSide:
    """Who fears it, as the guide tells it."""
    return SIDES.get(option.code.removeprefix(_PREFIX), RiskSide.BOTH)
