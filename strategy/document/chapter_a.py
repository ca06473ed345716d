"""Chapter A: who can act (A1), and the links that already exist (A2)."""

from __future__ import annotations

from strategy.document import drawings
from strategy.document.frozen import Frozen, FrozenRow, remaining
from strategy.document.parts import (
    Block,
    Bullet,
    Bullets,
    Cell,
    Chapter,
    Column,
    Heading,
    Row,
    Section,
    Sheet,
    Sheets,
    Table,
    paragraphs,
)
from strategy.document.tables import NONE_YET, details, is_long
from strategy.document.words import counted, line, listed, number_of, sentence
from strategy.enums import FlowDirection, LinkKind, ServiceRole
from strategy.steps import A1, A2, B2


def chapter(data: Frozen) -> Chapter:
    """What the collectivité can rely on."""
    return Chapter(
        anchor="chapitre-a",
        number="A",
        title="Nos moyens et nos liens",
        lead="Qui peut agir dans la collectivité, et ce qui nous relie déjà à l’étranger.",
        sections=(
            Section("a1", A1.code, A1.heading, resources(data)),
            Section("a2", A2.code, A2.heading, links(data)),
        ),
    )


# A1 -----------------------------------------------------------------------------------------
def resources(data: Frozen) -> tuple[Block, ...]:
    """The service × category matrix, the services to mobilise, then each service (SYS-31)."""
    rows = data.rows(A1)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucun service n’est encore inventorié")),)
    return (
        paragraphs(_who_acts(rows), _concertation(rows)),
        matrix(data),
        Heading("Les services à mobiliser"),
        _to_mobilise(data),
        Heading("Ce que chaque service apporte"),
        Sheets(tuple(_service(row) for row in rows)),
    )


def _who_acts(rows: list[FrozenRow]) -> str:
    nouns = {
        ServiceRole.PILOTE: "un pilote,{} pilotes",
        ServiceRole.ASSOCIE: "un associé,{} associés",
        ServiceRole.CONSULTE: "un consulté,{} consultés",
        ServiceRole.A_MOBILISER: "un à mobiliser,{} à mobiliser",
    }
    tally = {role: sum(row.values["role"] == role for row in rows) for role in nouns}
    roles = [number_of(count, nouns[role]) for role, count in tally.items() if count]
    silent = sum(not row.values["role"] for row in rows)
    if silent:
        roles.append(number_of(silent, "un sans rôle précisé,{} sans rôle précisé"))
    verb = "sont inventoriés" if len(rows) > 1 else "est inventorié"
    return sentence(f"{counted(len(rows), 'service,services')} {verb} : {listed(roles)}" if roles else verb)


def _concertation(rows: list[FrozenRow]) -> str:
    """True, False and unanswered all told in one or two sentences."""
    yes = [row for row in rows if row.values["economic_concertation"] is True]
    no = [row.title for row in rows if row.values["economic_concertation"] is False]
    silent = [row.title for row in rows if row.values["economic_concertation"] is None]
    subject = "La concertation avec les services économiques"
    if len(yes) == len(rows):
        return f"{subject} est effective pour tous."
    said = [f"{subject} est effective pour {counted(len(yes), 'service,services')} sur {len(rows)}."] if yes else []
    if no:
        said.append(f"{'Elle' if said else subject} n’a pas eu lieu pour : {listed(no)}.")
    if silent:
        said.append(f"{'Elle' if said else subject} n’est pas renseignée pour : {listed(silent)}.")
    return " ".join(said)


def matrix(data: Frozen) -> Table:
    """One row per service and three columns, one per category (SYS-31)."""
    rows = data.rows(A1)
    lines = tuple(
        Row(
            Cell(row.title, note=line(_attached(row)), mark=row.mark),
            tuple(
                Cell(drawing=drawings.category_mark(data, code), text="", css="c", assumed=row.assumed("categories"))
                if code in row.codes("categories")
                else Cell("–", css="c mute")
                for code, _, _ in data.categories
            ),
        )
        for row in rows
    )
    totals = (
        Cell(str(sum(code in row.codes("categories") for row in rows)), css="c") for code, _, _ in data.categories
    )
    return Table(
        caption="Services et catégories d’action",
        columns=(Column("Service", 43), *(Column(label, 19, "c") for _, label, _ in data.categories)),
        rows=lines,
        foot=Row(Cell("Services par catégorie"), tuple(totals)),
        css="matrix",
    )


def _attached(row: FrozenRow) -> str:
    """« Grenoble-Alpes Métropole, pilote »."""
    role = row.text("role")
    role = f"{role[:1].lower()}{role[1:]}" + (" (hypothèse)" if role and row.assumed("role") else "")
    return ", ".join(filter(None, (row.text("authority"), role)))


def _to_mobilise(data: Frozen) -> Block:
    """Services whose role is to be mobilised, and those that the officials asked for and nobody inventoried."""
    named = [
        Bullet(row.title, f"{row.text('authority')}." if row.has("authority") else "", row.mark)
        for row in data.rows(A1)
        if row.values["role"] == ServiceRole.A_MOBILISER
    ]
    present = {row.values["service"] for row in data.rows(A1)}
    wanted = {code: label for row in data.rows(B2) for code, label in row.values["services"]}
    named += [
        Bullet(line(label), "demandé par les élus (B2), absent de l’inventaire.")
        for code, label in wanted.items()
        if code not in present
    ]
    return Bullets(tuple(named)) if named else paragraphs("Aucun service inventorié ne reste à mobiliser.")


def _service(row: FrozenRow) -> Sheet:
    printed = ("local_title", "authority", "role", "categories", "economic_concertation", "service", "contact_post")
    facts = [row.text("service")] if row.has("service") and row.text("service") != row.title else []
    if row.has("contact_post"):
        facts.append(f"Référent : {row.text('contact_post')}")
    return Sheet(row.title, tuple(facts), notes=remaining(row, *printed), mark=row.mark)


# A2 -----------------------------------------------------------------------------------------
def links(data: Frozen) -> tuple[Block, ...]:
    """The inventory by kind, the flows in and out, the opportunities (SYS-32)."""
    rows = data.rows(A2)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucun lien n’est encore inventorié")),)
    opportunities = tuple(
        Bullet(row.title, row.text("opportunity"), row.mark, row.assumed("opportunity"))
        for row in rows
        if row.has("opportunity")
    )
    found = counted(len(opportunities), "opportunité ressort,opportunités ressortent", feminine=True)
    said = f"{found} de cet état des lieux"
    return (
        paragraphs(_what_exists(rows)),
        inventory(rows),
        Heading("Relation économique avec l’étranger : les flux"),
        *flows(rows),
        Heading("Les opportunités relevées"),
        paragraphs(sentence(f"{said} ; elles nourrissent les priorités (C1)" if opportunities else said)),
        *([Bullets(opportunities)] if opportunities else []),
    )


def _what_exists(rows: list[FrozenRow]) -> str:
    nouns = {
        LinkKind.ACCORD_COOPERATION: "un accord de coopération,{} accords de coopération",
        LinkKind.PARTENARIAT_STRATEGIQUE: "un partenariat stratégique,{} partenariats stratégiques",
        LinkKind.RELATION_ECONOMIQUE: "une relation économique,{} relations économiques",
        LinkKind.PROJET_COLLABORATIF: "un projet collaboratif,{} projets collaboratifs",
        LinkKind.PROMOTION_RECURRENTE: "une opération de promotion récurrente,{} opérations de promotion récurrentes",
    }
    tally = {kind: sum(row.values["kind"] == kind for row in rows) for kind in LinkKind}
    kinds = [number_of(count, nouns[kind]) for kind, count in tally.items() if count]
    silent = sum(not row.values["kind"] for row in rows)
    if silent:
        kinds.append(number_of(silent, "un lien sans type,{} liens sans type"))
    verb = "sont inventoriés" if len(rows) > 1 else "est inventorié"
    said = sentence(f"{counted(len(rows), 'lien,liens')} {verb} : {listed(kinds)}")
    empty = [str(kind.label).split(" d’une institution")[0].lower() for kind, count in tally.items() if not count]
    return f"{said} Aucun lien n’est saisi pour : {listed(empty)}." if empty else said


def inventory(rows: list[FrozenRow]) -> Table:
    """Every link but the economic flows, grouped by kind; an empty kind says so."""
    lines: list[Row] = []
    kinds = [(kind.value, str(kind.label)) for kind in LinkKind if kind != LinkKind.RELATION_ECONOMIQUE]
    for code, label in [*kinds, ("", "Type à préciser")]:
        found = [row for row in rows if row.values["kind"] == code]
        if code or found:
            lines.append(Row(Cell(label, note="" if found else "aucun lien saisi"), kind="group"))
            lines += [_link(row) for row in found]
    return Table(
        caption="Inventaire des liens",
        columns=(
            Column("Territoire", 24),
            Column("Objet", 38),
            Column("Porteur", 18),
            Column("Début", 10, "r"),
            Column("Échéance", 10, "r"),
        ),
        rows=tuple(lines),
    )


def _place(row: FrozenRow) -> Cell:
    """The place, and the territory of the register when it says something else."""
    territory = row.text("territory")
    same = territory.casefold() in row.title.casefold()
    return Cell(row.title, note="" if same else territory, mark=row.mark)


def _link(row: FrozenRow) -> Row:
    note = details(row, "flow_direction", "flow_nature", "volume", "data_source")
    cells = (row.cell("object", note=note), row.cell("holder"), row.day_cell("starts"), row.day_cell("ends"))
    return Row(_place(row), cells, "long" if is_long(*cells) else "")


def flows(rows: list[FrozenRow]) -> tuple[Block, ...]:
    """Flows filtered: those that come in, those that go out, those whose direction is not said."""
    found = [row for row in rows if row.values["kind"] == LinkKind.RELATION_ECONOMIQUE]
    if not found:
        return (paragraphs("Aucun flux économique n’est saisi."),)
    captions = {
        FlowDirection.ENTRANT.value: "Flux entrants",
        FlowDirection.SORTANT.value: "Flux sortants",
        "": "Flux dont le sens n’est pas précisé",
    }
    tables: list[Block] = []
    for code, caption in captions.items():
        lines = tuple(_flow(row) for row in found if row.values["flow_direction"] == code)
        if lines:
            columns = (
                Column("Territoire", 20),
                Column("Nature", 15),
                Column("Objet", 30),
                Column("Porteur", 17),
                Column("Volume", 18, "r"),
            )
            tables.append(Table(caption=caption, columns=columns, rows=lines))
        elif code:
            tables.append(paragraphs(f"{caption} : aucun n’est saisi."))
    return tuple(tables)


def _flow(row: FrozenRow) -> Row:
    dates = details(row, "starts", "ends", "data_source")
    cells = (row.cell("flow_nature"), row.cell("object", note=dates), row.cell("holder"), row.cell("volume", "r"))
    return Row(_place(row), cells, "long" if is_long(*cells) else "")
