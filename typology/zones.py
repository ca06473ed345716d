"""Which zone of a fiche a country belongs to (SYS-12; guide, fiches 1 and 2, « Où »): proposed, never imposed.

The guide names zones by words; the readings of those words are ours, by UN sub-region or by country. Fiche 3 tells
a history of cooperation, not a geography of today: nothing is proposed for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aict.ui.typography import fold
from partners.models import Country, Territory
from typology.models import TargetZone

Holds = Callable[[Country], bool]

MAGHREB = {"dz", "ly", "ma", "mr", "tn"}
_CAUCASUS = {"am", "az", "ge"}


def _among(*codes: str) -> Holds:
    return lambda country: country.code in codes


def _in(*subregions: str) -> Holds:
    return lambda country: country.subregion in subregions


def _south_of_sahara(country: Country) -> bool:
    north = country.subregion == "Afrique septentrionale" and country.code != "sd"
    return country.continent == "Afrique" and not north and country.code not in MAGHREB | {"za"}


def _middle_east(country: Country) -> bool:
    west = country.subregion == "Asie de l’Ouest" and country.code not in _CAUCASUS and not country.in_eu
    return west or country.code in {"eg", "ir"}


# The narrow readings first: Morocco is of the Maghreb, Germany is of Europe before it is of the OECD.
PLACES: Mapping[str, Holds] = {
    "Maghreb": _among(*MAGHREB),
    "Afrique du Sud": _among("za"),
    "Chine": _among("cn"),
    "Corée": _among("kr"),
    "Japon": _among("jp"),
    "Europe (opérations intra-européennes)": lambda country: country.continent == "Europe" or country.in_eu,
    "pays de l’OCDE": lambda country: country.in_oecd,
    "Amérique latine": _in("Amérique centrale", "Amérique du Sud", "Caraïbes"),
    "Afrique subsaharienne": _south_of_sahara,
    "Moyen-Orient": _middle_east,
    "Asie centrale": _in("Asie centrale"),
    "Asie du Sud": lambda country: country.subregion == "Asie du Sud" and country.code != "ir",
}
# Fiche 2 names its places in headings.
HEADINGS: Mapping[str, Holds] = {
    "fiche-2-france-ocde": lambda country: country.in_oecd,
    "fiche-2-intermediaires-sud": lambda country: not country.in_oecd,
}


@dataclass(frozen=True)
class Reading:
    """A zone that holds a country, and the words of the fiche that say so (empty: the zone as a whole)."""

    country: Country
    zone: TargetZone
    words: str

    @property
    def sentence(self) -> str:
        """« Maroc : Maghreb (cibles récurrentes) »."""
        if not self.words:
            return f"{self.country} : {self.zone.label}"
        label = self.zone.label
        return f"{self.country} : {self.words} ({label[:1].lower()}{label[1:]})"


def readings(country: Country, zones: Sequence[TargetZone]) -> list[Reading]:
    """The zones, among those of one fiche, that hold a country; the likeliest first."""
    by_words = {words: zone for zone in zones if zone.group == "zones" for words in zone.items}
    found = [
        Reading(country, by_words[words], words) for words in PLACES if words in by_words and PLACES[words](country)
    ]
    whole = [zone for zone in zones if zone.code in HEADINGS and HEADINGS[zone.code](country)]
    return found + [Reading(country, zone, "") for zone in whole]


def proposed(place: Territory | Country | None, zones: Sequence[TargetZone]) -> Reading | None:
    """The zone to propose for a place, among those of one fiche; None when the fiche says nothing of it."""
    if place is None:
        return None
    if isinstance(place, Territory):
        if place.is_own:
            own = next((zone for zone in zones if zone.is_own_territory), None)
            return Reading(place.country, own, "") if own else None
        place = place.country
    return next(iter(readings(place, zones)), None)


def country_named(words: str) -> Country | None:
    """The country that a name or a two-letter code tells, whatever its accents and capitals; None when none does."""
    wanted = fold(words.replace("\x00", ""))
    if not wanted:
        return None
    rows = Country.objects.current()
    return next((row for row in rows if wanted in (fold(row.label), row.code)), None)
