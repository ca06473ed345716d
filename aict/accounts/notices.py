"""Notices: told once to each member in the application, then in at most one e-mail a day to each person.

Whoever tells something calls `tell`: the key says what is told, and the same key is never told twice to a member.
The digest is sent at most once rather than at least once: a notice is marked as mailed *before* its message leaves,
in a transaction of its own. Two workers therefore never send the same notice, and no lock waits for a mail server.
When the server refuses, the mark is taken back and the next day tries again; when the worker is killed between the
mark and the message, the notice is not mailed, and stays unread in the application.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Collectivity, Membership, Notice, User
from aict.ui.colors import PALETTE
from aict.ui.templatetags.ui import plural
from aict.ui.typography import long_day

logger = logging.getLogger(__name__)

TONES = ("danger", "warn", "info")  # the gravest first
DIGEST_ROWS = 25  # per collectivité; the page has the rest
PATIENCE = 3  # refusals in a row after which the mail server is left alone until the next run
BATCH = 1000


@dataclass(frozen=True)
class News:
    """Something to tell: `key` is what it is about, `url` the page where it is dealt with."""

    key: str
    tone: str
    title: str
    text: str
    url: str


def time_left(days: int, on: date) -> str:
    """How far a deadline is on a date, in a sentence that stays true in a message read later."""
    if days == 0:
        return "C’est aujourd’hui."
    said = plural(abs(days), "jour,jours")
    return f"Au {long_day(on)}, {'il reste' if days > 0 else 'le délai est passé depuis'} {said}."


@dataclass(frozen=True)
class Mailing:
    """What a run of the digests did: messages sent, and refused by the mail server."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Chapter:
    """The part of a digest about one collectivité; `more` notices are on the page alone."""

    collectivity: Collectivity
    notices: list[Notice]
    more: int


def tell(*, members: Sequence[Membership], news: Iterable[News]) -> int:
    """Give each member of one collectivité their own notice of each piece of news; how many are new.

    Two queries and the insertions, whatever the number of rows; what a member already has is left alone.
    """
    told = set(Notice.objects.filter(membership__in=members).values_list("membership_id", "key"))
    rows = [
        Notice(
            collectivity_id=member.collectivity_id,
            membership=member,
            key=one.key,
            tone=one.tone,
            title=one.title if len(one.title) <= 200 else f"{one.title[:199]}…",
            text=one.text,
            url=one.url,
        )
        for one in news
        for member in members
        if (member.pk, one.key) not in told
    ]
    # A run at the same moment may have told some of them: the constraint keeps one of each.
    Notice.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def send_digests(*, at: datetime) -> Mailing:
    """Send to each person the notices that no digest has told them, all their collectivités in one message.

    Nobody gets two messages on one day (Europe/Paris), and no notice is in two messages. A message that the server
    refuses is tried again at the next run; after PATIENCE refusals in a row the others wait for it too.
    """
    sent = failed = in_a_row = 0
    for person in Notice.objects.to_mail().people():
        if in_a_row == PATIENCE:
            failed += 1
            continue
        chapters = _claim(person, at)
        if not chapters:
            continue
        try:
            digest(person, chapters, at).send()
            sent, in_a_row = sent + 1, 0
        except Exception as error:  # every mail backend has its own family of errors, and one must not stop the others
            Notice.objects.mailed(person, at).update(mailed_at=None)
            logger.warning("digest to account %s not sent: %s", person.pk, error)
            failed, in_a_row = failed + 1, in_a_row + 1
    return Mailing(sent, failed)


def _claim(person: User, at: datetime) -> list[Chapter]:
    """Mark what is to be told as mailed, and give it by collectivité; nothing when a message left today."""
    with transaction.atomic():
        # One run at a time for one person: the second finds that the day has its message.
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if Notice.objects.mailed_on(person, timezone.localdate(at)).exists():
            return []
        Notice.objects.to_mail().filter(membership__user=person).update(mailed_at=at)
    claimed = Notice.objects.mailed(person, at).select_related("collectivity").order_by("collectivity__name", "pk")
    chapters = []
    for collectivity, group in groupby(claimed, key=lambda notice: notice.collectivity):
        notices = sorted(group, key=lambda notice: TONES.index(notice.tone))
        chapters.append(Chapter(collectivity, notices[:DIGEST_ROWS], max(0, len(notices) - DIGEST_ROWS)))
    return chapters


def digest(person: User, chapters: Sequence[Chapter], at: datetime) -> EmailMultiAlternatives:
    """The message of one day to one person: plain text, and the same as HTML without image, tracker or script."""
    context = {
        "chapters": chapters,
        "count": sum(len(chapter.notices) + chapter.more for chapter in chapters),
        "day": timezone.localdate(at),
        "site": settings.SITE_URL,
        "page": f"{settings.SITE_URL}{reverse('accounts:notice_list')}",
        "switch": f"{settings.SITE_URL}{reverse('accounts:switch')}",
        "palette": {name.replace("-", "_"): color for name, color in PALETTE.items()},
    }
    subject = render_to_string("accounts/email/digest_subject.txt", context)
    body = render_to_string("accounts/email/digest_message.txt", context)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.splitlines()).strip(),
        body=body.strip() + "\n",
        to=[person.email],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: an absence message must not answer
    )
    message.attach_alternative(render_to_string("accounts/email/digest_message.html", context), "text/html")
    return message
