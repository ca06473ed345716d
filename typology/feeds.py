"""What actions give to the secret calendar of a member: actions, events, calls, milestones, and the member's tasks.

Aids are left out: their titles name firms, and the address of a feed needs no sign-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aict.accounts import feeds
from aict.accounts.feeds import Dated
from aict.accounts.models import CalendarFeed
from aict.ui.typography import NBSP
from typology import calendar
from typology.calendar import Entry, Filters, Kind

PAST = timedelta(days=90)
AHEAD = timedelta(days=730)
KINDS = (Kind.ACTION, Kind.EVENT, Kind.MILESTONE, Kind.TASK, Kind.CALL)
_TITLES = {Kind.TASK: "À faire", Kind.CALL: "Date limite", Kind.MILESTONE: "Étape clé"}


@feeds.source
def of_actions(feed: CalendarFeed, *, on: date) -> Iterator[Dated]:
    """What touches the last ninety days and the next two years; four queries."""
    asked = Filters(kinds=KINDS, tasks_of=feed.membership_id)
    start, end = on - PAST, on + AHEAD
    for entry in calendar.entries(feed.collectivity, start, end, asked, on=on):
        for row in dated(entry):
            if row.end >= start and row.start <= end:
                yield row


def dated(entry: Entry) -> list[Dated]:
    """An entry as calendars show it: a long stretch by its first and last days, so as not to fill every week."""
    title = f"{_TITLES[entry.kind]}{NBSP}: {entry.title}" if entry.kind in _TITLES else entry.title
    text = f"{entry.note}, {entry.period}" if entry.note else entry.period
    if not entry.is_long:
        return [Dated(entry.key, entry.start, entry.end or entry.start, title, text, entry.url, entry.changed_at)]
    ends = [("debut", "Début", entry.start), ("fin", "Fin", entry.end)]
    return [
        Dated(f"{entry.key}-{code}", day, day, f"{word}{NBSP}: {title}", text, entry.url, entry.changed_at)
        for code, word, day in ends
        if day is not None
    ]
