"""Secret addresses of calendars: one per member, shown once, renewed or revoked at will.

A calendar program cannot sign in, so the address itself is the key: 256 random bits, of which only the SHA-256 is
kept. It opens nothing as soon as its member leaves, may no longer read the pages, or has a closed account.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from aict.accounts import history
from aict.accounts.invitations import digest
from aict.accounts.models import CalendarFeed, Change, Membership

TOKEN_BYTES = 32


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
