"""The timeline of agreements: one lane per agreement, then what is covered and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString

from aict.ui.colors import PALETTE
from aict.ui.svg import EMPTY, FONT, clamp, clean, hatch, identifier, join, mark, pct, tag, text_at, width_of
from aict.ui.tables import ChartTable
from aict.ui.typography import NBSP

EXTENDED = "#5b939d"  # the accent of an initial term, lighter: the term added by an amendment
_NOMINAL = 620  # px: width at which labels are kept apart
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A term, both days included; `end` None when it has no end; `extended` for the time added by an amendment."""

    start: date
    end: date | None
    extended: bool = False


@dataclass(frozen=True)
class Lane:
    """One agreement: its name, a note under it (« 2019-2027, avenant n° 1 ») and its terms."""

    label: str
    spans: Sequence[Span]
    note: str = ""


@dataclass(frozen=True)
class Period:
    """A stretch of time that is covered or not, both days included; `end` None when nothing ends it."""

    start: date
    end: date | None
    covered: bool


def coverage(lanes: Sequence[Lane], *, until: date) -> list[Period]:
    """Covered and uncovered periods in order, from the first day of the first term to `until` at least."""
    spans = sorted((span for lane in lanes for span in lane.spans), key=lambda span: span.start)
    periods: list[Period] = []
    for span in spans:
        end = span.end or date.max
        if periods and span.start <= _next(periods[-1].end):
            if end > (periods[-1].end or date.max):
                periods[-1] = Period(periods[-1].start, end, True)
            continue
        if periods:
            periods.append(Period(_next(periods[-1].end), span.start - _DAY, False))
        periods.append(Period(span.start, end, True))
    if periods and (periods[-1].end or date.max) < until:
        periods.append(Period(_next(periods[-1].end), until, False))
    return [Period(p.start, None if p.end == date.max else p.end, p.covered) for p in periods]


def duration(start: date, end: date) -> str:
    """`2 ans 2 mois`, both days included; days under one month."""
    after = end + _DAY
    months = (after.year - start.year) * 12 + after.month - start.month - (after.day < start.day)
    if months < 1:
        days = (after - start).days
        return f"{days}{NBSP}jour{'s' if days > 1 else ''}"
    years, months = divmod(months, 12)
    words = [f"{years}{NBSP}an{'s' if years > 1 else ''}"] if years else []
    return " ".join([*words, f"{months}{NBSP}mois"] if months else words)


def timeline_table(lanes: Sequence[Lane], *, today: date) -> ChartTable:
    """The periods of the timeline, for the table beside it."""
    rows = [
        (
            "Couvert" if period.covered else "Non couvert",
            f"{period.start:%d/%m/%Y}",
            f"{period.end:%d/%m/%Y}" if period.end else "sans fin",
            duration(period.start, period.end) if period.end else "",
        )
        for period in coverage(lanes, until=today)
    ]
    return ChartTable("Périodes couvertes et non couvertes", ("État", "Du", "Au", "Durée"), rows)


def timeline(
    lanes: Sequence[Lane], *, first: date, last: date, today: date, title: str, description: str, chart_id: str,
    accent: str = PALETTE["accent"],
) -> SafeString:  # fmt: skip
    """Lanes of agreements between two dates, uncovered periods hatched with their length, today dashed."""
    scale = _Scale(first, last)
    drawing = join(
        [
            _axis(scale),
            *(_lane(scale, lane, today, accent) for lane in lanes),
            _cover(scale, lanes, today, identifier(chart_id)),
        ]
    )
    named = tag("div", drawing, role="img", aria_label=f"{clean(title)}. {clean(description)}")
    return join([named, _legend(lanes, accent)])


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def at(self, day: date) -> float:
        """Percentage of the width at which a day begins."""
        length = max((self.last - self.first).days + 1, 1)
        return 100 * clamp((day - self.first).days / length)

    def bar(self, start: date, end: date | None) -> tuple[str, str]:
        """x and width of a term, both days included."""
        left = self.at(start)
        right = 100.0 if end is None or end >= self.last else self.at(end + _DAY)
        return pct(left), pct(max(right - left, 0))


def _next(day: date | None) -> date:
    return date.max if day is None or day == date.max else day + _DAY


def _row(css: str, name: object, height: int, content: object) -> SafeString:
    drawing = tag(
        "svg", content, class_="chart", width="100%", height=height, aria_hidden="true", font_family=FONT, font_size=13
    )
    # The drawing sits in a block of its own: WeasyPrint 70 fails on an image that is itself a grid item.
    return tag("div", name, tag("div", drawing), class_=css)


def _axis(scale: _Scale) -> SafeString:
    span = scale.last.year - scale.first.year + 1
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 10_000) if span / size <= 8)
    first, last = scale.first.year, min(scale.last.year, 9998)
    ticks = []
    for order, year in enumerate(year for year in range(first, last + 2) if year % step == 0):
        day = date(year, 1, 1)
        if not scale.first <= day <= scale.last + _DAY:
            continue
        x = scale.at(day)
        anchor = "start" if x < 2 else "end" if x > 97 else "middle"
        ticks.append(tag("line", x1=pct(x), x2=pct(x), y1=17, y2=22, stroke=PALETTE["ink-400"]))
        ticks.append(text_at(pct(x), 13, year, anchor=anchor, css="tick2" if order % 2 else None))
    return _row("lane axis", tag("span", "", class_="d-none d-sm-block"), 22, join(ticks))


def _today(scale: _Scale, today: date, height: int) -> SafeString:
    if not scale.first <= today <= scale.last:
        return EMPTY
    x = pct(scale.at(today))
    look = {"stroke": PALETTE["ink-900"], "stroke_width": 1.5, "stroke_dasharray": "3 3"}
    return tag("line", x1=x, x2=x, y1=0, y2=height, **look)


def _lane(scale: _Scale, lane: Lane, today: date, accent: str) -> SafeString:
    terms = []
    for span in lane.spans:
        x, width = scale.bar(span.start, span.end)
        terms.append(tag("rect", x=x, y=5, width=width, height=14, fill=EXTENDED if span.extended else accent))
    name = tag("span", clean(lane.label), tag("small", clean(lane.note)))
    return _row("lane", name, 24, join([_today(scale, today, 24), *terms]))


def _cover(scale: _Scale, lanes: Sequence[Lane], today: date, name: str) -> SafeString:
    periods = coverage(lanes, until=today)
    gaps = [period for period in periods if not period.covered]
    parts = [tag("defs", hatch(f"{name}-gap"))]
    for period in periods:
        x, width = scale.bar(period.start, period.end)
        look = {"y": 4, "height": 18, "fill": PALETTE["ink-900"]}
        if not period.covered:
            look = {"y": 4.5, "height": 17, "fill": f"url(#{name}-gap)", "stroke": PALETTE["ink-400"]}
        parts.append(tag("rect", x=x, width=width, **look))
    parts += [_today(scale, today, 26), _words(scale, gaps, today)]
    heading = tag("span", tag("b", "Couverture"), tag("small", _count(periods, len(gaps))))
    return _row("lane sum", heading, 42, join(parts))


def _count(periods: Sequence[Period], gaps: int) -> str:
    if not periods:
        return "aucun accord daté"
    if not gaps:
        return "aucune période non couverte"
    plural = "s" if gaps > 1 else ""
    return f"{gaps}{NBSP}période{plural} non couverte{plural}"


def _words(scale: _Scale, gaps: Sequence[Period], today: date) -> SafeString:
    """« aujourd’hui », then the length of each gap where there is room for it."""
    candidates = [(scale.at(today), "aujourd’hui", False)] if scale.first <= today <= scale.last else []
    for gap in gaps:
        end = gap.end or scale.last
        candidates.append(((scale.at(gap.start) + scale.at(end + _DAY)) / 2, duration(gap.start, end), True))
    taken: list[tuple[float, float]] = []
    drawn = []
    for middle, words, is_gap in candidates:
        half = 100 * width_of(words, 13) / _NOMINAL / 2
        center = clamp(middle, half, 100 - half)
        if any(abs(center - other) < half + reach for other, reach in taken):
            continue
        taken.append((center, half + 0.8))
        anchor, x = ("middle", middle) if center == middle else ("end", 100.0) if center < middle else ("start", 0.0)
        css = "tick2" if is_gap else None
        drawn.append(text_at(pct(x), 38, words, anchor=anchor, fill=PALETTE["ink-900"], bold=is_gap, css=css))
    return join(drawn)


def _legend(lanes: Sequence[Lane], accent: str) -> SafeString:
    entries = [tag("span", mark("square", accent), " durée initiale")]
    if any(span.extended for lane in lanes for span in lane.spans):
        entries.append(tag("span", mark("square", EXTENDED), " prolongée par avenant"))
    entries.append(tag("span", mark("hatch", PALETTE["ink-400"]), " non couvert"))
    return tag("div", *entries, class_="legend mt-3")
