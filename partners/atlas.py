"""What the pages of territories draw: the map of partners, the place of one, the frieze of its agreements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from aict.ui.tables import ChartTable
from aict.ui.timelines import Lane, timeline, timeline_table
from aict.ui.worldmap import USES, MapPoint, locator_map, placed, world_map
from partners import standing
from partners.models import Agreement, Territory

MARGIN_YEARS = 2  # shown beyond the last known day
ONE_PAGE = 15  # rows that are printed under the map, on the same page
MOST = 1000  # territories on one map and in its table: beyond, the reader filters


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


@dataclass(frozen=True)
class MapRow:
    """A line of the table beside the map: the figure of its mark (None when it is not drawn), and what it is for."""

    territory: Territory
    url: str
    number: int | None
    use: str
    use_label: str
    mark: SafeString
    agreement_count: int
    cover: standing.Cover


@dataclass(frozen=True)
class Atlas:
    """The map (None when nothing can be placed), and the same data as a table; `left_out`: beyond MOST."""

    drawing: SafeString | None
    rows: Sequence[MapRow]
    legend: Sequence[tuple[SafeString, str]]  # mark and name of each use that is shown
    undrawn: int
    left_out: int

    @property
    def is_short(self) -> bool:
        """Whether the map and its table are printed on one page."""
        return len(self.rows) <= ONE_PAGE


def territory_map(
    territories: Iterable[Territory], agreements: Mapping[int, Sequence[Agreement]], home: Territory | None, on: date
) -> Atlas:
    """The world map of partner territories by use, each mark leading to its page, and its table.

    `territories` are rows of `with_actions().with_use()`.
    """
    every = list(territories)
    shown = every[:MOST]
    points = [_point(row, row.use, row.get_absolute_url()) for row in shown]
    rows = []
    for territory, point, line in zip(shown, points, placed(points), strict=True):
        own = agreements.get(territory.pk, ())
        cover = standing.cover(own, on)
        rows.append(MapRow(territory, point.href, line.number, line.use, line.use_label, line.mark, len(own), cover))
    undrawn = sum(line.number is None for line in rows)
    drawing = _drawing(points, home) if undrawn < len(rows) else None
    shown_uses = {row.use: (row.mark, row.use_label) for row in rows}
    legend = [shown_uses[use] for use in USES if use in shown_uses]
    return Atlas(drawing, rows, legend, undrawn, len(every) - len(shown))


def _drawing(points: Sequence[MapPoint], home: Territory | None) -> SafeString:
    drawn = sum(point.position is not None for point in points)
    what = f"{drawn} territoires, par usage. Chaque marque" if drawn > 1 else "Un territoire. Sa marque"
    return world_map(
        points,
        title="Carte des territoires partenaires",
        description=f"{what} mène à sa page ; le tableau qui suit donne les mêmes renseignements.",
        chart_id="carte-territoires",
        home=_point(home, "home") if home else None,
    )


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


def _point(territory: Territory, use: str, href: str = "") -> MapPoint:
    code = territory.country.code
    return MapPoint(territory.name, territory.latitude, territory.longitude, use, code, href=href)


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
