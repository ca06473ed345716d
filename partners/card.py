"""The card of a territory: everything that is known with it, on one page."""

from __future__ import annotations

from datetime import date
from typing import Any

from aict.accounts import registers
from partners import atlas, country_lists, standing
from partners.models import Agreement, Territory


def card(territory: Territory, on: date) -> dict[str, Any]:
    """What the page of a territory shows on a date, by the name of the template; a fixed number of queries.

    Actions, measures, offices and targets live in higher layers: they are reached backwards, through their own verbs.
    """
    collectivity = territory.collectivity
    covering = Agreement.objects.for_collectivity(collectivity).covering(territory)
    agreements = standing.newest_first(covering.for_list(on).with_actions())
    return {
        "territory": territory,
        "standings": standing.standings(agreements, on),
        "cover": standing.cover(agreements, on),
        "timeline": atlas.frieze(agreements, on),
        "map": atlas.place_map(territory, Territory.objects.for_collectivity(collectivity).own()),
        "categories": territory.actions.for_collectivity(collectivity).by_category(),
        "measures": list(territory.measures.for_collectivity(collectivity).for_list()[:10]),
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
