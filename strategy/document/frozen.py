"""Reading a snapshot: rows with their printed texts, what each rests on, and the registers they cite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from aict.accounts.enums import SourceNature
from aict.ui.colors import PALETTE
from aict.ui.typography import NBSP
from strategy.document.parts import Cell, Mark, Note
from strategy.document.words import day, line, prose
from strategy.enums import FlowNature
from strategy.steps import STEPS, Step

Record = dict[str, Any]

# Labels of forms are questions; on paper, beside their answers, fewer words do.
_SHORT_LABELS = {
    "actor_types": "Acteurs associés",
    "skills": "Compétences",
    "volume": "Volume",
    "data_source": "Source de la donnée",
    "active_in": "Déjà présent",
    "opportunities": "Opportunités",
    "categories": "Catégories visées",
    "topics": "Sujets",
    "expectations": "Attendus",
    "articulation": "Articulation avec la coopération et le développement économique",
    "services": "Services à mobiliser",
    "request_criteria": "Réponse aux sollicitations",
    "action_types": "Types d’action",
    "supports": "Repose sur",
    "export_phase": "Phase d’export",
    "impacts": "Impacts attendus",
    "local_interest": "Intérêt local",
    "frequency": "Mesure",
}
_OWN_WORDING = {"sdgs"}  # « ODD 8 », not the whole goal
_ONE_PER_LINE = {"active_in", "languages"}
# What a volume counts. An investment is recorded as an amount or as a number of companies: its object says which.
_VOLUME_UNITS = {
    FlowNature.EXPORT.value: ("€", "€"),
    FlowNature.FILIALES.value: ("filiale", "filiales"),
    FlowNature.ETUDIANTS.value: ("étudiant", "étudiants"),
    FlowNature.TOURISTES.value: ("touriste", "touristes"),
}


@dataclass(frozen=True)
class FrozenRow:
    """A row of a step: texts ready to print, values to compute with."""

    step: Step
    record: Record
    mark: Mark

    @property
    def title(self) -> str:
        return line(self.record["title"])

    @property
    def values(self) -> Record:
        return self.record["values"]

    def has(self, name: str) -> bool:
        return name in self.record["fields"]

    def text(self, name: str) -> str:
        """A field as printed; empty when it holds no answer. Labels that hold a comma are parted by semicolons."""
        value = self.values.get(name)
        if value and isinstance(value, list) and isinstance(value[0], list) and name not in _OWN_WORDING:
            labels = [line(label) for _, label in value]
            return (" ; " if any("," in label for label in labels) else ", ").join(labels)
        text = prose(self.record["fields"].get(name, ""))
        if name == "volume" and text:
            return self._volume(text)
        return ", ".join(filter(None, map(str.strip, text.split("\n")))) if name in _ONE_PER_LINE else text

    def _volume(self, text: str) -> str:
        """« 22 000 étudiants »: the unit follows the nature of the flow, when that says it."""
        one, many = _VOLUME_UNITS.get(self.values["flow_nature"], ("", ""))
        said = one if Decimal(self.values["volume"]) < 2 else many
        return f"{text}{NBSP}{said}" if said else text

    def label(self, name: str) -> str:
        return _SHORT_LABELS.get(name) or self.step.label(name)

    def assumed(self, name: str) -> bool:
        """Whether this field of a row that states a fact is an assumption all the same."""
        if self.mark.assumption:
            return False  # the whole row already says so
        return bool({name, self.step.spec(name).code} & set(self.record["assumed"]))

    def cell(self, name: str, css: str = "", **more: Any) -> Cell:
        """A field in a table cell; an empty one stays empty."""
        return Cell(self.text(name), assumed=self.has(name) and self.assumed(name), css=css, **more)

    def day_cell(self, name: str) -> Cell:
        """A date as dd/mm/yyyy, for tables."""
        return Cell(day(self.values[name]), assumed=self.has(name) and self.assumed(name), css="r")

    def notes(self, *names: str) -> tuple[Note, ...]:
        """The filled fields among these, each with its label."""
        return tuple(Note(self.label(name), self.text(name), self.assumed(name)) for name in names if self.has(name))

    def codes(self, name: str) -> list[str]:
        """Codes of what a many-to-many cites."""
        return [code for code, _ in self.values[name]]

    def amount(self, name: str) -> Decimal | None:
        value = self.values[name]
        return None if value is None else Decimal(value)


@dataclass(frozen=True)
class Source:
    """A numbered source, and the rows that rest on it."""

    number: int
    text: str
    rests: tuple[str, ...]
    assumption: bool


class Frozen:
    """A snapshot, read. Pure: nothing here queries or knows what day it is."""

    def __init__(self, snapshot: Record) -> None:
        self.snapshot = snapshot
        self.on: str = snapshot["on"]
        self.strategy: Record = snapshot["strategy"]
        self.collectivity: Record = snapshot["collectivity"]
        self.territories: dict[str, Record] = snapshot["territories"]
        self.agreements: list[Record] = snapshot["agreements"]
        self.measures: list[Record] = snapshot["measures"]
        self.findings: list[Record] = snapshot["findings"]

    @property
    def accent(self) -> str:
        """The collectivité's accent; ours if the stored one is not a colour."""
        accent = self.collectivity["accent"]
        is_color = len(accent) == 7 and accent[0] == "#" and set(accent[1:]) <= set("0123456789abcdef")
        return accent if is_color else PALETTE["accent"]

    @cached_property
    def _rows(self) -> dict[str, list[FrozenRow]]:
        return {
            step.slug: [FrozenRow(step, record, self.mark(record)) for record in self.snapshot["steps"][step.slug]]
            for step in STEPS
        }

    def rows(self, step: Step) -> list[FrozenRow]:
        """The rows of a step, in their order."""
        return self._rows[step.slug]

    @cached_property
    def actions(self) -> list[Record]:
        """The actions that count in the strategy."""
        return [action for action in self.snapshot["actions"] if action["in_scope"]]

    @cached_property
    def action_by_id(self) -> dict[int, Record]:
        return {action["id"]: action for action in self.snapshot["actions"]}

    @cached_property
    def agreement_by_id(self) -> dict[int, Record]:
        return {agreement["id"]: agreement for agreement in self.agreements}

    def territory(self, pk: int | None) -> Record | None:
        return self.territories.get(str(pk)) if pk else None

    @cached_property
    def home(self) -> Record | None:
        """The collectivité's own territory."""
        return next((t for t in self.territories.values() if t["is_own"]), None)

    @cached_property
    def categories(self) -> list[tuple[str, str, str]]:
        """Code, short label and shape of the three categories."""
        return [tuple(row) for row in self.snapshot["reference"]["categories"]]

    def reference(self, name: str) -> list[tuple[str, str, bool]]:
        """`fields` or `actor_types`: code, label, whether it is in the list of fiche B."""
        return [tuple(row) for row in self.snapshot["reference"][name]]

    # What statements rest on -----------------------------------------------------------------
    def mark(self, record: Record) -> Mark:
        """The mark of a recorded row: assumption or not, the number of its source."""
        return self.marks([record])

    def marks(self, records: Iterable[Record]) -> Mark:
        """One mark for several records: an assumption if one of them is, the numbers of all their sources."""
        records = list(records)
        numbers = {self._source_numbers[key] for key in map(_source_key, records) if key[1]}
        return Mark(any(r["nature"] == SourceNature.ASSUMPTION for r in records), tuple(sorted(numbers)))

    @cached_property
    def sources(self) -> list[Source]:
        """Every distinct source, numbered in the order in which the document meets it."""
        return [
            Source(number, key[1], tuple(dict.fromkeys(rests)), key[0])
            for number, (key, rests) in enumerate(self._sourced.items(), start=1)
        ]

    @cached_property
    def _source_numbers(self) -> dict[tuple[bool, str], int]:
        return {key: number for number, key in enumerate(self._sourced, start=1)}

    @cached_property
    def _sourced(self) -> dict[tuple[bool, str], list[str]]:
        found: dict[tuple[bool, str], list[str]] = {}
        for place, records in self._records():
            for record in records:
                key = _source_key(record)
                if key[1]:
                    what = record.get("title") or record.get("label", "")
                    found.setdefault(key, []).append(f"{place}, {line(what)}")
        return found

    def _records(self) -> list[tuple[str, list[Record]]]:
        steps = [(step.code, self.snapshot["steps"][step.slug]) for step in STEPS]
        return [*steps, ("accord", self.agreements), ("action", self.actions), ("mesure", self.measures)]

    @cached_property
    def natures(self) -> dict[str, int]:
        """How many rows of the eight steps state a fact, an assumption, or do not say (empty key)."""
        tally = {SourceNature.FACT.value: 0, SourceNature.ASSUMPTION.value: 0, "": 0}
        for step in STEPS:
            for record in self.snapshot["steps"][step.slug]:
                tally[record["nature"] if record["nature"] in tally else ""] += 1
        return tally


def _source_key(record: Record) -> tuple[bool, str]:
    return record["nature"] == SourceNature.ASSUMPTION, prose(record["source"])


def remaining(row: FrozenRow, *printed: str) -> tuple[Note, ...]:
    """The filled fields that nothing else prints: no answer is ever left out of the document (SYS-30)."""
    return row.notes(*(spec.name for spec in row.step.fields if spec.name not in printed))
