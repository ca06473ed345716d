"""From a file to rows that know their line. Everything a hostile file could do is refused before it is built.

Only five kinds of plain value exist: null, true or false, whole number, decimal number, text. Dates stay text until
their column reads them, so that an impossible date is a reason in the report and `country: NO` is Norway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from aict.ui.typography import french

MAX_BYTES = 5 * 1024 * 1024
MAX_VALUES = 150_000
MAX_DEPTH = 16

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAP, INT, FLOAT = (f"tag:yaml.org,2002:{name}" for name in ("map", "int", "float"))


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message says why and how to mend, in French."""

    def __init__(self, message: str) -> None:
        super().__init__(french(message))


class Row(dict):
    """A mapping of the file, with the line where it starts and the line of each key."""

    line: int = 0
    lines: dict[str, int]


class _Loader(_Base):
    """Composes rows; knows no tag but the plain ones."""

    yaml_implicit_resolvers: dict[str, Any] = {}


def _row(loader: Any, node: yaml.MappingNode) -> Iterator[Row]:
    row = Row()
    row.line = node.start_mark.line + 1
    row.lines = {}
    yield row
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise UnreadableFileError(f"Ligne {line} : une clé doit être un mot simple.")
        key = str(key_node.value)
        if key in row:
            raise UnreadableFileError(
                f"Ligne {line} : la clé « {key[:60]} » est écrite deux fois au même endroit. Gardez-en une."
            )
        row[key] = loader.construct_object(value_node, deep=True)
        row.lines[key] = line


_Loader.add_constructor(MAP, _row)
_Loader.add_constructor(INT, lambda loader, node: int(node.value))
_Loader.add_constructor(FLOAT, lambda loader, node: Decimal(node.value))
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    (INT, r"[-+]?(?:0|[1-9][0-9]{0,29})", list("-+0123456789")),
    (FLOAT, r"[-+]?[0-9]{1,30}\.[0-9]{0,30}(?:[eE][-+]?[0-9]{1,2})?", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), _first)


def read_case(path: Path) -> Row:
    """The whole file as rows. Raises UnreadableFileError when it is not a readable YAML mapping."""
    return parse_case(_text(_bytes(path)))


def parse_case(text: str) -> Row:
    """Same as `read_case`, from text already decoded."""
    _scan(text)
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader with fewer tags)
    except yaml.MarkedYAMLError as error:
        raise UnreadableFileError(_not_yaml(error)) from error
    if not isinstance(data, Row):
        raise UnreadableFileError(
            "Le fichier ne contient pas de rubriques. Il doit commencer par « collectivity: », "
            "« territories: »… comme le modèle."
        )
    return data


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise UnreadableFileError(f"Le fichier « {path} » n’existe pas. Vérifiez son chemin.")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableFileError(f"Le fichier « {path} » ne peut pas être lu : vérifiez vos droits.") from error
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(
            f"Le fichier dépasse {MAX_BYTES // 1024 // 1024} Mo. Découpez-le : une collectivité par fichier."
        )
    return data


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise UnreadableFileError("Le fichier contient des octets nuls : ce n’est pas du texte.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableFileError(
            f"Ligne {line} : le fichier n’est pas en UTF-8. Enregistrez-le à nouveau en choisissant cet encodage."
        ) from error


def _scan(text: str) -> None:
    """Read the events, which cost little, and refuse what would cost much once built."""
    depth = values = documents = 0
    try:
        for event in yaml.parse(text, Loader=_Base):
            line = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise UnreadableFileError(
                    f"Ligne {line} : les renvois YAML (& et *) ne sont pas acceptés. Écrivez la valeur en entier."
                )
            if getattr(event, "tag", None):
                raise UnreadableFileError(f"Ligne {line} : les étiquettes YAML (!) ne sont pas acceptées.")
            documents += isinstance(event, yaml.DocumentStartEvent)
            values += isinstance(event, yaml.NodeEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            _refuse_excess(line, depth, values, documents)
    except yaml.YAMLError as error:
        raise UnreadableFileError(_not_yaml(error)) from error


def _refuse_excess(line: int, depth: int, values: int, documents: int) -> None:
    if depth > MAX_DEPTH:
        raise UnreadableFileError(f"Ligne {line} : plus de {MAX_DEPTH} niveaux emboîtés. Le modèle en compte six.")
    if values > MAX_VALUES:
        raise UnreadableFileError(f"Ligne {line} : plus de {MAX_VALUES} valeurs. Découpez le fichier.")
    if documents > 1:
        raise UnreadableFileError(f"Ligne {line} : un second document commence (---). Un fichier n’en contient qu’un.")


def _not_yaml(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f" à la ligne {mark.line + 1}, colonne {mark.column + 1}" if mark else ""
    return (
        f"Le fichier n’est pas du YAML lisible{where}. Vérifiez à cet endroit l’alignement, les deux-points "
        "et les guillemets."
    )
