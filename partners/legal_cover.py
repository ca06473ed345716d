"""Legal cover: the state of an agreement on a date, in Python and in SQL from one reading of the law.

CGCT L.1115-1: an agreement takes effect once sent to the State's representative, so a deliberated
agreement whose transmission is not recorded is not in force. Older acts known only by their
signature (most twinnings) are read as in force from that signature; a text of which only the planned
beginning is known has no effect yet.

An avenant changes the end, the amount or the object from the day it takes effect, so an agreement's
terms are those of a date: `terms` in Python, `AgreementQuerySet.with_terms` in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, DateField, Func, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Greatest

from aict.ui.typography import euros, long_day
from partners.enums import AgreementForm, AgreementStatus

if TYPE_CHECKING:
    from partners.models import Agreement, AgreementParty, Amendment, Territory

# Product rule 4: alerts name the document this many days before its end.
SOON = (15, 30, 90, 180)
# How a deadline is shown and ranked once it is this near (days, at most): one colour for 15 and 30 days.
NEAR = ((30, "danger"), (90, "warn"), (180, "info"))
OWN_TERRITORY = "Votre propre territoire n’est pas un partenaire : un accord se passe avec un autre territoire."
IN_FORCE = (AgreementStatus.EN_VIGUEUR, AgreementStatus.A_REVOIR)


@dataclass(frozen=True)
class Terms:
    """What binds on a date: the original terms, changed by the avenants that have taken effect."""

    ends: date | None
    amount: Decimal | None
    object: str


def amendments_of(agreement: Agreement) -> Sequence[Amendment]:
    """The avenants of an agreement in the order of their effect; no query when they were prefetched."""
    return list(agreement.amendments.all()) if agreement.pk else []


def amendments_in_words(agreement: Agreement) -> str:
    """The avenants as saved, for the history: each with its day of effect, then what it changes."""
    return "; ".join(_in_words(amendment) for amendment in agreement.amendments.order_by("effective_on", "pk"))


def _in_words(amendment: Amendment) -> str:
    said = [f"effet le {amendment.effective_on:%d/%m/%Y}"]
    if amendment.ends:
        said.append(f"fin le {amendment.ends:%d/%m/%Y}")
    if amendment.amount is not None:
        said.append(euros(amendment.amount))
    if amendment.object:
        said.append(f"objet : {amendment.object}")
    return f"{amendment} ({', '.join(said)})"


def terms(agreement: Agreement, on: date) -> Terms:
    """End, amount and object on a date: what an avenant leaves empty does not change."""
    found = Terms(agreement.ends, agreement.amount, agreement.object)
    for amendment in amendments_of(agreement):
        if amendment.effective_on <= on:
            found = _amended(found, amendment)
    return found


def _amended(before: Terms, amendment: Amendment) -> Terms:
    amount = before.amount if amendment.amount is None else amendment.amount
    return Terms(amendment.ends or before.ends, amount, amendment.object or before.object)


def in_force_from(agreement: Agreement) -> date | None:
    """First day of effect; None while nothing recorded gives one."""
    if agreement.transmitted_on:
        return max(agreement.transmitted_on, agreement.starts or agreement.transmitted_on)
    if agreement.deliberation_on:
        return None
    # Where nothing is signed, the relation runs from the day it is said to; a text that nobody signed does not.
    informal = agreement.form == AgreementForm.NON_CONTRACTUALISE
    signed = _signature(agreement)
    return agreement.starts or signed if signed or informal else None


def _signature(agreement: Agreement) -> date | None:
    """The day of signature; the first of its year when only that is known."""
    if agreement.signed_on:
        return agreement.signed_on
    # A form checks the rules of an agreement whose year it has already refused.
    year = agreement.signed_year or 0
    return date(year, 1, 1) if MINYEAR <= year <= MAXYEAR else None


def status(agreement: Agreement, on: date) -> AgreementStatus:
    """The state of an agreement on a date (product rule 3)."""
    if agreement.denounced_on and agreement.denounced_on <= on:
        return AgreementStatus.DENONCE
    ends = terms(agreement, on).ends
    if ends and ends < on:
        return AgreementStatus.EXPIRE
    start = in_force_from(agreement)
    if is_dateless(agreement):
        return AgreementStatus.A_REVOIR
    if start is None or start > on:
        deliberated = agreement.deliberation_on and agreement.deliberation_on <= on
        return AgreementStatus.DELIBERE if deliberated else AgreementStatus.PROJET
    if not ends and (agreement.review_on is None or agreement.review_on <= on):
        return AgreementStatus.A_REVOIR
    return AgreementStatus.EN_VIGUEUR


def is_dateless(agreement: Agreement) -> bool:
    """A relation that exists though no date is known: an informal action, or an old twinning taken from a list.

    A twinning in project is told from it by its end or its review, that every form asks for.
    """
    if _is_dated(agreement):
        return False
    is_old_twinning = agreement.form == AgreementForm.JUMELAGE and not agreement.ends and not agreement.review_on
    return is_old_twinning or agreement.form == AgreementForm.NON_CONTRACTUALISE


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


class _FirstOfYear(Func):
    """The first of January of a year held as a number."""

    output_field = DateField()
    template = "make_date(%(expressions)s, 1, 1)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s || '-01-01')", **context)


def start_expression() -> Case:
    """The SQL twin of `in_force_from`."""
    return Case(
        When(transmitted_on__isnull=False, then=Greatest("transmitted_on", Coalesce("starts", "transmitted_on"))),
        When(deliberation_on__isnull=False, then=Value(None, output_field=DateField())),
        When(signed_on__isnull=False, then=Coalesce("starts", "signed_on")),
        When(signed_year__isnull=False, then=Coalesce("starts", _FirstOfYear("signed_year"))),
        When(form=AgreementForm.NON_CONTRACTUALISE, then="starts"),
        output_field=DateField(),
    )


def _cases(on: date, ends: str) -> list[tuple[Q, AgreementStatus]]:
    """Conditions in the order of `status`, the last one always true. `ends` names the end that holds on that date."""
    undated = Q(transmitted_on=None, deliberation_on=None, starts=None, signed_on=None, signed_year=None)
    old_twinning = Q(form=AgreementForm.JUMELAGE, ends=None, review_on=None)
    is_signed = Q(signed_on__isnull=False) | Q(signed_year__isnull=False) | Q(form=AgreementForm.NON_CONTRACTUALISE)
    by_signature = Q(transmitted_on=None, deliberation_on=None) & is_signed
    started = (
        Q(transmitted_on__isnull=False, transmitted_on__lte=on) & (Q(starts=None) | Q(starts__lte=on))
        | by_signature & Q(starts__isnull=False, starts__lte=on)
        | by_signature & Q(starts=None, signed_on__isnull=False, signed_on__lte=on)
        | by_signature & Q(starts=None, signed_on=None, signed_year__isnull=False, signed_year__lte=on.year)
    )
    return [
        (Q(denounced_on__lte=on), AgreementStatus.DENONCE),
        (Q(**{f"{ends}__lt": on}), AgreementStatus.EXPIRE),
        (undated & (Q(form=AgreementForm.NON_CONTRACTUALISE) | old_twinning), AgreementStatus.A_REVOIR),
        (~started & Q(deliberation_on__lte=on), AgreementStatus.DELIBERE),
        (~started, AgreementStatus.PROJET),
        (Q(**{ends: None}) & (Q(review_on=None) | Q(review_on__lte=on)), AgreementStatus.A_REVOIR),
        (Q(pk__isnull=False), AgreementStatus.EN_VIGUEUR),
    ]


def status_expression(on: date, ends: str = "ends_on") -> Case:
    """The SQL twin of `status`; a test compares both over every combination of dates."""
    return Case(
        *(When(condition, then=Value(state.value)) for condition, state in _cases(on, ends)), output_field=CharField()
    )


def urgency_expression(on: date) -> Case:
    """How pressing an agreement is, 0 first, from its dates, `left` and `under_way` (AgreementQuerySet).

    0: an end within 30 days, or actions under way that nothing covers any more; 1: an act to do (transmit,
    review) or an end within 90 days; 2: within 180 days; 3: a project; 4: in force; 5: closed with nothing under way.
    """
    closed = Case(When(under_way=0, then=5), default=0, output_field=IntegerField())
    in_force = Case(
        *(When(left__lte=timedelta(days=days), then=rank) for rank, (days, _) in enumerate(NEAR)),
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
    return Case(
        *(When(condition, then=ranks[state]) for condition, state in _cases(on, "ends_on")), output_field=IntegerField()
    )


def refuse_state_without_exception(agreement: Agreement, territories: Iterable[Territory | None]) -> None:
    """Raise ValidationError for an agreement with a State unless an exception and its reference are given.

    `territories`: every territory that is party to it. CGCT L.1115-5.
    """
    states = [one for one in territories if one is not None and one.level.code == "pays"]
    if not states:
        return
    if not agreement.state_exception:
        raise ValidationError(
            {
                "state_exception": "Un accord avec un État étranger est interdit (CGCT, art. L.1115-5). "
                "Choisissez l’exception qui l’autorise, ou un territoire qui n’est pas un État."
            }
        )
    if not agreement.state_exception_reference:
        raise ValidationError({"state_exception_reference": "Donnez la référence du texte qui autorise cet accord."})


def refuse_party(party: AgreementParty) -> None:
    """Raise ValidationError for a party that is the collectivité's own territory, a State barred, or there already."""
    agreement = party.agreement
    if party.territory is not None:
        if party.territory.is_own:
            raise ValidationError({"territory": OWN_TERRITORY})
        if party.territory_id == agreement.territory_id:
            raise ValidationError({"territory": f"« {party.territory} » est déjà le premier partenaire de cet accord."})
        refuse_state_without_exception(agreement, [party.territory])
    others = agreement.parties.exclude(pk=party.pk) if agreement.pk else ()
    key = (party.territory_id, party.stakeholder_id, party.name.casefold())
    if any(key == (other.territory_id, other.stakeholder_id, other.name.casefold()) for other in others):
        raise ValidationError(f"« {party} » est déjà partie à cet accord.")


def unfit_amendment(agreement: Agreement, amendments: Iterable[Amendment]) -> tuple[Amendment, dict[str, str]] | None:
    """The first avenant that its agreement cannot bear, with what is wrong by field; None when all hold.

    An avenant changes a text that has effect: it takes effect neither before it, nor after its end or denunciation.
    """
    start = in_force_from(agreement)
    ends = agreement.ends
    for amendment in sorted(amendments, key=lambda one: (one.effective_on, one.pk or 0)):
        if errors := _amendment_errors(agreement, amendment, start, ends):
            return amendment, errors
        ends = amendment.ends or ends
    return None


def _amendment_errors(
    agreement: Agreement, amendment: Amendment, start: date | None, ends: date | None
) -> dict[str, str]:
    """What is wrong in one avenant, given the first day of the agreement and its end before this avenant."""
    day = amendment.effective_on
    if start is None:
        return {
            "effective_on": "L’accord n’a pas encore d’effet : enregistrez d’abord sa transmission au préfet, "
            "ou modifiez l’accord lui-même."
        }
    if day < start:
        return {"effective_on": f"L’avenant précède l’accord, qui prend effet le {long_day(start)}."}
    if agreement.denounced_on and day >= agreement.denounced_on:
        return {"effective_on": f"L’accord est dénoncé le {long_day(agreement.denounced_on)} : rien ne le change plus."}
    if ends and day > ends:
        return {
            "effective_on": f"L’accord prend fin le {long_day(ends)} : un avenant ne le fait pas revivre. "
            "Donnez une date antérieure, ou ajoutez un nouvel accord."
        }
    if amendment.deliberation_on and day < amendment.deliberation_on:
        return {"effective_on": "L’avenant prend effet avant sa délibération : corrigez l’une des deux dates."}
    if amendment.ends and amendment.ends < day:
        return {"ends": "La nouvelle fin précède le jour où l’avenant prend effet : corrigez l’une des deux dates."}
    return {}
