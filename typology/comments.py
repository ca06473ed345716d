"""Comments on actions: who is named in the text, who is told, and what closing one leaves in the history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from aict.accounts import history, notices
from aict.accounts.enums import Ability
from aict.accounts.models import Collectivity, Membership, MembershipQuerySet, User
from aict.accounts.notices import News
from aict.ui.typography import NBSP
from typology.models import Comment

EXCERPT = 240  # characters of a comment in a notice
# « @poste@ville.fr »: an address without the first @ is only quoted; a full stop after it ends the sentence.
_MENTION = re.compile(r"(?<![\w.@+-])@([\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")


def readers(collectivity: Collectivity | None) -> MembershipQuerySet:
    """The members who may be told: those who may open the page, by post."""
    members = Membership.objects.for_collectivity(collectivity).able_to(Ability.VIEW)
    return members.select_related("user").order_by("user__label", "user__email")


def addresses_in(text: str) -> list[str]:
    """The addresses that a text calls by « @poste@ville.fr », once each, in lower case."""
    return list(dict.fromkeys(found.lower() for found in _MENTION.findall(text)))


def members_named(text: str, collectivity: Collectivity | None) -> tuple[list[Membership], list[str]]:
    """The members that a text calls, and the addresses that are no member's; at most one query.

    An account of another collectivité and an unknown address give the same answer.
    """
    addresses = addresses_in(text)
    if not addresses:
        return [], []
    found = {member.user.email.lower(): member for member in readers(collectivity).filter(user__email__in=addresses)}
    return list(found.values()), [address for address in addresses if address not in found]


def tell(*, comment: Comment, members: Sequence[Membership]) -> int:
    """Tell the members named in a comment, its author aside; how many notices are new."""
    others = [member for member in members if member.user_id != comment.author_id]
    text = comment.text if len(comment.text) <= EXCERPT else f"{comment.text[: EXCERPT - 1]}…"
    news = News(
        key=f"comment:{comment.pk}",
        tone="info",
        title=f"On vous demande votre avis{NBSP}: {comment.action.title}",
        text=f"{comment.author}{NBSP}: «{NBSP}{text}{NBSP}»",
        url=comment.get_absolute_url(),
    )
    return notices.tell(members=others, news=[news]) if others else 0


@transaction.atomic
def resolve(*, comment: Comment, author: User | None, at: datetime) -> bool:
    """Close a comment; False when somebody already did."""
    return _close(comment, author, at) if comment.resolved_at is None else False


@transaction.atomic
def reopen(*, comment: Comment, author: User | None) -> bool:
    """Open a closed comment again; False when it is open."""
    return _close(comment, author, None) if comment.resolved_at else False


def _close(comment: Comment, author: User | None, at: datetime | None) -> bool:
    before = history.state_of(comment)
    comment.resolved_at, comment.resolved_by = at, (author if at else None)
    comment.save(update_fields=["resolved_at", "resolved_by", "updated_at"])
    history.record(instance=comment, author=author, before=before)
    return True
