"""What an import found, row by row: what each row becomes, and every reason for which one is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aict.ui.typography import NBSP

MAX_SHOWN = 120  # characters of a value in the report


class Outcome(StrEnum):
    """What a row becomes."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    ASIDE = "aside"  # not for this collectivité

    def word(self, count: int, *, feminine: bool = False) -> str:
        """« 3 créées », « 1 inchangé »."""
        ending = ("e" if feminine else "") + ("s" if count > 1 else "")
        stem, *rest = _STEMS[self].split(" ", 1)
        return " ".join([stem + ending, *rest])


_STEMS = {
    Outcome.CREATED: "créé",
    Outcome.UPDATED: "modifié",
    Outcome.UNCHANGED: "inchangé",
    Outcome.REFUSED: "refusé",
    Outcome.ASIDE: "mis de côté",
}


@dataclass(frozen=True)
class Reason:
    """Why a row is refused: the column and its cell, what it holds, what is wrong and how to mend."""

    column: str
    cell: str
    value: str
    text: str


@dataclass(frozen=True)
class Change:
    """What a row that exists would become in one column."""

    column: str
    before: str
    after: str


@dataclass
class LineReport:
    """One row of the file."""

    number: int
    outcome: Outcome
    label: str = ""
    reasons: list[Reason] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # accepted all the same, to be looked at

    def as_json(self) -> list[Any]:
        """For the file that keeps the report."""
        reasons = [[one.column, one.cell, one.value, one.text] for one in self.reasons]
        changes = [[one.column, one.before, one.after] for one in self.changes]
        return [self.number, self.outcome.value, self.label, reasons, changes, self.notes]

    @classmethod
    def of_json(cls, kept: list[Any]) -> LineReport:
        number, outcome, label, reasons, changes, notes = kept
        return cls(
            number,
            Outcome(outcome),
            label,
            [Reason(*one) for one in reasons],
            [Change(*one) for one in changes],
            notes,
        )


@dataclass
class Report:
    """Every row, and what is to be known of the file as a whole."""

    lines: list[LineReport] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(line.outcome for line in self.lines)

    def tally(self) -> str:
        """« 12 lignes créées, 0 modifiée, 3 inchangées, 1 refusée »."""
        return tally(self.counts)


def tally(counts: Mapping[Outcome, int]) -> str:
    """« 12 lignes créées, 0 modifiée, 3 inchangées, 1 refusée »; rows set aside only when there are some."""
    said: list[str] = []
    for outcome in Outcome:
        count = counts.get(outcome, 0)
        if outcome is Outcome.ASIDE and not count:
            continue
        noun = "" if said else f"ligne{'s' if count > 1 else ''} "
        said.append(f"{count}{NBSP}{noun}{outcome.word(count, feminine=True)}")
    return ", ".join(said)


def short(text: str) -> str:
    """A value for the report: on one line, not too long, with nothing that hides."""
    kept = "".join(sign if sign.isprintable() else "�" for sign in " ".join(text[: 4 * MAX_SHOWN].split()))
    return kept if len(kept) <= MAX_SHOWN else kept[: MAX_SHOWN - 1] + "…"


def refusals(lines: Iterable[LineReport]) -> list[tuple[int, str, str, str, str]]:
    """Line, column, cell, value, reason: one entry for each reason."""
    return [(line.number, one.column, one.cell, one.value, one.text) for line in lines for one in line.reasons]
