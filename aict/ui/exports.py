"""Spreadsheet exports: the same columns as CSV and XLSX, typed French values, and no cell that acts as a formula."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTIVE = frozenset("=+-@|%")  # what a spreadsheet may read as the start of a formula or of a command
_BREAKS = frozenset("\t\r\n")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # by XML 1.0, so by XLSX
CELL_LIMIT = 32_767  # characters in a cell of XLSX
EXACT = 10**15  # beyond, a spreadsheet rounds whole numbers
_BLOCK = 200  # rows sent at a time
FIRST_YEAR = 1900  # before, a spreadsheet knows no date


@dataclass(frozen=True)
class Column:
    """A column: its heading, and how its value is read from a row."""

    header: str
    value: Callable[[Any], object]


def guard(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe goes before what looks like a formula; `unguard` takes it away.

    Spaces and invisible characters do not hide the first sign, nor does its full-width form.
    """
    text = _FORBIDDEN.sub("", text)
    return "'" + text if _looks_active(text.lstrip("'")) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`, so that an export read back changes nothing."""
    return text[1:] if text.startswith("'") and _looks_active(text.lstrip("'")) else text


def file_response(rows: Iterable, columns: Sequence[Column], name: str, format: str) -> HttpResponseBase:
    """The rows as a file called `name` (« accords »). Raises Http404 for a format that is neither csv nor xlsx."""
    if format == "csv":
        return csv_response(rows, columns, f"{name}.csv")
    if format == "xlsx":
        return xlsx_response(rows, columns, f"{name}.xlsx", name.replace("-", " ").capitalize())
    raise Http404


def csv_response(rows: Iterable, columns: Sequence[Column], filename: str) -> StreamingHttpResponse:
    """A CSV for French spreadsheets, sent as it is written: UTF-8 with BOM, `;`, CRLF."""
    response = StreamingHttpResponse(_csv_blocks(rows, columns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def xlsx_response(rows: Iterable, columns: Sequence[Column], filename: str, sheet: str) -> HttpResponse:
    """An XLSX workbook of one sheet, to download."""
    response = HttpResponse(xlsx_bytes(rows, columns, sheet), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def xlsx_bytes(rows: Iterable, columns: Sequence[Column], sheet: str) -> bytes:
    """An XLSX workbook of one sheet: bold headings that stay in view, real numbers and dates."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet_name(sheet))
    page.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = column_width(column.header)
    bold, top = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    headings = []
    for column in columns:
        cell = _text_cell(page, column.header)
        cell.font, cell.alignment = bold, top
        headings.append(cell)
    page.append(headings)
    for row in _each(rows):
        page.append([_xlsx_cell(page, column.value(row)) for column in columns])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _looks_active(text: str) -> bool:
    if text[:1] in _BREAKS:
        return True
    first = text.translate(INVISIBLE).lstrip()[:1]
    return bool(first) and unicodedata.normalize("NFKC", first)[:1] in ACTIVE


def _each(rows: Iterable) -> Iterator:
    """Rows one by one; a queryset is read in slices, its prefetches kept."""
    reader = getattr(rows, "iterator", None)
    return reader(chunk_size=2000) if reader else iter(rows)


class _Echo:
    """A file that returns what the CSV writer gives it."""

    def write(self, line: str) -> str:
        return line


def _csv_blocks(rows: Iterable, columns: Sequence[Column]) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield ("\ufeff" + writer.writerow([guard(column.header) for column in columns])).encode()
    lines = (writer.writerow([_csv_text(column.value(row)) for column in columns]) for row in _each(rows))
    while block := list(islice(lines, _BLOCK)):
        yield "".join(block).encode()


def _csv_text(value: object) -> str:
    """A value as a French spreadsheet reads it; a real number below 0 is no formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, (Decimal, float)):
        exact = Decimal(str(value))
        return f"{exact:f}".replace(".", ",") if exact.is_finite() else ""
    if isinstance(value, datetime):
        return f"{_local(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return guard(str(value))


def _xlsx_cell(page: Any, value: object) -> Any:
    """A typed cell; a bare value where its type is enough."""
    if value is None or isinstance(value, bool):
        return _csv_text(value) or None
    if isinstance(value, int):
        return int(value) if abs(value) < EXACT else _text_cell(page, str(int(value)), exact=True)
    if isinstance(value, (Decimal, float)):
        return value if Decimal(str(value)).is_finite() else None
    if isinstance(value, date):
        if value.year < FIRST_YEAR:
            return _text_cell(page, _csv_text(value))
        timed = isinstance(value, datetime)
        cell = WriteOnlyCell(page, _local(value) if isinstance(value, datetime) else value)
        cell.number_format = "dd/mm/yyyy hh:mm" if timed else "dd/mm/yyyy"
        return cell
    return _text_cell(page, str(value))


def _text_cell(page: Any, text: str, *, exact: bool = False) -> Any:
    """A cell that is text whatever it holds: openpyxl would read `=1` as a formula and `#N/A` as an error."""
    cell = WriteOnlyCell(page, "")
    cell.value = (text if exact else guard(text))[:CELL_LIMIT]
    cell.data_type = "s"
    return cell


def _local(moment: datetime) -> datetime:
    """The local time without its zone: a spreadsheet knows none."""
    return timezone.localtime(moment).replace(tzinfo=None) if timezone.is_aware(moment) else moment


def column_width(header: str) -> int:
    """The width of a column, in characters, by its heading."""
    return min(max(len(header) + 4, 14), 44)


def sheet_name(name: str) -> str:
    """A name that XLSX accepts: 31 characters at most, none of []:*?/\\."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")[:31].strip(" '") or "Feuille 1"
