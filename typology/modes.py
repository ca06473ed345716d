"""Which mode of intervention serves a goal: internationalisation, promotion or cooperation (SYS-11; guide, fiches 1–3).

A table of words, and no more: each line that a goal answers to gives points to a mode and says why. The result is an
advice, in order; every mode stays open to whoever decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from aict.ui.typography import fold_words
from typology.enums import COOPERATION, INTERNATIONALISATION, PROMOTION


class Beneficiary(StrEnum):
    """For whom the goal is sought."""

    FIRMS = "entreprises"
    TERRITORY = "territoire"
    PARTNER = "partenaire"


@dataclass(frozen=True)
class Rule:
    """Words (their beginnings, folded) that plead for a mode, how strongly, and why."""

    mode: str
    words: tuple[str, ...]
    weight: int
    why: str


# The beginnings of words are compared with those of the goal, so « export » also finds « exportatrices »; a space at
# the end asks for the whole word (« import » would find « important »).
RULES: tuple[Rule, ...] = (
    # Fiche 1, « Quoi »: a firm grows out of its home market, by trade or by a presence abroad; three stages.
    Rule(
        INTERNATIONALISATION,
        ("export", "import ", "importer", "importation"),
        3,
        "Vendre ou acheter à l’étranger est le cœur de la fiche 1.",
    ),
    Rule(
        INTERNATIONALISATION,
        ("filiale", "s implant a l etranger", "bureau commercial", "incubateur", "presence a l etranger"),
        3,
        "S’établir hors de son marché d’origine relève de la fiche 1.",
    ),
    Rule(
        INTERNATIONALISATION,
        ("nouveaux marches", "debouche", "marches emergents", "clients etrangers", "prospecter", "prospection"),
        2,
        "Ouvrir des marchés aux entreprises est le but de la fiche 1.",
    ),
    Rule(
        INTERNATIONALISATION,
        ("pme", "entreprise", "start up", "startup", "eti ", "tpe", "cluster", "filiere"),
        1,
        "Des entreprises sont nommées : la fiche 1 s’adresse à elles, une à une ou en groupe.",
    ),
    Rule(
        INTERNATIONALISATION,
        ("v i e ", "volontariat international", "appels d offres", "diagnostic export", "rendez vous b2b", "b2b"),
        1,
        "C’est un des moyens que cite la fiche 1.",
    ),
    # Fiche 2, « Quoi »: make known what makes the territory attractive.
    Rule(
        PROMOTION,
        ("faire connaitre", "visibilite", "rayonn", "notoriete", "image", "renommee", "se montrer"),
        3,
        "Faire connaître le territoire est la définition même de la fiche 2.",
    ),
    Rule(
        PROMOTION,
        ("attractiv", "attirer", "investisseur", "implantation d entreprises etrangeres", "talents", "touris"),
        3,
        "Attirer des personnes ou des projets passe par la promotion (fiche 2).",
    ),
    Rule(
        PROMOTION,
        ("marque", "marketing", "branding", "campagne", "communication", "ambassadeur"),
        2,
        "Marque et campagnes sont des moyens de la fiche 2.",
    ),
    Rule(
        PROMOTION,
        ("salon", "foire", "congres", "accueil de delegation", "accueillir une delegation", "evenement"),
        1,
        "Un salon ou une délégation reçue montre le territoire (fiche 2).",
    ),
    # Fiche 3, « Quoi » and « Pourquoi »: a partnership, exchanged practices, a project together.
    Rule(
        COOPERATION,
        ("partenaire", "partenariat", "jumel", "cooper", "alliance", "coalition", "interclustering"),
        3,
        "Travailler avec un autre territoire est l’objet de la fiche 3.",
    ),
    Rule(
        COOPERATION,
        (
            "echange de pratiques",
            "echanges d experience",
            "echanger",
            "compagnonnage",
            "savoir faire",
            "former les agents",
        ),
        2,
        "Échanger des pratiques entre collectivités relève de la fiche 3.",
    ),
    Rule(
        COOPERATION,
        ("solidar", "developpement local", "aide au developpement", "pauvrete", "economie sociale"),
        2,
        "Servir les deux territoires à la fois est la logique de la fiche 3.",
    ),
)

# Said first, so that « sans partenaire » does not plead for a cooperation.
NO_PARTNER = (
    "sans partenaire",
    "sans partenariat",
    "sans territoire partenaire",
    "pas de partenaire",
    "pas de partenariat",
    "aucun partenaire",
    "aucun partenariat",
    "hors partenariat",
)

_FOR = {
    Beneficiary.FIRMS: (INTERNATIONALISATION, 2, "Les entreprises en sont les premières bénéficiaires."),
    Beneficiary.TERRITORY: (PROMOTION, 2, "Le territoire entier en est le premier bénéficiaire."),
    Beneficiary.PARTNER: (COOPERATION, 3, "Le territoire partenaire en tire profit aussi."),
}
WITH_PARTNER = "Un territoire partenaire est là : une coopération peut préparer ou prolonger les deux autres modes."
WITHOUT_PARTNER = "Sans territoire partenaire, la coopération demande d’abord d’en trouver un."


@dataclass
class Suggestion:
    """A mode, its points, why it is advised, and what speaks against it."""

    mode: str
    points: int = 0
    reasons: list[str] = field(default_factory=list)
    reserve: str = ""

    @property
    def is_advised(self) -> bool:
        return self.points > 0

    def plead(self, points: int, why: str) -> None:
        """Add points and their reason, once."""
        if why not in self.reasons:
            self.points += points
            self.reasons.append(why)


def suggest(
    *, goal: str, beneficiaries: Iterable[Beneficiary] = (), partnership: bool | None = None
) -> list[Suggestion]:
    """The three modes, the best first, each with why; the order of the guide decides between equals.

    `partnership`: whether a partner territory is there; None when nobody said, then the goal may say it.
    """
    found = {mode: Suggestion(mode) for mode in (INTERNATIONALISATION, PROMOTION, COOPERATION)}
    text = f" {fold_words(goal)} "
    for phrase in NO_PARTNER:
        if f" {phrase}" in text:
            partnership = False if partnership is None else partnership
            text = text.replace(f" {phrase}", " ")
    for rule in RULES:
        if any(f" {word}" in text for word in rule.words):
            found[rule.mode].plead(rule.weight, rule.why)
    for beneficiary in beneficiaries:
        mode, points, why = _FOR[beneficiary]
        found[mode].plead(points, why)
    cooperation = found[COOPERATION]
    if partnership:
        cooperation.plead(2, WITH_PARTNER)
    elif partnership is False:
        cooperation.reserve = WITHOUT_PARTNER
        cooperation.points = min(cooperation.points, 1)  # what it would serve is still said, last
    return sorted(found.values(), key=lambda suggestion: -suggestion.points)
