"""Graphs of actors and links: boxes, arrows and the words of each link, drawn so that no text meets another."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString

from aict.ui.colors import PALETTE
from aict.ui.graphlayout import Item, Plan, plan, structure
from aict.ui.svg import clean, fig, frame, join, shape, tag

# Shape and colour by code of category; ochre is darkened for lines, as on the map. Without category: ink, no shape.
_LOOKS = {
    "int": ("square", PALETTE["cat-int"]),
    "pro": ("triangle", "#8a5a00"),
    "coo": ("disc", PALETTE["cat-coo"]),
}
_ARROW = 9.0  # px
_MARGIN = 4.0  # px: around the drawing
_PAPER = 700.0  # px: the text width of an A4 page held upright
_INSET = 5.0  # px: inside the box of a link’s words
_MARK = 15.0  # px: the shape before the words of a link
_VOWELS = "aeiouyàâäéèêëîïôöùûüœæ"


@dataclass(frozen=True)
class Box:
    """An actor; `note` says in small what it stands for."""

    key: Hashable
    label: str
    note: str = ""


@dataclass(frozen=True)
class Tie:
    """A link from one actor to another, by their keys; `shape`: int, pro, coo or nothing."""

    source: Hashable
    target: Hashable
    label: str
    shape: str = ""


@dataclass(frozen=True)
class Drawing:
    """A drawing with its natural size in pixels; `is_large`: it wants a page held sideways."""

    drawing: SafeString
    width: float
    height: float

    @property
    def is_large(self) -> bool:
        return self.width > max(_PAPER, self.height)


@dataclass(frozen=True)
class Measures:
    """Pixels of a drawing: widths of the texts, sizes of the letters, space in a box and between columns, width wished.

    `hanging`: every line of a link's words stands clear of its mark, not the first one alone; `notes`: they are shown.
    """

    actor: float
    words: float
    actor_size: float
    words_size: float
    pad: float
    gutter: float
    spacing: float
    limit: float
    hanging: bool
    notes: bool


WIDE = Measures(
    actor=150,
    words=150,
    actor_size=15,
    words_size=13.5,
    pad=10,
    gutter=24,
    spacing=20,
    limit=1130,
    hanging=True,
    notes=True,
)
NARROW = Measures(
    actor=84, words=84, actor_size=14, words_size=13, pad=6, gutter=9, spacing=12, limit=322, hanging=False, notes=False
)


def relation_graph(
    boxes: Sequence[Box], ties: Sequence[Tie], *, title: str, description: str, chart_id: str, narrow: bool = False
) -> Drawing:
    """The drawing of a graph: from left to right when it fits, from top to bottom when that is narrower.

    A link whose ends are not both among the boxes is left out. The order of boxes and links decides the places.
    """
    measures = NARROW if narrow else WIDE
    places = {box.key: index for index, box in enumerate(boxes)}
    known = [tie for tie in ties if tie.source in places and tie.target in places and tie.source != tie.target]
    pairs = [(places[tie.source], places[tie.target]) for tie in known]
    texts = _Texts(boxes, known, measures)
    per_row = max(
        1, int((measures.limit + 2 * measures.gutter) // (measures.actor + 2 * measures.pad + 2 * measures.gutter))
    )
    pens = []
    for upright in (False, True):
        found = structure(len(boxes), pairs, alone_per_row=per_row)
        placed = plan(
            found,
            lambda item, upright=upright: texts.size(item, upright),
            gutter=measures.gutter,
            spacing=measures.spacing,
            limit=measures.limit if upright else math.inf,
        )
        pens.append(_Pen(placed, texts, upright))
    pen = pens[0] if pens[0].width <= measures.limit else min(pens, key=lambda pen: pen.width)
    width, height = math.ceil(pen.width + 2 * _MARGIN), math.ceil(pen.height + 2 * _MARGIN)
    drawing = frame(
        pen.draw(),
        chart_id=chart_id,
        title=title,
        description=description,
        width=width,
        height=height,
        box=f"{fig(-_MARGIN)} {fig(-_MARGIN)} {width} {height}",
        css="relations",
    )
    return Drawing(drawing, width, height)


class _Texts:
    """The lines of every text, and the size of its box."""

    def __init__(self, boxes: Sequence[Box], ties: Sequence[Tie], measures: Measures) -> None:
        self.ties, self.measures = ties, measures
        self.actors = [wrap(box.label, measures.actor, measures.actor_size) for box in boxes]
        self.notes = [wrap(box.note, measures.actor, 12) if measures.notes else [] for box in boxes]
        self.words = []
        for tie in ties:
            mark = _MARK if tie.shape in _LOOKS else 0
            hung = mark if measures.hanging else 0
            self.words.append(wrap(tie.label, measures.words - hung, measures.words_size, mark - hung))

    def size(self, item: Item, upright: bool) -> tuple[float, float]:
        """Depth and breadth of the box of an item: swapped when links flow downwards; a passing link has none."""
        if item.node < 0 and not item.is_label:
            return 0.0, 2.0
        width, height = self.extent(item)
        return (height, width) if upright else (width, height)

    def extent(self, item: Item) -> tuple[float, float]:
        """Width and height on the page."""
        if item.node >= 0:
            lines, notes = self.actors[item.node], self.notes[item.node]
            height = len(lines) * self.measures.actor_size * 1.25 + len(notes) * 15 + 2 * self.measures.pad
            return self.measures.actor + 2 * self.measures.pad, height
        lines, size = self.words[item.tie], self.measures.words_size
        wide = max((breadth_of(line, size) + self.indent(item, row) for row, line in enumerate(lines)), default=0.0)
        return wide + 2 * _INSET, len(lines) * size * 1.25 + 8

    def indent(self, item: Item, row: int) -> float:
        """How far a line of a link's words stands from the edge, for the mark."""
        marked = self.ties[item.tie].shape in _LOOKS and (self.measures.hanging or row == 0)
        return _MARK if marked else 0.0


class _Pen:
    """Turns places along and across the flow into a drawing."""

    def __init__(self, placed: Plan, texts: _Texts, upright: bool) -> None:
        self.plan, self.texts, self.upright = placed, texts, upright
        self.width, self.height = (placed.across, placed.along) if upright else (placed.along, placed.across)

    def draw(self) -> SafeString:
        """Lines first, then the boxes over them."""
        found = self.plan.structure
        parts = [self._link(index, route) for index, route in enumerate(found.routes)]
        parts += [self._box(item) for column in self.plan.columns for item in column if item.node >= 0 or item.is_label]
        return join(parts)

    def _point(self, along: float, across: float) -> str:
        x, y = (across, along) if self.upright else (along, across)
        return f"{fig(x)},{fig(y)}"

    def _edges(self, item: Item) -> tuple[float, float]:
        """Start and end of a box along the flow: it stands in the middle of its column."""
        start, end = self.plan.bands[item.column]
        middle = (start + end) / 2
        return middle - item.depth / 2, middle + item.depth / 2

    def _link(self, index: int, route: Sequence[Item]) -> SafeString:
        _, color = _LOOKS.get(self.texts.ties[index].shape, ("", PALETTE["ink-600"]))
        turned = index in self.plan.structure.turned
        first, last = self._edges(route[0])[1], self._edges(route[-1])[0]
        leaving, entering = route[0].port(route[1]), route[-1].port(route[-2])
        head = (first, leaving, -1) if turned else (last, entering, 1)
        path = [f"M{self._point(first + (_ARROW - 1 if turned else 0), leaving)}"]
        for one, other in pairwise(route):
            path.append(self._stretch(one, other, last if other is route[-1] and not turned else None))
        line = tag("path", d="".join(path), fill="none", stroke=color, stroke_width=1.8)
        return join([line, self._arrow(*head, color)])

    def _stretch(self, one: Item, other: Item, tip: float | None) -> str:
        """From a box to the next column's, curved between the columns only; `tip`: where an arrow ends it."""
        start, end = self.plan.bands[one.column][1], self.plan.bands[other.column][0]
        leaving, entering = one.port(other), other.port(one)
        middle = (start + end) / 2
        stop = self._edges(other)[0] if tip is None else tip - _ARROW + 1
        curve = f"L{self._point(start, leaving)}C{self._point(middle, leaving)} {self._point(middle, entering)} "
        return f"{curve}{self._point(min(end, stop), entering)}L{self._point(stop, entering)}"

    def _arrow(self, along: float, across: float, way: int, color: str) -> SafeString:
        back = along - way * _ARROW
        corners = [(along, across), (back, across - _ARROW / 2), (back, across + _ARROW / 2)]
        return tag("path", d="M" + "L".join(self._point(*corner) for corner in corners) + "z", fill=color)

    def _box(self, item: Item) -> SafeString:
        start, _ = self._edges(item)
        wide, high = (item.breadth, item.depth) if self.upright else (item.depth, item.breadth)
        edge = item.at - item.breadth / 2
        x, y = (edge, start) if self.upright else (start, edge)
        return self._actor(item, x, y, wide, high) if item.node >= 0 else self._words(item, x, y, wide, high)

    def _actor(self, item: Item, x: float, y: float, wide: float, high: float) -> SafeString:
        ink, size = PALETTE["ink-900"], self.texts.measures.actor_size
        look = {"fill": PALETTE["sunken"], "stroke": ink, "stroke_width": 1.5, "rx": 4}
        lines, notes = self.texts.actors[item.node], self.texts.notes[item.node]
        top = y + (high - len(lines) * size * 1.25 - len(notes) * 15) / 2
        middle = {"x": x + wide / 2, "text_anchor": "middle"}
        words = [
            tag("text", line, y=top + size * (1.25 * row + 0.97), font_size=size, font_weight=700, fill=ink, **middle)
            for row, line in enumerate(lines)
        ]
        base = top + len(lines) * size * 1.25
        words += [
            tag("text", line, y=base + 15 * row + 12, font_size=12, fill=PALETTE["ink-600"], **middle)
            for row, line in enumerate(notes)
        ]
        return join([tag("rect", x=x, y=y, width=wide, height=high, **look), *words])

    def _words(self, item: Item, x: float, y: float, wide: float, high: float) -> SafeString:
        kind, color = _LOOKS.get(self.texts.ties[item.tie].shape, ("", ""))
        size = self.texts.measures.words_size
        parts = [tag("rect", x=x, y=y, width=wide, height=high, fill=PALETTE["surface"], rx=3)]
        if kind:
            move = f"translate({fig(x + _INSET - 1)} {fig(y + 4 + size * 0.625 - 5)}) scale(.833)"
            parts.append(tag("g", shape(kind, color), transform=move))
        left = x + _INSET
        parts += [
            tag(
                "text",
                line,
                x=left + self.texts.indent(item, row),
                y=y + 4 + size * (1.25 * row + 0.97),
                font_size=size,
                fill=PALETTE["ink-800"],
            )
            for row, line in enumerate(self.texts.words[item.tie])
        ]
        return join(parts)


def wrap(text: str, width: float, size: float, indent: float = 0.0) -> list[str]:
    """The lines of a text that fit a width, the first one after an indent; a word wider than a line is parted."""
    lines: list[str] = []
    for word in clean(text).split(" "):
        room = width - (indent if len(lines) < 2 else 0)
        if lines and breadth_of(f"{lines[-1]} {word}", size) <= (room if len(lines) == 1 else width):
            lines[-1] = f"{lines[-1]} {word}"
        elif word:
            lines += _parted(word, width if lines else width - indent, width, size)
    return lines


def _parted(word: str, first: float, width: float, size: float) -> list[str]:
    """The pieces of a word, each as wide as a line at most, with a hyphen where letters part."""
    pieces = []
    room = first
    while breadth_of(word, size) > room and len(word) > 1:
        fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or breadth_of(word[:n] + "-", size) <= room)
        cut = _syllable(word, fits)
        pieces.append(word[:cut] + ("-" if word[cut - 1].isalpha() and word[cut].isalpha() else ""))
        word, room = word[cut:], width
    return [*pieces, word]


def _syllable(word: str, fits: int) -> int:
    """Where to part a word, at most after `fits` letters: before a consonant that a vowel follows, else right there."""
    for cut in range(min(fits, len(word) - 3), max(fits // 2, 2), -1):
        if word[cut].lower() not in _VOWELS and word[cut + 1].lower() in _VOWELS and word[cut - 1].isalpha():
            return cut
    return fits


def breadth_of(text: str, size: float) -> float:
    """Width in pixels of bold text in the house face, never under the real one; measured on its letters."""
    return sum(_breadth(letter) for letter in text) * size


def _breadth(letter: str) -> float:
    if letter in " \u00a0":
        return 0.2
    if letter in "ijlI.,:;'’|!()[]/-ìíîï":
        return 0.34
    if letter in "cfrstz*?«»ç":
        return 0.48
    if letter in "mwMW%@œæŒÆ—…":
        return 0.98 if letter == "…" else 0.9
    if ord(letter) > 0x24F and letter not in "–’":  # another face draws it
        return 1.35 if ord(letter) > 0x1F000 else 1.05 if unicodedata.east_asian_width(letter) in "WF" else 0.85
    return 0.68 if letter.isupper() else 0.6
