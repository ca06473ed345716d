"""The allowed moves of an action's state, and what each asks (product rule 6, issue « Actions »).

Context. An action is planned, scheduled, carried out, stopped, ended. Its state is typed from its page, from its full
form, in bulk from the list and by imports; two colleagues may move it at the same minute.

Decision.
- MOVES says where each state leads. Nothing goes back to « prévue » once begun; « terminée » reopens to « en cours »
  only; « abandonnée » comes back by « prévue », and thereby by the gate. « Suspendue » is the blocked state.
- A new action may be logged in any state: a register often receives what is over.
- Suspending and abandoning ask for a written reason. It belongs to the state: it stays on the page as long as the
  state lasts, and in the history afterwards.
- The local-interest gate stands before « programmée » and before « en cours », whatever the state left: starting
  without scheduling is no way around it. What was in course stays so: only entering is judged. « Programmée » is
  judged at each save. A written derogation opens the gate, and stays in sight.
- A new row of a file takes a life over that was lived elsewhere (`taken_over`): what is already in course comes in as
  a fact, and nobody may know why an action had stopped. The page then shows what is missing. « Programmée » stays
  guarded, and a row that is already here moves by the rules above.
- Every move says from which state it was seen. When a colleague moved the action meanwhile, nothing is written and
  the person is told what it is now, and by whom.

Consequence. Forms, bulk edit and imports all call `refusals`; none has a rule of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aict.accounts.models import Change
from aict.ui.typography import NBSP
from typology import gate
from typology.enums import ActionStatus
from typology.models import Action

MOVES: dict[str, tuple[ActionStatus, ...]] = {
    ActionStatus.PREVUE: (ActionStatus.PROGRAMMEE, ActionStatus.EN_COURS, ActionStatus.ABANDONNEE),
    ActionStatus.PROGRAMMEE: (
        ActionStatus.EN_COURS,
        ActionStatus.TERMINEE,
        ActionStatus.PREVUE,
        ActionStatus.SUSPENDUE,
        ActionStatus.ABANDONNEE,
    ),
    ActionStatus.EN_COURS: (ActionStatus.TERMINEE, ActionStatus.SUSPENDUE, ActionStatus.ABANDONNEE),
    ActionStatus.SUSPENDUE: (ActionStatus.EN_COURS, ActionStatus.PROGRAMMEE, ActionStatus.ABANDONNEE),
    ActionStatus.TERMINEE: (ActionStatus.EN_COURS,),
    ActionStatus.ABANDONNEE: (ActionStatus.PREVUE,),
}
REASONED = frozenset({ActionStatus.SUSPENDUE, ActionStatus.ABANDONNEE})
# Words of the buttons, by the state left and the state reached.
GESTURES: dict[str, str] = {
    ActionStatus.PREVUE: "Remettre en « prévue »",
    ActionStatus.PROGRAMMEE: "Programmer",
    ActionStatus.EN_COURS: "Démarrer",
    ActionStatus.TERMINEE: "Terminer",
    ActionStatus.SUSPENDUE: "Suspendre",
    ActionStatus.ABANDONNEE: "Abandonner",
}
_AGAIN: dict[tuple[str, str], str] = {
    (ActionStatus.SUSPENDUE, ActionStatus.EN_COURS): "Reprendre",
    (ActionStatus.TERMINEE, ActionStatus.EN_COURS): "Rouvrir",
    (ActionStatus.SUSPENDUE, ActionStatus.PROGRAMMEE): "Reprogrammer",
}
_NEED = {
    ActionStatus.SUSPENDUE: "Écrivez ce qui bloque l’action : le motif restera affiché tant qu’elle est suspendue.",
    ActionStatus.ABANDONNEE: "Écrivez pourquoi l’action est abandonnée : le motif restera affiché.",
}


@dataclass(frozen=True)
class Move:
    """One move offered on the page of an action: the state it reaches, and the words of its button."""

    status: ActionStatus
    words: str
    needs_reason: bool


@dataclass(frozen=True)
class Stale:
    """What a person is told when the state moved under their eyes: what it is now, who moved it (empty: unknown)."""

    label: str
    author: str

    @property
    def sentence(self) -> str:
        """« L’état de l’action a changé … Poste X l’a fait passer à « en cours ». »"""
        now = f"«{NBSP}{self.label.lower()}{NBSP}»"
        what = f"{self.author} l’a fait passer à l’état {now}." if self.author else f"Elle est maintenant {now}."
        return f"L’état de l’action a changé pendant que vous la regardiez. {what}"


def moves(status: str) -> list[Move]:
    """What may be done of an action in this state, in the order of its life; those that ask a reason last."""
    found = [Move(to, _AGAIN.get((status, to)) or GESTURES[to], to in REASONED) for to in MOVES.get(status, ())]
    return sorted(found, key=lambda one: one.needs_reason)


def refusals(
    *, before: str, after: str, reason: str, given: gate.Gate, reason_before: str = "", taken_over: bool = False
) -> dict[str, str]:
    """Why this state is refused, by field, in sentences that say how to mend; empty when it is accepted.

    `before`: the stored state, empty for a new action; `given`: the gate of the action as it is about to be saved;
    `reason_before`: the stored reason, that may not be emptied while the state lasts; `taken_over`: the row of a
    file; a new one tells facts.
    """
    if before and before != after and after not in MOVES.get(before, ()):
        return {"status": _no_such_move(before)}
    is_fact = taken_over and not before
    found = {}
    is_judged = after == ActionStatus.PROGRAMMEE or (before != after and not is_fact)
    if is_judged and (refused := gate.refusal(after, given)):
        found["status"] = refused
    is_asked = (before != after or bool(reason_before.strip())) and not is_fact
    if after in REASONED and is_asked and not reason.strip():
        found["status_reason"] = _NEED[ActionStatus(after)]
    return found


def _no_such_move(before: str) -> str:
    names = [f"«{NBSP}{to.label.lower()}{NBSP}»" for to in MOVES[before]]
    allowed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} ou {names[-1]}"
    return f"Une action {ActionStatus(before).label.lower()} peut seulement devenir {allowed}."


def reason_kept(after: str, reason: str) -> str:
    """The reason to store with a state: none for a state that asks for none; the history keeps the former one."""
    return reason.strip() if after in REASONED else ""


def forgets_reason(status: object) -> bool:
    """Whether a state that a file gives leaves the reason of a former one behind."""
    return isinstance(status, str) and status in MOVES and status not in REASONED


def stored(before: dict[str, str], status: str, *, is_new: bool) -> str:
    """The code of the state that a history's `before` tells; empty for a new row, `status` when nothing changed."""
    label = before.get(str(Action._meta.get_field("status").verbose_name))
    return "" if is_new else next((code for code, name in ActionStatus.choices if name == label), status)


def stale(action: Action, seen: str) -> Stale | None:
    """What changed since the person saw the state `seen`; None when it is still the stored one."""
    if action.status == seen:
        return None
    label = action.get_status_display()
    name = str(Action._meta.get_field("status").verbose_name)
    recent = Change.objects.for_collectivity(action.collectivity).about(action).select_related("author")[:30]
    last = next((one for one in recent if one.fields.get(name, [None, None])[1] == label), None)
    author = last.author.label if last and last.author else ""
    return Stale(label, author)


def clean(form: Any, cleaned: dict[str, Any]) -> None:
    """The rule in a model form of an action, called at the end of its `clean`: errors beside their fields.

    The form posts, beside its fields, the state that its reader saw (`initial-status`): left as it was, a stale
    state undoes no colleague's move; changed, it is refused and told.
    """
    action = form.instance  # still as stored: the form fills it after `clean`
    before = action.status if action.pk else ""
    after = cleaned.get("status") or before or ActionStatus.PREVUE
    seen = form.data.get(form.add_initial_prefix("status"), before)
    if before and (told := stale(action, seen)):
        form.data = form.data.copy()  # sent again, the form speaks of the state that it tells
        form.data[form.add_initial_prefix("status")] = before
        if after not in (seen, before):
            form.add_error("status", f"{told.sentence} Choisissez de nouveau, puis enregistrez.")
            return
        after = cleaned["status"] = before
        cleaned["status_reason"] = cleaned.get("status_reason") or action.status_reason
    reason = cleaned.get("status_reason", action.status_reason) or ""
    found = refusals(
        before=before,
        after=after,
        reason=reason,
        given=_given(action, cleaned),
        reason_before=action.status_reason,
    )
    for name, sentence in found.items():
        form.add_error(name if name in form.fields else "status", sentence)
    if "status_reason" in cleaned:
        cleaned["status_reason"] = reason_kept(after, reason)


def _given(action: Action, cleaned: dict[str, Any]) -> gate.Gate:
    """The gate of the action as the form would save it."""
    return gate.gate(
        local_interest=cleaned.get("local_interest", action.local_interest) or "",
        expected_result=cleaned.get("expected_result", action.expected_result) or "",
        indicators=action.indicator_uses.count() if action.pk else 0,
        override=cleaned.get("gate_override_reason", action.gate_override_reason) or "",
    )
