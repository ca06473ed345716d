"""The quadrant: numbered points on two criteria, the corner that comes first shaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from aict.ui.colors import PALETTE
from aict.ui.svg import clamp, clean, frame, join, mark, pct, tag, text_at
from aict.ui.tables import ChartTable
from aict.ui.typography import number

Number = Decimal | float | int
HEIGHT = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 5.0, 97.0, 24.0, 276.0  # %, %, px, px
_NOMINAL = 560  # px: width at which marks are kept apart
_APART = 23.0  # px between two marks
# Where a mark goes, in steps, when another stands at its place.
_BESIDE = (
    (0, 0),
    (0, 1),
    (-1, 0),
    (1, 0),
    (0, -1),
    (-1, 1),
    (1, 1),
    (-1, -1),
    (1, -1),
    (0, 2),
    (-2, 0),
    (2, 0),
    (0, -2),
)
_SHAPES = ("disc", "square", "diamond", "triangle")
_PATHS = {
    "square": "M-10-10h20v20h-20z",
    "diamond": "M0-14l14 14-14 14-14-14z",
    "triangle": "M0-15l15 25h-30z",
}


@dataclass(frozen=True)
class QuadrantPoint:
    """A named point; a criterion that is None is missing, and the point is listed but not drawn."""

    label: str
    x: Number | None
    y: Number | None
    group: str = ""


def quadrant_groups(
    points: Sequence[QuadrantPoint], *, accent: str = PALETTE["accent"]
) -> list[tuple[SafeString, str]]:
    """The legend: shape and name of each group, in order of first appearance."""
    return [(mark(*_look(order, accent)), clean(name)) for order, name in enumerate(_names(points)) if name]


def quadrant_table(points: Sequence[QuadrantPoint], *, title: str, x_label: str, y_label: str) -> ChartTable:
    """The figures of the quadrant, with the numbers of its marks."""
    grouped = any(point.group for point in points)
    rows = []
    numbers = _numbers(points)
    for index, point in enumerate(points):
        name = f"{numbers[index]}. {clean(point.label)}" if index in numbers else f"{clean(point.label)} (non placé)"
        criteria = [None if value is None else number(value) for value in (point.x, point.y)]
        rows.append([name, point.group or "–", *criteria] if grouped else [name, *criteria])
    head = ["Nom", "Groupe", x_label, y_label] if grouped else ["Nom", x_label, y_label]
    return ChartTable(title, head, rows)


def quadrant(
    points: Sequence[QuadrantPoint], *, title: str, description: str, x_label: str, y_label: str, chart_id: str,
    maximum: Number = 5, corner: str = "", accent: str = PALETTE["accent"],
) -> SafeString:  # fmt: skip
    """Points on two scales from 0 to `maximum`, numbered in the order given, groups told apart by shape.

    `corner` names the shaded quarter, where both criteria are above the middle.
    """
    numbers, names = _numbers(points), _names(points)
    marks = []
    for index, (x, y) in _apart(points, numbers, float(maximum)).items():
        kind, color = _look(names.index(points[index].group), accent)
        figure = text_at(pct(x), y + 4.5, numbers[index], anchor="middle", fill=PALETTE["surface"], bold=True)
        marks += [_shape(kind, x, y, color), figure]
    content = join([_ground(corner, accent), _axes(x_label, y_label, float(maximum)), *marks])
    return frame(content, chart_id=chart_id, title=title, description=description, height=HEIGHT)


def _names(points: Sequence[QuadrantPoint]) -> list[str]:
    return list(dict.fromkeys(point.group for point in points))


def _look(order: int, accent: str) -> tuple[str, str]:
    return _SHAPES[order % 4], (accent, PALETTE["ink-900"], PALETTE["ink-600"], PALETTE["ink-800"])[order % 4]


def _numbers(points: Sequence[QuadrantPoint]) -> dict[int, int]:
    """Number of each point that can be drawn, from 1."""
    drawable = [index for index, point in enumerate(points) if point.x is not None and point.y is not None]
    return {index: order for order, index in enumerate(drawable, start=1)}


def _place(value: Number, maximum: float, start: float, end: float) -> float:
    return start + (end - start) * clamp(float(value) / maximum)


def _apart(points: Sequence[QuadrantPoint], numbers: dict[int, int], maximum: float) -> dict[int, tuple[float, float]]:
    """Position (%, px) of each mark; one that would hide another is put beside it."""
    placed: dict[int, tuple[float, float]] = {}
    for index in numbers:
        point = points[index]
        x = _place(point.x or 0, maximum, _LEFT, _RIGHT)
        y = _place(point.y or 0, maximum, _BOTTOM, _TOP)
        for right, down in _BESIDE:
            spot = (
                clamp(x + 100 * right * _APART / _NOMINAL, _LEFT, _RIGHT),
                clamp(y + down * _APART, _TOP - 4, _BOTTOM),
            )
            if all(_distance(spot, other) >= _APART - 1 for other in placed.values()):
                break
        else:
            spot = (x, y)
        placed[index] = spot
    return placed


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return ((one[0] - other[0]) ** 2 * (_NOMINAL / 100) ** 2 + (one[1] - other[1]) ** 2) ** 0.5


def _shape(kind: str, x: float, y: float, color: str) -> SafeString:
    """A mark of 22 px; shapes with corners sit in a nested drawing, so that their centre is a percentage."""
    look = {"fill": color, "stroke": PALETTE["surface"], "stroke_width": 2}
    if kind == "disc":
        return tag("circle", cx=pct(x), cy=y, r=11, **look)
    return tag("svg", tag("path", d=_PATHS[kind], **look), x=pct(x), y=y, overflow="visible")


def _ground(corner: str, accent: str) -> SafeString:
    middle_x, middle_y = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    dashed = {"stroke": PALETTE["ink-400"], "stroke_dasharray": "3 4"}
    shade = {"width": pct(_RIGHT - middle_x), "height": middle_y - _TOP, "fill": PALETTE["sunken"]}
    return join(
        [
            tag("rect", x=pct(middle_x), y=_TOP, **shade),
            tag("line", x1=pct(middle_x), x2=pct(middle_x), y1=_TOP, y2=_BOTTOM, **dashed),
            tag("line", x1=pct(_LEFT), x2=pct(_RIGHT), y1=middle_y, y2=middle_y, **dashed),
            text_at(pct(middle_x + 1), _TOP + 16, clean(corner, 40), fill=accent, bold=True, css="tick2"),
        ]
    )


def _axes(x_label: str, y_label: str, maximum: float) -> SafeString:
    line = {"stroke": PALETTE["ink-400"]}
    parts = [
        tag("line", x1=pct(_LEFT), x2=pct(_RIGHT), y1=_BOTTOM, y2=_BOTTOM, **line),
        tag("line", x1=pct(_LEFT), x2=pct(_LEFT), y1=_TOP, y2=_BOTTOM, **line),
        text_at(pct(_RIGHT), _BOTTOM + 38, clean(x_label, 60), anchor="end", bold=True),
        text_at(0, 13, clean(y_label, 60), bold=True),
    ]
    step = 1 if maximum <= 6 else maximum / 5
    for index in range(round(maximum / step) + 1):
        words = number(Decimal(f"{index * step:.6g}"))
        x, y = (_place(index * step, maximum, *ends) for ends in ((_LEFT, _RIGHT), (_BOTTOM, _TOP)))
        parts.append(text_at(pct(x), _BOTTOM + 18, words, anchor="middle"))
        if index:
            parts.append(text_at(pct(_LEFT - 1), y + 4, words, anchor="end"))
    return join(parts)
