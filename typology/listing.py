"""One page of the list of actions, what it counts, and what it sums, whatever the number of actions.

One statement finds the numbers of the rows that the filters keep, and stops past MOST_COUNTED. Few rows: the page and
the totals are read from these numbers. Many: the page is read by its key along the index, and the totals by category
are not given. A total of a part would be taken for a total; the page says how to have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aict.accounts.reference_rows import ReferenceRows
from aict.accounts.registers import PAGE_SIZE
from aict.ui import keyset
from partners.models import InternalService
from typology.bulk_edit import MOST_EDITED
from typology.filters import EVERY_TYPE
from typology.models import Action
from typology.models.actions import ActionQuerySet
from typology.totals import Totals, totals

MOST_COUNTED = 10_000  # beyond, the page says « plus de 10 000 »
MOST_SUMMED = 2_000  # the actions of a very active collectivité; beyond, a filter brings the totals back
# Retired ones too: an action keeps the type and the service that it was logged with.
_SERVICES = ReferenceRows(InternalService.objects.all(), key="pk")


@dataclass(frozen=True)
class Listing:
    """A page of actions; `count` is MOST_COUNTED when `is_capped`; `totals` is None past MOST_SUMMED rows."""

    page: keyset.KeyPage
    count: int
    is_capped: bool
    totals: Totals | None
    most_summed: int = MOST_SUMMED
    most_edited: int = MOST_EDITED


def listing(actions: ActionQuerySet, asked: Mapping[str, str]) -> Listing:
    """The page that the address asks for, of these actions, in three queries."""
    found = list(actions.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
    is_few = len(found) <= MOST_SUMMED
    rows = Action.objects.filter(pk__in=found) if is_few else actions
    shown = rows.for_list().select_related(None).select_related("territory__country").with_budget().with_follow_up()
    page = _named(keyset.page(shown, asked, by="listed_on", size=PAGE_SIZE))
    count = min(len(found), MOST_COUNTED)
    return Listing(page, count, len(found) > MOST_COUNTED, totals(rows) if is_few else None)


def _named(page: keyset.KeyPage) -> keyset.KeyPage:
    """The same page, its types and services taken from the rows kept in the process: four joins less to plan."""
    types, services = EVERY_TYPE.by_key(), _SERVICES.by_key()
    for row in page:
        if (kind := types.get(str(row.type_id))) is not None:
            row.type = kind
        if (service := services.get(str(row.lead_service_id))) is not None:
            row.lead_service = service
    return page
