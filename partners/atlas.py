"""What the pages of territories draw: the map of partners, the place of one, the frieze of its agreements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from aict.ui.tables import ChartTable
from aict.ui.timelines import Lane, timeline, timeline_table
from aict.ui.worldmap import MapPoint, grouped, locator_map, world_map
from partners import standing
from partners.models import Agreement, Territory

MARGIN_YEARS = 2  # shown beyond the last known day


@dataclass(frozen=True)
class TerritoryRow:
    """A line of the list of territories."""

    territory: Territory
    agreement_count: int
    cover: standing.Cover


def territory_rows(
    territories: Iterable[Territory], agreements: Mapping[int, Sequence[Agreement]], on: date
) -> list[TerritoryRow]:
    """Each territory with the number of its agreements and what they cover on a day."""
    rows = []
    for territory in territories:
        own = agreements.get(territory.pk, ())
        rows.append(TerritoryRow(territory, len(own), standing.cover(own, on)))
    return rows


def use_of(territory: Territory, agreements: Sequence[Agreement]) -> str:
    """« cooperation », « prospection » or « both », from what is recorded; cooperation when nothing is yet.

    Reads `action_count` and `prospecting_count` of `Territory.objects.with_actions()` (product rule 9).
    """
    cooperates = bool(agreements) or territory.action_count > territory.prospecting_count
    if territory.prospecting_count:
        return "both" if cooperates else "prospection"
    return "cooperation"


@dataclass(frozen=True)
class Atlas:
    """The map, and the list of its numbered marks by use (templates/ui/map_list.html)."""

    drawing: SafeString
    groups: Sequence[Any]


def territory_map(territories: Iterable[Territory], agreements: Mapping[int, Sequence[Agreement]]) -> Atlas | None:
    """The world map of partner territories by use; None when there is nothing to draw."""
    rows = list(territories)
    points = [_point(row, use_of(row, agreements.get(row.pk, ()))) for row in rows if not row.is_own]
    if not any(point.position for point in points):
        return None
    drawing = world_map(
        points,
        title="Carte des territoires partenaires",
        description=f"{len(points)} territoires par usage ; la liste qui suit les nomme." if len(points) > 1 else "",
        chart_id="carte-territoires",
        home=next((_point(row, "home") for row in rows if row.is_own), None),
    )
    return Atlas(drawing, grouped(points))


def place_map(territory: Territory, home: Territory | None) -> SafeString | None:
    """One territory and the way to it from the collectivité's own; None without coordinates."""
    if territory.latitude is None:
        return None
    use = "home" if territory.is_own else "cooperation"
    return locator_map(
        _point(territory, use),
        title=f"Carte : {territory.name}",
        description=territory.full_name,
        chart_id="carte-territoire",
        home=_point(home, "home") if home and home.pk != territory.pk else None,
    )


def _point(territory: Territory, use: str) -> MapPoint:
    return MapPoint(territory.name, territory.latitude, territory.longitude, use, territory.country.code)


@dataclass(frozen=True)
class Frieze:
    """A timeline and the table of its figures."""

    drawing: SafeString
    table: ChartTable


def frieze(agreements: Sequence[Agreement], on: date) -> Frieze | None:
    """The successive agreements of a territory and what they leave uncovered; None when none has effect."""
    lanes = standing.lanes(agreements)
    if not lanes:
        return None
    first, last = _bounds(lanes, on)
    gaps = len(standing.cover(agreements, on).gaps)
    drawing = timeline(
        lanes,
        first=first,
        last=last,
        today=on,
        title=f"Frise {first.year}-{last.year}",
        description=f"{len(lanes)} accord{'s' if len(lanes) > 1 else ''}, {gaps} période"
        f"{'s' if gaps > 1 else ''} non couverte{'s' if gaps > 1 else ''}.",
        chart_id="frise-accords",
    )
    return Frieze(drawing, timeline_table(lanes, today=on))


def _bounds(lanes: Sequence[Lane], on: date) -> tuple[date, date]:
    """Whole years around every term and today."""
    days = [on, *(day for lane in lanes for span in lane.spans for day in (span.start, span.end) if day)]
    first = max(min(days).year - 1, date.min.year)
    last = min(max(days).year + MARGIN_YEARS, date.max.year)
    return date(first, 1, 1), date(last, 12, 31)
