"""Where marks and names go on the map, so that none hides another. Pure geometry, the same at each run."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aict.ui.svg import fig, width_of

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom

LABEL = 15.0  # px: size of a name
_ROUNDS = 60  # of pushing marks apart
_HOME_RADIUS = 6.0
_CELL = 35.0  # px: side of a cell of the map, where neighbours are looked for
# Around a mark, best first: unit vector from its centre, anchor of the text.
_SIDES = (
    (1, 0, "start"), (-1, 0, "end"), (0.75, -0.8, "start"), (0.75, 0.8, "start"), (-0.75, -0.8, "end"),
    (-0.75, 0.8, "end"), (0, 1, "middle"), (0, -1, "middle"),
)  # fmt: skip


@dataclass
class Mark:
    """A mark: where it is drawn, its radius, and the place it stands for."""

    x: float
    y: float
    radius: float
    true_x: float
    true_y: float

    @property
    def moved(self) -> bool:
        """Whether it had to leave its place, and needs a line back to it."""
        return math.hypot(self.x - self.true_x, self.y - self.true_y) > 3

    @property
    def box(self) -> Box:
        reach = self.radius * 1.2
        return self.x - reach, self.y - reach, self.x + reach, self.y + reach


def arc(start: Point, end: Point) -> str:
    """Path data of the arc between two places, bent towards the north."""
    (x1, y1), (cx, cy), (x2, y2) = start, _bend(start, end), end
    return f"M{fig(x1)},{fig(y1)}Q{fig(cx)},{fig(cy)} {fig(x2)},{fig(y2)}"


def arc_points(start: Point, end: Point) -> list[Point]:
    """Points along the arc, that names had better not cover."""
    bend = _bend(start, end)
    return [_along(start, bend, end, step / 12) for step in range(1, 12)]


def _bend(start: Point, end: Point) -> Point:
    (x1, y1), (x2, y2) = start, end
    return (x1 + x2) / 2, (y1 + y2) / 2 - min(60.0, 0.22 * math.dist(start, end))


def _along(start: Point, bend: Point, end: Point, t: float) -> Point:
    weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
    x, y = (sum(w * p[axis] for w, p in zip(weights, (start, bend, end), strict=True)) for axis in (0, 1))
    return x, y


def arrange(spots: Sequence[Point], *, obstacle: Point | None = None) -> list[Mark]:
    """One mark per place, smaller when they are many, pushed apart until none hides another.

    Beyond 60 places the marks are dots without figures and stay where they are.
    """
    count = len(spots)
    radius = 11.0 if count <= 16 else 9.0 if count <= 32 else 7.5 if count <= 60 else 4.0
    marks = [Mark(x, y, radius, x, y) for x, y in spots]
    if radius < 7:
        return marks
    for _ in range(_ROUNDS):
        pushes = [_push(one, other) for index, one in enumerate(marks) for other in marks[index + 1 :]]
        pushes += [_push_off(one, obstacle) for one in marks] if obstacle else []
        if not any(pushes):
            break
    return marks


def _push(one: Mark, other: Mark) -> bool:
    """Part two marks that overlap, each by half; whether they did."""
    apart = one.radius + other.radius + 2.5
    dx, dy = other.x - one.x, other.y - one.y
    distance = math.hypot(dx, dy)
    if distance >= apart - 0.1:
        return False
    if distance < 0.01:  # the same place: part them sideways
        dx, dy, distance = 1.0, 0.35, 1.06
    shift = (apart - distance) / 2 / distance
    one.x, one.y = one.x - dx * shift, one.y - dy * shift
    other.x, other.y = other.x + dx * shift, other.y + dy * shift
    return True


def _push_off(one: Mark, obstacle: Point) -> bool:
    """Move a mark off the mark of the collectivité, which stays."""
    apart = one.radius + _HOME_RADIUS + 2.5
    dx, dy = one.x - obstacle[0], one.y - obstacle[1]
    distance = math.hypot(dx, dy)
    if distance >= apart - 0.1:
        return False
    if distance < 0.01:
        dx, dy, distance = 0.6, 0.8, 1.0
    one.x, one.y = obstacle[0] + dx * apart / distance, obstacle[1] + dy * apart / distance
    return True


def place_labels(
    marks: Sequence[Mark], names: Sequence[str], *, box: Box, home: tuple[str, Point] | None,
    curves: Sequence[Sequence[Point]],
) -> list[tuple[str, float, float, str, bool]]:  # fmt: skip
    """(words, x, y, anchor, is home) of each name that finds room; the others are left to the numbered list.

    The most crowded marks choose first.
    """
    taken = _Taken(mark.box for mark in marks)
    lines = [point for curve in curves for point in curve]
    crowds = _crowds(marks)
    wanted: list[tuple[str, Mark, int]] = [(name, marks[index], index) for index, name in enumerate(names)]
    wanted.sort(key=lambda item: (-crowds[item[2]], item[2]))
    if home:
        words, (x, y) = home
        taken.add((x - _HOME_RADIUS, y - _HOME_RADIUS, x + _HOME_RADIUS, y + _HOME_RADIUS))
        wanted.insert(0, (words, Mark(x, y, _HOME_RADIUS, x, y), -1))
    found = []
    for words, mark, index in wanted:
        best = min((_cost(spot, taken, lines, box), order, spot) for order, spot in enumerate(_spots(words, mark)))
        cost, _, spot = best
        if cost == math.inf:
            continue
        taken.add(_extent(spot))
        words, x, y, anchor = spot
        found.append((words, x, y, anchor, index == -1))
    return found


def _crowds(marks: Sequence[Mark]) -> list[int]:
    """For each mark, how many lie in its cell of the map and in the eight around it."""
    cells = [(int(mark.x // _CELL), int(mark.y // _CELL)) for mark in marks]
    counts = Counter(cells)
    near = (-1, 0, 1)
    return [sum(counts[column + right, row + down] for right in near for down in near) for column, row in cells]


class _Taken:
    """The boxes of marks and names, found by the cells of the map that they touch."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._cells: defaultdict[tuple[int, int], list[Box]] = defaultdict(list)
        for box in boxes:
            self.add(box)

    def add(self, box: Box) -> None:
        for cell in self._touched(box):
            self._cells[cell].append(box)

    def hides(self, box: Box) -> bool:
        """Whether a box covers one of them, by more than a pixel each way."""
        left, top, right, bottom = box
        return any(
            min(right, r2) - max(left, l2) > 1 and min(bottom, b2) - max(top, t2) > 1
            for cell in self._touched(box)
            for l2, t2, r2, b2 in self._cells.get(cell, ())
        )

    @staticmethod
    def _touched(box: Box) -> Iterator[tuple[int, int]]:
        left, top, right, bottom = (int(side // _CELL) for side in box)
        return ((column, row) for column in range(left, right + 1) for row in range(top, bottom + 1))


def _spots(words: str, mark: Mark) -> list[tuple[str, float, float, str]]:
    spots = []
    for right, down, anchor in _SIDES:
        gap = mark.radius * 1.36 + 2  # clear of the corners of a triangle
        x = mark.x + right * gap
        y = mark.y + LABEL * 0.36 + down * (gap + (LABEL * 0.55 if anchor == "middle" else 1))
        spots.append((words, round(x, 1), round(y, 1), anchor))
    return spots


def _extent(spot: tuple[str, float, float, str]) -> Box:
    words, x, y, anchor = spot
    width = width_of(words, LABEL)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return left, y - LABEL * 0.8, left + width, y + LABEL * 0.25


def _cost(spot: tuple[str, float, float, str], taken: _Taken, lines: Sequence[Point], view: Box) -> float:
    """0 for a free place; infinite when a name would cover a mark, another name or leave the map."""
    box = left, top, right, bottom = _extent(spot)
    is_outside = left < view[0] + 3 or right > view[2] - 3 or top < view[1] + 3 or bottom > view[3] - 3
    if is_outside or taken.hides(box):
        return math.inf
    return 3.0 * sum(left <= x <= right and top <= y <= bottom for x, y in lines)
