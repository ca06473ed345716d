"""The legal steps of an agreement, in the order of the law: done or not, when, proved by what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aict.ui.typography import NBSP, long_day
from partners.enums import AgreementForm, DocumentKind
from partners.legal_cover import in_force_from
from partners.models import Agreement

ARTICLE = f"CGCT, art.{NBSP}L.1115-1"
DONE, COMING, MISSING, NOT_ASKED = "ok", "info", "warn", "mute"
_WORDS = {DONE: "Fait", COMING: "Prévu", MISSING: "Manque", NOT_ASKED: "Sans objet"}


@dataclass(frozen=True)
class Step:
    """One step: `state` and `word` feed the `status` tag; `day` is a text, empty when nothing is recorded.

    `field`: the field of the form that completes it; `kind`: the nature of the document that proves it; else empty.
    """

    label: str
    state: str
    day: str
    advice: str
    field: str = ""
    kind: str = ""
    documents: Sequence[Any] = ()

    @property
    def word(self) -> str:
        return _WORDS[self.state]


def steps(agreement: Agreement, on: date, documents: Iterable[Any]) -> list[Step]:
    """Deliberation, signature, transmission, entry into force, each with its documents (already read).

    CGCT L.1115-1. An action without contract owes none of them.
    """
    by_kind: dict[str, list[Any]] = {}
    for document in documents:
        by_kind.setdefault(document.kind, []).append(document)
    informal = agreement.form == AgreementForm.NON_CONTRACTUALISE
    found = [_deliberation(agreement, on), _signature(agreement, on), _transmission(agreement, on)]
    return [
        *(_with_documents(step, by_kind.get(step.kind, ()), informal) for step in found),
        _entry_into_force(agreement, on, informal),
    ]


def _with_documents(step: Step, documents: Sequence[Any], informal: bool) -> Step:
    state, advice = step.state, step.advice
    if informal and state == MISSING:
        state, advice = NOT_ASKED, "Action non contractualisée : cette étape n’est pas demandée."
    elif state == DONE and not documents:
        advice = "Joignez la pièce qui le prouve."
    return Step(step.label, state, step.day, advice, step.field, step.kind, documents)


def _state(day: date | None, on: date) -> str:
    if day is None:
        return MISSING
    return DONE if day <= on else COMING


def _deliberation(agreement: Agreement, on: date) -> Step:
    day = agreement.deliberation_on
    advice = ""
    if day is None:
        advice = (
            "Retrouvez la date et joignez la délibération. À défaut, l’effet est compté de la signature."
            if agreement.signed_on or agreement.signed_year
            else "Faites délibérer l’assemblée : elle approuve l’accord et autorise sa signature."
        )
    words = long_day(day) if day else ""
    return Step("Délibération", _state(day, on), words, advice, "deliberation_on", DocumentKind.DELIBERATION)


def _signature(agreement: Agreement, on: date) -> Step:
    day, year = agreement.signed_on, agreement.signed_year
    state = _state(day or (date(year, 1, 1) if year else None), on)
    words = long_day(day) if day else f"en {year}" if year else ""
    advice = "" if words else "Enregistrez la date de signature, ou l’année si le jour n’est pas connu."
    return Step("Signature", state, words, advice, "signed_on", DocumentKind.SIGNED_TEXT)


def _transmission(agreement: Agreement, on: date) -> Step:
    day = agreement.transmitted_on
    advice = ""
    if day is None:
        advice = (
            f"Transmettez l’accord au préfet et notez la date : sans elle, pas d’effet ({ARTICLE})."
            if agreement.deliberation_on
            else f"Après la délibération et la signature, transmettez l’accord au préfet ({ARTICLE})."
        )
    words = long_day(day) if day else ""
    return Step(
        "Transmission au préfet", _state(day, on), words, advice, "transmitted_on", DocumentKind.PREFECT_RECEIPT
    )


def _entry_into_force(agreement: Agreement, on: date, informal: bool) -> Step:
    start = in_force_from(agreement)
    if start is None:
        state = NOT_ASKED if informal else MISSING
        return Step("Entrée en vigueur", state, "", "Calculée dès que les étapes précédentes sont enregistrées.")
    exact = agreement.transmitted_on or agreement.starts or agreement.signed_on
    source = "de la transmission" if agreement.transmitted_on else "du début prévu ou de la signature"
    later = agreement.transmitted_on and agreement.starts and agreement.starts > agreement.transmitted_on
    advice = f"Calculée {'du début prévu, plus tardif que la transmission' if later else source}."
    return Step("Entrée en vigueur", _state(start, on), long_day(start) if exact else f"en {start.year}", advice)
