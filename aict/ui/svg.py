"""Primitives of charts and maps: clean text, figures, frames and marks, drawn alike in pages, in the PDF and in tests.

Positions along the width are percentages and heights are pixels, so that text keeps its size on a phone and on paper.
Colours are literal: SVG in the PDF ignores page CSS, `var()`, `currentColor` and external `<use>`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from aict.ui.colors import PALETTE

FONT = "'Source Sans 3', 'Segoe UI', sans-serif"  # quoted: a bare name may not end in a digit
EMPTY = SafeString("")
# Control characters break XML; bidirectional controls could turn a whole drawing around.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def clean(text: object, limit: int | None = None) -> str:
    """User text made fit for a drawing: no control character, one line, at most `limit` characters with an ellipsis."""
    line = re.sub(r"\s*[\n\r\t]\s*", " ", str(text))
    line = _UNSAFE.sub("", line).strip()
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def identifier(text: str) -> str:
    """A usable id derived from an argument, never random: the same snapshot must give the same PDF."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "figure"


def fig(value: float) -> str:
    """A coordinate with at most two decimals, and no minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def pct(value: float) -> str:
    """A position along the width: `12.5%`."""
    return fig(value) + "%"


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The value, kept between the bounds."""
    return min(max(value, low), high)


def width_of(text: str, size: float) -> float:
    """Estimated width in pixels of bold text in the house face, wide enough to keep labels apart."""
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.3 if c in " .,'’ilI|" else 0.57 for c in text)
    return wide * size


def tag(name: str, *content: Any, **attributes: Any) -> SafeString:
    """An element; everything is escaped. `stroke_width` is written stroke-width, `class_` class; None is left out."""
    # Written out rather than by format_html: a map is made of thousands of elements.
    written = "".join(
        f' {_attribute(key)}="{fig(value) if isinstance(value, (int, float)) else conditional_escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not content:
        return SafeString(f"<{name}{written}/>")
    return SafeString(f"<{name}{written}>{join(content)}</{name}>")


@lru_cache(maxsize=256)
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def join(parts: Iterable[Any]) -> SafeString:
    """Elements one after the other."""
    return SafeString("".join(conditional_escape(part) for part in parts))


def text_at(
    x: str | float, y: float, words: object, *, anchor: str = "start", fill: str = PALETTE["ink-600"],
    bold: bool = False, css: str | None = None,
) -> SafeString:  # fmt: skip
    """A line of text; `x` is a percentage or a figure. Class `tick2` disappears on a phone."""
    weight = "700" if bold else None
    return tag("text", clean(words), x=x, y=y, text_anchor=anchor, fill=fill, font_weight=weight, class_=css)


def frame(
    content: object, *, chart_id: str, title: str, description: str, height: int | None = None,
    box: str | None = None, css: str = "chart", width: int | None = None, role: str = "img",
) -> SafeString:  # fmt: skip
    """The `<svg role="img">` of a drawing: title (its alternative text in the PDF), description, content.
    One that holds links has the role `group`: what is inside an image cannot be reached.

    `box` is a viewBox, for a drawing that scales as a whole (from `width` and `height`, when it has a size of its own);
    otherwise the width is 100 % and `height` is in pixels.
    """
    name = identifier(chart_id)
    return tag(
        "svg",
        tag("title", clean(title), id=f"{name}-t"),
        tag("desc", clean(description), id=f"{name}-d"),
        content,
        class_=css,
        viewBox=box,
        width=width or ("100%" if height else None),
        height=height,
        role=role,
        aria_labelledby=f"{name}-t {name}-d",
        font_family=FONT,
        font_size=13,
    )


def small(content: object, *, css: str, width: str | float, height: float, box: str | None, label: str) -> SafeString:
    """A drawing of one line, for a cell or a sentence: an image named by `label`, decorative without one."""
    size = {"class_": css, "width": width, "height": height, "viewBox": box}
    if not label:
        return tag("svg", content, **size, aria_hidden="true")
    return tag("svg", tag("title", clean(label)), content, **size, role="img", aria_label=clean(label))


def hatch(pattern_id: str) -> SafeString:
    """The pattern of what is not covered, used as `fill="url(#id)"`."""
    return tag(
        "pattern",
        tag("rect", width=6, height=6, fill=PALETTE["surface"]),
        tag("rect", width=2, height=6, fill=PALETTE["ink-400"]),
        id=pattern_id,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def shape(kind: str, color: str) -> SafeString:
    """The drawing of a mark in a box of 12 × 12: square, triangle, disc, diamond, ring or hatch."""
    match kind:
        case "square":
            return tag("rect", x=1, y=1, width=10, height=10, fill=color)
        case "triangle":
            return tag("path", d="M6 .5L12 11.5H0z", fill=color)
        case "disc":
            return tag("circle", cx=6, cy=6, r=5.5, fill=color)
        case "diamond":
            return tag("path", d="M6 0l6 6-6 6-6-6z", fill=color)
        case "ring":
            return tag("circle", cx=6, cy=6, r=4.5, fill=PALETTE["surface"], stroke=color, stroke_width=3)
        case "hatch":
            lines = tag("path", d="M1 7L7 1M3 11L11 3M8 11L11 8", stroke=color, fill="none")
            return join([tag("rect", x=0.5, y=0.5, width=11, height=11, fill=PALETTE["surface"], stroke=color), lines])
    raise ValueError(f"unknown mark: {kind}")


@lru_cache(maxsize=256)
def mark(kind: str, color: str, label: str = "") -> SafeString:
    """A mark in a line of text or a legend, drawn in place."""
    return small(shape(kind, color), css="shape", width=12, height=12, box="0 0 12 12", label=label)
