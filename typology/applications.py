"""Applications to funding schemes: the moves from state to state, and what each asks (SYS-39)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from aict.accounts import history
from aict.accounts.models import User
from typology.enums import ApplicationState as State
from typology.models import FundingApplication

# What may follow each state.
MOVES: dict[str, tuple[State, ...]] = {
    State.SPOTTED: (State.FILED,),
    State.FILED: (State.OBTAINED, State.REFUSED),
    State.OBTAINED: (State.PAID,),
    State.REFUSED: (),
    State.PAID: (),
}
# What each move asks for; undoing it forgets the same.
ASKED: dict[str, tuple[str, ...]] = {
    State.FILED: ("filed_on", "requested"),
    State.OBTAINED: ("decided_on", "granted"),
    State.REFUSED: ("decided_on",),
    State.PAID: ("paid_on", "paid"),
}
_BEFORE: dict[str, State] = {after: State(before) for before, moves in MOVES.items() for after in moves}
VERBS: dict[str, str] = {
    State.FILED: "Enregistrer le dépôt",
    State.OBTAINED: "Enregistrer l’accord",
    State.REFUSED: "Enregistrer le refus",
    State.PAID: "Enregistrer le paiement",
}
KINDS: dict[str, str] = {
    State.SPOTTED: "mute",
    State.FILED: "info",
    State.OBTAINED: "ok",
    State.REFUSED: "danger",
    State.PAID: "ok",
}


@dataclass(frozen=True)
class Move:
    """A gesture that an application's state allows: the state it leads to, and the words of its button."""

    state: str
    verb: str


def moves(application: FundingApplication) -> list[Move]:
    """What may be done next."""
    return [Move(state.value, VERBS[state]) for state in MOVES[application.state]]


def check_move(application: FundingApplication, state: str) -> None:
    """Refuse a move that the present state does not allow: a colleague may have gone before. Raises ValidationError."""
    if state not in MOVES[application.state]:
        raise ValidationError(
            f"Cette candidature est à l’état « {application.get_state_display()} » : ce passage n’est pas possible."
        )


@transaction.atomic
def undo(*, application: FundingApplication, author: User | None) -> State:
    """Go back one state and forget what it had asked for, the amount requested excepted; the state it is back to.

    Raises ValidationError when there is nothing before.
    """
    application = FundingApplication.objects.select_for_update().get(pk=application.pk)
    before = _BEFORE.get(application.state)
    if before is None:
        raise ValidationError("Une candidature repérée n’a pas d’état précédent.")
    was = history.state_of(application)
    forgotten = [name for name in ASKED[application.state] if name != "requested"]
    for name in forgotten:
        setattr(application, name, None)
    application.state = before
    application.save(update_fields=["state", *forgotten, "updated_at"])
    history.record(instance=application, author=author, before=was)
    return before
