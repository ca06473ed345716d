"""The three-service rule (SYS-27; guide, fiche 3, « Qui »): who must sit at the table when firms join a cooperation.

International relations bring the context, the technical service its field, economic development the sector. A seat is
taken by the lead service or by an associated one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partners.enums import ServiceFamily
from partners.models import InternalService
from typology.enums import COOPERATION
from typology.models import Action

TECHNICAL = "service-technique"


@dataclass(frozen=True)
class Seat:
    """One of the three services; `named`: in a sentence; `brings`: why; `services`: who takes the seat."""

    acronym: str
    label: str
    named: str
    brings: str
    services: Sequence[InternalService]

    @property
    def is_taken(self) -> bool:
        return bool(self.services)


@dataclass(frozen=True)
class ThreeServices:
    """The three seats of one cooperation."""

    seats: Sequence[Seat]

    @property
    def missing(self) -> list[Seat]:
        return [seat for seat in self.seats if not seat.is_taken]

    @property
    def is_full(self) -> bool:
        return not self.missing

    @property
    def kind(self) -> str:
        """For the `status` tag."""
        return "ok" if self.is_full else "danger"

    @property
    def text(self) -> str:
        """« Les trois services sont là », or who is missing."""
        if self.is_full:
            return "Les trois services sont là"
        named = [seat.named for seat in self.missing]
        return f"Il manque {', '.join(named[:-1])}{' et ' if named[1:] else ''}{named[-1]}"


def three_services(action: Action) -> ThreeServices | None:
    """The seats of a cooperation that involves economic actors; None for an action that the rule does not concern."""
    if action.category.code != COOPERATION or not action.economic_actors:
        return None
    present = [action.lead_service] if action.lead_service else []
    present += [row for row in action.associated_services.all() if row not in present]
    return ThreeServices(
        (
            _seat(_SRI, [row for row in present if row.family == ServiceFamily.SRI]),
            _seat(_ST, [row for row in present if row.code == TECHNICAL]),
            _seat(_SDE, [row for row in present if row.family == ServiceFamily.SDE]),
        )
    )


_SRI = ("SRI", "Relations internationales", "le service des relations internationales", "Le contexte international")
_ST = ("ST", "Service technique", "le service technique concerné", "Le domaine technique")
_SDE = ("SDE", "Développement économique", "le service du développement économique", "Le secteur économique")


def _seat(words: tuple[str, str, str, str], services: Sequence[InternalService]) -> Seat:
    acronym, label, named, brings = words
    return Seat(acronym, label, named, brings, services)
