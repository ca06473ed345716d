"""Who bears a stand (SYS-19; guide, fiche 2, « Combien »): shared, delegated or borne alone, and each share in percent.

The shares of a stand add up to 100 % exactly. They are written together, so that the sum is judged on the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from aict.accounts import history, registers
from aict.accounts.models import User
from aict.ui.typography import NBSP, number
from partners.models import Stakeholder, SupportActor
from typology.enums import EventKind, StandMode
from typology.models import Event, StandShare

HUNDRED = Decimal(100)
WITH_STAND = (EventKind.STAND, EventKind.FAIR, EventKind.FORUM)
SHARING_HINT = (
    "Ce stand est à la seule charge de la collectivité. Peut-il être partagé avec une Région, des villes partenaires "
    "ou un réseau thématique, ou confié à un organisme spécialisé ? La dépense se répartit, et l’offre se voit mieux."
)


@dataclass(frozen=True)
class Holder:
    """Who bears a share: an actor of the support system, a stakeholder, another body by its name, or ourselves."""

    actor: SupportActor | None = None
    stakeholder: Stakeholder | None = None
    name: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is the collectivité itself."""
        return not (self.actor or self.stakeholder or self.name)

    @property
    def key(self) -> tuple[int | None, int | None, str]:
        """The same for two shares of one body."""
        return (
            self.actor.pk if self.actor else None,
            self.stakeholder.pk if self.stakeholder else None,
            self.name.casefold(),
        )


@dataclass(frozen=True)
class Share:
    """What one body bears, in percent."""

    holder: Holder
    percent: Decimal


@dataclass(frozen=True)
class Stand:
    """The stand of an event as its page tells it. `gap`: percent that lack (positive) or are too many (negative)."""

    mode: str
    label: str
    shares: Sequence[StandShare]
    total: Decimal
    gap: Decimal
    is_expected: bool

    @property
    def is_alone(self) -> bool:
        return self.mode == StandMode.ALONE

    @property
    def is_shown(self) -> bool:
        """Whether the page of the event speaks of a stand."""
        return self.is_expected or bool(self.mode or self.shares)

    @property
    def gap_sentence(self) -> str:
        """« il manque 20 % »; empty when the shares are exact, or when none is asked."""
        if not self.mode or self.is_alone:
            return ""
        return gap_sentence(self.gap)


def stand_of(event: Event, shares: Iterable[StandShare]) -> Stand:
    """The stand of one event, from its shares."""
    rows = list(shares)
    total = sum((row.percent for row in rows), Decimal(0))
    return Stand(
        mode=event.stand_mode,
        label=event.get_stand_mode_display(),
        shares=rows,
        total=total,
        gap=HUNDRED - total,
        is_expected=event.kind in WITH_STAND,
    )


def gap_sentence(gap: Decimal) -> str:
    """« il manque 20 % », « il y a 1 % de trop », or nothing."""
    if gap > 0:
        return f"il manque {number(gap)}{NBSP}%"
    return f"il y a {number(-gap)}{NBSP}% de trop" if gap < 0 else ""


def refusal(mode: str, shares: Sequence[Share]) -> str:
    """Why this way of bearing a stand is refused, with the arithmetic and how to mend; empty when it stands.

    No share at all is accepted, for it is not known yet: the page then says that 100 % lack. Borne alone, a stand needs
    none. Delegated, it names its delegate.
    """
    others = [row for row in shares if not row.holder.is_own]
    if mode == StandMode.DELEGATED and not others:
        return "Un stand délégué a un délégataire : écrivez dans une ligne l’organisme qui le tient, et sa part."
    if not shares:
        return ""
    if not mode:
        return "Des parts sont données : choisissez comment le stand est porté."
    if mode == StandMode.ALONE:
        told = "Un stand porté seul n’a pas d’autre porteur : effacez leurs lignes, ou choisissez un autre portage."
        return told if others else ""
    total = sum((row.percent for row in shares), Decimal(0))
    if total == HUNDRED:
        return ""
    told = " + ".join(number(row.percent) for row in shares)
    return f"Les parts font 100{NBSP}% exactement : {told} = {number(total)}{NBSP}%, {gap_sentence(HUNDRED - total)}."


@transaction.atomic
def write(*, event: Event, mode: str, shares: Sequence[Share], author: User | None) -> None:
    """Replace how the stand of an event is borne, all or nothing, with its history.

    A stand borne alone keeps no share. Raises ValidationError, in French, when the shares do not stand.
    """
    if refused := refusal(mode, shares):
        raise ValidationError(refused)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    before = history.state_of(event)
    event.stand_mode = mode
    event.save(update_fields=["stand_mode", "updated_at"])
    history.record(instance=event, author=author, before=before)
    kept = _kept(event)
    for share in [] if mode == StandMode.ALONE else shares:
        _save(event, kept.pop(share.holder.key, None), share, author)
    for row in kept.values():
        registers.remove(row=row, author=author)


def holder_of(row: StandShare) -> Holder:
    """Who bears a saved share."""
    return Holder(row.actor, row.stakeholder, row.name)


def _kept(event: Event) -> dict[tuple, StandShare]:
    rows = event.shares.select_related("actor", "stakeholder")
    return {holder_of(row).key: row for row in rows}


def _save(event: Event, row: StandShare | None, share: Share, author: User | None) -> None:
    before = history.state_of(row) if row else {}
    row = row or StandShare(event=event, collectivity=event.collectivity)
    row.actor, row.stakeholder, row.name = share.holder.actor, share.holder.stakeholder, share.holder.name
    row.percent = share.percent
    row.full_clean()
    row.save()
    history.record(instance=row, author=author, before=before)
