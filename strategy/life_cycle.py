"""The life of a strategy: draft → in review → adopted → in revision → archived (product rule 11)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from aict.accounts import history
from aict.accounts.enums import Ability
from aict.accounts.models import User
from strategy import checks
from strategy.enums import StrategyStatus
from strategy.material import Material
from strategy.models import Strategy

MOVES: dict[str, tuple[str, ...]] = {
    StrategyStatus.DRAFT: (StrategyStatus.IN_REVIEW, StrategyStatus.ARCHIVED),
    StrategyStatus.IN_REVIEW: (StrategyStatus.DRAFT, StrategyStatus.ADOPTED),
    StrategyStatus.ADOPTED: (StrategyStatus.IN_REVISION, StrategyStatus.ARCHIVED),
    StrategyStatus.IN_REVISION: (StrategyStatus.IN_REVIEW, StrategyStatus.ARCHIVED),
    StrategyStatus.ARCHIVED: (),
}


def ability_for(to: str) -> Ability:
    """Archiving is final: it takes those who may adopt."""
    return Ability.ADOPT_STRATEGY if to == StrategyStatus.ARCHIVED else Ability.EDIT_STRATEGY


@transaction.atomic
def move(*, strategy: Strategy, to: str, author: User, on: date) -> Strategy:
    """Move a strategy along its life. Raises ValidationError for a move that is not allowed.

    Going to review asks for no blocking check; adopting has its own door, `adopt`.
    """
    locked = Strategy.objects.select_for_update().get(pk=strategy.pk)
    if to not in MOVES[locked.status] or to == StrategyStatus.ADOPTED:
        raise ValidationError(
            f"De « {locked.get_status_display()} », une stratégie ne passe pas directement à cet état."
        )
    if to == StrategyStatus.IN_REVIEW:
        refuse_if_blocked(locked, on)
    before = history.state_of(locked)
    locked.status = to
    if to == StrategyStatus.IN_REVISION:
        locked.version += 1
    locked.save()
    history.record(instance=locked, author=author, before=before)
    return locked


@transaction.atomic
def adopt(*, strategy: Strategy, author: User, deliberation_number: str, on: date) -> Strategy:
    """Record the vote of the assembly; `documents.adopt_and_request` freezes what was voted in the same transaction.

    Raises ValidationError when the strategy is not in review.
    """
    locked = Strategy.objects.select_for_update().get(pk=strategy.pk)
    if locked.status != StrategyStatus.IN_REVIEW:
        raise ValidationError("Seule une stratégie en relecture peut être adoptée : passez-la d’abord en relecture.")
    before = history.state_of(locked)
    locked.status = StrategyStatus.ADOPTED
    locked.deliberation_number = deliberation_number
    locked.adopted_on = on
    locked.save()
    history.record(instance=locked, author=author, before=before)
    return locked


def refuse_if_blocked(strategy: Strategy, on: date) -> None:
    """Raise ValidationError naming each blocking check that fires."""
    blocking = [finding for finding in checks.run(Material.load(strategy, on)) if finding.is_blocking]
    if blocking:
        reasons = [f"{finding.step.code} : {finding.message}" for finding in blocking]
        raise ValidationError(["La stratégie ne peut pas passer en relecture.", *reasons])
