"""From the rows of a file to what each would become: nothing is written here.

A row is read cell by cell, recognised (by reference, else by natural key), compared with what is there, and judged by
the rules of the forms. Rows that change nothing are not judged: what is recorded was accepted once. A blank cell
leaves what is recorded, unless the person chose that it erases; in a new row it is read as any other.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from aict.accounts.history import as_text
from aict.accounts.register_forms import unlikely_years
from aict.imports.book import Book
from aict.imports.constraints import Taken, violations
from aict.imports.matching import Index
from aict.imports.report import Change, LineReport, Outcome, Reason, Report, short
from aict.imports.tables import Table
from aict.imports.values import read_attribute, same
from aict.ui.spreadsheets import Line, Sheet, letter, shown

DELETED = "Cet élément est parmi les éléments supprimés : rétablissez-le dans sa liste, ou retirez la ligne."
KNOWN = 1000  # cells of a column whose reading is remembered: states, types, services repeat themselves


@dataclass
class Draft:
    """An accepted row: the instance as it will be, the names that change, and the lists that replace others."""

    table: Table
    instance: Any
    outcome: Outcome
    changed: list[str] = field(default_factory=list)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)  # text of what changes, by label, for the history
    after: dict[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """What an import would do."""

    book: Book
    report: Report = field(default_factory=Report)
    drafts: list[Draft] = field(default_factory=list)


def plan(sheet: Sheet, mapping: Sequence[str], table: Table, book: Book, *, blanks_erase: bool = False) -> Plan:
    """Read every row of a sheet. `mapping` gives the key that each column of the file fills, or nothing.

    `blanks_erase`: whether a blank cell empties what is recorded, or leaves it.
    """
    if table.plan_file:
        return table.plan_file(sheet, mapping, table, book)
    made = Plan(book)
    made.report.notices += sheet.notices
    planner = Planner(table, book, blanks_erase=blanks_erase)
    places = {key: place for place, key in enumerate(mapping) if key}
    for line in sheet.lines:
        report, draft = planner.line(line, places, sheet.headings)
        made.report.lines.append(report)
        if draft:
            made.drafts.append(draft)
    return made


class Planner:
    """Plans rows of one register for one collectivité."""

    def __init__(
        self, table: Table, book: Book, existing: list[Any] | None = None, *, blanks_erase: bool = False
    ) -> None:
        """`existing`: the rows of the register, deleted ones included, when they were read already."""
        self.table, self.book, self.blanks_erase = table, book, blanks_erase
        self.existing = existing = _read(table, book) if existing is None else existing
        self.index = Index(table, existing)
        self.taken = Taken(table.model, existing)
        many = {one.name for one in table.model._meta.many_to_many} - table.parts.keys()
        self.lists = [key for key in table.by_key if key in many or key in table.parts]
        self._many = many
        self._known: dict[str, dict[Any, Any]] = {}  # of each column: values by cell
        self._labels = {
            one.name: str(one.verbose_name) for one in table.model._meta.get_fields() if hasattr(one, "verbose_name")
        }
        self._labels |= {key: parts.label for key, parts in table.parts.items()}
        self._required = [
            one.name
            for one in table.model._meta.concrete_fields
            if one.name in table.attributes and not one.blank and not one.has_default()
        ]

    def line(self, line: Line, places: Mapping[str, int], headings: Sequence[str]) -> tuple[LineReport, Draft | None]:
        """One row of the file: its report, and its draft when it is accepted."""
        unreadable = {
            place: text for place, text in line.unreadable.items() if place in places.values() or place >= len(headings)
        }
        blank = {key for key, place in places.items() if line.cells[place] is None and place not in unreadable}
        values, refused = self._values(line, {key: place for key, place in places.items() if key not in blank})
        blanks, unfilled = self._values(line, {key: places[key] for key in places if key in blank})
        left: dict[str, Any] = {}  # what the blank cells would erase, and leave
        if blank and not self.blanks_erase and self._is_recorded(values):
            left = blanks
        else:
            values, refused = values | blanks, refused | unfilled
        found = [*unreadable.items(), *sorted(refused.items())]
        reasons = [self._reason(line, place, headings, text) for place, text in found]
        if reasons:  # every reason at once: what several columns give together is tried too
            read = {places[key] for key in values}
            wrong = [error for error in self._unassembled(values) if self._place(error[0], places) in read]
        else:
            report, draft, wrong = self._row(line.number, values, left)
            if report:
                return report, draft
        for name, text in wrong:
            reasons.append(self._reason(line, self._place(name, places), headings, text))
        label = next((shown(cell) for cell in line.cells if cell is not None), "")
        return LineReport(line.number, Outcome.REFUSED, short(label), reasons), None

    def _read(self, key: str, cell: Any) -> Any:
        """What a cell holds, read once for the same words in the same column. Raises ValidationError."""
        if not isinstance(cell, str):  # 1 and 1.00 are equal, and may read otherwise
            return self._read_anew(key, cell)
        known = self._known.setdefault(key, {})
        if cell not in known and len(known) < KNOWN:
            try:
                known[cell] = self._read_anew(key, cell)
            except ValidationError as error:
                known[cell] = error
        read = known[cell] if cell in known else self._read_anew(key, cell)
        if isinstance(read, ValidationError):
            raise read
        return list(read) if isinstance(read, list) else read

    def _read_anew(self, key: str, cell: Any) -> Any:
        column = self.table.by_key[key]
        if column.read:
            return column.read(cell, self.book)
        return read_attribute(self.table.model, key, cell, self.book)

    def _values(self, line: Line, places: Mapping[str, int]) -> tuple[dict[str, Any], dict[int, str]]:
        """What these columns hold, by key; and by place why some cannot be read."""
        values: dict[str, Any] = {}
        refused: dict[int, str] = {}
        for key, place in places.items():
            if place not in line.unreadable:
                try:
                    values[key] = self._read(key, line.cells[place])
                except ValidationError as error:
                    refused[place] = " ".join(error.messages)
        return values, refused

    def _is_recorded(self, values: dict[str, Any]) -> bool:
        """Whether the cells that are filled tell a row that is there already, deleted ones included."""
        try:
            said = self.table.assemble(dict(values), self.book)
        except ValidationError:
            return False
        said = {name: value for name, value in said.items() if name not in self.lists}
        match = self.index.match(self.table.model(collectivity=self.book.collectivity, **said), said)
        return match.row is not None

    def _unassembled(self, values: dict[str, Any]) -> list[tuple[str, str]]:
        """Why the values that could be read do not go together, by name of attribute."""
        try:
            self.table.assemble(dict(values), self.book)
        except ValidationError as error:
            return _named(error)
        return []

    def _row(
        self, number: int, values: dict[str, Any], left: dict[str, Any]
    ) -> tuple[LineReport | None, Draft | None, list[tuple[str, str]]]:
        """The report and the draft of a row that was read; or why it is refused, by name of attribute."""
        try:
            values = self.table.assemble(values, self.book)
        except ValidationError as error:
            return None, None, _named(error)
        lists = {name: values.pop(name) for name in self.lists if name in values}
        candidate = self.table.model(collectivity=self.book.collectivity, **values)
        match = self.index.match(candidate, self._attributes(left) | values)
        if match.is_deleted:
            return None, None, [("", self.table.gone(match.row) or DELETED)]
        if match.line:
            return self._repeated(number, match.line, match.row, values, lists)
        row = match.row
        if row is None:
            return self._created(number, candidate, values, lists)
        return self._updated(number, row, values, lists)

    def _attributes(self, left: dict[str, Any]) -> dict[str, Any]:
        """What blank cells say all the same of the row that they come from: twins are told apart by it."""
        said = {name: value for name, value in left.items() if name in self.table.attributes}
        empty = [name for name in self.table.assembled if any(key.startswith(f"{name}_") for key in left)]
        return dict.fromkeys(empty) | said

    def _repeated(self, number: int, first: int, row: Any, values: dict[str, Any], lists: dict[str, list[Any]]) -> Any:
        """A row that an earlier one already gave: harmless when it says the same."""
        other = [name for name, value in values.items() if not same(getattr(row, name), value)]
        if not other:
            note = f"Répète la ligne {first}."
            return LineReport(number, Outcome.UNCHANGED, short(str(row)), notes=[note]), None, []
        words = ", ".join(f"« {self._header(name)} »" for name in other)
        return (
            None,
            None,
            [(other[0], f"La ligne {first} décrit déjà le même élément, avec une autre valeur : {words}.")],
        )

    def create(self, number: int, **values: Any) -> tuple[Draft | None, list[tuple[str, str]]]:
        """A row known to be new, from a file of another format: its draft, or why it is refused."""
        row = self.table.model(collectivity=self.book.collectivity, **values)
        _, draft, wrong = self._created(number, row, values, {})
        return draft, wrong

    def _created(self, number: int, row: Any, values: dict[str, Any], lists: dict[str, list[Any]]) -> Any:
        missing = [(name, "À remplir.") for name in self._required if values.get(name) in (None, "")]
        if wrong := missing or self._wrong(row, lists):
            return None, None, wrong
        self.index.add(row, number)
        self.taken.keep(row)
        draft = Draft(self.table, row, Outcome.CREATED, list(values), lists)
        return LineReport(number, Outcome.CREATED, short(str(row))), draft, []

    def _updated(self, number: int, row: Any, values: dict[str, Any], lists: dict[str, list[Any]]) -> Any:
        changed = [name for name, value in values.items() if not same(getattr(row, name), value)]
        moved = {name: rows for name, rows in lists.items() if self._is_moved(row, name, rows)}
        if not changed and not moved:
            self.index.claim(row, number)
            return LineReport(number, Outcome.UNCHANGED, short(str(row))), Draft(self.table, row, Outcome.UNCHANGED), []
        before = copy.copy(row)
        after = copy.copy(row)
        for name in changed:
            setattr(after, name, values[name])
        if wrong := self._wrong(after, moved):
            return None, None, wrong
        draft = Draft(self.table, after, Outcome.UPDATED, changed, moved)
        changes = []
        for name in changed:
            changes.append(self._change(draft, name, _text(before, name), _text(after, name)))
        for name, rows in moved.items():
            shown_now = [self._shown(name, one) for one in self._current(row, name)]
            changes.append(
                self._change(
                    draft, name, ", ".join(sorted(shown_now)), ", ".join(sorted(self._shown(name, one) for one in rows))
                )
            )
        self.index.replace(row, after, number)
        self.taken.keep(after)
        return LineReport(number, Outcome.UPDATED, short(str(after)), changes=changes), draft, []

    def _change(self, draft: Draft, name: str, before: str, after: str) -> Change:
        label = self._labels.get(name, name)
        draft.before[label], draft.after[label] = before, after
        return Change(self._header(name), short(before), short(after))

    def _is_moved(self, row: Any, name: str, rows: list[Any]) -> bool:
        current = self._current(row, name)
        return len(current) != len(rows) or set(current) != set(rows)

    def _current(self, row: Any, name: str) -> Sequence[Any]:
        if name in self._many:
            return list(getattr(row, name).all())
        return self.table.parts[name].current(row)

    def _shown(self, name: str, value: Any) -> str:
        return str(value) if name in self._many else self.table.parts[name].shown(value)

    def _wrong(self, row: Any, lists: dict[str, list[Any]]) -> list[tuple[str, str]]:
        """Everything that refuses a row as it would be: rules of entry, of the model, of the database."""
        said = {name: getattr(row, name) for name in self.table.attributes}
        wrong = [*unlikely_years(said).items(), *self.table.errors(said).items()]
        wrong += self.table.list_errors(row, lists).items()
        try:
            row.clean()
        except ValidationError as error:
            wrong += [one for one in _named(error) if one[0] not in {name for name, _ in wrong}]
        wrong += [("", text) for text in (*violations(row), *self.taken.conflicts(row))]
        return wrong

    def _place(self, name: str, places: Mapping[str, int]) -> int | None:
        """The column of the file that an attribute comes from."""
        if name in places:
            return places[name]
        return next((place for key, place in places.items() if key.startswith(f"{name}_")), None)

    def _header(self, name: str) -> str:
        column = self.table.by_key.get(name)
        return (
            column.header
            if column
            else str(self._labels.get(name, name))[:1].upper() + str(self._labels.get(name, name))[1:]
        )

    def _reason(self, line: Line, place: int | None, headings: Sequence[str], text: str) -> Reason:
        if place is None:
            return Reason("", "", "", text)
        heading = headings[place] if place < len(headings) else ""
        value = shown(line.cells[place]) if place < len(line.cells) else ""
        return Reason(short(heading) or f"colonne {letter(place)}", f"{letter(place)}{line.number}", short(value), text)


def _read(table: Table, book: Book) -> list[Any]:
    rows = table.model.objects.with_deleted_of(book.collectivity).order_by("pk")
    if book.lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return list(table.load(rows))


def _named(error: ValidationError) -> list[tuple[str, str]]:
    if hasattr(error, "error_dict"):
        return [
            ("" if name == "__all__" else name, " ".join(messages)) for name, messages in error.message_dict.items()
        ]
    return [("", " ".join(error.messages))]


def _text(row: models.Model, name: str) -> str:
    field: Any = row._meta.get_field(name)
    return as_text(row, field)
