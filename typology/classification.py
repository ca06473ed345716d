"""Where an initiative belongs: two questions, and whether firms take part (SYS-01; guide, « AICT-AECT : Kezako ? »).

The answers are those of the action: `partnership`, `economic_aim`, `economic_actors`; the place is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from typology.enums import COOPERATION, INTERNATIONALISATION, PROMOTION
from typology.models import Action, ActionType


@dataclass(frozen=True)
class Verdict:
    """A place: its name, why, and the categories whose types fit it, the likeliest first (none: outside)."""

    code: str
    label: str
    why: str
    categories: tuple[str, ...]
    in_totals: bool

    def fits(self, kind: ActionType) -> bool:
        """Whether an action of this type can have this place; any type can, outside."""
        return not self.categories or kind.purpose.category.code in self.categories


ECONOMIC_COOPERATION = Verdict(
    "cooperation-economique",
    "Coopération économique",
    "Un partenariat lie deux territoires et vise le développement économique de chacun. Que des entreprises y "
    "prennent part ou non, elle compte dans les totaux économiques.",
    (COOPERATION,),
    True,
)
NON_ECONOMIC_COOPERATION = Verdict(
    "cooperation-non-economique",
    "Coopération non économique associant des acteurs économiques",
    "Des acteurs économiques y apportent leur compétence, mais le but est ailleurs : l’eau, la santé, la culture… "
    "Elle est gardée et montrée, hors des totaux économiques.",
    (COOPERATION,),
    False,
)
FOR_FIRMS = Verdict(
    "internationalisation-ou-promotion",
    "Internationalisation des entreprises, ou promotion du territoire",
    "Le but est économique, des entreprises sont de la partie, et aucun partenariat ne lie les territoires. Si "
    "l’action les aide à grandir à l’étranger, c’est de l’internationalisation ; si elles servent à montrer le "
    "territoire, c’est de la promotion.",
    (INTERNATIONALISATION, PROMOTION),
    True,
)
FOR_TERRITORY = Verdict(
    "promotion",
    "Promotion du territoire",
    "Le but est économique, sans partenariat ni entreprise accompagnée : l’action fait connaître le territoire. Si "
    "elle prépare un appui à des entreprises (étude de marché, veille), choisissez plutôt l’internationalisation.",
    (PROMOTION, INTERNATIONALISATION),
    True,
)
OUTSIDE = Verdict(
    "hors-champ",
    "Hors de l’action internationale économique",
    "Ni but économique, ni coopération qui associe des acteurs économiques : cette initiative relève d’un autre suivi.",
    (),
    False,
)


def classify(*, partnership: bool, economic_aim: bool, firms: bool) -> Verdict:
    """The place of an initiative by its three answers."""
    if partnership and economic_aim:
        return ECONOMIC_COOPERATION
    if partnership:
        return NON_ECONOMIC_COOPERATION if firms else OUTSIDE
    if economic_aim:
        return FOR_FIRMS if firms else FOR_TERRITORY
    return OUTSIDE


def place_of(action: Action) -> Verdict | None:
    """The place of an action; None while nobody has said whether a partnership links the territories."""
    if action.partnership is None:
        return None
    return classify(partnership=action.partnership, economic_aim=action.economic_aim, firms=action.economic_actors)


def disagreement(action: Action) -> str:
    """Why the type of an action does not go with its answers; empty when it does, or when nobody answered."""
    place = place_of(action)
    if place is None or place.fits(action.type):
        return ""
    return f"Le type choisi relève de « {action.category.label} », les réponses mènent à « {place.label} »."


_ANSWERS = {"partnership": "partnership", "economic_aim": "economic_aim", "firms": "economic_actors"}


def answers_in(query: Mapping[str, str]) -> dict[str, bool]:
    """What a link to the quick log knows (`?partnership=oui&economic_aim=non&firms=oui`), by field of Action."""
    said = {"oui": True, "non": False}
    return {field: said[query[name]] for name, field in _ANSWERS.items() if query.get(name) in said}
