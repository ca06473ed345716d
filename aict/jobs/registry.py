"""The kinds of background work. An app declares its own in its `jobs.py`, imported when Django starts.

    @job_kind("strategy-pdf", words=Words(running="Le PDF se prépare", …), steps=("Copie figée des données", …))
    def strategy_pdf(job: Job, progress: Progress) -> str:
        progress(10, "Copie figée des données")
        …
        return address_of_the_result

Work is idempotent: after a failure of the machine it starts again from the beginning, and must find what
it has already deposited instead of making it twice. It raises JobError for what the user can mend.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aict.ui.errors import ReadableError

if TYPE_CHECKING:
    from aict.jobs.lease import Progress
    from aict.jobs.models import Job

Run = Callable[["Job", "Progress"], str]


class JobError(ReadableError):
    """A failure that the user can read: what, where, how to mend. It is final: trying again would change nothing."""


@dataclass(frozen=True)
class Words:
    """What the page of the job says in each state, and on the button that opens the result."""

    waiting: str = "Le traitement attend son tour"
    running: str = "Le traitement est en cours"
    done: str = "Le traitement est terminé"
    failed: str = "Le traitement n’a pas pu être fait"
    result: str = "Ouvrir le résultat"


@dataclass(frozen=True)
class Kind:
    """One kind of work: how it runs, its steps in order (shown before they are reached) and its words."""

    name: str
    run: Run | None
    steps: tuple[str, ...] = ()
    words: Words = Words()


_KINDS: dict[str, Kind] = {}


def job_kind(name: str, *, steps: tuple[str, ...] = (), words: Words | None = None) -> Callable[[Run], Run]:
    """Register the function that does this kind of work and returns the address of its result."""

    def register(run: Run) -> Run:
        if name in _KINDS and _KINDS[name].run is not run:
            raise ValueError(f"two functions do the work {name!r}")
        _KINDS[name] = Kind(name=name, run=run, steps=steps, words=words or Words())
        return run

    return register


def kind_of(name: str) -> Kind:
    """The kind of that name; one that does nothing when the code that knew it is gone."""
    return _KINDS.get(name) or Kind(name=name, run=None)


def forget(name: str) -> None:
    """Take a kind out again: for tests, that register their own."""
    _KINDS.pop(name, None)
