"""The local-interest gate (SYS-42, product rule 6): what an action must say before it is scheduled.

Guide, fiche D: every public action abroad serves a local interest, and says what it expects and how
it will know. The gate advises; a written reason opens it, and stays in sight.
"""

from __future__ import annotations

from dataclasses import dataclass

from typology.enums import ActionStatus
from typology.models import Action

LOCAL_INTEREST = "l’intérêt local"
EXPECTED_RESULT = "le résultat attendu"
INDICATOR = "un indicateur"


@dataclass(frozen=True)
class Gate:
    """What an action lacks to be scheduled, and the reason written to go on without it."""

    lacks: tuple[str, ...]
    override: str

    @property
    def is_open(self) -> bool:
        """Whether the action may be scheduled."""
        return not self.lacks or bool(self.override)

    @property
    def sentence(self) -> str:
        """« il manque l’intérêt local et un indicateur »."""
        if len(self.lacks) < 2:
            return f"il manque {''.join(self.lacks)}"
        return f"il manque {', '.join(self.lacks[:-1])} et {self.lacks[-1]}"


def gate(*, local_interest: str, expected_result: str, indicators: int, override: str = "") -> Gate:
    """The gate of an action as it is, or as it is about to be saved."""
    wanted = [
        (LOCAL_INTEREST, local_interest.strip()),
        (EXPECTED_RESULT, expected_result.strip()),
        (INDICATOR, indicators),
    ]
    return Gate(tuple(name for name, given in wanted if not given), override.strip())


def gate_of(action: Action, *, indicators: int) -> Gate:
    """The gate of a saved action; `indicators` is the number that follow it."""
    return gate(
        local_interest=action.local_interest,
        expected_result=action.expected_result,
        indicators=indicators,
        override=action.gate_override_reason,
    )


# Starting without scheduling is no way around the gate.
_GUARDED = {ActionStatus.PROGRAMMEE: "programmer", ActionStatus.EN_COURS: "démarrer"}


def refusal(status: str, given: Gate) -> str:
    """Why an action may not enter this state, in a sentence that says how to mend; empty when it may."""
    if status not in _GUARDED or given.is_open:
        return ""
    return (
        f"Pour {_GUARDED[ActionStatus(status)]} l’action, {given.sentence}. Complétez-la, "
        "ou écrivez le motif de la dérogation : il restera affiché."
    )


def removal_refusal(action: Action, *, indicators: int) -> str:
    """Why an indicator may not leave a scheduled action; empty when it may. `indicators`: how many would be left.

    What the action lacked already is not the doing of this removal, and does not hold it back.
    """
    left = gate_of(action, indicators=indicators)
    if action.status != ActionStatus.PROGRAMMEE or left.is_open or INDICATOR not in left.lacks:
        return ""
    return (
        "C’est le dernier indicateur d’une action programmée : il ne peut pas être supprimé. Ajoutez-en d’abord "
        "un autre, changez l’état de l’action, ou écrivez-y le motif de la dérogation."
    )
