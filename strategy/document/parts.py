"""What a document is made of: plain frozen data, each block with the template that prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString

NO_DRAWING = SafeString("")
LONG = 1500  # characters of a sheet above which it may break over two pages
DENSE = 1100  # characters on the page for elected officials above which it is set smaller
WHOLE = 5  # rows up to which a table is never cut
SHORT = 45  # characters of a note up to which it shares its line with others


@dataclass(frozen=True)
class Mark:
    """What a statement rests on: a working assumption, numbered sources, or both."""

    assumption: bool = False
    sources: tuple[int, ...] = ()


PLAIN = Mark()


@dataclass(frozen=True)
class Cell:
    """A cell: a text, a smaller note under it, a drawing; `missing` prints « Manquant »."""

    text: str = ""
    note: str = ""
    drawing: SafeString = NO_DRAWING
    mark: Mark = PLAIN
    assumed: bool = False
    missing: bool = False
    css: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its heading, its share of the width in percent, how it is set (`r` right, `c` centred, `turn`,
    `turn tall`)."""

    label: str
    width: int
    css: str = ""

    @property
    def is_turned(self) -> bool:
        return self.css.startswith("turn")


@dataclass(frozen=True)
class Row:
    """A row; `kind` is empty, « group » (one heading across), « lead » and « sub » (a heading, what it heads) or
    « long » (may break over two pages)."""

    head: Cell
    cells: tuple[Cell, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption; `foot` is the row of totals."""

    template: ClassVar[str] = "strategy/pdf/_table.html"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foot: Row | None = None
    css: str = ""

    @property
    def span(self) -> int:
        return len(self.columns)

    @property
    def is_short(self) -> bool:
        """Whether it is kept on one page."""
        return len(self.rows) <= WHOLE and not any(row.kind == "long" for row in self.rows)


@dataclass(frozen=True)
class Note:
    """A text with its label, run in: « Opportunité. Accueil croisé… »."""

    label: str
    text: str
    assumed: bool = False

    @property
    def is_short(self) -> bool:
        return len(self.text) <= SHORT and "\n" not in self.text


@dataclass(frozen=True)
class Sheet:
    """One row of a step read in full: title and facts at the side, texts beside them."""

    title: str
    facts: tuple[str, ...] = ()
    lead: str = ""
    lead_assumed: bool = False
    notes: tuple[Note, ...] = ()
    mark: Mark = PLAIN

    @property
    def is_long(self) -> bool:
        """Whether it must be allowed to run over two pages."""
        return len(self.lead) + sum(len(note.text) for note in self.notes) > LONG

    @property
    def lines(self) -> tuple[tuple[Note, ...], ...]:
        """The notes in their order: a long one has its line, short neighbours share theirs."""
        found: list[tuple[Note, ...]] = []
        for note in self.notes:
            if found and note.is_short and found[-1][-1].is_short:
                found[-1] += (note,)
            else:
                found.append((note,))
        return tuple(found)


@dataclass(frozen=True)
class Sheets:
    """Sheets one after another."""

    template: ClassVar[str] = "strategy/pdf/_sheets.html"
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Prose:
    """Paragraphs."""

    template: ClassVar[str] = "strategy/pdf/_prose.html"
    paragraphs: tuple[str, ...]
    css: str = ""


def paragraphs(*texts: str, css: str = "") -> Prose:
    """Paragraphs, one per text."""
    return Prose(texts, css)


@dataclass(frozen=True)
class Quote:
    """A vision, in large."""

    template: ClassVar[str] = "strategy/pdf/_quote.html"
    text: str
    origin: str = ""
    mark: Mark = PLAIN
    assumed: bool = False


@dataclass(frozen=True)
class Bullet:
    """An item of a list: a strong start, a text."""

    strong: str
    text: str = ""
    mark: Mark = PLAIN
    assumed: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list."""

    template: ClassVar[str] = "strategy/pdf/_bullets.html"
    items: tuple[Bullet, ...]


@dataclass(frozen=True)
class Heading:
    """A third-level heading."""

    template: ClassVar[str] = "strategy/pdf/_heading.html"
    text: str


@dataclass(frozen=True)
class Legend:
    """Marks and their words."""

    template: ClassVar[str] = "strategy/pdf/_legend.html"
    entries: tuple[tuple[SafeString, str], ...]


@dataclass(frozen=True)
class Drawing:
    """A map or a chart with its legend, and numbered names under it."""

    template: ClassVar[str] = "strategy/pdf/_drawing.html"
    drawing: SafeString
    legend: tuple[tuple[SafeString, str], ...] = ()
    css: str = ""


@dataclass(frozen=True)
class Remark:
    """A framed remark; `tone` is warn, info or danger."""

    template: ClassVar[str] = "strategy/pdf/_remark.html"
    strong: str
    text: str
    tone: str = "info"


@dataclass(frozen=True)
class Sources:
    """The numbered sources."""

    template: ClassVar[str] = "strategy/pdf/_sources.html"
    entries: tuple[tuple[int, str, str, bool], ...]  # number, text, what rests on it, assumption


@dataclass(frozen=True)
class Terms:
    """Acronyms and what they stand for."""

    template: ClassVar[str] = "strategy/pdf/_terms.html"
    entries: tuple[tuple[str, str], ...]


Block = Table | Sheets | Prose | Quote | Bullets | Heading | Legend | Drawing | Remark | Sources | Terms


@dataclass(frozen=True)
class Section:
    """A section of a chapter: one step of the wizard, or a part of the annexes."""

    anchor: str
    number: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True)
class Chapter:
    """A chapter: one fiche of the guide, or the annexes."""

    anchor: str
    number: str
    title: str
    lead: str
    sections: tuple[Section, ...]

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True)
class Cover:
    """The first page."""

    title: str
    period: str
    map: SafeString
    status: tuple[str, ...]
    vote: tuple[str, ...]
    hash_lines: tuple[str, ...]
    size: str  # long titles are set smaller


@dataclass(frozen=True)
class Figure:
    """A key figure; `value` empty is « Manquant »."""

    value: str
    label: str


@dataclass(frozen=True)
class Essential:
    """One page for elected officials."""

    on: str
    vision: str
    vision_mark: Mark
    figures: tuple[Figure, ...]
    map: SafeString
    legend: tuple[tuple[SafeString, str], ...]
    choices: tuple[Bullet, ...]
    more_choices: str
    pressing: tuple[Bullet, ...]
    costs: Table | None
    funding: str
    outside: str
    asked: tuple[str, ...]

    @property
    def is_dense(self) -> bool:
        """Whether there is so much to say that it is set smaller: one page, whatever is written."""
        bullets = sum(len(item.strong) + len(item.text) for item in (*self.choices, *self.pressing))
        return len(self.vision) + bullets + sum(map(len, self.asked)) > DENSE


@dataclass(frozen=True)
class Document:
    """The whole document, ready for the template."""

    title: str
    organisation: str
    edition: str  # running footer
    accent: str
    cover: Cover
    essential: Essential
    chapters: tuple[Chapter, ...]

    @property
    def widths(self) -> list[int]:
        """Every column width in use: the stylesheet of the document gives each its class."""
        blocks = [block for chapter in self.chapters for section in chapter.sections for block in section.blocks]
        tables = [table for table in (self.essential.costs, *blocks) if isinstance(table, Table)]
        return sorted({column.width for table in tables for column in table.columns})
