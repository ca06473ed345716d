"""The life of a measure: draft → submitted → validated, or returned with a reason that is kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from aict.accounts import history
from aict.accounts.enums import Ability
from aict.accounts.models import Membership, User
from evaluation.enums import MeasureState
from evaluation.models import Measure

REASON_LENGTH = 2000  # characters
OWN_VALUE = "Une mesure se valide par une autre personne que son auteur."


class MoveRefusedError(Exception):
    """A move that the state, or a missing reason, does not allow; its text is for the reader."""


@dataclass(frozen=True)
class Move:
    """A gesture on a measure: from which states, to which one, and the words of its button."""

    code: str
    label: str
    origins: tuple[MeasureState, ...]
    target: MeasureState
    needs_reason: bool = False


MOVES = {
    move.code: move
    for move in (
        Move("soumettre", "Soumettre", (MeasureState.DRAFT, MeasureState.RETURNED), MeasureState.SUBMITTED),
        Move("valider", "Valider", (MeasureState.SUBMITTED,), MeasureState.VALIDATED),
        Move("renvoyer", "Renvoyer", (MeasureState.SUBMITTED, MeasureState.VALIDATED), MeasureState.RETURNED, True),
    )
}


def possible_moves(measure: Measure, author: User | None) -> list[Move]:
    """What this person can do of a measure in its present state."""
    moves = [move for move in MOVES.values() if measure.state in move.origins]
    return [move for move in moves if not own_value_refusal(measure, move, author)]


def own_value_refusal(measure: Measure, move: Move, author: User | None) -> str:
    """Why this person may not make this move on their own value; empty when they may.

    Two pairs of eyes, wherever there is a second pair: alone in a collectivité, one validates what one wrote.
    """
    if move.target != MeasureState.VALIDATED or author is None or measure.author_id != author.pk:
        return ""
    colleagues = Membership.objects.for_collectivity(measure.collectivity).able_to(Ability.EDIT_MEASURES)
    return OWN_VALUE if colleagues.exclude(user=author).exists() else ""


def awaits_somebody_else(measure: Measure, reader: User | None) -> str:
    """The sentence that stands for the button that the author of a submitted measure does not have, or nothing."""
    move = MOVES["valider"]
    return own_value_refusal(measure, move, reader) if measure.state in move.origins else ""


@transaction.atomic
def change_state(*, measure: Measure, code: str, reason: str, author: User | None) -> Measure:
    """Move a measure and write it in the history; the reason of a return outlives the next submission.

    Raises MoveRefusedError when the state does not allow it, when the author validates their own value, or when a
    return has no reason.
    """
    move = MOVES[code]
    row = Measure.objects.select_for_update().get(pk=measure.pk)
    reason = reason.replace("\x00", "").strip()
    if row.state not in move.origins:
        raise MoveRefusedError(
            f"« {move.label} » n’est plus possible : la mesure est {row.get_state_display().lower()}."
        )
    if refused := own_value_refusal(row, move, author):
        raise MoveRefusedError(refused)
    if move.needs_reason and not reason:
        raise MoveRefusedError("Écrivez pourquoi vous renvoyez cette mesure : ce motif reste affiché.")
    if len(reason) > REASON_LENGTH:
        raise MoveRefusedError(f"Le motif dépasse {REASON_LENGTH} caractères : raccourcissez-le.")
    before = history.state_of(row)
    row.state = move.target
    if move.needs_reason:
        row.return_reason = reason
    row.save(update_fields=["state", "return_reason", "updated_at"])
    history.record(instance=row, author=author, before=before)
    return row
