"""Invitations: a link sent by e-mail opens one membership, once, for fourteen days.

Only the digest of the link's token is kept: whoever reads the database cannot use it.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from aict.accounts import history
from aict.accounts.models import INVITATION_DAYS, Change, Invitation, Membership, User


class AddressTakenError(Exception):
    """An account was opened at this address in the meantime."""


class Standing(StrEnum):
    """What can be done with a link."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def digest(token: str) -> str:
    """What is kept of a token: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Invitation | None:
    """The invitation that this link opens, whatever its standing."""
    return Invitation.objects.filter(token=digest(token)).select_related("collectivity", "invited_by").first()


def standing(invitation: Invitation | None) -> Standing:
    """Whether the link can still be used, and else why not."""
    if invitation is None:
        return Standing.UNKNOWN
    if invitation.is_open:
        return Standing.OPEN
    return Standing.USED if invitation.accepted_at else Standing.EXPIRED


def issue(*, invitation: Invitation, author: User | None) -> str:
    """Save a new invitation in place of the pending ones to the same address; the token of its link."""
    token = secrets.token_urlsafe()
    with transaction.atomic():
        pending = Invitation.objects.for_collectivity(invitation.collectivity).filter(accepted_at=None)
        pending.filter(email=invitation.email).delete()
        invitation.invited_by = author
        invitation.token = digest(token)
        invitation.save()
        history.record(instance=invitation, author=author, verb=Change.Verb.CREATED)
    return token


def send(*, invitation: Invitation, link: str) -> None:
    """Send the link, in plain text. Raises OSError when the mail server does not answer or refuses."""
    context = {"invitation": invitation, "link": link, "days": INVITATION_DAYS}
    subject = render_to_string("accounts/email/invitation_subject.txt", context)
    body = render_to_string("accounts/email/invitation_message.txt", context)
    EmailMessage(subject=" ".join(subject.splitlines()).strip(), body=body.strip() + "\n", to=[invitation.email]).send()


def cancel(*, invitation: Invitation, author: User) -> None:
    """Withdraw an invitation: its link opens nothing any more."""
    history.record(instance=invitation, author=author, verb=Change.Verb.DELETED)
    invitation.delete()


def open_account(*, invitation: Invitation, label: str, password: str) -> User:
    """Create the account of a new person and join. Raises AddressTakenError, or Invitation.DoesNotExist when used."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email=invitation.email, password=password, label=label)
            join(invitation=invitation, user=user)
    except IntegrityError:
        raise AddressTakenError from None
    return user


def join(*, invitation: Invitation, user: User) -> Membership:
    """Make the person a member; somebody already a member keeps their role.

    Raises Invitation.DoesNotExist when the link was used or withdrawn in the meantime.
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk, accepted_at=None)
        membership, is_new = Membership.objects.get_or_create(
            collectivity=invitation.collectivity, user=user, defaults={"role": invitation.role}
        )
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at", "updated_at"])
        if is_new:
            history.record(instance=membership, author=user, verb=Change.Verb.CREATED)
    return membership
