"""What is asked of a row that a person enters, in a form or in a file: the same rules, the same words.

Each takes the values by attribute, those that could be read, and answers the errors by attribute. What must hold
whatever wrote the row sits in the model (`clean`, constraints); these may be missing from what an old source tells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from partners.models.stakeholders import FIRM

NOT_A_PARTNER = "Choisissez un territoire de la liste : un accord se passe avec un autre territoire que le vôtre."
ASK_FOR_REVIEW = (
    "Sans date de fin, donnez une date de révision : l’outil rappellera de faire le point ce jour-là. "
    "Ou donnez une date de fin."
)
ASK_FOR_AMOUNT = "Donnez le montant prévisionnel ; 0 si rien n’est engagé."
TRANSMITTED_TOO_EARLY = "La transmission précède la délibération : corrigez l’une des deux dates."
OTHER_YEAR = "Cette année n’est pas celle de la date de signature : laissez-la vide."
IN_FRANCE = (
    "Un territoire partenaire est à l’étranger (CGCT, art. L.1115-1) : choisissez son pays. "
    "Un organisme français est une partie prenante."
)

_OR_FIRM = "videz ce champ, ou choisissez le type « Entreprises »."
FIRMS_ONLY = {
    "group": f"Seule une entreprise appartient à un groupe : {_OR_FIRM}",
    "new_group": f"Seule une entreprise appartient à un groupe : {_OR_FIRM}",
    "naf": f"Seule une entreprise se classe dans une section NAF : {_OR_FIRM}",
}


def agreement_errors(values: Mapping[str, Any]) -> dict[str, str]:
    """Of an agreement: a partner, an amount (CGCT L.1115-1), a deadline, dates in their order."""
    errors = {}
    territory = values.get("territory")
    if territory is not None and territory.is_own:
        errors["territory"] = NOT_A_PARTNER
    if "amount" in values and values["amount"] is None:
        errors["amount"] = ASK_FOR_AMOUNT
    if {"ends", "review_on"} <= values.keys() and not values["ends"] and not values["review_on"]:
        errors["review_on"] = ASK_FOR_REVIEW
    deliberated, transmitted = values.get("deliberation_on"), values.get("transmitted_on")
    if deliberated and transmitted and transmitted < deliberated:
        errors["transmitted_on"] = TRANSMITTED_TOO_EARLY
    signed, year = values.get("signed_on"), values.get("signed_year")
    if signed and year and signed.year != year:
        errors["signed_year"] = OTHER_YEAR
    return errors


def territory_errors(values: Mapping[str, Any]) -> dict[str, str]:
    """Of a territory: abroad, unless it is the collectivité's own; a Wikidata code and web addresses that are such."""
    errors = {}
    country, code = values.get("country"), values.get("wikidata") or ""
    if country is not None and country.is_france and not values.get("is_own"):
        errors["country"] = IN_FRANCE
    if code and not re.fullmatch(r"Q[1-9]\d*", code):
        errors["wikidata"] = f"« {code} » n’est pas un identifiant Wikidata. Écrivez Q suivi d’un nombre."
    if error := links_error(values.get("links") or ""):
        errors["links"] = error
    return errors


def links_error(text: str) -> str:
    """The first line that is no address of the web, and how to write one; empty when all are."""
    check = URLValidator(schemes=["http", "https"])
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            if line.strip():
                check(line.strip())
        except ValidationError:
            return (
                f"Ligne {number} : « {line.strip()[:80]} » n’est pas une adresse du web. "
                "Écrivez-la en entier, par exemple https://www.example.org."
            )
    return ""


def stakeholder_errors(values: Mapping[str, Any]) -> dict[str, str]:
    """Of a stakeholder: a group of firms and a NAF section are a firm's."""
    kind = values.get("type")
    if kind is None or kind.code == FIRM:
        return {}
    return {name: words for name, words in FIRMS_ONLY.items() if values.get(name)}
