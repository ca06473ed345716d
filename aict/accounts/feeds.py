"""Secret addresses of calendars: one per member, shown once, renewed or revoked at will, and what they give.

A calendar program cannot sign in, so the address itself is the key: 256 random bits, of which only the SHA-256 is
kept. It opens nothing as soon as its member leaves, may no longer read the pages, or has a closed account.

An app that has dates to give writes `feeds.py` and marks its function with `@source`; nothing here knows a domain.
A feed holds titles and dates, and nothing else: whoever has the address reads it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from django.db import transaction
from icalendar import Calendar, Event

from aict.accounts import history
from aict.accounts.invitations import digest
from aict.accounts.models import CalendarFeed, Change, Collectivity, Membership
from aict.ui.typography import NBSP

TOKEN_BYTES = 32
REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class Dated:
    """One or several whole days, `end` included. `key` stays when the day changes, so that a calendar moves it."""

    key: str
    start: date
    end: date
    title: str
    text: str
    path: str
    changed_at: datetime


class Source(Protocol):
    """What an app gives to one member's calendar on a date."""

    def __call__(self, feed: CalendarFeed, *, on: date) -> Iterable[Dated]: ...


_SOURCES: list[Source] = []


def source(gives: Source) -> Source:
    """Make a source of dates part of every feed."""
    _SOURCES.append(gives)
    return gives


@transaction.atomic
def issue(*, membership: Membership) -> str:
    """Give a member a new secret, in place of the former one; what this returns is kept nowhere."""
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)  # two clicks leave one address
    revoke(membership=membership)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed.objects.create(collectivity=membership.collectivity, membership=membership, token=digest(token))
    history.record(instance=feed, author=membership.user, verb=Change.Verb.CREATED)
    return token


@transaction.atomic
def revoke(*, membership: Membership) -> bool:
    """Close a member's address; whether there was one."""
    feed = CalendarFeed.objects.for_collectivity(membership.collectivity).filter(membership=membership).first()
    if feed is None:
        return False
    history.record(instance=feed, author=membership.user, verb=Change.Verb.DELETED)
    feed.delete()
    return True


def opened_by(token: str) -> CalendarFeed | None:
    """The feed that this secret opens. Unknown, revoked or no longer allowed: one query all the same, and None.

    The database compares digests, so the time taken says nothing of how near a guess was.
    """
    return CalendarFeed.objects.in_use().filter(token=digest(token)).first()


def note_reading(*, feed: CalendarFeed, at: datetime) -> None:
    """Remember when a calendar last read the feed: an address that nothing reads can be revoked."""
    CalendarFeed.objects.filter(pk=feed.pk).update(read_at=at)


def gathered(feed: CalendarFeed, *, on: date) -> list[Dated]:
    """What every source gives to a member's calendar, by day."""
    return sorted((row for gives in _SOURCES for row in gives(feed, on=on)), key=lambda row: (row.start, row.key))


def icalendar(collectivity: Collectivity, rows: Iterable[Dated], *, at: datetime, link: Callable[[str], str]) -> bytes:
    """Days as iCalendar (RFC 5545): all-day events, without alarm, that take no time from anybody.

    `link` makes a full address of a path.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//AICT économique//Agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = f"International{NBSP}: {collectivity.short_name or collectivity.name}"
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for row in rows:
        calendar.add_component(_event(row, collectivity, at, link))
    return calendar.to_ical()


def _event(row: Dated, collectivity: Collectivity, at: datetime, link: Callable[[str], str]) -> Event:
    address = link(row.path)
    event = Event()
    event.add("uid", f"{row.key}-{collectivity.siren}@aict-economique")
    event.add("dtstamp", at)
    event.add("last-modified", row.changed_at)
    event.add("dtstart", row.start)
    event.add("dtend", min(row.end, date.max - timedelta(days=1)) + timedelta(days=1))
    event.add("summary", row.title)
    event.add("description", f"{row.text}\n{address}")
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
