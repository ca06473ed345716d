"""The world map: where a collectivité acts, one numbered mark per territory, and the list that stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from aict.ui import mapbase
from aict.ui.colors import PALETTE
from aict.ui.maplabels import Box, Mark, arc, arc_points, arrange, place_labels
from aict.ui.svg import EMPTY, clean, fig, frame, join, mark, tag

Degrees = Decimal | float | None

USES = {"cooperation": "Coopération", "prospection": "Prospection", "both": "Les deux", "home": "La collectivité"}
# Ochre is too pale under white figures: the map darkens it (5.93 to 1).
_LOOKS = {
    "cooperation": ("disc", PALETTE["cat-coo"]),
    "prospection": ("triangle", "#8a5a00"),
    "both": ("diamond", PALETTE["ink-900"]),
    "home": ("ring", PALETTE["accent"]),
}
_WINDOW = (112.0, 22.0, 940.0, 374.0)  # left, top, right, bottom of the view: widened when a point lies outside
_MARGIN = 26.0


@dataclass(frozen=True)
class MapPoint:
    """A place; `use` is cooperation, prospection, both or home. `country` (ISO alpha-2) is highlighted; when empty it
    is found from the coordinates. A place without coordinates is listed and not drawn."""

    label: str
    latitude: Degrees
    longitude: Degrees
    use: str
    country: str = ""

    @property
    def position(self) -> mapbase.Point | None:
        """Pixels of the base; None when the coordinates are missing or impossible."""
        if self.latitude is None or self.longitude is None:
            return None
        latitude, longitude = float(self.latitude), float(self.longitude)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            return None
        return mapbase.project(latitude, longitude)

    @property
    def country_code(self) -> str:
        """The country to highlight, in lower case; empty at sea."""
        if self.country or self.position is None:
            return self.country.lower()
        return mapbase.country_at(*self.position)


@dataclass(frozen=True)
class Placed:
    """A row of the list beside the map; `number` is None when the place is not drawn."""

    number: int | None
    label: str
    use: str
    use_label: str
    mark: SafeString


@dataclass(frozen=True)
class _Palette:
    sea: str | None
    lines: str
    land: str
    border: str
    partner: str
    home: str
    arc: str


def _page(accent: str) -> _Palette:
    return _Palette("#dfeaec", "#ffffff", "#ffffff", "#c4d3d6", "#b3cfd4", "#c9d3d5", accent)


def _cover(accent: str) -> _Palette:
    """White on the accent: the paler shapes let the accent through, so that any accent of a collectivité fits."""
    return _Palette(accent, "#ffffff", "#ffffff", accent, "#ffffff", "#ffffff", "#ffffff")


def placed(points: Sequence[MapPoint]) -> list[Placed]:
    """The numbered rows of the list, in the order given; a place that cannot be drawn has no number."""
    rows = []
    number = 0
    for point in points:
        drawn = point.position is not None
        number += drawn
        look = mark(*_LOOKS[point.use])
        rows.append(Placed(number if drawn else None, clean(point.label), point.use, USES[point.use], look))
    return rows


def grouped(points: Sequence[MapPoint]) -> list[tuple[SafeString, str, list[Placed]]]:
    """The rows of the list by use: mark, name of the use, rows. For templates/ui/map_list.html."""
    rows = placed(points)
    groups = []
    for use, name in USES.items():
        of_use = [row for row in rows if row.use == use]
        if of_use:
            groups.append((of_use[0].mark, name, of_use))
    return groups


def world_map(
    points: Sequence[MapPoint], *, title: str, description: str, chart_id: str, home: MapPoint | None = None,
    arcs: bool = False, labels: bool = True, palette: str = "page", accent: str = PALETTE["accent"],
) -> SafeString:  # fmt: skip
    """The map: countries of the points highlighted, numbered marks kept apart, labels where there is room.

    `palette` is "page", or "cover" for white dots on the accent with neither figures nor labels.
    """
    cover = palette == "cover"
    colors = _cover(accent) if cover else _page(accent)
    spots = [point.position for point in points]
    origin = home.position if home else None
    box = _window([spot for spot in (*spots, origin) if spot])
    parts = [_base(points, home, colors, cover=cover)]
    if arcs and origin:
        parts.append(_arcs(origin, [spot for spot in spots if spot], colors, cover=cover))
    if cover:
        parts += [tag("circle", cx=x, cy=y, r=4, fill="#ffffff") for x, y in filter(None, spots)]
    else:
        parts.append(_marks(points, home, box, accent, arcs=arcs, labels=labels))
    if origin:
        parts.append(_home_mark(origin, accent, cover=cover))
    left, top, right, bottom = box
    view = f"{fig(left)} {fig(top)} {fig(right - left)} {fig(bottom - top)}"
    return frame(join(parts), chart_id=chart_id, title=title, description=description, box=view, css="map")


def _window(spots: Sequence[mapbase.Point]) -> Box:
    left, top, right, bottom = _WINDOW
    for x, y in spots:
        left, right = min(left, x - _MARGIN), max(right, x + _MARGIN)
        top, bottom = min(top, y - _MARGIN), max(bottom, y + _MARGIN)
    return max(left, 0), max(top, 0), min(right, mapbase.WIDTH), min(bottom, mapbase.HEIGHT)


def _base(points: Sequence[MapPoint], home: MapPoint | None, colors: _Palette, *, cover: bool) -> SafeString:
    """Sea, graticule, land, then the countries of the points."""
    partners = {point.country_code for point in points if point.position}
    own = home.country_code if home else ""
    outlines = mapbase.outlines()
    chosen = "".join(outlines.get(code, "") for code in sorted(partners - {own}))
    layers = [
        tag("path", d=mapbase.graticule(), fill="none", stroke=colors.lines, stroke_width=2,
            stroke_opacity=0.16 if cover else None),
        tag("path", d=mapbase.land(), fill=colors.land, stroke=colors.border, fill_opacity=0.13 if cover else None),
        tag("path", d=chosen, fill=colors.partner, stroke="#ffffff", fill_opacity=0.1 if cover else None,
            stroke_opacity=0 if cover else None) if chosen else EMPTY,
        tag("path", d=outlines[own], fill=colors.home, stroke="#ffffff") if own in outlines and not cover else EMPTY,
    ]  # fmt: skip
    sea = tag("rect", width=mapbase.WIDTH, height=mapbase.HEIGHT, fill=colors.sea)
    return join([sea, tag("g", *layers, transform=f"scale({1 / mapbase.SCALE:g})")])


def _arcs(origin: mapbase.Point, spots: Sequence[mapbase.Point], colors: _Palette, *, cover: bool) -> SafeString:
    path = "".join(arc(origin, spot) for spot in spots)
    look = {"stroke_width": 1.6} if cover else {"stroke_width": 1.3, "stroke_opacity": 0.7}
    return tag("path", d=path, fill="none", stroke=colors.arc, **look)


def _marks(
    points: Sequence[MapPoint], home: MapPoint | None, box: Box, accent: str, *, arcs: bool, labels: bool
) -> SafeString:  # fmt: skip
    """Numbered marks, then the names around them."""
    drawn = [(point, point.position) for point in points]
    located = [(point, spot) for point, spot in drawn if spot]
    origin = home.position if home else None
    marks = arrange([spot for _, spot in located], obstacle=origin)
    parts = [_leader(item) for item in marks if item.moved]
    for number, ((point, _), item) in enumerate(zip(located, marks, strict=True), start=1):
        parts.append(_mark(point.use, number, item))
    if labels and marks:
        names = [clean(point.label, 26) for point, _ in located]
        curves = [arc_points(origin, spot) for _, spot in located] if arcs and origin else []
        lead = (clean(home.label, 26), origin) if home and origin else None
        parts += [_label(*spot, accent) for spot in place_labels(marks, names, box=box, home=lead, curves=curves)]
    return join(parts)


def _leader(item: Mark) -> SafeString:
    """From a mark that had to move to the place it stands for."""
    ink = PALETTE["ink-900"]
    line = tag("line", x1=item.true_x, y1=item.true_y, x2=item.x, y2=item.y, stroke=ink, stroke_width=1)
    return join([line, tag("circle", cx=item.true_x, cy=item.true_y, r=2, fill=ink)])


def _mark(use: str, number: int, item: Mark) -> SafeString:
    kind, color = _LOOKS[use]
    x, y, r = item.x, item.y, item.radius
    look = {"fill": color, "stroke": "#ffffff", "stroke_width": 1.5}
    baseline = y + r * 0.45
    if kind == "disc":
        drawing = tag("circle", cx=x, cy=y, r=r, **look)
    elif kind == "diamond":
        d = fig(r * 1.27)
        drawing = tag("path", d=f"M{fig(x)},{fig(y - r * 1.27)}l{d},{d}l-{d},{d}l-{d}-{d}z", **look)
    else:
        half, height = r * 1.36, r * 2.25
        start = f"M{fig(x)},{fig(y - r * 1.32)}"
        drawing = tag("path", d=f"{start}l{fig(half)},{fig(height)}h-{fig(2 * half)}z", **look)
        baseline = y + r * 0.7
    if r < 7:
        return drawing
    size = {"font_size": round(r * 1.25, 1), "font_weight": 700, "text_anchor": "middle"}
    return join([drawing, tag("text", number, class_="n", x=x, y=baseline, fill="#ffffff", **size)])


def _label(words: str, x: float, y: float, anchor: str, is_home: bool, accent: str) -> SafeString:
    """A name and its halo, drawn twice: the PDF does not know paint-order."""
    look = {"class_": "map-label", "x": x, "y": y, "text_anchor": anchor, "font_size": 15, "font_weight": 700}
    halo = {"fill": "#f4f9fa", "stroke": "#f4f9fa", "stroke_width": 3.5, "stroke_linejoin": "round"}
    ink = accent if is_home else PALETTE["ink-900"]
    return join([tag("text", words, **look, **halo), tag("text", words, **look, fill=ink)])


def _home_mark(origin: mapbase.Point, accent: str, *, cover: bool) -> SafeString:
    x, y = origin
    if cover:
        return tag("circle", cx=x, cy=y, r=6, fill=accent, stroke="#ffffff", stroke_width=3)
    return tag("circle", cx=x, cy=y, r=4.5, fill="#ffffff", stroke=accent, stroke_width=3)
