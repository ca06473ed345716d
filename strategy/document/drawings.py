"""Maps, bars and marks of the document, drawn by the toolkit from frozen data."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.safestring import SafeString

from aict.ui import charts, worldmap
from aict.ui.colors import PALETTE
from aict.ui.svg import mark
from strategy.document.frozen import Frozen, Record
from strategy.document.parts import NO_DRAWING
from strategy.document.words import counted, line
from strategy.enums import TerritoryUse
from strategy.steps import C1

_USES = {
    TerritoryUse.COOPERATION: "cooperation",
    TerritoryUse.PROSPECTION: "prospection",
    TerritoryUse.BOTH: "both",
}
SHAPE_COLORS = {"int": PALETTE["cat-int"], "pro": PALETTE["cat-pro"], "coo": PALETTE["cat-coo"]}
_SHAPE_KINDS = {"int": "square", "pro": "triangle", "coo": "disc"}


def uses(data: Frozen) -> dict[str, set[str]]:
    """Uses of each territory of the register that a priority names, by its number as text."""
    found: dict[str, set[str]] = {}
    for row in data.rows(C1):
        pk, use = row.values["territory"], row.values["use"]
        if pk and use and str(pk) in data.territories:
            found.setdefault(str(pk), set()).add(use)
    return found


def merged(kinds: set[str]) -> str:
    """One use out of several priorities on the same territory."""
    return next(iter(kinds)) if len(kinds) == 1 else TerritoryUse.BOTH


def points(data: Frozen) -> list[worldmap.MapPoint]:
    """The priority territories, in the order of the priorities."""
    return [
        _point(data.territories[pk], _USES[TerritoryUse(merged(kinds))])
        for pk, kinds in uses(data).items()
        if not data.territories[pk]["is_own"]
    ]


def partners(data: Frozen) -> list[worldmap.MapPoint]:
    """Every territory that a row, an action or an agreement cites: the dots of the cover."""
    return [_point(place, "cooperation") for place in data.territories.values() if not place["is_own"]]


def _point(place: Record, use: str) -> worldmap.MapPoint:
    latitude, longitude = (None if place[axis] is None else Decimal(place[axis]) for axis in ("latitude", "longitude"))
    return worldmap.MapPoint(line(place["name"]), latitude, longitude, use, place["country"])


def _home(data: Frozen) -> worldmap.MapPoint | None:
    return _point(data.home, "home") if data.home else None


def cover_map(data: Frozen) -> SafeString:
    """White dots and arcs on the accent."""
    dots = partners(data)
    description = f"{counted(len(dots), 'territoire relié,territoires reliés')} à la collectivité"
    return worldmap.world_map(
        dots, title="Carte du monde", description=description.capitalize(), chart_id="carte-couverture",
        home=_home(data), arcs=True, labels=False, palette="cover", accent=data.accent,
    )  # fmt: skip


def uses_map(data: Frozen, *, chart_id: str, labels: bool) -> SafeString:
    """The priority territories by use; nothing when none can be placed."""
    where = points(data)
    if not any(point.position for point in where):
        return NO_DRAWING
    names = "; ".join(f"{worldmap.USES[point.use].lower()} : {point.label}" for point in where)
    return worldmap.world_map(
        where, title="Carte des territoires prioritaires par usage", description=names, chart_id=chart_id,
        home=_home(data), arcs=False, labels=labels, accent=data.accent,
    )  # fmt: skip


def uses_legend(data: Frozen, *, numbered: bool) -> tuple[tuple[SafeString, str], ...]:
    """The marks of the map; with the numbers and names of the places when the map does not write them."""
    entries = []
    for drawing, name, places in worldmap.grouped(points(data)):
        listed = ", ".join(f"{place.number}. {place.label}" if place.number else place.label for place in places)
        entries.append((drawing, f"{name} : {listed}" if numbered else name))
    return tuple(entries)


def category_legend(data: Frozen) -> tuple[tuple[SafeString, str], ...]:
    """The three shapes and their categories."""
    return tuple((mark(_SHAPE_KINDS[shape], SHAPE_COLORS[shape]), label) for _, label, shape in data.categories)


def category_marks(data: Frozen, codes: Iterable[str]) -> SafeString:
    """The shapes of these categories side by side; nothing for none."""
    wanted = set(codes)
    chosen = [(label, shape) for code, label, shape in data.categories if code in wanted]
    if not chosen:
        return NO_DRAWING
    return charts.matrix_mark([shape for _, shape in chosen], ", ".join(label for label, _ in chosen))


def category_mark(data: Frozen, code: str) -> SafeString:
    """The shape of one category, decorative: its name stands beside it."""
    shape = next((shape for found, _, shape in data.categories if found == code), "")
    return mark(_SHAPE_KINDS[shape], SHAPE_COLORS[shape]) if shape else NO_DRAWING


def budget_bar(planned: Decimal, actual: Decimal, widest: Decimal, shape: str) -> SafeString:
    """Outline planned, full actual, as shares of the widest row."""
    if not widest:
        return NO_DRAWING
    return charts.planned_bar(float(planned / widest), float(actual / widest), color=SHAPE_COLORS[shape])


def share_bar(part: Decimal | int, whole: Decimal | int, accent: str) -> SafeString:
    """A bar for a share of a total."""
    return charts.bar(float(part / whole), color=accent) if whole else NO_DRAWING
