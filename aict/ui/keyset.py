"""Pages of a long list by key: the thousandth page costs what the first one does.

An offset reads and throws away every row before it; a key says where to go on. The order is one date that is never
null, the latest first, then the row's number: an index on the two serves every page.

    rows = Action.objects.for_collectivity(c).for_list()                     # annotates `listed_on`
    page = keyset.page(rows, request.GET, by="listed_on", size=50)
    {% include "ui/key_pager.html" %}                                        # « Précédente », « Suivante »

A key is signed: one that is made up, cut or old opens the first page. It holds a date and a number, no secret, and the
rows are already narrowed to the reader: a key carried elsewhere shows nobody's rows but the reader's own. A row
that was deleted meanwhile still marks its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

AFTER, BEFORE = "apres", "avant"  # parameters of the address
_SIGNER = signing.Signer(salt="aict.ui.keyset", sep="~")

Place = tuple[date, int]


@dataclass(frozen=True)
class KeyPage:
    """The rows of one page, and the keys of the pages before and after it (empty: there is none)."""

    object_list: list[Any]
    previous_key: str = ""
    next_key: str = ""

    def __iter__(self) -> Iterator[Any]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)


def page(rows: QuerySet, asked: Mapping[str, str], *, by: str, size: int) -> KeyPage:
    """The page that the address asks for, of rows in the order of `by`; one query, two when nothing is there any more.

    `by`: an annotation of the rows, a date that is never null. A key that cannot be read opens the first page, and so
    does one beyond which there is no full page before, or nothing after.
    """
    forwards, backwards = rows.order_by(f"-{by}", "pk"), rows.order_by(by, "-pk")
    if after := _place(asked.get(AFTER, "")):
        found = list(forwards.filter(_beyond(by, after, "lt"))[: size + 1])
        if found:
            shown = found[:size]
            return KeyPage(shown, key_of(shown[0], by), key_of(shown[-1], by) if len(found) > size else "")
    elif before := _place(asked.get(BEFORE, "")):
        found = list(backwards.filter(_beyond(by, before, "gt"))[: size + 1])
        if len(found) > size:
            shown = found[size - 1 :: -1]
            return KeyPage(shown, key_of(shown[0], by), key_of(shown[-1], by))
    found = list(forwards[: size + 1])
    return KeyPage(found[:size], next_key=key_of(found[size - 1], by) if len(found) > size else "")


def _beyond(by: str, place: Place, side: str) -> Q:
    """Rows past a place: later in the list for `lt`, earlier for `gt`."""
    day, number = place
    other = "gt" if side == "lt" else "lt"
    # The bound says again what the OR implies: without it, PostgreSQL walks the index from its start.
    bound = Q(**{f"{by}__{side}e": day})
    return bound & (Q(**{f"{by}__{side}": day}) | Q(**{by: day, f"pk__{other}": number}))


def key_of(row: Any, by: str) -> str:
    """The key of the page that starts after this row, or ends before it."""
    return _SIGNER.sign(f"{getattr(row, by).isoformat()}.{row.pk}")


def _place(key: str) -> Place | None:
    """The place that a key of ours marks; None for any other text."""
    try:
        day, _, number = _SIGNER.unsign(key).partition(".")
    except signing.BadSignature:
        return None
    return date.fromisoformat(day), int(number)
