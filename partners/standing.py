"""Where an agreement and a partnership stand on a date, in words a reader can act on.

The state itself is legal_cover's; here are its reasons, and the periods that a partnership's
successive agreements cover or leave open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from aict.ui.timelines import Lane, Period, Span, coverage, duration
from aict.ui.typography import NBSP, long_day
from partners.enums import AgreementForm, AgreementStatus
from partners.legal_cover import NEAR, SOON, Terms, amendments_of, in_force_from, is_dateless
from partners.models import Agreement

ARTICLE = f"CGCT, art.{NBSP}L.1115-1"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """An agreement's state: `kind` and `text` feed the `status` tag, `reason` says why in a sentence."""

    agreement: Agreement
    status: AgreementStatus
    kind: str
    text: str
    reason: str
    terms: Terms

    @property
    def since(self) -> str:
        """First day of effect, `31/01/2027`; the year alone when only that is known; empty without effect."""
        start = in_force_from(self.agreement)
        if start is None:
            return ""
        one = self.agreement
        is_day = one.transmitted_on or one.starts or one.signed_on
        return f"{start:%d/%m/%Y}" if is_day else str(start.year)

    @property
    def is_closed(self) -> bool:
        return self.status in (AgreementStatus.EXPIRE, AgreementStatus.DENONCE)


def standing(agreement: Agreement, on: date) -> Standing:
    """The state of an agreement on a date, with its reason."""
    state = agreement.status(on)
    kind, text = _badge(agreement, state, on)
    return Standing(agreement, state, kind, text, reason(agreement, on), agreement.terms(on))


def newest_first(agreements: Iterable[Agreement]) -> list[Agreement]:
    """Agreements of one partnership: those without effect yet, then by first day of effect, newest first."""
    return sorted(agreements, key=lambda one: in_force_from(one) or date.max, reverse=True)


def standings(agreements: Iterable[Agreement], on: date) -> list[Standing]:
    """`standing` of each, in the same order."""
    return [standing(agreement, on) for agreement in agreements]


def reason(agreement: Agreement, on: date) -> str:
    """Why an agreement has its state on a date, from the dates alone, with the article that decides."""
    state = agreement.status(on)
    if state == AgreementStatus.DENONCE:
        return f"Dénoncé le {_day(agreement.denounced_on)} : il ne produit plus d’effet."
    if state == AgreementStatus.EXPIRE:
        return f"Terminé le {_day(agreement.terms(on).ends)} : il ne couvre plus aucune action."
    if state == AgreementStatus.DELIBERE:
        return _why_deliberated(agreement)
    if state == AgreementStatus.PROJET:
        return _why_project(agreement)
    if is_dateless(agreement) and agreement.form == AgreementForm.JUMELAGE:
        return "Jumelage dont aucune date n’est connue : retrouvez la délibération, ou l’année de signature."
    since = _since(agreement)
    if state == AgreementStatus.EN_VIGUEUR:
        ends = agreement.terms(on).ends
        until = f"{since}, {'jusqu’au' if ends else 'à réviser le'} {_day(ends or agreement.review_on)}"
        return f"{until} (fin fixée par avenant)." if ends != agreement.ends else f"{until}."
    if agreement.review_on:
        return f"{since}, sans date de fin : la révision prévue le {_day(agreement.review_on)} est à faire."
    return f"{since}, sans date de fin ni de révision : fixez une date de révision."


def _why_deliberated(agreement: Agreement) -> str:
    deliberated = f"Délibéré le {_day(agreement.deliberation_on)}"
    if agreement.transmitted_on is None:
        return f"{deliberated}, non transmis : n’entre pas en vigueur ({ARTICLE})."
    start = in_force_from(agreement)
    return f"{deliberated}, transmis le {_day(agreement.transmitted_on)} : prend effet le {_day(start)}."


def _why_project(agreement: Agreement) -> str:
    if agreement.deliberation_on:
        return f"La délibération est prévue le {_day(agreement.deliberation_on)} : l’accord n’a pas encore d’effet."
    if start := in_force_from(agreement):
        return f"Prend effet le {_day(start)}."
    return f"Ni délibération, ni transmission, ni signature enregistrée : sans effet à ce jour ({ARTICLE})."


def _since(agreement: Agreement) -> str:
    start = in_force_from(agreement)
    if start is None:
        return "Action non contractualisée, sans date"
    if agreement.transmitted_on:
        return f"En vigueur depuis le {_day(start)} (transmis le {_day(agreement.transmitted_on)}, {ARTICLE})"
    if not (agreement.signed_on or agreement.signed_year):
        return f"En cours depuis le {_day(start)}, sans texte signé"
    if agreement.starts or agreement.signed_on:
        return f"En vigueur depuis le {_day(start)}, d’après la signature"
    return f"En vigueur depuis {start.year}, d’après l’année de signature"


def _badge(agreement: Agreement, state: AgreementStatus, on: date) -> tuple[str, str]:
    ends = agreement.terms(on).ends
    if state == AgreementStatus.EXPIRE and ends:
        return "danger", f"Expiré depuis {duration(ends + _DAY, on)}"
    deadline = ends or agreement.review_on
    if state == AgreementStatus.EN_VIGUEUR and deadline:
        left = (deadline - on).days
        words = f"{'Fin' if ends else 'À réviser'} dans {left}{NBSP}j"
        for limit, kind in NEAR:
            if left <= limit:
                return kind, words
        return "ok", state.label
    if state == AgreementStatus.A_REVOIR:
        return "warn", "Révision à faire" if agreement.review_on else "Révision à fixer"
    if state == AgreementStatus.DELIBERE:
        return "warn", "Délibéré, pas en vigueur" if agreement.transmitted_on else state.label
    return {AgreementStatus.DENONCE: "mute", AgreementStatus.PROJET: "info"}[state], state.label


def effects(agreement: Agreement) -> list[Span]:
    """The days on which an agreement has effect, oldest first; empty when its dates give none.

    Each end holds from the day it is agreed: the original one first, then that of each avenant. The time that
    avenants add beyond the original end is `extended`.
    """
    start = in_force_from(agreement)
    if start is None:
        return []
    changes = [(date.min, agreement.ends)]
    changes += [(one.effective_on, one.ends) for one in amendments_of(agreement) if one.ends]
    stop = agreement.denounced_on or date.max
    found = []
    for (since, ends), (until, _) in pairwise([*changes, (date.max, None)]):
        first = max(start, since)
        last = min(day for day in (ends or date.max, _before(until), _before(stop)))
        if first <= last:
            found += _split(first, last, agreement.ends)
    return _joined(found)


def _before(day: date) -> date:
    """The day before; a day that never comes stays so."""
    return day if day in (date.min, date.max) else day - _DAY


def _split(first: date, last: date, original: date | None) -> list[Span]:
    """A stretch of effect, cut where the original end was."""
    end = None if last == date.max else last
    if original is None or last <= original:
        return [Span(first, end)]
    if first > original:
        return [Span(first, end, extended=True)]
    return [Span(first, original), Span(original + _DAY, end, extended=True)]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Stretches that follow each other day after day and are of one kind make one."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].end and found[-1].end + _DAY == span.start and found[-1].extended == span.extended:
            span = replace(span, start=found.pop().start)
        found.append(span)
    return found


def lanes(agreements: Iterable[Agreement]) -> list[Lane]:
    """One lane of the timeline per agreement that has effect, oldest first."""
    terms = [(spans, agreement) for agreement in agreements if (spans := effects(agreement))]
    terms.sort(key=lambda term: (term[0][0].start, term[1].pk))
    return [Lane(agreement.title, spans, _note(agreement, spans)) for spans, agreement in terms]


def _note(agreement: Agreement, spans: Sequence[Span]) -> str:
    years = _years(Span(spans[0].start, spans[-1].end))
    count = len(amendments_of(agreement))
    return f"{years}, {count}{NBSP}avenant{'s' if count > 1 else ''}" if count else years


def _years(span: Span) -> str:
    if span.end is None:
        return f"depuis {span.start.year}, sans date de fin"
    return f"{span.start.year}-{span.end.year}" if span.end.year != span.start.year else str(span.start.year)


@dataclass(frozen=True)
class Cover:
    """What the successive agreements of a partnership cover; `kind` and `text` feed the `status` tag."""

    kind: str
    text: str
    periods: tuple[Period, ...]

    @property
    def gaps(self) -> list[Period]:
        """Uncovered periods between and after agreements (product rule 3)."""
        return [period for period in self.periods if not period.covered]


def cover(agreements: Sequence[Agreement], on: date) -> Cover:
    """The legal cover of one territory on a date, from its agreements (deleted ones are not given)."""
    periods = coverage(lanes(agreements), until=on)
    kind, text = _cover_words(agreements, [period for period in periods if period.covered], on)
    return Cover(kind, text, tuple(periods))


def _cover_words(agreements: Sequence[Agreement], covered: Sequence[Period], on: date) -> tuple[str, str]:
    if not agreements:
        return "mute", "Aucun accord"
    now = next((one for one in covered if one.start <= on and (one.end is None or one.end >= on)), None)
    if now and now.end:
        left = (now.end - on).days
        return ("ok" if left > SOON[-1] else "warn"), f"Couvert jusqu’au {_day(now.end)}"
    if now:
        to_review = all(agreement.status(on) != AgreementStatus.EN_VIGUEUR for agreement in agreements)
        return ("warn", "Couvert, révision à fixer") if to_review else ("ok", "Couvert, sans date de fin")
    if any(agreement.status(on) == AgreementStatus.A_REVOIR for agreement in agreements):
        return "warn", "Sans date, à revoir"
    if any(agreement.status(on) in (AgreementStatus.PROJET, AgreementStatus.DELIBERE) for agreement in agreements):
        return "warn", "Accord en préparation"
    return "danger", "Non couvert"


def _day(value: date | None) -> str:
    return long_day(value) if value else "date inconnue"


@dataclass(frozen=True)
class LegalDate:
    """A date of an agreement and what it means in law; `day` is None when it is not recorded."""

    label: str
    day: date | None
    meaning: str


def dates(agreement: Agreement, on: date) -> list[LegalDate]:
    """How long an agreement lasts: each date with its legal meaning. Its legal steps are in `checklist`."""
    ends = agreement.terms(on).ends
    meaning = "Dernier jour d’effet. Ensuite l’accord est expiré."
    if ends != agreement.ends:
        first = f"le {long_day(agreement.ends)}" if agreement.ends else "absente"
        meaning = f"Dernier jour d’effet, fixé par avenant ; la fin d’origine était {first}."
    found = [
        LegalDate(
            "Début prévu", agreement.starts, "S’il est plus tardif que la transmission, l’effet commence ce jour."
        ),
        LegalDate("Fin", ends, meaning),
        LegalDate(
            "Révision", agreement.review_on, "Jour où faire le point ; demandé quand il n’y a pas de date de fin."
        ),
    ]
    if agreement.denounced_on:
        found.append(LegalDate("Dénonciation", agreement.denounced_on, "L’accord cesse de produire effet ce jour-là."))
    return found


@dataclass(frozen=True)
class Finding:
    """Something to mend, for templates/ui/finding.html."""

    severity: str
    text: str
    field: str


def findings(agreement: Agreement, on: date) -> list[Finding]:
    """What an agreement lacks on a date, most serious first; a closed agreement lacks nothing any more."""
    state = agreement.status(on)
    if state in (AgreementStatus.EXPIRE, AgreementStatus.DENONCE):
        return []
    found = []
    if agreement.deliberation_on and agreement.deliberation_on <= on and agreement.transmitted_on is None:
        found.append(
            Finding(
                "alerte",
                f"Transmission au préfet non enregistrée : sans elle, pas d’effet ({ARTICLE}).",
                "transmitted_on",
            )
        )
    terms = agreement.terms(on)
    if terms.ends is None and agreement.review_on is None:
        found.append(Finding("alerte", "Sans date de fin : fixez une date de révision.", "review_on"))
    elif state == AgreementStatus.A_REVOIR:
        found.append(
            Finding("alerte", "La date de révision est passée : faites le point, puis fixez la suivante.", "review_on")
        )
    if terms.amount is None:
        found.append(
            Finding(
                "alerte",
                f"Montant prévisionnel manquant : il est obligatoire, et 0 est une réponse ({ARTICLE}).",
                "amount",
            )
        )
    return found


@dataclass(frozen=True)
class Link:
    """An agreement in the chain of those that renew each other; `is_here` for the one whose page is read."""

    standing: Standing
    is_here: bool


def chain(agreement: Agreement, others: Iterable[Agreement], on: date) -> list[Link]:
    """The agreements that this one follows and those that follow it, oldest first; empty when it stands alone."""
    known = {one.pk: one for one in [*others, agreement]}
    kept = {agreement.pk}
    earlier = known.get(agreement.predecessor_id or 0)
    while earlier is not None and earlier.pk not in kept:
        kept.add(earlier.pk)
        earlier = known.get(earlier.predecessor_id or 0)
    grown = True
    while grown:  # an agreement may have several successors
        later = {one.pk for one in known.values() if one.predecessor_id in kept} - kept
        kept |= later
        grown = bool(later)
    if len(kept) == 1:
        return []
    rows = newest_first(known[pk] for pk in kept)
    return [Link(standing(one, on), one.pk == agreement.pk) for one in reversed(rows)]
