"""Chapter B: the stakeholders of the territory (B1), and the vision of the elected officials (B2)."""

from __future__ import annotations

from collections import Counter

from strategy.document import drawings
from strategy.document.frozen import Frozen, FrozenRow, remaining
from strategy.document.parts import (
    Block,
    Cell,
    Chapter,
    Column,
    Heading,
    Quote,
    Row,
    Section,
    Sheet,
    Sheets,
    Table,
    paragraphs,
)
from strategy.document.tables import NONE_YET, crossed
from strategy.document.words import counted, listed, sentence
from strategy.enums import Topic
from strategy.steps import B1, B2

_BEST = 25  # impact 5 × potential 5


def chapter(data: Frozen) -> Chapter:
    """Who is around us, and where the officials want to go."""
    return Chapter(
        anchor="chapitre-b",
        number="B",
        title="Le territoire et la vision",
        lead="Les forces du territoire, puis ce que les élus en attendent à long terme.",
        sections=(
            Section("b1", B1.code, B1.heading, stakeholders(data)),
            Section("b2", B2.code, B2.heading, vision(data)),
        ),
    )


# B1 -----------------------------------------------------------------------------------------
def stakeholders(data: Frozen) -> tuple[Block, ...]:
    """The field × type grid with its empty cells, the ranking, then each stakeholder (SYS-33)."""
    rows = data.rows(B1)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucune partie prenante n’est encore identifiée")),)
    return (
        paragraphs(_who_is_there(data), *_nobody(data)),
        grid(data),
        Heading("Classement par impact et potentiel"),
        paragraphs(
            "Impact économique local et potentiel d’internationalisation sont notés de 0 à 5, une échelle propre "
            "à ce document ; leur produit donne l’ordre."
        ),
        ranking(data),
        Heading("Ce que chacune peut apporter"),
        Sheets(tuple(_stakeholder(row) for row in rows)),
    )


def _who_is_there(data: Frozen) -> str:
    rows = data.rows(B1)
    types = {row.values["type"] for row in rows} - {None}
    fields = {code for row in rows for code in row.codes("fields")}
    many = len(rows) > 1
    return sentence(
        f"{counted(len(rows), 'partie prenante,parties prenantes', feminine=True)} de "
        f"{counted(len(types), 'type,types')} {'couvrent' if many else 'couvre'} "
        f"{counted(len(fields), 'champ économique,champs économiques')} du territoire"
    )


def _nobody(data: Frozen) -> list[str]:
    """What the lists of fiche B name and no stakeholder covers."""
    rows = data.rows(B1)
    covered = {code for row in rows for code in row.codes("fields")}
    present = {row.values["type"] for row in rows}
    fields = [label for code, label, in_fiche in data.reference("fields") if in_fiche and code not in covered]
    types = [label for code, label, in_fiche in data.reference("actor_types") if in_fiche and code not in present]
    said = []
    if fields:
        said.append(f"Champs de la fiche B sans partie prenante : {listed([label.lower() for label in fields])}.")
    if types:
        said.append(f"Types d’acteurs de la fiche B non représentés : {listed([label.lower() for label in types])}.")
    return said


def grid(data: Frozen) -> Table:
    """Types of stakeholder × economic fields: how many in each cell, a dot where there is nobody."""
    rows = data.rows(B1)
    tally = Counter((row.values["type"] or "", code) for row in rows for code in row.codes("fields"))
    used_types = {row.values["type"] or "" for row in rows}
    used_fields = {code for _, code in tally}
    types = [(code, label) for code, label, listed_ in data.reference("actor_types") if listed_ or code in used_types]
    fields = [(code, label) for code, label, listed_ in data.reference("fields") if listed_ or code in used_fields]
    if "" in used_types:
        types.append(("", "Type à préciser"))
    width = max(5, min(9, 66 // max(len(fields), 1)))
    empty = sum(not tally[kind, field] for kind, _ in types for field, _ in fields)
    return Table(
        caption=f"Parties prenantes par type et par champ ({empty} croisements vides sur {len(types) * len(fields)})",
        columns=crossed("Type d’acteur", width, fields),
        rows=tuple(Row(Cell(label), tuple(_count(tally[kind, field]) for field, _ in fields)) for kind, label in types),
        css="grid",
    )


def _count(number: int) -> Cell:
    return Cell(str(number), css="c strong") if number else Cell("·", css="c void")


def ranking(data: Frozen) -> Table:
    """By impact × potential, the highest first, ties by name; those without both scores last."""
    rows = sorted(
        data.rows(B1),
        key=lambda row: (row.values["ranking"] is None, -(row.values["ranking"] or 0), row.title.casefold()),
    )
    lines = []
    for row in rows:
        score = row.values["ranking"]
        bar = drawings.share_bar(score, _BEST, data.accent) if score is not None else drawings.NO_DRAWING
        cells = (
            Cell(row.text("type")),
            _score(row, "local_impact"),
            _score(row, "international_potential"),
            Cell(str(score), css="r strong") if score is not None else Cell(missing=True, css="r"),
            Cell(drawing=bar, css="bar"),
        )
        lines.append(Row(Cell(row.title, mark=row.mark), cells))
    return Table(
        caption="Parties prenantes, de la plus à la moins prometteuse",
        columns=(
            Column("Partie prenante", 29),
            Column("Type", 33),
            Column("Impact", 9, "r"),
            Column("Potentiel", 10, "r"),
            Column("Produit", 8, "r"),
            Column("sur 25", 11),
        ),
        rows=tuple(lines),
    )


def _score(row: FrozenRow, name: str) -> Cell:
    value = row.values[name]
    return Cell(str(value), assumed=row.assumed(name), css="r") if value is not None else Cell(missing=True, css="r")


def _stakeholder(row: FrozenRow) -> Sheet:
    printed = ["name", "type", "strengths", "local_impact", "international_potential", "fields"]
    if row.text("stakeholder").casefold() in row.title.casefold():
        printed.append("stakeholder")
    return Sheet(
        row.title,
        facts=(row.text("fields"),) if row.has("fields") else (),
        lead=row.text("strengths"),
        lead_assumed=row.has("strengths") and row.assumed("strengths"),
        notes=remaining(row, *printed),
        mark=row.mark,
    )


# B2 -----------------------------------------------------------------------------------------
def vision(data: Frozen) -> tuple[Block, ...]:
    """The long-term vision in large, the commitments it calls for, then each exchange."""
    rows = data.rows(B2)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucun échange avec les élus n’est encore consigné")),)
    quotes = [
        Quote(row.text("long_term_vision"), row.title, row.mark, row.assumed("long_term_vision"))
        for row in rows
        if row.has("long_term_vision")
    ]
    return (
        paragraphs(_met(rows), _topics(rows)),
        *(
            [Heading("La vision à long terme"), *quotes]
            if quotes
            else [paragraphs("La vision à long terme reste à écrire.")]
        ),
        *_commitments(rows),
        Heading("Les échanges"),
        Sheets(tuple(_exchange(row) for row in rows)),
    )


def vision_of(data: Frozen) -> FrozenRow | None:
    """The exchange whose vision stands for the strategy: the first that gives one."""
    return next((row for row in data.rows(B2) if row.has("long_term_vision")), None)


def _met(rows: list[FrozenRow]) -> str:
    portfolios = list(dict.fromkeys(label for row in rows for _, label in row.values["portfolios"]))
    said = f"{counted(len(rows), 'échange a eu lieu,échanges ont eu lieu')} avec les élus"
    charged = [label[:1].lower() + label[1:] for label in portfolios]
    return sentence(f"{said}. Délégations rencontrées : {listed(charged)}" if charged else said)


def _topics(rows: list[FrozenRow]) -> str:
    """Which of the four topics of fiche B were raised, and which were left out (SYS-34)."""
    raised = {code for row in rows for code in row.values["topics"]}
    left = [str(topic.label) for topic in Topic if topic not in raised]
    if not left:
        return "Les quatre sujets de la fiche B ont été abordés."
    return f"Sujets de la fiche B non abordés : {listed([label[:1].lower() + label[1:] for label in left])}."


def _commitments(rows: list[FrozenRow]) -> list[Block]:
    lines = [
        Row(Cell(row.title, mark=row.mark), (row.cell("medium_term"), row.cell("short_term")))
        for row in rows
        if row.has("medium_term") or row.has("short_term")
    ]
    if not lines:
        return [paragraphs("Aucun engagement à moyen ou court terme n’est encore formulé.")]
    columns = (Column("Échange", 24), Column("À moyen terme", 38), Column("À court terme", 38))
    return [Heading("Les engagements"), Table("Engagements pris lors des échanges", columns, tuple(lines))]


def _exchange(row: FrozenRow) -> Sheet:
    return Sheet(
        row.title,
        facts=(row.text("portfolios"),) if row.has("portfolios") else (),
        notes=remaining(row, "portfolios", "held_on", "long_term_vision", "medium_term", "short_term"),
        mark=row.mark,
    )
