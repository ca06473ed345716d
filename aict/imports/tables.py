"""What can be imported: one `Table` for each register, declared by the app that owns the register.

An app writes `import_tables.py` and calls `register(table)` there; the engine below knows no domain.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aict.accounts.enums import Ability
from aict.accounts.tenancy import RegisterModel
from aict.ui.spreadsheets import Cell
from aict.ui.typography import fold_words

if TYPE_CHECKING:
    from aict.imports.book import Book
    from aict.imports.planning import Plan

Reader = Callable[["Cell | None", "Book"], Any]


@dataclass(frozen=True)
class Column:
    """One heading and what it fills: an attribute, or a part that `Table.assemble` joins with others.

    `read` is needed where the model field does not tell how. A computed column is exported and never read.
    """

    header: str
    key: str = ""
    synonyms: tuple[str, ...] = ()
    read: Reader | None = None

    @property
    def is_computed(self) -> bool:
        return not self.key


@dataclass(frozen=True)
class Parts:
    """Rows that belong to a row of the register, in one cell: what is there now, how a list of others replaces it.

    `current` and the values read are comparable; `replace` gets (row, values) pairs and writes them all at once.
    """

    label: str
    current: Callable[[Any], Sequence[Hashable]]
    replace: Callable[[Sequence[tuple[Any, Sequence[Any]]]], None]
    shown: Callable[[Any], str] = str


def as_they_are(values: dict[str, Any], _book: Book) -> dict[str, Any]:
    """Every part is an attribute."""
    return values


def always(_existing: Any, _candidate: Any) -> bool:
    """Rows with the same natural key are the same."""
    return True


@dataclass(frozen=True, eq=False)
class Table:
    """A register that files can be imported into.

    `natural_keys` gives the keys of a row, the surest first: a row without a known reference is recognised by them,
    among rows that `agrees` does not tell apart. `errors` are the rules of entry, by attribute. `assemble` makes
    attributes of what the columns read, and raises ValidationError naming the key of the column at fault.
    """

    slug: str
    label: str
    nouns: str  # « territoire,territoires »
    model: type[RegisterModel]
    ability: Ability
    columns: tuple[Column, ...]
    list_route: str
    natural_keys: Callable[[Any], Sequence[Hashable]]
    # Why a deleted row cannot be restored, and what to do with the line; empty when it can.
    gone: Callable[[Any], str] = lambda row: ""
    is_feminine: bool = False
    errors: Callable[[Mapping[str, Any]], Mapping[str, str]] = lambda values: {}
    list_errors: Callable[[Any, dict[str, list[Any]]], Mapping[str, str]] = lambda row, lists: {}
    agrees: Callable[[Any, Any], bool] = always
    assemble: Callable[[dict[str, Any], Book], dict[str, Any]] = as_they_are
    load: Callable[[Any], Iterable[Any]] = lambda rows: rows
    parts: Mapping[str, Parts] = field(default_factory=dict)
    help: str = ""
    rank: int = 0  # the order in which registers are best imported
    needed: tuple[tuple[str, ...], ...] = ()  # of each group, one column at least must be filled
    # A file of a known format: its headings give it away whatever the register asked for, `plan_file` reads it.
    signature: frozenset[str] = frozenset()
    plan_file: Callable[..., Plan] | None = None

    # Attributes that `assemble` makes of several columns.
    assembled: tuple[str, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns that are read, by key."""
        return {column.key: column for column in self.columns if column.key}

    @cached_property
    def attributes(self) -> list[str]:
        """Names of the model's own columns that a file can fill, directly or assembled."""
        names = {field.name for field in self.model._meta.concrete_fields}
        return [name for name in (*self.by_key, *self.assembled) if name in names]


_TABLES: dict[str, Table] = {}


def register(table: Table) -> Table:
    """Make a table known; called once by the app that owns it."""
    _TABLES[table.slug] = table
    return table


def table_of(slug: str) -> Table:
    """The table of this name. Raises KeyError when there is none."""
    return _TABLES[slug]


def tables_for(abilities: Iterable[Ability], *, formats: bool = False) -> list[Table]:
    """The registers that a person with these abilities may import into; `formats` adds the known formats of files."""
    found = [table for table in _TABLES.values() if table.ability in abilities and (formats or not table.signature)]
    return sorted(found, key=lambda table: table.rank)


def recognised(headings: Sequence[str], abilities: Iterable[Ability]) -> Table | None:
    """The known format of a file, by its headings."""
    folded = {fold_words(heading) for heading in headings}
    found = (table for table in tables_for(abilities, formats=True) if table.signature)
    return next((table for table in found if table.signature <= folded), None)


def propose(table: Table, headings: Sequence[str]) -> list[str]:
    """The key that each heading most likely fills, once each; empty where nothing is like it."""
    names = {
        fold_words(name): column.key
        for column in reversed(table.columns)
        for name in (*column.synonyms, column.key.replace("_", " "), column.header)
        if column.key
    }
    folded = [fold_words(heading) for heading in headings]
    keys = ["" if _is_computed(table, heading) else names.get(heading, "") for heading in folded]
    keys = [key if key not in keys[:place] else "" for place, key in enumerate(keys)]
    for place, heading in enumerate(folded):
        if not keys[place] and heading not in names and not _is_computed(table, heading):
            near = _near(heading, names)
            keys[place] = "" if near in keys else near
    return keys


def _is_computed(table: Table, folded: str) -> bool:
    """« État », and « État au 22/11/2026 »."""
    computed = [fold_words(column.header) for column in table.columns if column.is_computed]
    return any(folded == name or folded.startswith(f"{name} au ") for name in computed)


def _near(folded: str, names: Mapping[str, str]) -> str:
    """The column whose name begins the heading, or the contrary: « date de début », « nom de la ville »."""
    words = folded.split()
    if not words:
        return ""
    for name, key in names.items():
        parts = name.split()
        if len(parts[0]) > 3 and (words[: len(parts)] == parts or parts[: len(words)] == words):
            return key
    return ""
