"""What becomes of an agreement at its end: what it produced, then renewed, amended, or left to lapse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from aict.accounts import history, registers
from aict.accounts.models import User
from aict.ui.timelines import Span, duration
from partners import legal_cover, standing
from partners.models import Agreement, Amendment


@dataclass(frozen=True)
class Group:
    """The actions of one category under an agreement, with what was planned and paid for the economic ones."""

    category: Any
    actions: Sequence[Any]
    planned: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True)
class Term:
    """A stretch of effect in words; `length` is empty while it has no end."""

    span: Span
    length: str


@dataclass(frozen=True)
class Sheet:
    """What an agreement produced, from its first day to `on`."""

    groups: Sequence[Group]
    other_actions: int
    measures: Sequence[Any]
    events: Sequence[Any]
    documents: Sequence[Any]
    terms: Sequence[Term]

    @property
    def actions(self) -> int:
        return sum(len(group.actions) for group in self.groups)

    @property
    def planned(self) -> Decimal | None:
        """Euros planned for the economic actions; None when no amount is known."""
        return _total(group.planned for group in self.groups)

    @property
    def actual(self) -> Decimal | None:
        """Euros paid for the economic actions; None when no amount is known."""
        return _total(group.actual for group in self.groups)


def sheet(agreement: Agreement) -> Sheet:
    """What an agreement produced, in eight queries whatever hangs on it. Money leaves out non-economic actions."""
    collectivity = agreement.collectivity
    actions = agreement.actions.for_collectivity(collectivity)
    # Measures live in a higher layer: they are reached backwards, from the actions.
    measures = actions.model.measures.rel.related_model.objects.for_collectivity(collectivity)
    groups = [_group(share) for share in actions.by_category()]
    return Sheet(
        groups=groups,
        other_actions=sum(not action.economic_aim for group in groups for action in group.actions),
        measures=list(measures.filter(action__in=actions.order_by()).for_list()),
        events=list(agreement.trust_events.for_collectivity(collectivity).for_circle()),
        documents=list(agreement.documents.all()),
        terms=[Term(span, duration(span.start, span.end) if span.end else "") for span in standing.effects(agreement)],
    )


def _group(share: Any) -> Group:
    planned, actual = (
        _total(getattr(one, name) for one in share.economic) for name in ("planned_total", "actual_total")
    )
    return Group(share.category, share.actions, planned, actual)


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def followers(agreement: Agreement, on: date) -> list[Agreement]:
    """The agreements that follow this one, the earliest first, as rows of a list; deleted ones left out."""
    rows = agreement.successors.for_collectivity(agreement.collectivity).for_list(on)
    return list(rows.order_by(F("starts").asc(nulls_last=True), "pk"))


def successor(agreement: Agreement, on: date) -> dict[str, Any]:
    """What the form of a renewal starts from: the terms of today, the day after the end. The amount is asked anew."""
    terms = agreement.terms(on)
    parties = list(agreement.parties.all())
    return {
        "territory": agreement.territory_id,
        "title": agreement.title,
        "form": agreement.form,
        "validity": agreement.validity,
        "holder": agreement.holder,
        "object": terms.object,
        "predecessor": agreement.pk,
        "starts": terms.ends + timedelta(days=1) if terms.ends and terms.ends < date.max else None,
        "party_territories": [party.territory_id for party in parties if party.territory_id],
        "party_stakeholders": [party.stakeholder_id for party in parties if party.stakeholder_id],
        "party_names": "\n".join(party.name for party in parties if party.name),
        "visibility": agreement.visibility,
    }


@transaction.atomic
def let_lapse(*, agreement: Agreement, author: User | None, reason: str, on: date) -> None:
    """Write that the agreement is left to lapse, and why: its alerts stop. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError("Donnez le motif : il restera dans l’historique.")
    _decide(agreement, author, reason.strip(), on)


@transaction.atomic
def take_up_again(*, agreement: Agreement, author: User | None) -> None:
    """Undo `let_lapse`: the alerts start again."""
    _decide(agreement, author, "", None)


def _decide(agreement: Agreement, author: User | None, reason: str, on: date | None) -> None:
    before = history.state_of(agreement)
    agreement.lapse_decided_on, agreement.lapse_reason = on, reason
    agreement.save(update_fields=["lapse_decided_on", "lapse_reason", "updated_at"])
    history.record(instance=agreement, author=author, before=before)


@transaction.atomic
def delete_amendment(*, row: Amendment, author: User | None) -> None:
    """Delete an avenant for good; its content stays in the history, and in that of its agreement.

    Raises ValidationError when a later avenant holds by this one alone: it would revive an agreement that has ended.
    """
    agreement = row.agreement
    amendments = legal_cover.amendments_of(agreement)
    unfit = legal_cover.unfit_amendment(agreement, [one for one in amendments if one.pk != row.pk])
    if unfit and not legal_cover.unfit_amendment(agreement, amendments):
        raise ValidationError(
            f"L’avenant « {unfit[0]} » ne tiendrait plus sans lui : supprimez-le d’abord, ou changez ses dates."
        )
    before = legal_cover.amendments_in_words(agreement)
    registers.remove(row=row, author=author)
    after = legal_cover.amendments_in_words(agreement)
    history.record_parts(instance=agreement, author=author, label="avenants", before=before, after=after)
