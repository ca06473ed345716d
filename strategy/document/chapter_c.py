"""Chapter C: where and with whom (C1), the climate of trust (C2), the means (C3, in funding.py)."""

from __future__ import annotations

from collections import Counter

from strategy.document import drawings
from strategy.document.frozen import Frozen, FrozenRow, remaining
from strategy.document.funding import funding
from strategy.document.parts import (
    Block,
    Bullet,
    Bullets,
    Cell,
    Chapter,
    Column,
    Drawing,
    Heading,
    Legend,
    Row,
    Section,
    Sheet,
    Sheets,
    Table,
    paragraphs,
)
from strategy.document.tables import NONE_YET, crossed, is_long
from strategy.document.words import counted, day, full_day, line, listed, number_of, numeral, sentence
from strategy.enums import Horizon, TerritoryUse
from strategy.steps import C1, C2, C3


def chapter(data: Frozen) -> Chapter:
    """What we choose, how trust is kept, how it is paid for."""
    return Chapter(
        anchor="chapitre-c",
        number="C",
        title="Nos choix et nos moyens",
        lead="Où agir et dans quels secteurs, comment entretenir la confiance, comment financer.",
        sections=(
            Section("c1", C1.code, C1.heading, priorities(data)),
            Section("c2", C2.code, C2.heading, trust(data)),
            Section("c3", C3.code, C3.heading, funding(data)),
        ),
    )


# C1 -----------------------------------------------------------------------------------------
def by_level(data: Frozen) -> list[FrozenRow]:
    """The priorities, the highest level first, else in their order; those without a level last."""
    rows = data.rows(C1)
    return sorted(rows, key=lambda row: -1 if row.values["level"] is None else row.values["level"], reverse=True)


def priorities(data: Frozen) -> tuple[Block, ...]:
    """Map by uses, table, matrix territory × field × category, then each priority (SYS-36)."""
    rows = by_level(data)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucune priorité n’est encore fixée")),)
    return (
        paragraphs(_how_many(rows)),
        *_two_geographies(rows),
        *_map(data),
        _summary(rows),
        Heading("Territoires, secteurs et catégories d’action"),
        Legend(drawings.category_legend(data)),
        matrix(data),
        *_most_crossed(data),
        Heading("Ce que vise chaque priorité"),
        Sheets(tuple(_priority(row) for row in rows)),
    )


def _where(row: FrozenRow) -> str:
    """What makes two priorities speak of the same territory."""
    return f"#{row.values['territory']}" if row.values["territory"] else row.title.casefold()


def _how_many(rows: list[FrozenRow]) -> str:
    places = len({_where(row) for row in rows})
    horizons = Counter(row.values["horizon"] for row in rows)
    kinds = [
        number_of(count, words)
        for code, words in (
            (Horizon.LONG_TERM, "un lien de long terme,{} liens de long terme"),
            (Horizon.ONE_OFF, "une opération ponctuelle,{} opérations ponctuelles"),
        )
        if (count := horizons[code])
    ]
    said = (
        f"{counted(len(rows), 'priorité,priorités', feminine=True)} sur "
        f"{counted(places, 'territoire ou zone,territoires ou zones')}"
    )
    return sentence(f"{said} : {listed(kinds)}" if kinds else said)


def _two_geographies(rows: list[FrozenRow]) -> list[Block]:
    """Cooperation targets and prospecting targets need not be the same; it is said plainly (SYS-36)."""
    uses: dict[str, set[str]] = {}
    names = {}
    for row in rows:
        if row.values["use"]:
            uses.setdefault(_where(row), set()).add(row.values["use"])
            names[_where(row)] = row.title
    groups = {use: [names[key] for key, kinds in uses.items() if drawings.merged(kinds) == use] for use in TerritoryUse}
    words = {
        TerritoryUse.COOPERATION: "Coopération seulement",
        TerritoryUse.PROSPECTION: "Prospection ou promotion seulement",
        TerritoryUse.BOTH: "Coopération et prospection",
    }
    said = tuple(Bullet(words[use], f"{listed(places)}.") for use, places in groups.items() if places)
    if len(said) < 2:
        return [Bullets(said)] if said else []
    return [
        Bullets(said),
        paragraphs(
            "La cible de coopération n’est pas partout celle de prospection : c’est admis, à condition de le dire."
        ),
    ]


def _map(data: Frozen) -> list[Block]:
    drawn = drawings.uses_map(data, chart_id="carte-priorites", labels=True)
    if not drawn:
        return [paragraphs("Aucun territoire prioritaire n’a de coordonnées : la carte est vide.")]
    return [Drawing(drawn, drawings.uses_legend(data, numbered=False))]


def _summary(rows: list[FrozenRow]) -> Table:
    lines = []
    for row in rows:
        level = row.values["level"]
        cells = (
            row.cell("use"),
            row.cell("horizon"),
            Cell(f"{level} / 5", assumed=row.assumed("level"), css="r")
            if level is not None
            else Cell("–", css="r mute"),
            row.cell("mission_planned"),
            Cell(row.text("languages"), assumed=row.has("languages") and row.assumed("languages")),
        )
        lines.append(Row(Cell(row.title, note=_register_name(row), mark=row.mark), cells))
    return Table(
        caption="Les priorités, de la plus à la moins élevée",
        columns=(
            Column("Territoire ou zone", 28),
            Column("Usage", 18),
            Column("Horizon", 18),
            Column("Niveau", 9, "r"),
            Column("Mission", 9),
            Column("Langues des documents", 18),
        ),
        rows=tuple(lines),
    )


def _register_name(row: FrozenRow) -> str:
    territory = row.text("territory")
    return "" if territory.casefold() in row.title.casefold() else territory


def matrix(data: Frozen) -> Table:
    """One row per priority territory, one column per field that a priority names, the shapes of its categories."""
    rows = by_level(data)
    types = data.snapshot["reference"]["action_types"]
    cells: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        categories = {types[code] for code in row.codes("action_types") if code in types}
        for field in row.codes("fields"):
            cells.setdefault((_where(row), field), set()).update(categories or {""})
    used = {field for _, field in cells}
    fields = [(code, label) for code, label, _ in data.reference("fields") if code in used]
    places = {_where(row): row for row in reversed(rows)}
    width = min(10, 72 // max(len(fields), 1))
    return Table(
        caption="Matrice des priorités",
        columns=crossed("Territoire", width, fields),
        rows=tuple(
            Row(
                Cell(places[key].title, mark=places[key].mark),
                tuple(_crossing(data, cells.get((key, field))) for field, _ in fields),
            )
            for key in dict.fromkeys(_where(row) for row in rows)
        ),
        css="grid",
    )


def _crossing(data: Frozen, categories: set[str] | None) -> Cell:
    if categories is None:
        return Cell("·", css="c void")
    drawn = drawings.category_marks(data, categories)
    return Cell(drawing=drawn, css="c") if drawn else Cell("à préciser", css="c mute")


def _most_crossed(data: Frozen) -> list[Block]:
    tally = Counter(label for row in data.rows(C1) for _, label in row.values["fields"])
    if not tally:
        return []
    best = max(tally.values())
    names = sorted(label.lower() for label, count in tally.items() if count == best)
    if best == 1:
        return []
    subject = "Le champ le plus cité est" if len(names) == 1 else "Les champs les plus cités sont"
    share = f"{counted(best, 'priorité,priorités', feminine=True)} sur {numeral(len(data.rows(C1)), feminine=True)}"
    return [paragraphs(f"{subject} : {listed(names)} ({share}).")]


def _priority(row: FrozenRow) -> Sheet:
    return Sheet(
        row.title,
        facts=(row.text("fields"),) if row.has("fields") else (),
        lead=row.text("objective"),
        lead_assumed=row.has("objective") and row.assumed("objective"),
        notes=remaining(
            row, "place", "territory", "fields", "use", "horizon", "level", "mission_planned", "languages", "objective"
        ),
        mark=row.mark,
    )


# C2 -----------------------------------------------------------------------------------------
def trust(data: Frozen) -> tuple[Block, ...]:
    """The agenda of signatures and seminars, then the circle: agreement, actions, what they bring back (SYS-37)."""
    rows = data.rows(C2)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucun rendez-vous de confiance n’est encore prévu")),)
    dated = sorted(rows, key=lambda row: (row.values["held_on"] is None, row.values["held_on"] or ""))
    return (
        paragraphs(_next_event(data, dated)),
        _agenda(dated),
        Heading("De l’accord aux actions, et retour"),
        paragraphs(
            "Une signature ouvre la porte ; les actions de court terme qui la suivent donnent corps à l’accord, et ce "
            "qu’elles apportent nourrit la vision à long terme."
        ),
        _circle(data, rows),
    )


def _next_event(data: Frozen, rows: list[FrozenRow]) -> str:
    said = sentence(f"{counted(len(rows), 'rendez-vous,rendez-vous')} avec nos partenaires")
    coming = [row for row in rows if (row.values["held_on"] or "") >= data.on]
    if not coming:
        return f"{said} Aucun n’est daté après le {full_day(data.on)}."
    occasion = coming[0].text("occasion") or "Rendez-vous"
    return f"{said} Le prochain : {occasion[:1].lower()}{occasion[1:]}, le {full_day(coming[0].values['held_on'])}."


def _agenda(rows: list[FrozenRow]) -> Table:
    lines = []
    for row in rows:
        when = day(row.values["held_on"]) or "À dater"
        cells = (row.cell("occasion"), row.cell("partner_authority"), row.cell("delegation"), row.cell("counterparts"))
        lines.append(Row(Cell(when, mark=row.mark), cells, "long" if is_long(*cells) else ""))
    return Table(
        caption="Agenda des signatures et séminaires",
        columns=(
            Column("Date", 16),
            Column("Occasion", 22),
            Column("Partenaire", 20),
            Column("Délégation économique", 20),
            Column("Homologues rencontrés", 22),
        ),
        rows=tuple(lines),
    )


def _circle(data: Frozen, rows: list[FrozenRow]) -> Table:
    lines = []
    for row in rows:
        agreement = data.agreement_by_id.get(row.values["agreement"] or 0)
        state = _state(agreement) if agreement else ""
        head = Cell(
            row.text("agreement") or "Accord à préciser",
            note=state,
            mark=data.mark(agreement) if agreement else row.mark,
        )
        linked = [label for _, label in row.values["actions"]]
        linked += [
            action["title"]
            for action in data.actions
            if agreement and action["agreement"] == agreement["id"] and action["title"] not in linked
        ]
        actions = Cell("\n".join(map(line, linked)), assumed=row.has("actions") and row.assumed("actions"))
        cells = (actions if linked else Cell(missing=True), row.cell("contribution"))
        lines.append(Row(head, cells, "long" if is_long(*cells) else ""))
    return Table(
        caption="Accords, actions de court terme et apports",
        columns=(
            Column("Accord", 30),
            Column("Actions de court terme", 35),
            Column("Ce qu’elles apportent à la vision", 35),
        ),
        rows=tuple(lines),
    )


def _state(agreement: dict) -> str:
    end = agreement["ends"] or agreement["review_on"]
    verb = "fin" if agreement["ends"] else "révision"
    state = agreement["status_label"].lower()
    return f"{state}, {verb} le {day(end)}" if end else state
