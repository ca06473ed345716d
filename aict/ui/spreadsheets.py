"""Tables that people bring: CSV as every tool writes it, XLSX; read within limits, every cell with its address.

What was guessed (encoding, separator, sheet, line of the headings) is told, and can be asked for instead.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from itertools import islice
from math import isfinite

import python_calamine

from aict.ui import workbooks
from aict.ui.exports import unguard
from aict.ui.workbooks import RefusedFileError

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767  # characters, as in a spreadsheet
MAX_HEADINGS_LINE = 20
SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation"}
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 avec BOM", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN = (
    (b"%PDF-", "un PDF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (b"{\\rtf", "un document RTF"),
    (b"\x1f\x8b", "une archive"),
    (b"7z\xbc\xaf", "une archive"),
    (b"Rar!", "une archive"),
    (b"\x7fELF", "un programme"),
    (b"MZ", "un programme"),
    (b"SQLite format 3", "une base de données"),
)
_MARKUP = re.compile(rb"\s*<(!doctype|html|\?xml|svg|script)", re.IGNORECASE)

Cell = str | Decimal | date


@dataclass(frozen=True)
class Reading:
    """How a file is read. Empty values are guessed; `sheet` and `separator` belong to one kind each."""

    separator: str = ""
    encoding: str = ""
    sheet: str = ""
    headings: int = 0  # line of the headings, from 1


@dataclass(frozen=True)
class Line:
    """One row: its line as a spreadsheet numbers it, its cells (None when empty), why some cannot be read."""

    number: int
    cells: tuple[Cell | None, ...]
    unreadable: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A table: headings, rows that are not blank, how it was read, what should be known of it."""

    kind: str  # csv or xlsx
    headings: tuple[str, ...]
    lines: list[Line]
    reading: Reading
    sheets: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def read(content: bytes, asked: Reading | None = None) -> Sheet:
    """The table of a file. Raises RefusedFileError, in French, for what is not a table within the limits."""
    asked = asked or Reading()
    if not content.strip(b"\x00\r\n\t ;,\xef\xbb\xbf\xff\xfe"):
        raise RefusedFileError("Ce fichier est vide. Choisissez-en un autre.")
    if len(content) > MAX_BYTES:
        raise RefusedFileError(
            f"Ce fichier dépasse {MAX_BYTES // 1024**2} Mo : découpez-le, ou retirez ce qui ne sert pas."
        )
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_xlsx(content, asked)
    _refuse_other_kinds(content)
    return _read_csv(content, asked)


def letter(column: int) -> str:
    """« A » for column 0, « AA » for column 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def shown(cell: Cell | None) -> str:
    """A cell as its owner wrote it, or nearly."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_OLE):
        raise RefusedFileError(
            "C’est un ancien classeur (XLS), ou un classeur protégé par un mot de passe : enregistrez-le en XLSX sans "
            "mot de passe, ou en CSV."
        )
    for start, what in _KNOWN:
        if content.startswith(start):
            raise RefusedFileError(f"Ce fichier est {what}, quel que soit son nom. Déposez un tableau en CSV ou XLSX.")
    if _MARKUP.match(content[:1000].removeprefix(b"\xef\xbb\xbf")):
        raise RefusedFileError("Ce fichier est une page HTML ou XML. Enregistrez le tableau en CSV ou en XLSX.")


# --- CSV -----------------------------------------------------------------------------------


def _read_csv(content: bytes, asked: Reading) -> Sheet:
    text, encoding = _decoded(content, asked.encoding)
    separator = asked.separator if asked.separator in SEPARATORS else _separator(text)
    rows = _csv_rows(text, separator)
    return _sheet("csv", rows, replace(asked, separator=separator, encoding=encoding, sheet=""))


def _decoded(content: bytes, asked: str) -> tuple[str, str]:
    """The text and its encoding: a mark tells, else UTF-8 when it holds together, else what Windows writes."""
    encoding = asked if asked in ENCODINGS else _encoding(content)
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError:
        raise RefusedFileError(
            f"Ce fichier ne se lit pas en {ENCODINGS[encoding]}. Enregistrez-le en « CSV UTF-8 », ou en XLSX."
        ) from None
    if "\x00" in text:
        raise RefusedFileError("Ce fichier contient des octets nuls : ce n’est pas un tableau en CSV ou en XLSX.")
    return text, encoding


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _separator(text: str) -> str:
    """The separator that cuts the first lines into the most columns, alike from line to line."""

    def score(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in islice(csv.reader(StringIO(text[:50_000]), delimiter=separator), 30) if row]
        except csv.Error:
            return 0, 0
        if not widths or max(widths) == 1:
            return 0, 0
        width, times = Counter(widths).most_common(1)[0]
        return (times if width > 1 else 0), max(widths)

    return max(SEPARATORS, key=score)


def _csv_rows(text: str, separator: str) -> list[list[Cell | None]]:
    rows: list[list[Cell | None]] = []
    csv.field_size_limit(MAX_CELL * 4)
    if text.count(separator) > (MAX_ROWS + MAX_HEADINGS_LINE) * MAX_COLUMNS:  # one row could be millions of cells
        raise RefusedFileError(workbooks.too_many_columns(MAX_COLUMNS))
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator):
            if len(rows) > MAX_ROWS + MAX_HEADINGS_LINE:
                raise RefusedFileError(workbooks.too_many_rows(MAX_ROWS))
            rows.append(_bounded([_cleaned(cell) for cell in row]))
    except csv.Error:
        raise RefusedFileError(
            f"La ligne {len(rows) + 1} ne se lit pas : un guillemet y est ouvert et jamais refermé, ou une cellule est "
            "trop longue. Corrigez-la, ou enregistrez le tableau en XLSX."
        ) from None
    return rows


def _bounded(row: list[Cell | None]) -> list[Cell | None]:
    """A row within MAX_COLUMNS. Raises RefusedFileError when it says something beyond; separators alone are nothing."""
    if any(cell is not None for cell in row[MAX_COLUMNS:]):
        raise RefusedFileError(workbooks.too_many_columns(MAX_COLUMNS))
    return row[:MAX_COLUMNS]


def _cleaned(cell: str) -> str | None:
    return unguard(cell.strip()) or None


# --- XLSX ----------------------------------------------------------------------------------


def _read_xlsx(content: bytes, asked: Reading) -> Sheet:
    copy, facts = workbooks.judge(content, max_rows=MAX_ROWS + MAX_HEADINGS_LINE, max_columns=MAX_COLUMNS)
    try:
        with python_calamine.load_workbook(copy) as book:
            names = tuple(
                one.name for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet
            )
            name = asked.sheet if asked.sheet in names else _first_filled(book, names)
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, ValueError, OSError):
        raise RefusedFileError(f"Ce classeur est abîmé : il ne s’ouvre pas. {workbooks.RESAVE}") from None
    cells = [[_xlsx_cell(value) for value in row] for row in rows]
    return _sheet("xlsx", cells, replace(asked, separator="", encoding="", sheet=name), names, facts.get(name))


def _first_filled(book: python_calamine.CalamineWorkbook, names: Sequence[str]) -> str:
    """The first sheet with something in it."""
    for name in names:
        if book.get_sheet_by_name(name).height:
            return name
    raise RefusedFileError("Ce classeur est vide : aucune feuille ne contient de ligne.")


def _xlsx_cell(value: object) -> Cell | None:
    """A number without the noise of binary fractions, a day, or text."""
    match value:
        case None | "":
            return None
        case bool():
            return "oui" if value else "non"
        case int():
            return Decimal(value)
        case float() if not isfinite(value):  # a forged number, « 1e400 »: no tool writes it
            return str(value)
        case float():
            exact = Decimal(repr(value))
            return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() and abs(exact) < 10**15 else exact
        case datetime():
            return value.date() if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
        case date():
            return value
        case time() | timedelta():
            return str(value)
    return _cleaned(str(value))


# --- Both ----------------------------------------------------------------------------------


def _sheet(
    kind: str,
    rows: list[list[Cell | None]],
    reading: Reading,
    sheets: tuple[str, ...] = (),
    facts: workbooks.SheetFacts | None = None,
) -> Sheet:
    """Headings and rows; blank rows are left out, cells beyond the headings make a row unreadable."""
    at = reading.headings - 1 if 0 < reading.headings <= len(rows) else _headings_row(rows)
    headings = tuple(shown(cell) for cell in rows[at])
    while headings and not headings[-1]:
        headings = headings[:-1]
    if not headings:
        raise RefusedFileError(f"La ligne {at + 1} ne donne pas d’en-têtes : indiquez la ligne qui les porte.")
    if len(headings) > MAX_COLUMNS:
        raise RefusedFileError(workbooks.too_many_columns(MAX_COLUMNS))
    traps = _traps(rows, len(headings), facts) if facts else {}
    lines = [
        _line(number, row, len(headings), traps.get(number - 1, {}))
        for number, row in enumerate(rows[at + 1 :], start=at + 2)
        if any(cell is not None for cell in row)
    ]
    if len(lines) > MAX_ROWS:
        raise RefusedFileError(workbooks.too_many_rows(MAX_ROWS))
    if not lines:
        raise RefusedFileError("Ce fichier n’a que des en-têtes : aucune ligne à importer.")
    return Sheet(kind, headings, lines, replace(reading, headings=at + 1), sheets, _notices(headings, facts))


def _headings_row(rows: Sequence[Sequence[Cell | None]]) -> int:
    """The first of the widest rows of text among the first ones: a title above the table is skipped."""
    counts = [sum(isinstance(cell, str) for cell in row) for row in rows[:MAX_HEADINGS_LINE]]
    first = next((place for place, count in enumerate(counts) if count), 0)
    if counts and counts[first] == 1:
        return next((place for place, count in enumerate(counts) if count > 1), first)
    return first


def _line(number: int, row: Sequence[Cell | None], width: int, traps: dict[int, str]) -> Line:
    unreadable = dict(traps)
    for column, cell in enumerate(row):
        if isinstance(cell, str) and len(cell) > MAX_CELL:
            unreadable[column] = f"Trop long : {MAX_CELL} caractères au plus dans une cellule."
        elif isinstance(cell, str) and "\x00" in cell:
            unreadable[column] = "Cette cellule contient un caractère nul : effacez-le."
        elif column >= width and cell is not None:
            unreadable[column] = "Cette cellule est au-delà des en-têtes : un séparateur ou un en-tête manque."
    return Line(number, (*row[:width], *(None,) * (width - len(row))), unreadable)


def _traps(rows: Sequence[Sequence[Cell | None]], width: int, facts: workbooks.SheetFacts) -> dict[int, dict[int, str]]:
    """By row and column, why the value of a cell cannot be known: hidden by a merge, or a formula never computed."""
    found: dict[int, dict[int, str]] = {}
    for (row, column), (top, left) in facts.hidden().items():
        if column < width:
            found.setdefault(row, {})[column] = (
                f"Cette cellule est fusionnée avec {letter(left)}{top + 1} : défusionnez, puis répétez la valeur."
            )
    for row, column in facts.formulas:
        if row < len(rows) and column < width and (column >= len(rows[row]) or rows[row][column] is None):
            found.setdefault(row, {})[column] = (
                "Cette cellule contient une formule sans résultat enregistré : ouvrez le classeur dans un tableur et "
                "enregistrez-le."
            )
    return found


def _notices(headings: Sequence[str], facts: workbooks.SheetFacts | None) -> tuple[str, ...]:
    notices = []
    for heading, count in Counter(filter(None, headings)).items():
        if count > 1:
            where = ", ".join(letter(place) for place, one in enumerate(headings) if one == heading)
            notices.append(
                f"{count} colonnes s’appellent « {heading[:60]} » ({where}) : la première est proposée, "
                "vérifiez ce choix."
            )
    if facts and facts.formulas:
        first = ", ".join(f"{letter(column)}{row + 1}" for row, column in sorted(facts.formulas)[:5])
        notices.append(
            f"Des cellules contiennent une formule ({first}{'…' if len(facts.formulas) > 5 else ''}) : "
            "c’est le dernier résultat enregistré par le tableur qui est lu."
        )
    return tuple(notices)
