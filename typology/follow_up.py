"""An action's indicators on its page: start, last value, target, drawn on one line.

Indicators live in the layer above: their rows come by the reverse relation and are only read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from aict.ui import charts
from aict.ui.typography import NBSP
from typology.counts import Counted
from typology.figures import figure, quantity

_HEADROOM = Decimal("1.1")  # the scale goes a tenth beyond the highest figure


@dataclass(frozen=True)
class Followed:
    """One indicator of an action: `use` is the row above; the figures are text, empty when not known."""

    use: Any
    start: str
    last: str
    target: str
    drawing: SafeString
    is_comparable: bool
    counted: Counted | None
    count: str


def followed(uses: Iterable[Any], *, accent: str, counts: Mapping[str, Counted]) -> list[Followed]:
    """The indicators of an action with their drawings; a value in another unit is told, not drawn.

    `counts`: what the records of the action count, by indicator code; `count` tells it, empty when nothing does.
    """
    return [_followed(use, accent, counts.get(use.indicator.code)) for use in uses]


def _followed(use: Any, accent: str, counted: Counted | None) -> Followed:
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
    unit = use.indicator.unit
    return Followed(
        use=use,
        start=figure(use.baseline, unit),
        last=figure(use.last_value, use.last_unit)
        if comparable or use.last_value is None
        else quantity(use.last_value, use.last_unit),
        target=figure(use.target, unit),
        drawing=drawing,
        is_comparable=comparable or use.last_value is None,
        counted=counted,
        count=figure(counted.value, unit) if counted else "",
    )


def _in_words(use: Any, value: Decimal | None) -> str:
    parts = (("départ", use.baseline), ("dernière mesure", value), ("cible", use.target))
    words = [f"{name}{NBSP}: {figure(known, use.indicator.unit) or 'manquant'}" for name, known in parts]
    return f"{use.indicator.label}, {', '.join(words)}"
