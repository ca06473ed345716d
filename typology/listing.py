"""One page of the list of actions, what it counts, and what it sums, whatever the number of actions.

One statement finds the numbers of the rows that the filters keep, and stops past MOST_COUNTED. Few rows: the page and
the totals are read from these numbers. Many: the page is read by its key along the index, and the totals by category
are not given. A total of a part would be taken for a total; the page says how to have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aict.accounts.registers import PAGE_SIZE
from aict.ui import keyset
from typology.bulk_edit import MOST_EDITED
from typology.models import Action
from typology.models.actions import ActionQuerySet
from typology.totals import Totals, totals

MOST_COUNTED = 10_000  # beyond, the page says « plus de 10 000 »
MOST_SUMMED = 2_000  # the actions of a very active collectivité; beyond, a filter brings the totals back


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
    """The page that the address asks for, of these actions, in four queries."""
    found = list(actions.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
    is_few = len(found) <= MOST_SUMMED
    rows = Action.objects.filter(pk__in=found) if is_few else actions
    page = keyset.page(rows.for_list().with_budget().with_follow_up(), asked, by="listed_on", size=PAGE_SIZE)
    count = min(len(found), MOST_COUNTED)
    return Listing(page, count, len(found) > MOST_COUNTED, totals(rows) if is_few else None)
