"""Tracks: one lane per stage, a mark for each dated entry, so that one sees where something stands and how it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from aict.ui.colors import PALETTE
from aict.ui.svg import FONT, clean, join, pct, tag, text_at
from aict.ui.typography import NBSP

_HEIGHT, _MIDDLE, _RADIUS = 28, 14, 6  # px
_MARGIN = 2.0  # percent kept free at both ends, so that a mark of the first day is whole


@dataclass(frozen=True)
class Mark:
    """An entry of a day; hollow tells one kind from the other without a colour."""

    day: date
    hollow: bool = False


@dataclass(frozen=True)
class Track:
    """One stage: its name, a word under it, its entries, and whether it is the present one."""

    label: str
    note: str
    marks: Sequence[Mark]
    is_current: bool = False


def tracks(
    lanes: Sequence[Track], *, today: date, title: str, description: str, full: str, hollow: str,
    accent: str = PALETTE["accent"],
) -> SafeString:  # fmt: skip
    """Lanes over whole years, from the first entry to the last or to today; `full` and `hollow` name the two marks."""
    days = [mark.day for lane in lanes for mark in lane.marks] or [today]
    first, last = date(min(days).year, 1, 1), date(max([*days, today]).year, 12, 31)
    drawing = join([_axis(first, last), *(_lane(lane, first, last, accent) for lane in lanes)])
    named = tag("div", drawing, role="img", aria_label=f"{clean(title)}. {clean(description)}")
    return join([named, _legend(full, hollow, accent)])


def _at(day: date, first: date, last: date) -> float:
    return _MARGIN + (100 - 2 * _MARGIN) * (day - first).days / max((last - first).days, 1)


def _row(css: str, name: object, height: int, content: object) -> SafeString:
    drawing = tag(
        "svg", content, class_="chart", width="100%", height=height, aria_hidden="true", font_family=FONT, font_size=13
    )
    return tag("div", name, tag("div", drawing), class_=css)


def _axis(first: date, last: date) -> SafeString:
    span = last.year - first.year + 1
    step = next(size for size in (1, 2, 5, 10, 50, 10_000) if span / size <= 6)
    ticks = []
    for order, year in enumerate(range(first.year, last.year + 1, step)):
        x = pct(_at(date(year, 1, 1), first, last))
        ticks.append(tag("line", x1=x, x2=x, y1=17, y2=22, stroke=PALETTE["ink-400"]))
        ticks.append(text_at(x, 13, year, css="tick2" if order % 2 else None))
    return _row("lane axis", tag("span", "", class_="d-none d-sm-block"), 22, join(ticks))


def _lane(lane: Track, first: date, last: date, accent: str) -> SafeString:
    line = tag(
        "line", x1="0%", x2="100%", y1=_MIDDLE, y2=_MIDDLE, stroke=PALETTE["line-strong"],
        stroke_width=3 if lane.is_current else 1,
    )  # fmt: skip
    marks = [_mark(pct(_at(mark.day, first, last)), mark.hollow, accent) for mark in lane.marks]
    label = tag("b", clean(lane.label)) if lane.is_current else clean(lane.label)
    count = len(lane.marks)
    told = [f"{count}{NBSP}participation{'s' if count > 1 else ''}" if count else "pas encore", clean(lane.note)]
    name = tag("span", label, tag("small", ", ".join(word for word in told if word)))
    return _row("lane", name, _HEIGHT, join([line, *marks]))


def _mark(x: str, hollow: bool, accent: str) -> SafeString:
    look = {"fill": PALETTE["surface"], "stroke": accent} if hollow else {"fill": accent, "stroke": PALETTE["surface"]}
    return tag("circle", cx=x, cy=_MIDDLE, r=_RADIUS, stroke_width=2, **look)


def _legend(full: str, hollow: str, accent: str) -> SafeString:
    def sign(is_hollow: bool) -> SafeString:
        return tag("svg", _mark("8", is_hollow, accent), width=16, height=_HEIGHT, aria_hidden="true")

    return tag(
        "p", tag("span", sign(False), " ", full), " ", tag("span", sign(True), " ", hollow), class_="track-legend"
    )
