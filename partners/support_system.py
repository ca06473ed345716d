"""The support system on two axes, public or private, in France or abroad (SYS-14), and local corrections of it.

The printed map lost its colours and zones: a place is said by the prose, or deduced by us, or unknown; a collectivité
may correct it for itself. Everything here says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aict.accounts.models import Collectivity
from aict.ui.typography import fold
from partners.enums import ActorLocation, ActorSector
from partners.models import ActorCorrection, SupportActor

SECTORS = (ActorSector.PUBLIC, ActorSector.BOTH, ActorSector.PRIVATE)  # from top to bottom
LOCATIONS = (ActorLocation.FRANCE, ActorLocation.BOTH, ActorLocation.ABROAD, ActorLocation.UNCERTAIN)


class Basis(StrEnum):
    """What a position rests on; the value is the style of its mark."""

    SAID = "said"
    DEDUCED = "deduced"
    CORRECTED = "here"


@dataclass(frozen=True)
class Position:
    """Where an actor stands for a collectivité, and what that rests on."""

    actor: SupportActor
    sector: ActorSector
    location: ActorLocation
    is_corrected: bool
    note: str

    @classmethod
    def of(cls, actor: SupportActor) -> Position:
        """The position of a row of `placed_for`."""
        row: Any = actor
        return cls(
            actor=actor,
            sector=ActorSector(row.sector_here),
            location=ActorLocation(row.location_here),
            is_corrected=row.is_corrected,
            note=row.note_here,
        )

    @property
    def basis(self) -> Basis:
        """Corrected here; else said by the prose on both axes, or deduced on one at least."""
        if self.is_corrected:
            return Basis.CORRECTED
        return Basis.DEDUCED if self.doubts else Basis.SAID

    @property
    def doubts(self) -> str:
        """What the prose does not say: « secteur et lieu déduits »; empty when it says all, or once corrected."""
        if self.is_corrected:
            return ""
        sector, location = not self.actor.sector_is_certain, not self.actor.location_is_certain
        if self.location == ActorLocation.UNCERTAIN:
            return "secteur déduit, lieu à préciser" if sector else "lieu à préciser"
        if sector and location:
            return "secteur et lieu déduits"
        if sector or location:
            return "secteur déduit" if sector else "lieu déduit"
        return ""

    @property
    def sector_basis(self) -> str:
        """In words, what the sector rests on."""
        return self._in_words(self.actor.sector_is_certain)

    @property
    def location_basis(self) -> str:
        """In words, what the location rests on."""
        if not self.is_corrected and self.location == ActorLocation.UNCERTAIN:
            return "position de la carte perdue, aucune phrase ne la donne"
        return self._in_words(self.actor.location_is_certain)

    def _in_words(self, is_certain: bool) -> str:
        if self.is_corrected:
            return "corrigé ici"
        return "le guide le dit" if is_certain else "notre déduction"

    @property
    def map_label(self) -> str:
        """The label printed on the guide's map, when it is not the name shown."""
        return "" if fold(self.actor.map_label) == fold(self.actor.label) else self.actor.map_label


@dataclass(frozen=True)
class Zone:
    """A cell of the map."""

    sector: ActorSector
    location: ActorLocation
    positions: list[Position]

    @property
    def heading(self) -> str:
        """The column, in words: « En France », « À préciser »."""
        return column_heading(self.location)

    @property
    def is_to_specify(self) -> bool:
        """Whether nobody knows where its actors stand."""
        return self.location == ActorLocation.UNCERTAIN


@dataclass(frozen=True)
class Band:
    """A row of the map: one sector across the locations."""

    sector: ActorSector
    zones: list[Zone]


def column_heading(location: ActorLocation) -> str:
    """The heading of a column of the map."""
    return "À préciser" if location == ActorLocation.UNCERTAIN else str(location.label)


def bands(positions: Iterable[Position]) -> list[Band]:
    """The map: public, both, private from top to bottom; France, both, abroad, to specify from left to right."""
    cells: dict[tuple[ActorSector, ActorLocation], list[Position]] = {}
    for position in positions:
        cells.setdefault((position.sector, position.location), []).append(position)
    return [
        Band(sector, [Zone(sector, location, cells.get((sector, location), [])) for location in LOCATIONS])
        for sector in SECTORS
    ]


def correction_of(actor: SupportActor, collectivity: Collectivity | None) -> ActorCorrection | None:
    """The correction that this collectivité made of an actor, if any."""
    return ActorCorrection.objects.for_collectivity(collectivity).filter(actor=actor).first()
