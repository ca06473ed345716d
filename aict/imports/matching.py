"""Which row of the register a row of a file is: by reference, else by natural key; each is taken once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from aict.imports.tables import Table
from aict.imports.values import same


@dataclass(frozen=True)
class Match:
    """What was found: a row of the register, one that an earlier line of the file gave, a deleted one, or nothing."""

    row: Any = None
    line: int = 0
    is_deleted: bool = False


class Index:
    """The rows of one register, by reference and by natural key."""

    def __init__(self, table: Table, rows: Iterable[Any]) -> None:
        self.table = table
        self._by_ref: dict[str, Any] = {}
        self._by_key: dict[Hashable, list[Any]] = {}
        self._lines: dict[int, int] = {}  # identity of a row → line that took it
        self._kept: list[Any] = []  # so that an identity is never given twice
        for row in rows:
            self._file(row)

    def _file(self, row: Any) -> None:
        self._kept.append(row)
        if row.ref:
            self._by_ref[row.ref] = row
        for key in self.table.natural_keys(row):
            self._by_key.setdefault(key, []).append(row)

    def match(self, candidate: Any, values: dict[str, Any]) -> Match:
        """The row that a candidate is."""
        if candidate.ref and (row := self._by_ref.get(candidate.ref)):
            return self._found(row)
        for key in self.table.natural_keys(candidate):
            alike = [row for row in self._by_key.get(key, ()) if self._may_be(row, candidate)]
            live = [row for row in alike if row.deleted_at is None]
            free = [row for row in live if id(row) not in self._lines]
            if live:
                return self._found(max(free or live, key=lambda row: _likeness(row, values)))
            if alike:
                return Match(min(alike, key=lambda row: bool(self.table.gone(row))), is_deleted=True)
        return Match()

    def _may_be(self, row: Any, candidate: Any) -> bool:
        # Two references that differ are two rows, whatever else is alike.
        if row.ref and candidate.ref and row.ref != candidate.ref:
            return False
        return self.table.agrees(row, candidate)

    def _found(self, row: Any) -> Match:
        return Match(row, self._lines.get(id(row), 0), row.deleted_at is not None)

    def claim(self, row: Any, line: int) -> None:
        """This line of the file is this row."""
        self._lines[id(row)] = line

    def add(self, row: Any, line: int) -> None:
        """A row that this line creates."""
        self._file(row)
        self.claim(row, line)

    def replace(self, row: Any, after: Any, line: int) -> None:
        """A row as this line makes it."""
        for key in self.table.natural_keys(row):
            self._by_key[key] = [one for one in self._by_key.get(key, ()) if one is not row]
        if row.ref:
            self._by_ref.pop(row.ref, None)
        self.add(after, line)


def _likeness(row: Any, values: dict[str, Any]) -> int:
    return sum(same(getattr(row, name), value) for name, value in values.items())
