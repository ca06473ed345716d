"""Legal cover: the state of an agreement on a date, in Python and in SQL from one reading of the law.

CGCT L.1115-1: an agreement takes effect once sent to the State's representative, so a deliberated
agreement whose transmission is not recorded is not in force. Older acts known only by their
signature (most twinnings) are read as in force from that signature.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, IntegerField, Q, Value, When

from partners.enums import AgreementForm, AgreementStatus

if TYPE_CHECKING:
    from partners.models import Agreement

# Product rule 4: alerts name the document this many days before its end.
SOON = (30, 90, 180)
IN_FORCE = (AgreementStatus.EN_VIGUEUR, AgreementStatus.A_REVOIR)


def in_force_from(agreement: Agreement) -> date | None:
    """First day of effect; None while nothing recorded gives one."""
    if agreement.transmitted_on:
        return max(agreement.transmitted_on, agreement.starts or agreement.transmitted_on)
    if agreement.deliberation_on:
        return None
    if agreement.starts or agreement.signed_on:
        return agreement.starts or agreement.signed_on
    return date(agreement.signed_year, 1, 1) if agreement.signed_year else None


def status(agreement: Agreement, on: date) -> AgreementStatus:
    """The state of an agreement on a date (product rule 3)."""
    if agreement.denounced_on and agreement.denounced_on <= on:
        return AgreementStatus.DENONCE
    if agreement.ends and agreement.ends < on:
        return AgreementStatus.EXPIRE
    start = in_force_from(agreement)
    informal = agreement.form == AgreementForm.NON_CONTRACTUALISE and not _is_dated(agreement)
    if informal:
        return AgreementStatus.A_REVOIR
    if start is None or start > on:
        deliberated = agreement.deliberation_on and agreement.deliberation_on <= on
        return AgreementStatus.DELIBERE if deliberated else AgreementStatus.PROJET
    if not agreement.ends and (agreement.review_on is None or agreement.review_on <= on):
        return AgreementStatus.A_REVOIR
    return AgreementStatus.EN_VIGUEUR


def _is_dated(agreement: Agreement) -> bool:
    return any(
        (
            agreement.transmitted_on,
            agreement.deliberation_on,
            agreement.starts,
            agreement.signed_on,
            agreement.signed_year,
        )
    )


def _cases(on: date) -> list[tuple[Q, AgreementStatus]]:
    """Conditions in the order of `status`, the last one always true."""
    undated = Q(transmitted_on=None, deliberation_on=None, starts=None, signed_on=None, signed_year=None)
    by_signature = Q(transmitted_on=None, deliberation_on=None)
    started = (
        Q(transmitted_on__isnull=False, transmitted_on__lte=on) & (Q(starts=None) | Q(starts__lte=on))
        | by_signature & Q(starts__isnull=False, starts__lte=on)
        | by_signature & Q(starts=None, signed_on__isnull=False, signed_on__lte=on)
        | by_signature & Q(starts=None, signed_on=None, signed_year__isnull=False, signed_year__lte=on.year)
    )
    return [
        (Q(denounced_on__lte=on), AgreementStatus.DENONCE),
        (Q(ends__lt=on), AgreementStatus.EXPIRE),
        (undated & Q(form=AgreementForm.NON_CONTRACTUALISE), AgreementStatus.A_REVOIR),
        (~started & Q(deliberation_on__lte=on), AgreementStatus.DELIBERE),
        (~started, AgreementStatus.PROJET),
        (Q(ends=None) & (Q(review_on=None) | Q(review_on__lte=on)), AgreementStatus.A_REVOIR),
        (Q(pk__isnull=False), AgreementStatus.EN_VIGUEUR),
    ]


def status_expression(on: date) -> Case:
    """The SQL twin of `status`; a test compares both over every combination of dates."""
    return Case(
        *(When(condition, then=Value(state.value)) for condition, state in _cases(on)), output_field=CharField()
    )


def urgency_expression(on: date) -> Case:
    """How pressing an agreement is, 0 first, from its dates, `left` and `under_way` (AgreementQuerySet).

    0: an end within 30 days, or actions under way that nothing covers any more; 1: an act to do (transmit,
    review) or an end within 90 days; 2: within 180 days; 3: a project; 4: in force; 5: closed with nothing under way.
    """
    closed = Case(When(under_way=0, then=5), default=0, output_field=IntegerField())
    in_force = Case(
        *(When(left__lte=timedelta(days=days), then=rank) for rank, days in enumerate(SOON)),
        default=4,
        output_field=IntegerField(),
    )
    ranks = {
        AgreementStatus.DENONCE: closed,
        AgreementStatus.EXPIRE: closed,
        AgreementStatus.DELIBERE: Value(1),
        AgreementStatus.A_REVOIR: Value(1),
        AgreementStatus.PROJET: Value(3),
        AgreementStatus.EN_VIGUEUR: in_force,
    }
    return Case(*(When(condition, then=ranks[state]) for condition, state in _cases(on)), output_field=IntegerField())


def refuse_state_without_exception(agreement: Agreement) -> None:
    """Raise ValidationError for an agreement with a State unless an exception and its reference are given.

    CGCT L.1115-5.
    """
    # An import validates an agreement before its territory has a number: ask for the object.
    territory = getattr(agreement, "territory", None)
    if territory is None or territory.level.code != "pays":
        return
    if not agreement.state_exception:
        raise ValidationError(
            {
                "state_exception": "Un accord avec un État étranger est interdit (CGCT, art. L.1115-5). "
                "Choisissez l’exception qui l’autorise, ou un territoire qui n’est pas un État."
            }
        )
    if not agreement.state_exception_reference:
        raise ValidationError({"state_exception_reference": "Donnez la référence du texte qui autorise cet accord."})
