"""What an import found and did, in French, row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from aict.ui.typography import NBSP, french

MAX_KEYS = 40


class Outcome(StrEnum):
    CREATED = "créé"
    UPDATED = "modifié"
    UNCHANGED = "inchangé"
    REFUSED = "refusé"


@dataclass(frozen=True)
class Section:
    """A list of the file: its key there, its name in French, its gender."""

    key: str
    label: str
    is_feminine: bool = False


@dataclass(frozen=True)
class Refusal:
    """One reason for which one row is refused."""

    section: str
    line: int
    ref: str
    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.section} / {self.ref}" if self.ref else self.section
        what = f", {self.field} = {self.value}" if self.field else ""
        at = f", ligne {self.line}" if self.line else ""
        return f"Refusé{at}, {where}{what}{NBSP}: {french(self.reason)}"


@dataclass
class Report:
    """Counts by section, refusals, and what the user should know."""

    counts: dict[Section, Counter[Outcome]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)

    def count(self, section: Section, outcome: Outcome | None = None) -> None:
        """One more row of this section; without an outcome, the section is only listed."""
        counter = self.counts.setdefault(section, Counter())
        if outcome:
            counter[outcome] += 1

    def total(self, outcome: Outcome) -> int:
        """Rows of every section with this outcome."""
        return sum(counter[outcome] for counter in self.counts.values())

    @property
    def refused(self) -> int:
        return self.total(Outcome.REFUSED)

    def lines(self) -> list[str]:
        """Refusals, notices, one line per section, one total."""
        lines = [*map(str, self.refusals), *map(french, self.notices)]
        if self.ignored:
            keys = ", ".join(f"{_printable(key)} ({count})" for key, count in sorted(self.ignored.items())[:MAX_KEYS])
            more = f" et {len(self.ignored) - MAX_KEYS} autres clés" if len(self.ignored) > MAX_KEYS else ""
            lines.append(f"Ignoré pour l’instant{NBSP}: {keys}{french(more)}.")
        lines += [f"{section.label}{NBSP}: {_tally(counter, section)}." for section, counter in self.counts.items()]
        total = Counter({outcome: self.total(outcome) for outcome in Outcome})
        lines.append(f"Total{NBSP}: {_tally(total, Section('', '', is_feminine=True), 'ligne')}.")
        return lines


def _tally(counter: Counter[Outcome], section: Section, noun: str = "") -> str:
    ending = "e" if section.is_feminine else ""
    parts: list[str] = []
    for outcome in Outcome:
        count = counter[outcome]
        plural = "s" if count > 1 else ""
        parts.append(f"{count} {noun + plural + ' ' if noun and not parts else ''}{outcome}{ending}{plural}")
    return ", ".join(parts)


def shown(value: Any) -> str:
    """A value of the file, short enough for one line."""
    if value is None:
        return "vide"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "un bloc de clés"
    if isinstance(value, list):
        return f"une liste de {len(value)}"
    text = f"{value:g}" if isinstance(value, Decimal) else str(value)
    return f"«{NBSP}{_printable(text[:60])}{'…' if len(text) > 60 else ''}{NBSP}»"


def _printable(text: str) -> str:
    """On one line, with nothing that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(str(text)[:80].split()))
