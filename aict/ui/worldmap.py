"""The world map: where a collectivité acts, one numbered mark per territory, and the list that stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from aict.ui import mapbase
from aict.ui.colors import PALETTE
from aict.ui.maplabels import Box, Mark, arc, arc_points, arrange, place_labels
from aict.ui.svg import clamp, clean, fig, frame, join, mark, tag

Degrees = Decimal | float | None

# Uses of a partner territory, and modes of action that aim at a place (`internationalisation`, `promotion`).
USES = {
    "internationalisation": "Internationalisation", "promotion": "Promotion", "cooperation": "Coopération",
    "prospection": "Prospection", "both": "Les deux", "home": "La collectivité",
}  # fmt: skip
# Ochre is too pale under white figures: the map darkens it (5.93 to 1).
_LOOKS = {
    "internationalisation": ("square", PALETTE["cat-int"]),
    "promotion": ("triangle", "#8a5a00"),
    "cooperation": ("disc", PALETTE["cat-coo"]),
    "prospection": ("triangle", "#8a5a00"),
    "both": ("diamond", PALETTE["ink-900"]),
    "home": ("ring", PALETTE["accent"]),
}
_WINDOW = (112.0, 22.0, 940.0, 374.0)  # left, top, right, bottom of the view: widened when a point lies outside
_MARGIN = 26.0
_WIDE, _HIGH = 828.0, 352.0  # px of drawing
_MOST_NAMED = 60  # beyond, marks are dots without figures, and names would hide the land
_CLOSEST = 70.0  # px of the base across the closest map: the outlines are not made for more


@dataclass(frozen=True)
class MapPoint:
    """A place; `use` is a key of USES. `country` (ISO alpha-2) is highlighted; when empty it is found from the
    coordinates. A place without coordinates is listed and not drawn; a whole country stands at its middle."""

    label: str
    latitude: Degrees
    longitude: Degrees
    use: str
    country: str = ""
    whole_country: bool = False
    href: str = ""  # the page of the place: its mark becomes a link

    @property
    def position(self) -> mapbase.Point | None:
        """Pixels of the base; None when the coordinates are missing or impossible."""
        if self.whole_country:
            return mapbase.middle_of(self.country.lower())
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
    """A row of the list beside the map; `number` is None for the collectivité itself and for a place not drawn."""

    number: int | None
    label: str
    use: str
    use_label: str
    mark: SafeString
    missing: bool = False


@dataclass(frozen=True)
class _Palette:
    sea: str
    lines: str
    land: str
    border: str
    partner: str
    home: str
    arc: str
    home_name: str


def _page(accent: str) -> _Palette:
    return _Palette("#dfeaec", "#ffffff", "#ffffff", "#c4d3d6", "#b3cfd4", "#c9d3d5", accent, accent)


def _cover(accent: str) -> _Palette:
    """White on the accent: the paler shapes let the accent through, so that any accent of a collectivité fits."""
    return _Palette(accent, "#ffffff", "#ffffff", accent, "#ffffff", "#ffffff", "#ffffff", accent)


def placed(points: Sequence[MapPoint]) -> list[Placed]:
    """The numbered rows of the list, in the order given; a place that cannot be drawn has no number."""
    rows = []
    count = 0
    looks = {use: mark(*look) for use, look in _LOOKS.items()}
    for point in points:
        drawn = point.position is not None
        numbered = drawn and point.use != "home"
        count += numbered
        number = count if numbered else None
        rows.append(Placed(number, clean(point.label), point.use, USES[point.use], looks[point.use], not drawn))
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
    arcs: bool = False, labels: bool = True, palette: str = "page", accent: str = PALETTE["accent"], fit: bool = False,
) -> SafeString:  # fmt: skip
    """The map: countries of the points highlighted, numbered marks kept apart, labels where there is room.

    `palette` is "page", or "cover" for white dots on the accent with neither figures nor labels. `fit` frames the
    points more closely than the whole world. A point of use home, among the points or as `home`, has no number.
    """
    cover = palette == "cover"
    home = home or next((point for point in points if point.use == "home"), None)
    points = [point for point in points if point.use != "home"]
    origin = home.position if home else None
    spots = [*(point.position for point in points), origin]
    view = View.around([spot for spot in spots if spot], fit=fit)
    colors = _cover(accent) if cover else _page(accent)
    drawing = _draw(points, home, view, colors, arcs=arcs, labels=labels, cover=cover)
    role = "group" if any(point.href for point in points) else "img"
    return frame(drawing, chart_id=chart_id, title=title, description=description, box=view.box, css="map", role=role)


def locator_map(
    point: MapPoint, *, title: str, description: str, chart_id: str, home: MapPoint | None = None,
    accent: str = PALETTE["accent"],
) -> SafeString:  # fmt: skip
    """A small map of one place, for a side card: its surroundings, and the way from the collectivité."""
    spots = [point.position, home.position if home else None]
    view = View.around([spot for spot in spots if spot], fit=True, width=400.0, height=300.0)
    home, places = (point, []) if point.use == "home" else (home, [point])
    drawing = _draw(places, home, view, _page(accent), arcs=True, labels=True, cover=False, numbered=False)
    return frame(drawing, chart_id=chart_id, title=title, description=description, box=view.box, css="map")


@dataclass(frozen=True)
class View:
    """The part of the base that is shown: its left top corner, and how many pixels of drawing one of the base takes."""

    left: float
    top: float
    zoom: float
    width: float
    height: float

    @classmethod
    def around(cls, spots: Sequence[mapbase.Point], *, fit: bool, width: float = _WIDE, height: float = _HIGH) -> View:
        """The usual window of the world, widened to the points; or, with `fit`, the closest frame around them."""
        if not fit or not spots:
            left, top, right, bottom = _window(spots)
            zoom = width / _WIDE
            return cls(left, top, zoom, (right - left) * zoom, (bottom - top) * zoom)
        xs, ys = [x for x, _ in spots], [y for _, y in spots]
        span = max((max(xs) - min(xs)) * 1.5, (max(ys) - min(ys)) * 1.6 * width / height, _CLOSEST)
        zoom = width / min(span, _WIDE)
        x, y = (max(xs) + min(xs)) / 2 - width / zoom / 2, (max(ys) + min(ys)) / 2 - height / zoom / 2
        return cls(
            clamp(x, 0, mapbase.WIDTH - width / zoom), clamp(y, 0, mapbase.HEIGHT - height / zoom), zoom, width, height
        )

    @property
    def box(self) -> str:
        """The viewBox."""
        return f"0 0 {fig(self.width)} {fig(self.height)}"

    def place(self, spot: mapbase.Point) -> mapbase.Point:
        """A point of the base, in the drawing."""
        return (spot[0] - self.left) * self.zoom, (spot[1] - self.top) * self.zoom

    def outlines(self) -> tuple[dict[str, str], int]:
        """Path data of each country, and its steps per pixel: finer when the map is close."""
        if self.zoom <= 1.6:
            return mapbase.outlines(), mapbase.SCALE
        right, bottom = self.left + self.width / self.zoom, self.top + self.height / self.zoom
        window = (math.floor(self.left), math.floor(self.top), math.ceil(right), math.ceil(bottom))
        return mapbase.fine_outlines(*window), mapbase.FINE


def _window(spots: Sequence[mapbase.Point]) -> Box:
    left, top, right, bottom = _WINDOW
    for x, y in spots:
        left, right = min(left, x - _MARGIN), max(right, x + _MARGIN)
        top, bottom = min(top, y - _MARGIN), max(bottom, y + _MARGIN)
    return max(left, 0), max(top, 0), min(right, mapbase.WIDTH), min(bottom, mapbase.HEIGHT)


def _draw(
    points: Sequence[MapPoint], home: MapPoint | None, view: View, colors: _Palette, *,
    arcs: bool, labels: bool, cover: bool, numbered: bool = True,
) -> SafeString:  # fmt: skip
    """Base, arcs, marks, names and the collectivité, one over the other."""
    located = [(point, view.place(spot)) for point in points if (spot := point.position)]
    origin = view.place(home.position) if home and home.position else None
    parts = [_base(points, home, view, colors, cover=cover)]
    if arcs and origin and located:
        parts.append(_arcs(origin, [spot for _, spot in located], colors, cover=cover))
    if cover:
        parts += [tag("circle", cx=x, cy=y, r=4, fill="#ffffff") for _, (x, y) in located]
    else:
        lead = (clean(home.label, 26), origin) if home and origin else None
        marks = arrange([spot for _, spot in located], obstacle=origin)
        parts.append(_marks([point for point, _ in located], marks, numbered=numbered))
        if labels:
            names = [clean(point.label, 26) for point, _ in located] if len(located) <= _MOST_NAMED else []
            curves = [arc_points(origin, spot) for _, spot in located] if arcs and origin else []
            frame_box = (0.0, 0.0, view.width, view.height)
            placed_names = place_labels(marks, names, box=frame_box, home=lead, curves=curves)
            css = "map-label" if numbered else None
            written = [_label(*name, colors.home_name, css=css) for name in placed_names]
            # Each name is drawn twice, and the marks say it once.
            parts.append(tag("g", *written, aria_hidden="true") if written else join([]))
    if origin:
        parts.append(_home_mark(origin, colors, cover=cover))
    return join(parts)


def _base(
    points: Sequence[MapPoint], home: MapPoint | None, view: View, colors: _Palette, *, cover: bool
) -> SafeString:
    """Sea, graticule, land, then the countries of the points."""
    outlines, steps = view.outlines()
    scale = view.zoom / steps
    own = home.country_code if home else ""
    chosen = "".join(outlines.get(code, "") for code in sorted({point.country_code for point in points} - {own}))
    border = {"stroke": colors.border, "stroke_width": 0.5 / scale}
    graticule = {"stroke": colors.lines, "stroke_width": 1 / scale, "stroke_opacity": 0.16 if cover else None}
    layers = [
        tag("path", d=mapbase.graticule(steps), fill="none", **graticule),
        tag("path", d="".join(outlines.values()), fill=colors.land, fill_opacity=0.13 if cover else None, **border),
    ]
    if chosen:
        layers.append(tag("path", d=chosen, fill=colors.partner, fill_opacity=0.1 if cover else None, **border))
    if own in outlines and not cover:
        layers.append(tag("path", d=outlines[own], fill=colors.home, **border))
    sea = tag("rect", width=view.width, height=view.height, fill=colors.sea)
    shift = f"translate({fig(-view.left * view.zoom)} {fig(-view.top * view.zoom)}) scale({scale:.5g})"
    return join([sea, tag("g", *layers, transform=shift)])


def _arcs(origin: mapbase.Point, spots: Sequence[mapbase.Point], colors: _Palette, *, cover: bool) -> SafeString:
    path = "".join(arc(origin, spot) for spot in spots)
    look = {"stroke_width": 1.6} if cover else {"stroke_width": 1.3, "stroke_opacity": 0.7}
    return tag("path", d=path, fill="none", stroke=colors.arc, **look)


def _marks(points: Sequence[MapPoint], marks: Sequence[Mark], *, numbered: bool) -> SafeString:
    """Lines back to the places that marks had to leave, then the marks, in the order of the list."""
    parts = [_leader(item) for item in marks if item.moved]
    for number, (point, item) in enumerate(zip(points, marks, strict=True), 1):
        drawing = _mark(point.use, number if numbered else None, item)
        parts.append(_link(point, drawing) if point.href else drawing)
    return join(parts)


def _link(point: MapPoint, drawing: SafeString) -> SafeString:
    """A mark that leads to the page of its place: reached by the keyboard, named when it is pointed at."""
    words = f"{clean(point.label)} : {USES[point.use].lower()}"
    return tag("a", tag("title", words), drawing, href=point.href, class_="place", aria_label=words)


def _leader(item: Mark) -> SafeString:
    """From a mark that had to move to the place it stands for."""
    ink = PALETTE["ink-900"]
    line = tag("line", x1=item.true_x, y1=item.true_y, x2=item.x, y2=item.y, stroke=ink, stroke_width=1)
    return join([line, tag("circle", cx=item.true_x, cy=item.true_y, r=2, fill=ink)])


def _mark(use: str, number: int | None, item: Mark) -> SafeString:
    kind, color = _LOOKS[use]
    x, y, r = item.x, item.y, item.radius
    look = {"fill": color, "stroke": "#ffffff", "stroke_width": 1.5}
    baseline = y + r * 0.45
    if kind == "disc":
        drawing = tag("circle", cx=x, cy=y, r=r, **look)
    elif kind == "square":
        drawing = tag("rect", x=x - r * 0.92, y=y - r * 0.92, width=r * 1.84, height=r * 1.84, **look)
    elif kind == "diamond":
        d = fig(r * 1.27)
        drawing = tag("path", d=f"M{fig(x)},{fig(y - r * 1.27)}l{d},{d}l-{d},{d}l-{d}-{d}z", **look)
    else:
        half, height = r * 1.36, r * 2.25
        start = f"M{fig(x)},{fig(y - r * 1.32)}"
        drawing = tag("path", d=f"{start}l{fig(half)},{fig(height)}h-{fig(2 * half)}z", **look)
        baseline = y + r * 0.7
    if r < 7 or number is None:
        return drawing
    size = {"font_size": round(r * 1.25, 1), "font_weight": 700, "text_anchor": "middle"}
    return join([drawing, tag("text", number, class_="n", x=x, y=baseline, fill="#ffffff", **size)])


def _label(words: str, x: float, y: float, anchor: str, is_home: bool, home_ink: str, *, css: str | None) -> SafeString:
    """A name and its halo, drawn twice: the PDF does not know paint-order."""
    look = {"class_": css, "x": x, "y": y, "text_anchor": anchor, "font_size": 15, "font_weight": 700}
    halo = {"fill": "#f4f9fa", "stroke": "#f4f9fa", "stroke_width": 3.5, "stroke_linejoin": "round"}
    ink = home_ink if is_home else PALETTE["ink-900"]
    return join([tag("text", words, **look, **halo), tag("text", words, **look, fill=ink)])


def _home_mark(origin: mapbase.Point, colors: _Palette, *, cover: bool) -> SafeString:
    x, y = origin
    if cover:
        return tag("circle", cx=x, cy=y, r=6, fill=colors.sea, stroke="#ffffff", stroke_width=3)
    return tag("circle", cx=x, cy=y, r=4.5, fill="#ffffff", stroke=colors.home_name, stroke_width=3)
