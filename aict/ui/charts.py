"""Charts as SVG made on the server: pure functions from frozen dataclasses to markup, the same in pages and in the PDF.

A value that is not known is drawn as missing (dotted, with the word), never as 0. Each chart has its table beside it:
the in-cell bars live in one, the others give theirs with `…_table`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString

from aict.ui.colors import PALETTE
from aict.ui.quadrants import QuadrantPoint, quadrant, quadrant_groups, quadrant_table
from aict.ui.svg import clamp, clean, fig, frame, join, pct, shape, small, tag, text_at, width_of
from aict.ui.tables import ChartTable
from aict.ui.timelines import Lane, Period, Span, coverage, timeline, timeline_table
from aict.ui.typography import NBSP, number

__all__ = [
    "BarRow", "ChartTable", "Lane", "Period", "QuadrantPoint", "Span", "bar", "bars", "bars_table", "coverage", "line",
    "line_table", "matrix_mark", "planned_bar", "progress_to_target", "quadrant", "quadrant_groups", "quadrant_table",
    "spark", "timeline", "timeline_table",
]  # fmt: skip

Number = Decimal | float | int
Points = Sequence[tuple[str, Decimal | None]]
CATEGORY_MARKS = {"int": ("square", "cat-int"), "pro": ("triangle", "cat-pro"), "coo": ("disc", "cat-coo")}
LINE_HEIGHT = 230
_PLOT = (34.0, 186.0)  # px: top and bottom of the plot of a line
_SIDES = (9.0, 95.0)  # %: first and last point
_NOMINAL = 620  # px: width at which labels are kept apart
_PHONE = 250.0  # width of a drawing on the narrowest screen, in pixels


@dataclass(frozen=True)
class BarRow:
    """One bar of a chart; `value` None is missing."""

    label: str
    value: Number | None
    color: str = PALETTE["accent"]


# --- In table cells -----------------------------------------------------------------------


def bar(share: float, *, color: str, mark: float | None = None, label: str = "") -> SafeString:
    """A bar for a table cell: `share` and `mark` from 0 to 1. The figure stands in the next cell; else give `label`."""
    content = [
        tag("rect", width="100%", height="100%", fill=PALETTE["sunken"]),
        tag("rect", width=pct(100 * clamp(share)), height="100%", fill=color),
    ]
    if mark is not None:
        content.append(_tick(100 * clamp(mark), 0, "100%", PALETTE["ink-900"], 2))
    return small(join(content), css="bar", width="100%", height=12, box=None, label=label)


def planned_bar(planned: float, actual: float, *, color: str, label: str = "") -> SafeString:
    """A bar for a table cell: outline planned, full actual, both as shares from 0 to 1 of the widest row."""
    place = {"x": "0.5%", "y": 1, "height": 18}
    outline = tag(
        "rect", **place, width=pct(99 * clamp(planned)), fill=PALETTE["surface"], stroke=color, stroke_width=1.5
    )
    full = tag("rect", **place, width=pct(99 * clamp(actual)), fill=color)
    return small(join([outline, full]), css="bar tall", width="100%", height=20, box=None, label=label)


def progress_to_target(
    *, baseline: Number | None, value: Number | None, target: Number | None, maximum: Number, title: str = "",
    accent: str = PALETTE["accent"],
) -> SafeString:  # fmt: skip
    """Grey tick start, band way done, thick tick target, on a scale from 0 to `maximum`.

    A missing value leaves a dotted line and no band; a missing start counts the way from 0.
    """
    top = float(maximum) or 1.0
    start = 100 * clamp(float(baseline or 0) / top)
    parts = [_rule(10, dashed=value is None)]
    if value is not None:
        here = 100 * clamp(float(value) / top)
        band = max(abs(here - start), 0.6)
        parts.append(tag("rect", x=pct(min(start, here, 99.4)), y=5, width=pct(band), height=10, fill=accent))
    if baseline is not None:
        parts.append(_tick(start, 3, 17, PALETTE["ink-400"], 1.5))
    if target is not None:
        parts.append(_tick(100 * clamp(float(target) / top), 0, 20, PALETTE["ink-900"], 3))
    return small(join(parts), css="bar tall", width="100%", height=20, box=None, label=title)


def spark(values: Sequence[Number | None], *, label: str, accent: str = PALETTE["accent"]) -> SafeString:
    """A small curve of 100 × 26 px; a missing value breaks it, no value at all leaves a dotted line."""
    known = [float(value) for value in values if value is not None]
    if known:
        low, spread = min(known), (max(known) - min(known)) or 1.0
        step = 92 / max(len(values) - 1, 1)
        points = [
            None if value is None else (4 + index * step, 22 - 18 * (float(value) - low) / spread)
            for index, value in enumerate(values)
        ]
        curves = [_stretch(run, accent) for run in _runs(points)]
        x, y = next(point for point in reversed(points) if point is not None)
        content = join([*curves, tag("circle", cx=x, cy=y, r=3.5, fill=accent)])
    else:
        content = tag("line", x1=4, x2=96, y1=13, y2=13, stroke=PALETTE["ink-400"], stroke_dasharray="2 3")
    return small(content, css="spark", width=100, height=26, box="0 0 100 26", label=label or "Évolution")


def matrix_mark(shapes: Sequence[str], label: str) -> SafeString:
    """The shapes of categories (`int`, `pro`, `coo`) side by side in one drawing named by `label`; a dot when none."""
    if not shapes:
        return tag("span", "·", class_="muted", aria_hidden="true")
    drawings = [
        tag("svg", shape(kind, PALETTE[color]), x=16 * index, width=12, height=12, viewBox="0 0 12 12")
        for index, (kind, color) in enumerate(CATEGORY_MARKS[code] for code in shapes)
    ]
    width = 16 * len(shapes) - 4
    return small(join(drawings), css="marks", width=width, height=12, box=f"0 0 {width} 12", label=label)


# --- Whole charts -------------------------------------------------------------------------


def line(
    points: Points, *, title: str, description: str, chart_id: str, unit: str = "", accent: str = PALETTE["accent"]
) -> SafeString:
    """A curve from 0, one point per (label, value); across a missing value the line is dotted and the word says so."""
    known = [float(value) for _, value in points if value is not None]
    if known:
        ticks = _ticks(min(0.0, *known), max(0.0, *known))
        content = join(
            [_grid(ticks, unit), _segments(points, ticks, accent), _dots(points, ticks, accent), _labels(points)]
        )
    else:
        content = text_at("50%", LINE_HEIGHT / 2, "Aucune mesure", anchor="middle")
    return frame(content, chart_id=chart_id, title=title, description=description, height=LINE_HEIGHT)


def line_table(points: Points, *, title: str, unit: str = "", head: str = "Année") -> ChartTable:
    """The figures of a line, in a table."""
    return _figures(points, title, head, unit)


def bars(rows: Sequence[BarRow], *, title: str, description: str, chart_id: str, unit: str = "") -> SafeString:
    """Horizontal bars on one scale from 0, the name and the figure above each bar."""
    known = [0.0, *(float(row.value) for row in rows if row.value is not None)]
    drawn = [_bar_row(row, 44 * index, min(known), max(known), unit) for index, row in enumerate(rows)]
    height = 44 * max(len(rows), 1)
    return frame(join(drawn), chart_id=chart_id, title=title, description=description, height=height)


def bars_table(rows: Sequence[BarRow], *, title: str, head: str, unit: str = "") -> ChartTable:
    """The figures of `bars`, in a table."""
    return _figures([(row.label, row.value) for row in rows], title, head, unit)


# --- Parts --------------------------------------------------------------------------------


def _figures(points: Sequence[tuple[str, Number | None]], title: str, head: str, unit: str) -> ChartTable:
    rows = [(label, None if value is None else number(value)) for label, value in points]
    return ChartTable(title, (head, f"Valeur ({unit})" if unit else "Valeur"), rows)


def _rule(y: float, *, dashed: bool = False) -> SafeString:
    return tag(
        "line", x1=0, x2="100%", y1=y, y2=y, stroke=PALETTE["ink-400"], stroke_dasharray="2 3" if dashed else None
    )


def _tick(x: float, top: float, bottom: float | str, color: str, width: float) -> SafeString:
    """A vertical mark, kept whole at both edges."""
    left = pct(clamp(x, 0.4, 99.6))
    return tag("line", x1=left, x2=left, y1=top, y2=bottom, stroke=color, stroke_width=width)


def _bar_row(row: BarRow, top: float, low: float, high: float, unit: str) -> SafeString:
    figure = "manquant" if row.value is None else _with_unit(row.value, unit)
    room = max(int((_NOMINAL - width_of(figure, 13)) / 7.6), 8)
    known = row.value is not None
    parts = [
        text_at(0, top + 15, clean(row.label, room), fill=PALETTE["ink-800"]),
        *_blank_behind(row.label, figure, top),
        text_at("100%", top + 15, figure, anchor="end", fill=PALETTE["ink-900"], bold=known),
    ]
    if row.value is None:
        parts.append(_rule(top + 28, dashed=True))
    else:
        spread = (high - low) or 1.0
        start, end = sorted((0.0, float(row.value)))
        place = {"y": top + 22, "height": 12}
        parts.append(tag("rect", **place, width="100%", fill=PALETTE["sunken"]))
        left, width = 100 * (start - low) / spread, 100 * (end - start) / spread
        parts.append(tag("rect", **place, x=pct(left), width=pct(width), fill=row.color))
    return join(parts)


def _blank_behind(label: str, figure: str, top: float) -> list[SafeString]:
    """On a phone, where the drawing is narrower, a long name stops before the figure."""
    width = width_of(figure, 13) + 12
    if width_of(label, 13) + width < _PHONE:
        return []
    place = {"x": "100%", "y": top, "width": round(width), "height": 21}
    return [tag("rect", **place, transform=f"translate({-round(width)})", fill=PALETTE["surface"])]


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Stretches of known neighbours."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _stretch(run: Sequence[tuple[float, float]], accent: str) -> SafeString:
    """A curve through neighbours; a dot for a value alone between two missing ones."""
    if len(run) == 1:
        return tag("circle", cx=run[0][0], cy=run[0][1], r=2, fill=accent)
    path = " ".join(f"{fig(x)},{fig(y)}" for x, y in run)
    return tag("polyline", points=path, fill="none", stroke=accent, stroke_width=2)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values that hold the data and 0."""
    raw = ((high - low) or 1.0) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= raw)
    first = math.floor(low / step)
    last = max(math.ceil(high / step), first + 1)
    return [index * step for index in range(first, last + 1)]


def _y(value: float, ticks: Sequence[float]) -> float:
    top, bottom = _PLOT
    return bottom - (bottom - top) * (value - ticks[0]) / (ticks[-1] - ticks[0])


def _x(index: int, count: int) -> str:
    left, right = _SIDES
    return pct((left + right) / 2 if count == 1 else left + (right - left) * index / (count - 1))


def _with_unit(value: Number, unit: str) -> str:
    return f"{number(value)}{NBSP}{clean(unit, 20)}" if unit else number(value)


def _grid(ticks: Sequence[float], unit: str) -> SafeString:
    lines = [text_at(0, 12, clean(unit, 40))] if unit else []
    for tick in ticks:
        y = _y(tick, ticks)
        color = PALETTE["ink-400"] if tick == 0 else PALETTE["line"]
        lines.append(tag("line", x1=0, x2="100%", y1=y, y2=y, stroke=color))
        lines.append(text_at(0, y - 4, number(Decimal(f"{tick:.10g}"))))
    return join(lines)


def _segments(points: Points, ticks: Sequence[float], accent: str) -> SafeString:
    """Full between neighbours, dotted across what is missing."""
    known = [(index, float(value)) for index, (_, value) in enumerate(points) if value is not None]
    lines = []
    for (one, start), (other, end) in pairwise(known):
        look = {"stroke": accent, "stroke_width": 2.5}
        if other > one + 1:
            look = {"stroke": PALETTE["ink-400"], "stroke_width": 1.5, "stroke_dasharray": "2 4"}
        ends = {"x1": _x(one, len(points)), "x2": _x(other, len(points)), "y1": _y(start, ticks), "y2": _y(end, ticks)}
        lines.append(tag("line", **ends, **look))
    return join(lines)


def _dots(points: Points, ticks: Sequence[float], accent: str) -> SafeString:
    """A disc and its figure where a value is known; a dotted ring on the base and the word where it is missing."""
    few = len(points) <= 8
    last = max(index for index, (_, value) in enumerate(points) if value is not None)
    drawn = []
    for index, (_, value) in enumerate(points):
        x = _x(index, len(points))
        css = None if index == last else "tick2"
        if value is None:
            y = _y(0, ticks)
            ring = {"fill": PALETTE["surface"], "stroke": PALETTE["ink-400"], "stroke_dasharray": "2 2"}
            drawn.append(tag("circle", cx=x, cy=y, r=4, **ring))
            words, ink = "manquant", PALETTE["ink-600"]
        else:
            y = _y(float(value), ticks)
            drawn.append(tag("circle", cx=x, cy=y, r=4, fill=accent))
            words, ink = number(value), PALETTE["ink-900"]
        if few or index == last:
            bold = value is not None
            drawn.append(text_at(x, y - 10, words, anchor="middle", fill=ink, bold=bold, css=css))
    return join(drawn)


def _labels(points: Points) -> SafeString:
    """As many labels of the horizontal axis as fit, the last one always."""
    names = [clean(label, 16) for label, _ in points]
    widest = max(width_of(name, 13) for name in names) + 12
    step = max(1, math.ceil(widest * len(names) / (_NOMINAL * 0.86)))
    drawn = []
    for order, index in enumerate(range(len(names) - 1, -1, -step)):
        drawn.append(
            text_at(_x(index, len(names)), 208, names[index], anchor="middle", css="tick2" if order % 2 else None)
        )
    return join(drawn)
