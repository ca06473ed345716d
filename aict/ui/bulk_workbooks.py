"""Workbooks of hundreds of thousands of rows, written as they are read: constant memory, one sheet, typed cells.

A library builds an object for each cell; here a cell is text of XML, made once for each value of a nomenclature. Part
names and attributes are those of ECMA-376; rows and cells give no address, which the standard leaves free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import islice
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from aict.ui.bulk_exports import Field, Kind
from aict.ui.exports import CELL_LIMIT, EXACT, FIRST_YEAR, column_width, guard, sheet_name

MOST_ROWS = 1_048_575  # of a sheet, below its headings
_BLOCK = 2000  # rows
_FIRST_DAY = date(1899, 12, 30).toordinal()  # day 0 of spreadsheets, which hold 29 February 1900 for a day
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    # Styles: 0 as it comes, 1 headings in bold, 2 a day.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="dd/mm/yyyy"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/>'
    '</xf><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


class TooManyRowsError(Exception):
    """A sheet holds no more; the message says what to do."""

    def __str__(self) -> str:
        return "Un classeur ne tient pas plus de 1 048 575 lignes : filtrez la liste, ou exportez en CSV."


def write(
    file: IO[bytes],
    rows: Iterable[Sequence[str]],
    fields: Sequence[Field],
    *,
    sheet: str,
    progress: Callable[[int], None] = lambda count: None,
) -> int:
    """Write `bulk_exports.lines` as a workbook; how many rows. `progress` hears the count now and then.

    Raises TooManyRowsError beyond MOST_ROWS.
    """
    count = 0
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, xml in _PARTS.items():
            archive.writestr(name, _XML + xml)
        archive.writestr("xl/workbook.xml", _XML + _workbook(sheet))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write((_XML + _head(fields)).encode())
            labels = _Labels()
            writers = [_column_writer(one, labels) for one in fields]
            rows = iter(rows)
            while block := list(islice(rows, _BLOCK)):
                count += len(block)
                if count > MOST_ROWS:
                    raise TooManyRowsError
                columns = [write(column) for write, column in zip(writers, zip(*block, strict=True), strict=True)]
                lines = map("".join, zip(*columns, strict=True))
                part.write(f"<row>{'</row><row>'.join(lines)}</row>".encode())
                progress(count)
            part.write(b"</sheetData></worksheet>")
        archive.writestr("xl/sharedStrings.xml", _XML + labels.xml())
    return count


def _workbook(sheet: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(sheet_name(sheet), {chr(34): "&quot;"})}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _head(fields: Sequence[Field]) -> str:
    """The sheet up to its first row of data: the headings stay in view."""
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{column_width(one.header)}" customWidth="1"/>'
        for place, one in enumerate(fields, start=1)
    )
    headings = "".join(f'<c s="1" t="inlineStr"><is><t>{escape(guard(one.header))}</t></is></c>' for one in fields)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{widths}</cols>'
        f"<sheetData><row>{headings}</row>"
    )


def _column_writer(one: Field, labels: _Labels) -> Callable[[Iterable[str]], Iterable[str]]:
    """What makes the XML of the cells of a column from their texts in the CSV."""
    match one.kind:
        case Kind.TEXT:
            return lambda column: [_text(text) for text in column]
        case Kind.DATE:
            days = _Known(_day)
            return lambda column: map(days.__getitem__, column)
        case Kind.AMOUNT | Kind.COUNT:
            return lambda column: [_number(text) for text in column]
    return lambda column: map(labels.__getitem__, column)


class _Known(dict[str, str]):
    """Cells by their text, made once: for columns of few values."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> str:
        cell = self[text] = self._make(text)
        return cell


class _Labels(_Known):
    """Cells that cite the shared strings of the workbook: the labels of nomenclatures, once each."""

    def __init__(self) -> None:
        super().__init__(self._cited)
        self._strings: list[str] = []
        self[""] = "<c/>"

    def _cited(self, text: str) -> str:
        self._strings.append(f"<si><t>{escape(text[:CELL_LIMIT])}</t></si>")
        return f'<c t="s"><v>{len(self._strings) - 1}</v></c>'

    def xml(self) -> str:
        """The part of the shared strings."""
        return f'<sst xmlns="{_MAIN}" uniqueCount="{len(self._strings)}">{"".join(self._strings)}</sst>'


def _text(text: str) -> str:
    if not text:
        return "<c/>"
    space = ""
    if not (text[0].isalpha() and text.isprintable() and text[-1] != " "):  # the quick way to know that it is plain
        text = guard(text)
        space = ' xml:space="preserve"'  # else spaces at the ends are lost
    text = text[:CELL_LIMIT]
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        text = escape(text, {"\r": "&#13;"})  # a parser of XML reads a bare one as a line feed
    return f'<c t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _number(text: str) -> str:
    if not text:
        return "<c/>"
    number = text.replace(",", ".")
    return f"<c><v>{number}</v></c>" if abs(float(number)) < EXACT else _text(text)


def _day(text: str) -> str:
    found = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4,})", text)
    if not found:
        return "<c/>"
    day, month, year = map(int, found.groups())
    if not FIRST_YEAR <= year <= 9999:
        return _text(text)
    return f'<c s="2"><v>{date(year, month, day).toordinal() - _FIRST_DAY}</v></c>'
