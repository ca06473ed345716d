"""An action's indicators on its page: start, last value, target, drawn on one line.

Indicators live in the layer above: their rows come by the reverse relation and are only read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from aict.ui import charts
from aict.ui.typography import NBSP, number

_HEADROOM = Decimal("1.1")  # the scale goes a tenth beyond the highest figure


@dataclass(frozen=True)
class Followed:
    """One indicator of an action. `use` is the row above, with its last measure annotated."""

    use: Any
    drawing: SafeString
    is_comparable: bool


def followed(uses: Iterable[Any], *, accent: str) -> list[Followed]:
    """The indicators of an action with their drawings; a value in another unit is told, not drawn."""
    return [_followed(use, accent) for use in uses]


def _followed(use: Any, accent: str) -> Followed:
    comparable = use.last_value is not None and use.last_unit == use.indicator.unit
    value = use.last_value if comparable else None
    known = [figure for figure in (use.baseline, value, use.target) if figure is not None]
    drawing = charts.progress_to_target(
        baseline=use.baseline,
        value=value,
        target=use.target,
        maximum=max([*known, Decimal(0)]) * _HEADROOM or Decimal(1),
        title=_in_words(use, value),
        accent=accent,
    )
    return Followed(use, drawing, comparable or use.last_value is None)


def _in_words(use: Any, value: Decimal | None) -> str:
    parts = (("départ", use.baseline), ("dernière mesure", value), ("cible", use.target))
    words = [f"{name}{NBSP}: {'manquant' if figure is None else number(figure)}" for name, figure in parts]
    return f"{use.indicator.label}, {', '.join(words)}"
