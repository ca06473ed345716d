"""The table that stands beside a chart: every figure of the drawing, in text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ChartTable:
    """Shown by templates/ui/chart_table.html; a cell that is None or empty reads « Manquant »."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]

    @property
    def lines(self) -> list[list[tuple[str, object]]]:
        """Each row as (column heading, cell) pairs: on a phone every cell repeats its heading."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]
