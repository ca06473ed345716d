"""The lists of choices of fiches 1 to 3, question by question: their French headings, one or several choices (SYS-10).

The choices themselves are reference data (FicheOption); the target zones of « Où » too (TargetZone); the risks of
fiche 3 are assessed one by one (typology/risks.py). A test compares this table with the fiches.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from typology.enums import COOPERATION, INTERNATIONALISATION, PROMOTION, Question


@dataclass(frozen=True)
class AnswerList:
    """One list of choices. `many`: several may be chosen; `needed`: every action of the category can answer it."""

    category: str
    question: Question
    group: str
    heading: str
    many: bool = True
    needed: bool = True
    help: str = ""


def _one(category: str, question: Question, group: str, heading: str, *, needed: bool = True) -> AnswerList:
    return AnswerList(category, question, group, heading, many=False, needed=needed)


def _many(
    category: str, question: Question, group: str, heading: str, *, needed: bool = True, help: str = ""
) -> AnswerList:
    return AnswerList(category, question, group, heading, needed=needed, help=help)


_Q = Question
LISTS: tuple[AnswerList, ...] = (
    # Fiche 1 (SYS-12)
    _many(INTERNATIONALISATION, _Q.QUOI, "formes", "Forme"),
    _many(INTERNATIONALISATION, _Q.QUOI, "objets", "Objet de l’échange"),
    _one(INTERNATIONALISATION, _Q.QUOI, "modalites", "Modalité"),
    _many(INTERNATIONALISATION, _Q.QUOI, "stades", "Stade de l’appui"),
    _many(INTERNATIONALISATION, _Q.QUI, "familles", "Familles d’acteurs qui interviennent"),
    _many(INTERNATIONALISATION, _Q.QUI, "domaines_service_economique", "Domaines du service économique", needed=False),
    _one(INTERNATIONALISATION, _Q.QUAND, "duree_dispositif", "Si c’est un dispositif : sa durée", needed=False),
    _many(INTERNATIONALISATION, _Q.QUAND, "types_operation", "Si c’est une opération datée : son genre", needed=False),
    _many(INTERNATIONALISATION, _Q.COMMENT, "formats", "Format"),
    _many(INTERNATIONALISATION, _Q.COMBIEN, "circuits", "Circuit de financement"),
    _many(INTERNATIONALISATION, _Q.POURQUOI, "sens", "Ce que la collectivité apporte en propre"),
    # Fiche 2 (SYS-21)
    _many(PROMOTION, _Q.QUOI, "dimensions", "Dimensions"),
    _one(PROMOTION, _Q.QUOI, "portee", "Portée"),
    _many(PROMOTION, _Q.QUOI, "formes", "Formes"),
    _many(PROMOTION, _Q.QUI, "acteurs", "Acteurs associés"),
    _many(PROMOTION, _Q.QUAND, "recurrences", "Si elle revient : comment", needed=False),
    _many(PROMOTION, _Q.COMMENT, "registres", "Registre"),
    _one(PROMOTION, _Q.COMBIEN, "partage_stand", "S’il y a un stand : qui le porte", needed=False),
    _many(PROMOTION, _Q.POURQUOI, "objets", "Objet de la promotion"),
    # Fiche 3 (SYS-25)
    _many(COOPERATION, _Q.QUOI, "types", "Type de coopération"),
    _many(COOPERATION, _Q.QUOI, "domaines", "Domaine"),
    _many(COOPERATION, _Q.QUOI, "sens", "Sens de la coopération", help="L’un, l’autre, ou les deux."),
    _many(COOPERATION, _Q.QUI, "volets", "Volets"),
    _many(COOPERATION, _Q.QUI, "acteurs_solidarite", "Acteurs du volet solidarité", needed=False),
    _many(COOPERATION, _Q.QUI, "acteurs_economiques", "Acteurs du volet économique", needed=False),
    _one(COOPERATION, _Q.OU, "evolution", "Avec quel partenaire"),
    _one(COOPERATION, _Q.QUAND, "validite", "Durée de l’accord", needed=False),
    _one(COOPERATION, _Q.COMMENT, "formes_accord", "Forme d’accord"),
    _one(COOPERATION, _Q.COMBIEN, "nature", "Nature"),
    _many(COOPERATION, _Q.COMBIEN, "bailleurs_nationaux", "Bailleurs nationaux", needed=False),
    _many(COOPERATION, _Q.COMBIEN, "bailleurs_internationaux", "Bailleurs internationaux", needed=False),
    _many(COOPERATION, _Q.POURQUOI, "logiques", "Logiques"),
    _many(COOPERATION, _Q.POURQUOI, "roles_vers_export", "Rôle envers l’export", needed=False),
)


def lists_of(category: str, questions: Iterable[str] = tuple(Question)) -> list[AnswerList]:
    """The lists of a category's fiche, in its order; of some questions alone when they are given."""
    kept = set(questions)
    return [row for row in LISTS if row.category == category and row.question in kept]
