"""XLSX workbooks judged before any parser builds them: the directory of the archive, then its real content.

A workbook is a zip of XML. The archive is judged as any other (`archives.py`); then each part of XML is read by a
parser that stops at a DOCTYPE, and the cells of the sheets are counted: a sheet of two cells a million rows apart would
otherwise be built whole.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat

from django.core.exceptions import ValidationError

from aict.ui.archives import MAX_RATIO, MAX_UNZIPPED, check_archive

_BLOCK = 64 * 1024
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAX_KEPT = 20_000  # addresses of formulas and of merged cells that are remembered

RESAVE = "Ouvrez-le dans un tableur et enregistrez-le en XLSX, ou en CSV."
# What the judgement of the archive answers, in the words of a workbook.
_REFUSALS = {
    "bomb": (
        f"Ce classeur se décomprime plus de {MAX_RATIO} fois, ou au-delà de {MAX_UNZIPPED // 1024**2} Mo : il contient "
        "surtout du vide. Copiez les lignes utiles dans un classeur neuf, ou enregistrez-le en CSV."
    ),
    "encrypted": "Ce classeur est protégé par un mot de passe : retirez-le, puis déposez-le de nouveau.",
    "polyglot": f"Ce classeur contient autre chose que ce que ses en-têtes annoncent. {RESAVE}",
    "broken": f"Ce classeur est abîmé : il ne s’ouvre pas. {RESAVE}",
}


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
    try:
        archive = check_archive(BytesIO(content))
    except ValidationError as refused:
        raise RefusedFileError(_REFUSALS[refused.code or "broken"]) from None
    with archive:
        _judge_names(archive.namelist())
        parts = [part for part in archive.infolist() if _is_xml(part)]
        try:
            readers = {part.filename: _read(archive, part, _XmlReader(max_rows, max_columns)) for part in parts}
            return _copy(archive, parts), _facts_by_name(readers)
        except (zipfile.BadZipFile, NotImplementedError):
            raise RefusedFileError(_REFUSALS["broken"]) from None


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, reader: _XmlReader) -> _XmlReader:
    """Read a part a block at a time: its size is known to be the one announced."""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            reader.feed(block)
    reader.feed(b"", is_last=True)
    return reader


def _is_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels"))


def _copy(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> BytesIO:
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as clean:
        for part in parts:
            clean.writestr(part.filename, archive.read(part))
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


def _judge_names(names: list[str]) -> None:
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name for name in names):
        raise RefusedFileError(f"Ce classeur contient un chemin qui sort du classeur. {RESAVE}")
    if "xl/workbook.xml" in names:
        return
    if "content.xml" in names:
        raise RefusedFileError("C’est un document OpenDocument (ODS…) : enregistrez-le en XLSX ou en CSV.")
    if "xl/workbook.bin" in names:
        raise RefusedFileError("C’est un classeur binaire (XLSB) : enregistrez-le en XLSX ou en CSV.")
    raise RefusedFileError("C’est une archive ZIP, pas un classeur XLSX. Déposez le tableau lui-même, en XLSX ou CSV.")


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
