"""What the chapters share to fill their tables."""

from __future__ import annotations

from collections.abc import Sequence

from strategy.document.frozen import FrozenRow
from strategy.document.parts import Cell, Column

NONE_YET = "{} : cette partie reste à écrire."
_UPRIGHT = 24  # characters of an upright label above which the heading is taller
_LONG = 700  # characters in a row above which it may run over two pages


def details(row: FrozenRow, *names: str) -> str:
    """« Volume : 22 000 ; source de la donnée : Présences Grenoble »: the small line under a cell."""
    said = [f"{note.label} : {note.text}{' (hypothèse)' if note.assumed else ''}" for note in row.notes(*names)]
    return " ; ".join([*said[:1], *(text[:1].lower() + text[1:] for text in said[1:])])


def is_long(*cells: Cell) -> bool:
    """Whether a row holds so much text that it must be allowed to break."""
    return sum(len(cell.text) + len(cell.note) for cell in cells) > _LONG


def crossed(head: str, width: int, fields: Sequence[tuple[str, str]]) -> tuple[Column, ...]:
    """A wide heading, then narrow columns whose labels stand upright, each on one line."""
    css = "turn tall" if any(len(label) > _UPRIGHT for _, label in fields) else "turn"
    return (Column(head, 100 - width * len(fields)), *(Column(label, width, css) for _, label in fields))
