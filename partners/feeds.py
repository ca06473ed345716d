"""What agreements give to the secret calendar of a member: their ends, reviews and transmissions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from aict.accounts import feeds
from aict.accounts.feeds import Dated
from aict.accounts.models import CalendarFeed
from aict.ui.typography import NBSP
from partners import calendars


@feeds.source
def of_agreements(feed: CalendarFeed, *, on: date) -> Iterator[Dated]:
    """The deadlines of the collectivité's agreements; two queries. An event keeps its key when its day changes."""
    for row in calendars.of_feed(feed.collectivity, on):
        yield Dated(
            key=f"accord-{row.agreement.pk}-{row.code}",
            start=row.day,
            end=row.day,
            title=f"{row.nature}{NBSP}: {row.agreement.title}",
            text=row.text,
            path=row.agreement.get_absolute_url(),
            changed_at=row.agreement.updated_at,
        )
