"""Who belongs to a collectivité: change a role, remove a member. Never without somebody to administer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from aict.accounts import history
from aict.accounts.models import Change, Collectivity, Membership, User


@contextmanager
def locked(collectivity: Collectivity) -> Iterator[None]:
    """One change of members at a time in a collectivité, else two admins could remove one another."""
    with transaction.atomic():
        Collectivity.objects.select_for_update(no_key=True).get(pk=collectivity.pk)
        yield


def remove(*, membership: Membership, author: User) -> None:
    """End a membership; the account itself stays. Raises ValidationError for the last admin. Call it `locked`."""
    membership.refuse_if_last_admin()
    history.record(instance=membership, author=author, verb=Change.Verb.DELETED)
    membership.delete()
