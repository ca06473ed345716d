"""Brands and campaigns (SYS-22): what tells brand, marketing and promotion apart, and the guide's examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings

from aict.accounts.reference import read_yaml
from aict.accounts.register_forms import distant_years
from typology.enums import CampaignKind


@dataclass(frozen=True)
class Notion:
    """One of three words that are easily taken for one another."""

    label: str
    text: str


# Guide, fiche 2, « Quoi », in our words.
NOTIONS = (
    Notion(
        "La marque",
        "Un nom et une promesse que des acteurs du territoire portent ensemble. Elle se gouverne : sans membres "
        "nommés, ce n’est qu’un logo.",
    ),
    Notion(
        "Le marketing territorial",
        "Une stratégie commerciale autour de la marque : des publics choisis, une offre, des campagnes. Il lui faut "
        "donc une marque.",
    ),
    Notion(
        "La promotion",
        "Tout ce qui fait connaître le territoire, avec ou sans marque : supports, missions, salons, accueil "
        "d’évènements. Le marketing n’en est qu’une forme.",
    ),
)


@dataclass(frozen=True)
class Example:
    """A brand that the guide cites."""

    name: str
    place: str
    said: str


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """The examples of fixtures/reference/brand_examples.yaml, in the order of the guide; shown, never loaded."""
    rows = read_yaml(settings.FIXTURES_DIR / "reference" / "brand_examples.yaml")["examples"]
    return tuple(Example(row["name"], row["place"], row["said"]) for row in rows)


def campaign_errors(values: Mapping[str, Any], *, today: date) -> dict[str, str]:
    """What cannot be of a campaign, by field, with how to mend."""
    found = {}
    if values.get("kind") == CampaignKind.MARKETING and "brand" in values and values["brand"] is None:
        found["brand"] = (
            "Le marketing territorial porte une marque : choisissez-la. Sans marque, c’est de la promotion : "
            "changez alors la nature."
        )
    return found | distant_years(values, "starts", "ends", today=today)


def since_error(since: int | None, *, today: date) -> str:
    """Why a brand cannot have been launched that year; empty when it can."""
    if since is None or 1900 <= since <= today.year + 1:
        return ""
    return f"L’année {since} ne convient pas : donnez une année entre 1900 et {today.year + 1}."
