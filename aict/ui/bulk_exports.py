"""Exports of registers too long to be read as objects: the database gives text, which leaves as CSV or XLSX.

The columns are expressions of one query. On PostgreSQL the query is sent by COPY, which writes CSV itself; Python then
only looks for what a spreadsheet could run, a block at a time, and rewrites with `exports.guard` the few rows where a
field may be active. Elsewhere the rows are read as tuples. Both give the same fields, and tests hold them equal.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from io import StringIO
from typing import Any

from django.db import connection, models
from django.db.models import Case, F, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, NullIf

from aict.ui import copy_out
from aict.ui.exports import ACTIVE, INVISIBLE, guard

_ROWS = 2000  # read at a time where there is no COPY


class Kind(Enum):
    """How a column is written."""

    TEXT = "text"  # written by people: guarded
    LABEL = "label"  # of a nomenclature or of a list of choices: ours, never active
    DATE = "date"
    AMOUNT = "amount"  # a number with decimals
    COUNT = "count"
    FLAG = "flag"  # oui, non; nothing when not known


@dataclass(frozen=True)
class Field:
    """A column: its heading, the expression of the query that gives it, and its kind; `choices`: labels by code."""

    header: str
    source: str | models.expressions.Combinable
    kind: Kind = Kind.TEXT
    choices: Mapping[str, str] = field(default_factory=dict)


class Joined(models.Aggregate):
    """The texts of several rows in one cell, « a ; b », in their own order where the database can."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ' ; ' ORDER BY %(expressions)s)"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, params = self.as_sql(compiler, connection, **context)
        return sql, [*params, *params]  # the template says the expression twice

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "%(function)s(%(expressions)s, ' ; ')"
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", template=template, **context)


def choices_of(model: type[models.Model], name: str) -> dict[str, str]:
    """The labels of a field's choices, by code."""
    return {str(code): str(label) for code, label in model._meta.get_field(name).flatchoices}  # type: ignore[union-attr]


def csv_blocks(rows: QuerySet, fields: Sequence[Field]) -> Iterator[bytes]:
    """The rows as CSV for French spreadsheets: UTF-8 with BOM, `;`, CRLF; sent as it is read, in constant memory."""
    head = StringIO()
    _writer(head).writerow([guard(one.header) for one in fields])
    yield ("\ufeff" + head.getvalue()).encode()
    if connection.vendor == "postgresql":
        with closing(copy_out.row_blocks(_as_text(rows, fields))) as blocks:
            for block in blocks:
                yield _guarded(block, fields)
        return
    text = StringIO()
    writer = _writer(text)
    for count, line in enumerate(_lines_of_tuples(rows, fields), start=1):
        writer.writerow(line)
        if count % _ROWS == 0:
            yield _taken(text)
    yield _taken(text)


def lines(rows: QuerySet, fields: Sequence[Field]) -> Iterator[list[str]]:
    """The cells of each row as text, as in the CSV, nothing guarded: what a workbook is made from."""
    if connection.vendor != "postgresql":
        yield from _lines_of_tuples(rows, fields, is_guarded=False)
        return
    with closing(copy_out.row_blocks(_as_text(rows, fields))) as blocks:
        for block in blocks:
            yield from csv.reader(StringIO(b"\n".join(block).decode(), newline=""), delimiter=";")


def _writer(stream: StringIO) -> Any:
    return csv.writer(stream, delimiter=";", lineterminator="\r\n")


def _taken(text: StringIO) -> bytes:
    block = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return block


# With COPY ---------------------------------------------------------------------------------


def _as_text(rows: QuerySet, fields: Sequence[Field]) -> QuerySet:
    """The query whose columns are the texts of the cells."""
    named = {f"cell_{place}": _text_expression(one) for place, one in enumerate(fields)}
    return rows.annotate(**named).values_list(*named)


def _text_expression(one: Field) -> Any:
    source: Any = F(one.source) if isinstance(one.source, str) else one.source
    if one.choices:
        name = str(one.source)
        labels = [When(**{name: code}, then=Value(label)) for code, label in one.choices.items()]
        return Case(*labels, default=None, output_field=TextField())
    match one.kind:
        case Kind.DATE:
            return Func(source, Value("DD/MM/YYYY"), function="to_char", output_field=TextField())
        case Kind.AMOUNT:
            text = Cast(source, TextField())
            return Func(text, Value("."), Value(","), function="replace", output_field=TextField())
        case Kind.COUNT:
            return Cast(source, TextField())
        case Kind.FLAG:
            name = str(one.source)
            return Case(
                When(**{name: True}, then=Value("oui")),
                When(**{name: False}, then=Value("non")),
                output_field=TextField(),
            )
        case Kind.TEXT:
            # COPY writes an empty text as "" and a missing one as nothing: in a spreadsheet both are an empty cell.
            return NullIf(source, Value(""), output_field=TextField())
    return source


def _signs(is_wanted: Callable[[str], bool]) -> str:
    """The signs of the basic plane that answer; none of the others begins a formula, which a test says of them all."""
    return "".join(sign for sign in map(chr, [*range(0xD800), *range(0xE000, 0x10000)]) if is_wanted(sign))


_PASSED_OVER = _signs(lambda sign: sign.isspace() or ord(sign) in INVISIBLE)
_ACTIVE_SIGNS = _signs(lambda sign: unicodedata.normalize("NFKC", sign)[:1] in ACTIVE)
# A field of a line of CSV that `guard` would change. Sure when it finds nothing: inside quotes it may find too much.
_SUSPECT = re.compile(rf";\"?'*(?:[\t\r\n]|[{re.escape(_PASSED_OVER)}]*[{re.escape(_ACTIVE_SIGNS)}])")


def _classes() -> bytes:
    """Each byte as `S` when a suspect field may begin with it, `C` when no cell may hold it; `;` and `"` stay."""
    table = bytearray(b"." * 256)
    for sign in f"'{_PASSED_OVER}{_ACTIVE_SIGNS}":
        table[sign.encode()[0]] = ord("S")
    for byte in (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), "\uffff".encode()[0]):
        table[byte] = ord("C")
    table[ord(";")], table[ord('"')] = ord(";"), ord('"')
    return bytes(table)


_CLASSES = _classes()


def _may_begin(classes: bytes) -> bool:
    """Whether a field could be active, by the first byte of each."""
    return b";S" in classes or b';"S' in classes


def _needs_guard(row: bytes) -> bool:
    """Whether a row, a `;` before it, must be read field by field: each test costs ten times the one before."""
    classes = row.translate(_CLASSES)
    return b"C" in classes or (_may_begin(classes) and _SUSPECT.search(row.decode()) is not None)


def _guarded(block: list[bytes], fields: Sequence[Field]) -> bytes:
    """A block of rows, ended by CRLF, no field of which a spreadsheet runs."""
    classes = (b";" + b";".join(block)).translate(_CLASSES)
    if b"C" in classes or _may_begin(classes):
        block = [_row_guarded(row, fields) if _needs_guard(b";" + row) else row for row in block]
    return b"\r\n".join(block) + b"\r\n"


def _row_guarded(row: bytes, fields: Sequence[Field]) -> bytes:
    cells = next(csv.reader(StringIO(row.decode(), newline=""), delimiter=";"))
    text = StringIO()
    _writer(text).writerow(
        [guard(cell) if one.kind is Kind.TEXT else cell for cell, one in zip(cells, fields, strict=True)]
    )
    return text.getvalue().removesuffix("\r\n").encode()


# Without COPY ------------------------------------------------------------------------------


def _lines_of_tuples(rows: QuerySet, fields: Sequence[Field], *, is_guarded: bool = True) -> Iterator[list[str]]:
    named = {f"cell_{place}": one.source for place, one in enumerate(fields) if not isinstance(one.source, str)}
    names = [one.source if isinstance(one.source, str) else f"cell_{place}" for place, one in enumerate(fields)]
    writers = [_text_writer(one, is_guarded) for one in fields]
    for cells in rows.annotate(**named).values_list(*names).iterator(chunk_size=_ROWS):
        yield ["" if cell is None else write(cell) for write, cell in zip(writers, cells, strict=True)]


def _text_writer(one: Field, is_guarded: bool) -> Callable[[Any], str]:
    if one.choices:
        return lambda code: one.choices.get(code, "")
    match one.kind:
        case Kind.DATE:
            return _day
        case Kind.AMOUNT:
            return _amount
        case Kind.FLAG:
            return lambda value: "oui" if value else "non"
        case Kind.TEXT:
            return guard if is_guarded else str
    return str


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}" if value.year >= 1000 else f"{value.day:02}/{value.month:02}/{value.year:04}"


def _amount(value: Decimal) -> str:
    return f"{value:.2f}".replace(".", ",")  # a sum on SQLite has lost its last zeros
