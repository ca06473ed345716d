"""Who does what first (SYS-05): the categories that the guide gives to each level of authority. Advice, never a bar.

Source: ARRICOD's guide, « 5 idées reçues », conclusion: Regions, metropolises and EPCIs first for promotion and
export; communes and departments for connected actions. Cooperation is open to every level (fiche 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aict.accounts.enums import CollectivityKind
from partners.models import TerritorialLevel
from typology.models import ActionCategory

# A communauté urbaine is an EPCI (CGCT, art. L.5215-1), and so is a métropole, which the guide names apart. An
# authority of another kind has no place in the guide's list: nothing is advised to it.
LEVELS: dict[str, str] = {
    CollectivityKind.REGION: "region",
    CollectivityKind.METROPOLE: "metropole",
    CollectivityKind.COMMUNAUTE_URBAINE: "epci",
    CollectivityKind.EPCI: "epci",
    CollectivityKind.DEPARTEMENT: "departement",
    CollectivityKind.COMMUNE: "commune",
}
_SHORT = {"epci": "EPCI"}  # the guide's own word for the longest label
_FEMININE = {"region", "metropole", "epci", "commune"}  # « intercommunalité » for an EPCI


@dataclass(frozen=True)
class OwnLevel:
    """The level of a collectivité: what the guide gives it first, and what it may add to the others' work."""

    level: TerritorialLevel
    priority: list[ActionCategory]
    complementary: list[ActionCategory]
    domains: list[str]

    @property
    def name(self) -> str:
        """« Votre intercommunalité »."""
        return f"Votre {self.level.singular.lower()}"

    @property
    def priority_names(self) -> str:
        """« internationalisation et promotion »; empty when the guide gives it none first."""
        return _listed([row.short_label.lower() for row in self.priority])

    @property
    def complementary_names(self) -> str:
        """« internationalisation et promotion »: given to others first."""
        return _listed([row.short_label.lower() for row in self.complementary])

    @property
    def domains_named(self) -> str:
        """« insertion, vie associative, tourisme »…, the connected actions of the guide."""
        return _listed(self.domains)


@dataclass(frozen=True)
class Advice:
    """What the guide says of a category for a collectivité that is not among its priority levels."""

    category: ActionCategory
    own: TerritorialLevel
    priority_levels: list[TerritorialLevel]

    @property
    def priority_names(self) -> str:
        """« les Régions, les métropoles et les EPCI »."""
        return _listed([f"les {_plural(row)}" for row in self.priority_levels])

    @property
    def domains(self) -> str:
        """« l’insertion, la vie associative… » as the guide lists them; empty when it names none."""
        return _listed(list(self.own.complementary_for))

    @property
    def text(self) -> str:
        """Two sentences: whose priority it is, and how this collectivité may go on."""
        article = "une" if self.own.code in _FEMININE else "un"
        theirs = f"Le guide confie d’abord cette catégorie à d’autres échelons : {self.priority_names}."
        named = f" ({self.domains})" if self.domains else ""
        return (
            f"{theirs} {article.capitalize()} {self.own.singular.lower()} y vient en complément, par des actions "
            f"connexes à ses compétences{named}. Rien n’empêche d’agir : voyez avec eux qui fait quoi."
        )


def own_level(kind: str) -> OwnLevel | None:
    """The place of a kind of collectivité in the guide's list; None when it has none. Two queries."""
    levels = list(TerritorialLevel.objects.current())
    level = next((row for row in levels if row.code == LEVELS.get(kind)), None)
    if level is None:
        return None
    # What the guide gives to no level first, cooperation, is everybody's alike.
    given = {code for row in levels for code in row.priority_for}
    categories = [row for row in ActionCategory.objects.current() if row.code in given]
    return OwnLevel(
        level,
        priority=[row for row in categories if row.code in level.priority_for],
        complementary=[row for row in categories if row.code not in level.priority_for],
        domains=list(level.complementary_for),
    )


def advice(kind: str, category: ActionCategory) -> Advice | None:
    """The advice to a collectivité of this kind about a category; None when it is its own or everybody's. One query."""
    return _advice(kind, category, list(TerritorialLevel.objects.current()))


def by_category(kind: str) -> list[Advice]:
    """The advices to a collectivité of this kind, at most one by category. Two queries."""
    levels = list(TerritorialLevel.objects.current())
    found = [_advice(kind, category, levels) for category in ActionCategory.objects.current()]
    return [given for given in found if given is not None]


def _advice(kind: str, category: ActionCategory, levels: list[TerritorialLevel]) -> Advice | None:
    own = next((row for row in levels if row.code == LEVELS.get(kind)), None)
    first = [row for row in levels if category.code in row.priority_for]
    if own is None or not first or own in first:
        return None
    return Advice(category, own, first)


def _plural(level: TerritorialLevel) -> str:
    """« Régions », « métropoles », « EPCI »: a Région keeps its capital, as in the guide."""
    label = _SHORT.get(level.code, level.label)
    return label if level.code in ("region", "epci") else label.lower()


def _listed(words: Sequence[str]) -> str:
    return " et ".join(part for part in (", ".join(words[:-1]), "".join(words[-1:])) if part)
