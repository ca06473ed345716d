"""Chapter D: the actions (in budget.py), then what is expected of each and how it will be seen (D1)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from aict.ui.typography import number
from evaluation.enums import MeasureState
from strategy.document.budget import actions
from strategy.document.frozen import Frozen, FrozenRow, Record, remaining
from strategy.document.parts import (
    Block,
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
from strategy.document.tables import NONE_YET, is_long
from strategy.document.words import counted, day, line, sentence, unit
from strategy.steps import D1

_SHOWN = 8  # values of a series in a table


def chapter(data: Frozen) -> Chapter:
    """What we do, what it costs, what it should yield."""
    return Chapter(
        anchor="chapitre-d",
        number="D",
        title="Nos actions et leurs résultats",
        lead="Ce que nous faisons, ce que cela coûte, ce que nous en attendons et comment nous le verrons.",
        sections=(
            Section("actions", "", "Les actions et leur budget", actions(data)),
            Section("d1", D1.code, D1.heading, results(data)),
        ),
    )


# D1 -----------------------------------------------------------------------------------------
def results(data: Frozen) -> tuple[Block, ...]:
    """Results × indicators with baseline, target and last measure, each result, then the other measures (SYS-42)."""
    rows = data.rows(D1)
    if not rows:
        return (paragraphs(NONE_YET.format("Aucun résultat attendu n’est encore formulé")), *_measures(data))
    return (
        paragraphs(_how_followed(data, rows)),
        _table(data, rows),
        Heading("Ce que l’on attend de chaque action"),
        Sheets(tuple(_result(row) for row in rows)),
        *_measures(data),
    )


def _how_followed(data: Frozen, rows: list[FrozenRow]) -> str:
    targets = sum(row.values["target"] is not None for row in rows)
    blind = sum(not row.values["indicators"] for row in rows)
    aimed = counted(targets, "avec une cible,avec une cible")
    said = f"{counted(len(rows), 'résultat attendu,résultats attendus')}, dont {aimed}"
    if blind:
        said += f" et {counted(blind, 'sans indicateur,sans indicateur')}"
    indicators = {code for row in rows for code in row.codes("indicators")}
    measured = {measure["indicator"] for measure in data.measures if measure["action"]} & indicators
    said += f" ; {counted(len(indicators), 'indicateur suivi,indicateurs suivis')}"
    return sentence(f"{said}, {counted(len(measured), 'mesuré,mesurés')} à ce jour sur ces actions")


def _table(data: Frozen, rows: list[FrozenRow]) -> Table:
    """A line per result with its own baseline and target, then a line per indicator with its last measure."""
    uses = {(use["action"], use["indicator"]): use for use in data.snapshot["uses"]}
    units = data.snapshot["reference"]["units"]
    lines: list[Row] = []
    for row in rows:
        own = (_figure(row, "baseline"), _figure(row, "target"), row.day_cell("target_on"), Cell())
        lines.append(Row(Cell(row.text("action") or row.title, mark=row.mark), own, "lead"))
        for code, label in row.values["indicators"]:
            use = uses.get((row.values["action"], code), {})
            last = _last(data, row.values["action"], code)
            cells = (
                Cell(_number(use.get("baseline")), css="r"),
                Cell(_number(use.get("target")), css="r"),
                Cell(day(use.get("target_on")), css="r"),
                last,
            )
            lines.append(Row(Cell(line(label), note=unit(units.get(code, ""))), cells, "sub"))
        if not row.values["indicators"]:
            lines.append(
                Row(Cell("Aucun indicateur", css="mute"), (Cell(), Cell(), Cell(), Cell(missing=True, css="r")), "sub")
            )
    return Table(
        caption="Résultats et indicateurs",
        columns=(
            Column("Action, puis indicateurs", 48),
            Column("Départ", 12, "r"),
            Column("Cible", 12, "r"),
            Column("Échéance", 13, "r"),
            Column("Dernière mesure", 15, "r"),
        ),
        rows=tuple(lines),
    )


def _figure(row: FrozenRow, name: str) -> Cell:
    value = row.amount(name)
    return Cell(missing=True, css="r") if value is None else Cell(number(value), assumed=row.assumed(name), css="r")


def _number(value: str | None) -> str:
    return "" if value is None else number(Decimal(value))


def _last(data: Frozen, action: int | None, indicator: str) -> Cell:
    """The latest measure of this indicator on this action; « Manquant » rather than 0 (product rule 10)."""
    mine = [m for m in data.measures if action and m["action"] == action and m["indicator"] == indicator]
    if not mine:
        return Cell(missing=True, css="r")
    last = max(mine, key=lambda measure: measure["year"])
    note = f"{last['year']}" + ("" if last["state"] == MeasureState.VALIDATED else ", non validée")
    return Cell(number(Decimal(last["value"])), note=note, mark=data.mark(last), css="r")


def _result(row: FrozenRow) -> Sheet:
    return Sheet(
        row.text("action") or row.title,
        facts=(row.text("sdgs"),) if row.has("sdgs") else (),
        lead=row.text("expected_result"),
        lead_assumed=row.has("expected_result") and row.assumed("expected_result"),
        notes=remaining(row, "action", "expected_result", "indicators", "baseline", "target", "target_on", "sdgs"),
        mark=row.mark,
    )


def _measures(data: Frozen) -> list[Block]:
    """The measures that no action carries: the state of the territory, one line per series."""
    series: dict[tuple[str, str, str, str], list[Record]] = defaultdict(list)
    for measure in data.measures:
        if not measure["action"]:
            series[measure["label"], measure["territory"], measure["scope"], measure["unit"]].append(measure)
    if not series:
        return []
    rows = tuple(_series(data, key, found) for key, found in series.items())
    valid = [m for found in series.values() for m in found if m["state"] == MeasureState.VALIDATED]
    said = "Ces mesures décrivent le territoire ; aucune n’est attribuée à une action."
    state = "Le mot « validée » suit celles qui le sont." if valid else "Aucune n’est encore validée."
    return [
        Heading("Les mesures du territoire"),
        paragraphs(f"{said} {state}"),
        Table(
            caption="Mesures par indicateur",
            columns=(
                Column("Indicateur", 30),
                Column("Ce qui est compté", 28),
                Column("Valeurs", 27),
                Column("Unité", 15),
            ),
            rows=rows,
        ),
    ]


def _series(data: Frozen, key: tuple[str, str, str, str], found: list[Record]) -> Row:
    label, territory, scope, measured_in = key
    shown = sorted(found, key=lambda measure: measure["year"])[-_SHOWN:]
    values = [f"{m['year']} : {number(Decimal(m['value']))}{_validated(m)}" for m in shown]
    notes = "\n".join(dict.fromkeys(line(m["note"]) for m in shown if m["note"]))
    counted_ = line(", ".join(filter(None, (scope, territory if territory.casefold() not in scope.casefold() else ""))))
    cells = (Cell(counted_, note=notes), Cell("\n".join(values)), Cell(unit(measured_in)))
    return Row(Cell(line(label), mark=data.marks(shown)), cells, "long" if is_long(*cells) else "")


def _validated(measure: Record) -> str:
    return ", validée" if measure["state"] == MeasureState.VALIDATED else ""
