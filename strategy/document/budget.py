"""The actions and their budget: totals by category and by year, then each action; non-economic ones apart (SYS-01).

An amount that nobody recorded is « Manquant » when it is due, « – » when it is not expected; never 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from aict.ui.typography import euros
from strategy.document import drawings
from strategy.document.frozen import Frozen, Record
from strategy.document.parts import Block, Cell, Column, Heading, Row, Table, paragraphs
from strategy.document.tables import NONE_YET
from strategy.document.words import about, counted, day, line, sentence, years

NOTHING = Decimal(0)
_NOT_EXPECTED = Cell("–", css="r mute")
_MISSING = Cell(missing=True, css="r")
_MONEY = ("Prévu, collectivité", "Prévu, autres", "Total prévu", "Réalisé")


def planned(action: Record, *, own: bool | None = None, within: range | None = None) -> Decimal:
    """Sum of the known planned amounts: of everybody, of the collectivité or of the others; in all years or some."""
    return sum(
        (
            Decimal(budget["planned"])
            for budget in action["budget"]
            if budget["planned"] is not None
            and (own is None or budget["own"] is own)
            and (within is None or budget["year"] in within)
        ),
        NOTHING,
    )


def economic(data: Frozen) -> list[Record]:
    """The actions that count in economic totals (SYS-01)."""
    return [action for action in data.actions if action["economic"]]


def economic_total(data: Frozen, within: range | None = None) -> Decimal:
    """Planned by all funders for the economic actions, in all years or in some."""
    return sum((planned(action, within=within) for action in economic(data)), NOTHING)


def period(data: Frozen) -> range | None:
    """The years of the strategy; None when nothing is planned in them and all years must be told instead."""
    own = range(data.strategy["period_start"], data.strategy["period_end"] + 1)
    return own if economic_total(data, own) else None


def budget_years(data: Frozen) -> str:
    """« de 2026 à 2029 »: the years of the budget lines; empty without any."""
    found = [budget["year"] for action in data.actions for budget in action["budget"]]
    return years(min(found), max(found)) if found else ""


def told_years(data: Frozen) -> str:
    """« tout en 2027 », « de 2027 à 2029, rien après »: the years that the economic total really holds."""
    own = period(data)
    found = [
        budget["year"]
        for budget in _lines(economic(data))
        if budget["planned"] is not None and (own is None or budget["year"] in own)
    ]
    if not found:
        return ""
    first, last = min(found), max(found)
    after = ", rien après" if own and last < own[-1] else ""
    return f"tout {years(first, last)}" if first == last else f"{years(first, last)}{after}"


def costs(data: Frozen) -> Table | None:
    """For elected officials: planned by category over the period, by the collectivité and in all; None without any."""
    if not economic_total(data):
        return None
    sums = {code: (_sum(data, code, own=True), _sum(data, code)) for code, _, _ in data.categories}
    widest = max(whole for _, whole in sums.values())
    rows = []
    for code, label, shape in data.categories:
        own, whole = sums[code]
        bar = Cell(drawing=drawings.budget_bar(whole, own, widest, shape), css="bar")
        head = Cell(label, drawing=drawings.category_mark(data, code), css="category")
        rows.append(Row(head, (bar, Cell(euros(own), css="r"), Cell(euros(whole), css="r"))))
    totals = (sum((pair[index] for pair in sums.values()), NOTHING) for index in (0, 1))
    return Table(
        caption=f"Budget saisi, {told_years(data)} (plein : collectivité ; contour : tous financeurs)",
        columns=(
            Column("Catégorie", 29),
            Column("", 25),
            Column("Collectivité", 23, "r"),
            Column("Tous financeurs", 23, "r"),
        ),
        rows=tuple(rows),
        foot=Row(Cell("Total économique"), (Cell(), *(Cell(euros(amount), css="r") for amount in totals))),
    )


def _sum(data: Frozen, code: str, *, own: bool | None = None) -> Decimal:
    within = period(data)
    mine = (action for action in economic(data) if action["category"] == code)
    return sum((planned(action, own=own, within=within) for action in mine), NOTHING)


def actions(data: Frozen) -> tuple[Block, ...]:
    """Totals by category and year, then the actions of each category; non-economic ones apart."""
    if not data.actions:
        return (paragraphs(NONE_YET.format("Aucune action n’est encore enregistrée pour la période")),)
    groups = [
        (label, [action for action in economic(data) if action["category"] == code])
        for code, label, _ in data.categories
    ]
    return (
        paragraphs(_in_short(data)),
        _by_category(data),
        *_by_year(data),
        Heading("Les actions, par catégorie"),
        *(_table(data, mine, label) for label, mine in groups if mine),
        *_outside(data),
    )


def _outside(data: Frozen) -> list[Block]:
    outside = [action for action in data.actions if not action["economic"]]
    if not outside:
        return []
    return [
        Heading("Hors des totaux économiques"),
        paragraphs(
            "Ces actions associent des acteurs économiques sans viser l’économie : elles sont présentées ici, et "
            "laissées hors des totaux."
        ),
        _table(data, outside, "Coopération non économique"),
    ]


def _in_short(data: Frozen) -> str:
    mine, whole, own = economic(data), economic_total(data), period(data)
    said = counted(len(mine), "action économique,actions économiques", feminine=True)
    said += f", {about(whole)} prévus {budget_years(data)}" if whole else ", sans budget prévu"
    if own and economic_total(data, own) != whole:
        said += f", dont {about(economic_total(data, own))} sur les années de la stratégie"
    outside = len(data.actions) - len(mine)
    if outside:
        said += f" ; {counted(outside, 'action,actions', feminine=True)} hors des totaux économiques"
    return sentence(said)


def _lines(actions: Iterable[Record]) -> list[Record]:
    return [budget for action in actions for budget in action["budget"]]


def _known(lines: Iterable[Record], name: str) -> Decimal:
    return sum((Decimal(budget[name]) for budget in lines if budget[name] is not None), NOTHING)


def _by_category(data: Frozen) -> Table:
    groups = [
        (code, label, shape, _lines(action for action in economic(data) if action["category"] == code))
        for code, label, shape in data.categories
    ]
    widest = max((max(_known(lines, "planned"), _known(lines, "actual")) for *_, lines in groups), default=NOTHING)
    rows = []
    for code, label, shape, lines in groups:
        bar = drawings.budget_bar(_known(lines, "planned"), _known(lines, "actual"), widest, shape)
        head = Cell(label, drawing=drawings.category_mark(data, code), css="category")
        rows.append(Row(head, (Cell(drawing=bar, css="bar"), *_money(data, lines))))
    return Table(
        caption="Budget par catégorie, toutes années (contour : prévu ; plein : réalisé)",
        columns=(Column("Catégorie", 20), Column("", 16), *(Column(label, 16, "r") for label in _MONEY)),
        rows=tuple(rows),
        foot=Row(Cell("Total économique"), (Cell(), *_money(data, _lines(economic(data))))),
    )


def _by_year(data: Frozen) -> list[Block]:
    """The same totals by year, when there are several."""
    found: dict[int, list[Record]] = defaultdict(list)
    for budget in _lines(economic(data)):
        found[budget["year"]].append(budget)
    if len(found) < 2:
        return []
    rows = tuple(Row(Cell(str(year)), _money(data, found[year])) for year in sorted(found))
    columns = (Column("Année", 24), *(Column(label, 19, "r") for label in _MONEY))
    return [Table("Budget par année, actions économiques", columns, rows)]


def _money(data: Frozen, lines: list[Record]) -> tuple[Cell, ...]:
    """Planned by the collectivité, by others, in all; actual."""
    own, other = ([budget for budget in lines if budget["own"] is flag] for flag in (True, False))
    return (*map(_planned, (own, other, lines)), _actual(data, lines))


def _planned(lines: list[Record]) -> Cell:
    if not lines:
        return _NOT_EXPECTED
    known = any(budget["planned"] is not None for budget in lines)
    return Cell(euros(_known(lines, "planned")), css="r") if known else _MISSING


def _actual(data: Frozen, lines: list[Record]) -> Cell:
    """What was spent; due once the year is over."""
    due = any(budget["actual"] is None and budget["year"] < int(data.on[:4]) for budget in lines)
    if any(budget["actual"] is not None for budget in lines):
        return Cell(euros(_known(lines, "actual")), note="en partie manquant" if due else "", css="r")
    return _MISSING if due else _NOT_EXPECTED


def _table(data: Frozen, mine: list[Record], caption: str) -> Table:
    return Table(
        caption=f"{caption} : {counted(len(mine), 'action,actions', feminine=True)}",
        columns=(Column("Action", 40), *(Column(label, 15, "r") for label in _MONEY)),
        rows=tuple(_row(data, action) for action in mine),
        foot=Row(Cell("Total"), _money(data, _lines(mine))),
    )


def _row(data: Frozen, action: Record) -> Row:
    mark = data.mark(action)
    money = _money(data, action["budget"]) if action["budget"] else (_MISSING,) * 3 + (_NOT_EXPECTED,)
    if "budget" in action["assumed"] and not mark.assumption:
        money = tuple(replace(cell, assumed=cell.text not in ("", "–")) for cell in money)
    return Row(Cell(line(action["title"]), note=_about(data, action), mark=mark), money)


def _about(data: Frozen, action: Record) -> str:
    """« Participation à des salons ; Phoenix ; prévue ; ponctuel ; à partir du 05/10/2027 »."""
    place = data.territory(action["territory"])
    start, end = action["starts"], action["ends"]
    if start and end:
        dates = f"du {day(start)} au {day(end)}"
    elif start:
        dates = f"depuis le {day(start)}" if start <= data.on else f"à partir du {day(start)}"
    else:
        dates = f"jusqu’au {day(end)}" if end else ""
    facts = (
        action["type"],
        place["name"] if place else "",
        action["status_label"].lower(),
        action["timing"].lower(),
        dates,
    )
    return line(" ; ".join(filter(None, facts)))
