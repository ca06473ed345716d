"""XLSX workbooks judged before any parser builds them: the directory of the archive, then its real content.

A workbook is a zip of XML. What its headers declare may lie, so each part is inflated here, a block at a time and kept
nowhere, within limits; each part of XML is read by a parser that stops at a DOCTYPE, and the cells of the sheets are
counted: a sheet of two cells a million rows apart would otherwise be built whole.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any
from xml.parsers import expat

MAX_UNZIPPED = 50 * 1024 * 1024
MAX_RATIO = 100
MAX_PARTS = 2000
_RATIO_FROM = 512 * 1024  # a few hundred kilobytes of blanks harm nobody
_BLOCK = 64 * 1024
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAX_KEPT = 20_000  # addresses of formulas and of merged cells that are remembered

RESAVE = "Ouvrez-le dans un tableur et enregistrez-le en XLSX, ou en CSV."


class RefusedFileError(Exception):
    """A file that will not be read; the message says why and how to mend, in French."""


@dataclass
class SheetFacts:
    """What a sheet holds that its values alone do not tell; cells are (row, column), from 0."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, first column, last ones
    merged_cells: int = 0

    def hidden(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Each cell that a merge covers, with the cell that holds the value."""
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.merged
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }


def judge(content: bytes, *, max_rows: int, max_columns: int) -> tuple[BytesIO, dict[str, SheetFacts]]:
    """A clean copy of the workbook, and the facts of each sheet by its name.

    The copy holds the judged parts of XML alone, so that the parser can meet nothing else than what was judged here.
    Raises RefusedFileError for what is not a sound workbook within the limits.
    """
    file = BytesIO(content)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _judge_directory(parts, len(content))
            places = [(part, _data_offset(file, part)) for part in parts]
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        raise RefusedFileError(f"Ce classeur est abîmé : il ne s’ouvre pas. {RESAVE}") from None
    readers, total = {}, 0
    for part, offset in places:
        reader = _XmlReader(max_rows, max_columns) if _is_xml(part) else None
        for block in _judged(file, part, offset):
            total += len(block)
            _judge_size(total, total, len(content))
            if reader:
                reader.feed(block)
        if reader:
            reader.feed(b"", is_last=True)
            readers[part.filename] = reader
    return _copy(file, places), _facts_by_name(readers)


def _is_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels"))


def _copy(file: IO[bytes], places: list[tuple[zipfile.ZipInfo, int]]) -> BytesIO:
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
        for part, offset in places:
            if _is_xml(part):
                archive.writestr(part.filename, b"".join(_inflated(file, part, offset)))
    copy.seek(0)
    return copy


def _facts_by_name(readers: dict[str, _XmlReader]) -> dict[str, SheetFacts]:
    """Sheets by the name that the workbook gives them; those of a workbook arranged otherwise are left out."""
    names = readers["xl/workbook.xml"].names
    paths = readers["xl/_rels/workbook.xml.rels"].targets if "xl/_rels/workbook.xml.rels" in readers else {}
    found = {}
    for name, key in names.items():
        path = posixpath.normpath(posixpath.join("/xl", paths.get(key, ""))).lstrip("/")
        if path in readers:
            found[name] = readers[path].facts
    return found


def _judge_directory(parts: list[zipfile.ZipInfo], size: int) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MAX_PARTS:
        raise RefusedFileError(f"Ce classeur compte plus de {MAX_PARTS} parties. {RESAVE}")
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name for name in names):
        raise RefusedFileError(f"Ce classeur contient un chemin qui sort du classeur. {RESAVE}")
    if len({name.lower() for name in names}) < len(names):
        raise RefusedFileError(f"Ce classeur contient deux fois la même partie. {RESAVE}")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise RefusedFileError("Ce classeur est protégé par un mot de passe : retirez-le, puis déposez-le de nouveau.")
    if any(part.compress_type not in (_STORED, _DEFLATED) for part in parts):
        raise RefusedFileError(f"Ce classeur est comprimé d’une façon inhabituelle. {RESAVE}")
    _judge_kind(names)
    declared = sum(part.file_size for part in parts)
    _judge_size(declared, declared, size)


def _judge_kind(names: list[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "content.xml" in names:
        raise RefusedFileError("C’est un document OpenDocument (ODS…) : enregistrez-le en XLSX ou en CSV.")
    if "xl/workbook.bin" in names:
        raise RefusedFileError("C’est un classeur binaire (XLSB) : enregistrez-le en XLSX ou en CSV.")
    raise RefusedFileError("C’est une archive ZIP, pas un classeur XLSX. Déposez le tableau lui-même, en XLSX ou CSV.")


def _judge_size(total: int, inflated: int, compressed: int) -> None:
    if total > MAX_UNZIPPED:
        raise RefusedFileError(
            f"Ce classeur, une fois décomprimé, dépasse {MAX_UNZIPPED // 1024**2} Mo : découpez-le, ou enregistrez-le "
            "en CSV."
        )
    if inflated > _RATIO_FROM and inflated > MAX_RATIO * max(compressed, 1):
        raise RefusedFileError(
            f"Ce classeur se décomprime plus de {MAX_RATIO} fois : il contient surtout du vide. Copiez les lignes "
            "utiles dans un classeur neuf."
        )


def _data_offset(file: IO[bytes], part: zipfile.ZipInfo) -> int:
    """Where the bytes of a part begin: after its local header, whose own lengths count."""
    file.seek(part.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise ValueError("no local header")
    return part.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")


def _judged(file: IO[bytes], part: zipfile.ZipInfo, offset: int) -> Iterator[bytes]:
    """The content of a part, stopped as soon as it is more than its header says or swells too much."""
    got = 0
    for block in _inflated(file, part, offset):
        got += len(block)
        if got > part.file_size:
            break
        _judge_size(got, got, part.compress_size)
        yield block
    if got != part.file_size:
        raise RefusedFileError(f"Ce classeur ne contient pas ce que ses en-têtes annoncent. {RESAVE}")


def _inflated(file: IO[bytes], part: zipfile.ZipInfo, offset: int) -> Iterator[bytes]:
    """The content of a part in blocks, whatever size its headers declare."""
    file.seek(offset)
    left = part.compress_size
    engine = zlib.decompressobj(-15) if part.compress_type == _DEFLATED else None
    try:
        while left > 0 and (raw := file.read(min(left, _BLOCK))):
            left -= len(raw)
            if engine is None:
                yield raw
            else:
                yield from _blocks(engine, raw)
    except zlib.error:
        raise RefusedFileError(f"Ce classeur est abîmé : il ne s’ouvre pas. {RESAVE}") from None


def _blocks(engine: Any, raw: bytes) -> Iterator[bytes]:
    """What the engine gives for these bytes, never more than a block at a time."""
    while block := engine.decompress(raw, _BLOCK):
        yield block
        raw = engine.unconsumed_tail


class _XmlReader:
    """Reads a part of XML without building it: no document type, cells counted, formulas and merges remembered."""

    def __init__(self, max_rows: int, max_columns: int) -> None:
        self.max_rows, self.max_columns = max_rows, max_columns
        self.facts = SheetFacts()
        self.names: dict[str, str] = {}  # of the sheets, with the key of their part
        self.targets: dict[str, str] = {}  # of the relationships, by key
        self.row, self.column, self.elements = -1, -1, 0
        self.parser = expat.ParserCreate()
        self.parser.XmlDeclHandler = self._declaration
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start

    def feed(self, block: bytes, *, is_last: bool = False) -> None:
        try:
            self.parser.Parse(block, is_last)
        except (expat.ExpatError, ValueError, LookupError):
            raise RefusedFileError(f"Ce classeur est abîmé : son contenu est mal formé. {RESAVE}") from None

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "us-ascii"):
            raise RefusedFileError(f"Ce classeur contient du texte qui n’est pas en UTF-8. {RESAVE}")

    def _doctype(self, *_: Any) -> None:
        raise RefusedFileError(f"Ce classeur contient une déclaration DOCTYPE ou une entité XML. {RESAVE}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self.elements += 1
        if self.elements == 1 and tag in ("sst", "styleSheet"):
            self.parser.StartElementHandler = None  # texts and styles: neither row nor cell
        match tag:
            case "c":
                self._cell(attributes.get("r"))
            case "row":
                self.row, self.column = self._number(attributes.get("r")), -1
                self._at(self.row, 0)
            case "f":
                if len(self.facts.formulas) < _MAX_KEPT:
                    self.facts.formulas.add((self.row, self.column))
            case "mergeCell":
                self._merge(attributes.get("ref", ""))
            case "sheet":
                key = next((value for label, value in attributes.items() if label.rpartition(":")[2] == "id"), "")
                self.names[attributes.get("name", "")] = key
            case "Relationship":
                self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _number(self, said: str | None) -> int:
        return int(said) - 1 if said and said.isascii() and said.isdigit() and len(said) < 9 else self.row + 1

    def _cell(self, address: str | None) -> None:
        if address is None:
            self.column += 1
        else:
            self.row, self.column = address_of(address)
        self._at(self.row, self.column)

    def _at(self, row: int, column: int) -> None:
        if row >= self.max_rows:
            raise RefusedFileError(too_many_rows(self.max_rows))
        if column >= self.max_columns:
            raise RefusedFileError(too_many_columns(self.max_columns))

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = address_of(first), address_of(last or first)
        self.facts.merged.append((top, left, min(bottom, self.max_rows), min(right, self.max_columns)))
        self.facts.merged_cells += (self.facts.merged[-1][2] - top + 1) * (self.facts.merged[-1][3] - left + 1)
        if self.facts.merged_cells > _MAX_KEPT:
            raise RefusedFileError(
                "Ce classeur compte trop de cellules fusionnées : défusionnez-les, puis répétez les valeurs."
            )


def address_of(text: str) -> tuple[int, int]:
    """« B3 » → (2, 1). Raises RefusedFileError when it is no address of a cell."""
    found = _CELL.fullmatch(text.replace("$", "").upper())
    if found is None:
        raise RefusedFileError(f"Ce classeur est abîmé : « {text[:20]} » n’est pas l’adresse d’une cellule. {RESAVE}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def too_many_rows(limit: int) -> str:
    """The refusal of a table that is too long."""
    return (
        f"Ce fichier compte plus de {limit:,} lignes".replace(",", "\u00a0")
        + " : c’est le plus que l’outil lise d’un coup. "
        "Découpez-le ; si les dernières lignes sont vides, supprimez-les."
    )


def too_many_columns(limit: int) -> str:
    """The refusal of a table that is too wide."""
    return f"Ce fichier compte plus de {limit} colonnes. Gardez celles qui servent ; supprimez les colonnes vides."
