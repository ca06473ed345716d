"""What is done to contacts besides their form: met again, deleted without a trace of their data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from aict.accounts import history, personal_data
from aict.accounts.models import Change, User
from partners.models import Contact

DELETED = "Contact supprimé"  # all that the history keeps of a contact's name


@transaction.atomic
def met(*, contacts: Iterable[Contact], author: User, on: date) -> int:
    """Note that these people were in touch on a day; how many rows changed. A later date is never put back."""
    changed = 0
    for contact in contacts:
        if contact.last_contact_on >= on:
            continue
        before = history.state_of(contact)
        contact.last_contact_on = on
        contact.save(update_fields=["last_contact_on", "updated_at"])
        history.record(instance=contact, author=author, before=before)
        changed += 1
    return changed


@transaction.atomic
def delete(*, contacts: Iterable[Contact], author: User) -> int:
    """Delete contacts for good; the history keeps that it was done, by whom and when, and no value (RGPD, art. 5)."""
    count = 0
    for contact in contacts:
        personal_data.forget(contact, DELETED)
        Change.objects.create(
            collectivity=contact.collectivity,
            author=author,
            verb=Change.Verb.DELETED,
            model=contact._meta.label_lower,
            object_id=contact.pk,
            object_label=DELETED,
        )
        contact.delete()
        count += 1
    return count
