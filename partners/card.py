"""The card of a territory: everything that is known with it, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from aict.accounts import registers
from aict.ui.charts import spark
from aict.ui.typography import number
from partners import atlas, country_lists, standing
from partners.models import Agreement, Territory

# evaluation.enums.IndicatorTable.RESULT: that layer lies above and may not be imported; a test compares both.
RESULT = "resultat"
SHOWN = 8  # series of each kind; the list of measures has them all
YEARS = 5  # of a course


@dataclass(frozen=True)
class Series:
    """The measures of one indicator in a territory: the latest, and its course when there are several years."""

    last: Any
    course: SafeString | None


def series(measures: Iterable[Any]) -> list[Series]:
    """Measures by indicator, what they count and unit, in the order of the guide; `measures` come newest first."""
    found: dict[tuple[int, str, str], list[Any]] = {}
    for row in measures:
        found.setdefault((row.indicator_id, row.scope, row.unit), []).append(row)
    ordered = sorted(found.values(), key=lambda rows: rows[0].indicator.order)
    return [Series(rows[0], _course(rows)) for rows in ordered[:SHOWN]]


def _course(rows: Sequence[Any]) -> SafeString | None:
    """The last five years, a year without value left open; None with a single year."""
    values = {row.year: row.value for row in reversed(rows)}
    first, last = min(values), max(values)
    if first == last:
        return None
    label = f"{rows[0].indicator}, de {number(values[first])} en {first} à {number(values[last])} en {last}"
    return spark([values.get(year) for year in range(max(first, last - YEARS + 1), last + 1)], label=label)


def advice(shape: str, present: set[str], *, agreed: bool) -> str:
    """What a missing category could bring, said only of what is there (product rule 8); empty when nothing is.

    `shape` and `present`: shapes of the missing category and of those with actions; `agreed`: an agreement exists.
    """
    if not (agreed or present):
        return ""
    if shape == "int":
        if agreed or "coo" in present:
            return "La coopération prépare, encadre ou prolonge l’export là où l’on se connaît déjà."
        return "La promotion fait connaître le territoire : les entreprises peuvent en profiter pour exporter."
    if shape == "pro":
        if "int" in present or "coo" in present:
            return "Des échanges déjà noués se prolongent bien par une opération de promotion, ici ou là-bas."
        return "Un accord existe déjà : une opération de promotion, ici ou là-bas, le fait connaître."
    if "int" in present:
        return "Un lien de coopération donne un cadre durable aux entreprises qui s’y rendent."
    if agreed:
        return "Un accord existe déjà : une action de coopération lui donne un contenu."
    return "Un lien de coopération donne une suite durable aux opérations de promotion."


def advised(categories: Iterable[Any], *, agreed: bool) -> list[tuple[Any, str]]:
    """Each category with the advice for its absence; empty when it has actions."""
    shares = list(categories)
    present = {share.category.shape for share in shares if share.actions}
    return [(one, "" if one.actions else advice(one.category.shape, present, agreed=agreed)) for one in shares]


def card(territory: Territory, on: date) -> dict[str, Any]:
    """What the page of a territory shows on a date, by the name of the template; a fixed number of queries.

    Actions, measures, offices and targets live in higher layers: they are reached backwards, through their own verbs.
    """
    collectivity = territory.collectivity
    covering = Agreement.objects.for_collectivity(collectivity).covering(territory)
    agreements = standing.newest_first(covering.for_list(on).with_actions())
    categories = territory.actions.for_collectivity(collectivity).by_category()
    measures = list(territory.measures.for_collectivity(collectivity).for_list())
    return {
        "territory": territory,
        "standings": standing.standings(agreements, on),
        "cover": standing.cover(agreements, on),
        "timeline": atlas.frieze(agreements, on),
        "map": atlas.place_map(territory, Territory.objects.for_collectivity(collectivity).own()),
        "categories": advised(categories, agreed=bool(agreements)),
        "flows": series(row for row in measures if row.indicator.table != RESULT),
        "results": series(row for row in measures if row.indicator.table == RESULT),
        "targets": list(territory.targets.for_collectivity(collectivity).for_list()),
        "offices": list(territory.offices.for_collectivity(collectivity).for_list()),
        "contacts": list(territory.contacts.for_collectivity(collectivity).for_list()),
        "stakeholders": list(territory.stakeholders.for_collectivity(collectivity).for_list()),
        "documents": list(territory.documents.for_list()),
        "former_names": list(territory.former_names.all()),
        "placings": country_lists.placings(territory.country, on),
        "changes": registers.changes_of(territory),
        "on": on,
    }
