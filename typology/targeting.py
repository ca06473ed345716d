"""Where each mode of action aims (SYS-17): the map, the two geographies, and the guide's advice on each target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from aict.accounts.models import Collectivity
from aict.ui.typography import fold
from aict.ui.worldmap import MapPoint, grouped, placed, world_map
from partners.models import Country, Territory
from partners.models.territories import COOPERATION
from typology.models import ActionCategory, FicheSection, Target, TargetZone

Key = tuple[str, str, int]  # mode, kind of place, its number


@dataclass(frozen=True)
class Mode:
    """One of the three modes, the fiche that guides it, and what that fiche says of « Où »."""

    category: ActionCategory
    section: FicheSection

    @property
    def fiche(self) -> str:
        return f"fiche {self.section.fiche.number}"


def modes() -> list[Mode]:
    """The three modes in the order of the guide; two queries."""
    categories = {category.pk: category for category in ActionCategory.objects.current()}
    sections = FicheSection.objects.current().filter(fiche__category__in=categories, code__endswith="-ou")
    return [
        Mode(categories[section.fiche.category_id], section)
        for section in sections.select_related("fiche").order_by("fiche__order")
        if section.fiche.category_id
    ]


@dataclass(frozen=True)
class Row:
    """A target in the table of its mode; `number` is that of its mark on the map."""

    target: Target
    number: int | None
    advice: str


@dataclass(frozen=True)
class ModeRows:
    """A mode with its targets."""

    mode: Mode
    rows: Sequence[Row]


@dataclass
class Crossing:
    """A country with what cooperation and prospecting aim at in it (product rule 9)."""

    country: Country
    cooperation: list[Territory | Country] = field(default_factory=list)
    prospecting: list[Territory | Country] = field(default_factory=list)

    @property
    def use(self) -> str:
        """« cooperation », « prospection » or « both », as on the maps."""
        if self.cooperation and self.prospecting:
            return "both"
        return "cooperation" if self.cooperation else "prospection"

    @property
    def words(self) -> str:
        """What the two geographies have in common here."""
        if self.use != "both":
            return "Coopération seule" if self.cooperation else "Prospection seule"
        return "Les deux, au même lieu" if set(self.cooperation) & set(self.prospecting) else "Les deux, au même pays"


@dataclass(frozen=True)
class Page:
    """Everything that the page of targets shows."""

    drawing: SafeString | None
    groups: Sequence[object]  # for templates/ui/map_list.html
    zones: Sequence[tuple[ActionCategory, list[TargetZone]]]  # aimed at whole: no point on the map
    modes: Sequence[ModeRows]
    crossings: Sequence[Crossing]
    count: int


def page(collectivity: Collectivity) -> Page:
    """Targets of a collectivité by mode, from a fixed number of queries."""
    targets = list(Target.objects.for_collectivity(collectivity).for_list())
    home = Territory.objects.for_collectivity(collectivity).own()
    points = {key: _point(target, home) for target in targets if (key := _key(target))}
    numbers: dict[Key | None, int | None] = {
        key: mark.number for key, mark in zip(points, placed(list(points.values())), strict=True)
    }
    links = cooperation_links(collectivity, targets)
    rows: dict[int, list[Row]] = {}
    for target in targets:
        row = Row(target, numbers.get(_key(target)), advice(target, links))
        rows.setdefault(target.category_id, []).append(row)
    marks = list(points.values())
    return Page(
        drawing=_drawing(marks, home),
        groups=grouped(marks),
        zones=_zones(targets),
        modes=[ModeRows(mode, rows.get(mode.category.pk, [])) for mode in modes()],
        crossings=crossings(targets),
        count=len(targets),
    )


def cooperation_links(collectivity: Collectivity, targets: Iterable[Target]) -> dict[int, list[str]]:
    """By country, the names of the places with which the collectivité cooperates: under an agreement, or as a target.

    Only the countries of targets that the guide calls seldom aimed at are looked up; one query at most.
    """
    targets = list(targets)
    wanted = {t.place_country.pk for t in targets if t.zone.code == TargetZone.SELDOM and t.place_country}
    found = partners_in(collectivity, wanted)
    for target in targets:
        if target.category.code == COOPERATION and target.place_country and target.place_country.pk in found:
            found[target.place_country.pk].add(str(target.place))
    return {pk: sorted(names) for pk, names in found.items()}


def partners_in(collectivity: Collectivity, countries: Iterable[int]) -> dict[int, set[str]]:
    """By country, the names of the territories with which there is an agreement; one query at most."""
    found: dict[int, set[str]] = {pk: set() for pk in countries}
    if found:
        partners = Territory.objects.for_collectivity(collectivity).abroad()
        covered = partners.filter(country__in=found, agreements__deleted_at=None, agreements__isnull=False)
        for country, name in covered.values_list("country", "name").distinct():
            found[country].add(name)
    return found


def advice(target: Target, links: Mapping[int, Sequence[str]]) -> str:
    """The check « peu ciblées » of fiche 1, answered when the register can; advice, never prohibition."""
    if target.zone.code != TargetZone.SELDOM:
        return ""
    country = target.place_country
    if country is None:
        return (
            "L’export vise rarement cette zone. Précisez le pays : l’outil dira si une coopération peut servir d’appui."
        )
    if names := links.get(country.pk):
        return (
            f"L’export vise rarement cette zone. Vous y coopérez déjà ({', '.join(names)}) : appuyez-vous sur ce lien."
        )
    return f"L’export vise rarement cette zone, et aucune coopération n’est enregistrée avec ce pays : {country}."


def advice_on(target: Target) -> str:
    """The advice on one saved target, for its form."""
    if target.zone.code != TargetZone.SELDOM:
        return ""
    others = Target.objects.for_collectivity(target.collectivity).for_list()
    return advice(target, cooperation_links(target.collectivity, others))


def crossings(targets: Iterable[Target]) -> list[Crossing]:
    """The countries aimed at, those that both geographies share first; one's own territory is neither."""
    found: dict[int, Crossing] = {}
    for target in targets:
        place, country = target.place, target.place_country
        if place is None or country is None or (target.territory and target.territory.is_own):
            continue
        crossing = found.setdefault(country.pk, Crossing(country))
        side = crossing.cooperation if target.category.code == COOPERATION else crossing.prospecting
        if place not in side:
            side.append(place)
    return sorted(found.values(), key=lambda crossing: (crossing.use != "both", fold(crossing.country.label)))


def _key(target: Target) -> Key | None:
    """What makes one mark of the map: a mode and a place; None for a zone aimed at whole."""
    if target.territory_id:
        return target.category.code, "territory", target.territory_id
    if target.country_id:
        return target.category.code, "country", target.country_id
    return (target.category.code, "own", 0) if target.zone.is_own_territory else None


def _point(target: Target, home: Territory | None) -> MapPoint:
    use = target.category.code
    if target.country:
        return MapPoint(target.country.label, None, None, use, target.country.code, whole_country=True)
    territory = target.territory or home
    if territory is None:
        return MapPoint(target.zone.label, None, None, use)
    return MapPoint(territory.name, territory.latitude, territory.longitude, use, territory.country.code)


def _drawing(points: Sequence[MapPoint], home: Territory | None) -> SafeString | None:
    if not any(point.position for point in points):
        return None
    origin = MapPoint(home.name, home.latitude, home.longitude, "home", home.country.code) if home else None
    return world_map(
        points,
        title="Carte des cibles par mode d’action",
        description="Une forme par mode. La liste et les tableaux qui suivent nomment chaque cible.",
        chart_id="carte-cibles",
        home=origin,
    )


def _zones(targets: Iterable[Target]) -> list[tuple[ActionCategory, list[TargetZone]]]:
    """The zones aimed at without a precise place, by mode."""
    found: dict[int, tuple[ActionCategory, list[TargetZone]]] = {}
    for target in targets:
        if _key(target) is None:
            _, zones = found.setdefault(target.category_id, (target.category, []))
            if target.zone not in zones:
                zones.append(target.zone)
    return list(found.values())
