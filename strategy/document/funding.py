"""C3: the funding plan, its totals by status and by funder, and what nothing covers (SYS-38)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from aict.ui.typography import euros
from strategy.document import drawings
from strategy.document.frozen import Frozen, FrozenRow
from strategy.document.parts import Block, Bullet, Bullets, Cell, Column, Heading, Remark, Row, Table, paragraphs
from strategy.document.tables import NONE_YET, details, is_long
from strategy.document.words import about, counted, line, listed, number_of, sentence
from strategy.enums import FundingStatus
from strategy.steps import C3

NOTHING = Decimal(0)
NO_FUNDER = "Aucun financeur identifié"
NO_STATUS = "Statut à préciser"


def funder_of(row: FrozenRow) -> str:
    """Who a need is counted under, once: the funder of its scheme, else its co-funders together, else the scheme."""
    if row.values["scheme"] and row.values["scheme_funder"]:
        return line(row.values["scheme_funder"])
    if row.values["cofunders"]:
        return listed(sorted(line(label) for _, label in row.values["cofunders"]))
    return row.text("scheme") or NO_FUNDER


def totals(rows: list[FrozenRow], key: object) -> dict[str, tuple[int, Decimal]]:
    """Number of needs and sum of the known amounts, by what `key` gives for a row."""
    found: dict[str, tuple[int, Decimal]] = {}
    for row in rows:
        name = key(row)  # type: ignore[operator]
        count, amount = found.get(name, (0, NOTHING))
        found[name] = (count + 1, amount + (row.amount("amount") or NOTHING))
    return found


def by_status(data: Frozen) -> dict[str, tuple[int, Decimal]]:
    """Totals by status, in the order of the life of a request."""
    found = totals(data.rows(C3), lambda row: row.text("status") or NO_STATUS)
    order = [str(status.label) for status in FundingStatus] + [NO_STATUS]
    return {name: found[name] for name in order if name in found}


def by_funder(data: Frozen) -> dict[str, tuple[int, Decimal]]:
    """Totals by funder, the largest first."""
    found = totals(data.rows(C3), funder_of)
    return dict(sorted(found.items(), key=lambda item: (-item[1][1], item[0])))


def total(data: Frozen) -> Decimal:
    """Sum of every known amount."""
    return sum((row.amount("amount") or NOTHING for row in data.rows(C3)), NOTHING)


def obtained(data: Frozen) -> Decimal:
    """Sum of what is obtained."""
    rows = [row for row in data.rows(C3) if row.values["status"] == FundingStatus.OBTENU]
    return sum((row.amount("amount") or NOTHING for row in rows), NOTHING)


def uncovered(data: Frozen) -> list[FrozenRow]:
    """Needs with neither a scheme nor a budget of the collectivité on their action."""
    return [row for row in data.rows(C3) if not row.values["scheme"] and not _own_budget(data, row)]


def _own_budget(data: Frozen, row: FrozenRow) -> bool:
    action = data.action_by_id.get(row.values["action"] or 0)
    return action is not None and any(budget["own"] for budget in action["budget"])


def funding(data: Frozen) -> tuple[Block, ...]:
    """The plan, its totals, its gaps."""
    rows = data.rows(C3)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucun besoin de financement n’est encore chiffré")),)
    return (
        paragraphs(_in_short(data)),
        Heading("Totaux par statut"),
        _totals(data, by_status(data), "Besoins par statut de la demande", "Statut"),
        Heading("Totaux par financeur"),
        _totals(data, by_funder(data), "Besoins par financeur", "Financeur"),
        paragraphs(
            "Un besoin est compté une fois : chez le financeur de son dispositif, à défaut chez ses cofinanceurs "
            "réunis.",
            css="small",
        ),
        Heading("Ce qui n’est pas couvert"),
        *_gaps(data),
        Heading("Le plan, besoin par besoin"),
        plan(data),
        *_outdated(rows),
    )


def _in_short(data: Frozen) -> str:
    rows = data.rows(C3)
    whole, got = total(data), obtained(data)
    silent = sum(row.amount("amount") is None for row in rows)
    said = f"{counted(len(rows), 'besoin,besoins')} pour {about(whole)}"
    if got and whole:
        said += f", dont {about(got)} obtenus ({round(100 * got / whole)} %)"
    if silent:
        said += f" ; {number_of(silent, 'un montant manque,{} montants manquent')}"
    return sentence(said)


def _totals(data: Frozen, found: dict[str, tuple[int, Decimal]], caption: str, head: str) -> Table:
    whole = total(data)
    return Table(
        caption=caption,
        columns=(Column(head, 36), Column("Besoins", 10, "r"), Column("Part du total", 32), Column("Montant", 22, "r")),
        rows=tuple(
            Row(
                Cell(name),
                (
                    Cell(str(count), css="r"),
                    Cell(drawing=drawings.share_bar(amount, whole, data.accent), css="bar"),
                    Cell(euros(amount), css="r"),
                ),
            )
            for name, (count, amount) in found.items()
        ),
        foot=Row(
            Cell("Total"),
            (Cell(str(len(data.rows(C3))), css="r"), Cell(), Cell(euros(whole), css="r")),
        ),
    )


def _gaps(data: Frozen) -> list[Block]:
    needs = uncovered(data)
    funded = {row.values["action"] for row in data.rows(C3) if row.values["scheme"]}
    actions = [
        action["title"]
        for action in data.actions
        if action["id"] not in funded and not any(budget["own"] for budget in action["budget"])
    ]
    blocks: list[Block] = []
    if needs:
        said = counted(len(needs), "besoin n’a,besoins n’ont")
        blocks.append(paragraphs(sentence(f"{said} ni dispositif ni budget propre :")))
        blocks.append(Bullets(tuple(Bullet(row.title, _amount_words(row), row.mark) for row in needs)))
    else:
        blocks.append(paragraphs("Chaque besoin a un dispositif, ou un budget de la collectivité sur son action."))
    if actions:
        said = counted(len(actions), "action reste,actions restent", feminine=True)
        blocks.append(
            paragraphs(f"{sentence(f'{said} sans financement identifié')[:-1]} : {listed(list(map(line, actions)))}.")
        )
    return blocks


def _amount_words(row: FrozenRow) -> str:
    amount = row.amount("amount")
    return "montant manquant" if amount is None else euros(amount)


def plan(data: Frozen) -> Table:
    """Every need with all its fields, grouped by status."""
    groups: dict[str, list[FrozenRow]] = defaultdict(list)
    for row in data.rows(C3):
        groups[row.text("status") or NO_STATUS].append(row)
    lines: list[Row] = []
    for name, (_, amount) in by_status(data).items():
        lines.append(Row(Cell(name, note=euros(amount)), kind="group"))
        lines += [_need(row) for row in groups[name]]
    return Table(
        caption="Plan de financement",
        columns=(
            Column("Besoin", 33),
            Column("Dispositif et cofinanceurs", 29),
            Column("Bénéficiaire", 20),
            Column("Montant", 18, "r"),
        ),
        rows=tuple(lines),
    )


def _need(row: FrozenRow) -> Row:
    """A need: its action and nature under it, who pays, who benefits, how much and before when."""
    amount = row.amount("amount")
    until = f"avant le {row.text('deadline')}" if row.has("deadline") else ""
    scheme = row.cell("scheme") if row.has("scheme") else Cell("Aucun dispositif", css="mute")
    cells = (
        replace(scheme, note=details(row, "cofunders", "export_phase")),
        row.cell("beneficiary", note=row.text("beneficiary_type")),
        Cell("" if amount is None else euros(amount), note=until, assumed=row.has("amount") and row.assumed("amount"),
             missing=amount is None, css="r"),
    )  # fmt: skip
    nature = row.text("spending_nature").lower()
    note = f"{row.text('action')} ({nature})" if row.has("action") and nature else row.text("action") or nature
    head = Cell(row.title, note=note, mark=row.mark)
    return Row(head, cells, "long" if is_long(head, *cells) else "")


def _outdated(rows: list[FrozenRow]) -> list[Block]:
    """Schemes of the plan that closed or were replaced since the guide was printed (product rule 12)."""
    gone = {row.text("scheme"): line(row.values["scheme_today"]) for row in rows if row.values.get("scheme_today")}
    remarks = [Remark(f"{name}.", sentence(today), "warn") for name, today in sorted(gone.items())]
    return [Heading("Les dispositifs qui ont changé"), *remarks] if remarks else []
