"""Deadlines of agreements as dates in a calendar: the list on the page, and what their feed holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from aict.accounts.models import Collectivity
from aict.ui.typography import NBSP, long_day
from partners.enums import AgreementStatus
from partners.legal_cover import IN_FORCE
from partners.models import Agreement, Territory
from partners.models.agreements import AgreementQuerySet

FEED_ROWS = 1000  # the oldest first; calendars refuse a feed of more than 1 MB, and this is less than half
PAST_DAYS = 90  # how long an end or a review that is over stays in the feed
TRANSMISSION_DAYS = 30  # after the deliberation: the day on which the feed recalls the transmission
ARTICLE = f"CGCT, art.{NBSP}L.1115-1"


@dataclass(frozen=True)
class Deadline:
    """A day of an agreement: its end, its review, or the transmission that it waits for."""

    agreement: Agreement
    day: date
    nature: str  # « Fin », « Révision », « Transmission au préfet »
    code: str  # part of the identity of the event: it stays when the day changes
    text: str
    days: int  # from the date of reading; negative when the day is past

    @property
    def tone(self) -> str:
        """As in the alerts: urgent within 30 days or late, to prepare within 90, to foresee beyond."""
        return "danger" if self.days <= 30 else "warn" if self.days <= 90 else "info"

    @property
    def late(self) -> int:
        """Days of waiting: since the deliberation when it is a transmission, else since the day itself."""
        return (TRANSMISSION_DAYS if self.code == "transmission" else 0) - self.days


def upcoming(agreements: AgreementQuerySet, on: date) -> AgreementQuerySet:
    """Agreements in force whose end, else review, is still to come, the nearest first."""
    rows = _dated(agreements, on).filter(status_on__in=IN_FORCE, deadline__gte=on)
    return rows.order_by("deadline", "title", "pk")


def overdue_reviews(agreements: AgreementQuerySet, on: date) -> AgreementQuerySet:
    """Agreements in force whose review is past and not done, the oldest first."""
    rows = _dated(agreements, on).filter(status_on=AgreementStatus.A_REVOIR, deadline__lt=on)
    return rows.order_by("deadline", "title", "pk")


def unsent(agreements: AgreementQuerySet, on: date) -> AgreementQuerySet:
    """Agreements deliberated whose transmission to the prefect is not recorded, the oldest first."""
    rows = _dated(agreements, on).filter(status_on=AgreementStatus.DELIBERE, transmitted_on=None)
    return rows.order_by("deliberation_on", "title", "pk")


def _dated(agreements: AgreementQuerySet, on: date) -> AgreementQuerySet:
    return agreements.with_status(on).with_deadline(on).select_related("territory__country")


def deadline(agreement: Agreement, on: date) -> Deadline:
    """The deadline of a row of the three queries above."""
    if agreement.status_on == AgreementStatus.DELIBERE and agreement.deliberation_on:
        day = agreement.deliberation_on + timedelta(days=TRANSMISSION_DAYS)
        text = f"Délibéré le {long_day(agreement.deliberation_on)} : sans effet avant sa transmission ({ARTICLE})."
        return Deadline(agreement, day, "Transmission au préfet", "transmission", text, (day - on).days)
    day = agreement.deadline
    if agreement.denounced_on and agreement.denounced_on <= day:
        day = agreement.denounced_on - timedelta(days=1)
        text = f"Dénoncé le {long_day(agreement.denounced_on)}\u00a0: dernier jour d’effet la veille."
        return Deadline(agreement, day, "Fin", "deadline", text, (day - on).days)
    if agreement.ends_on:
        text = f"Dernier jour d’effet\u00a0: le {long_day(day)}."
        return Deadline(agreement, day, "Fin", "deadline", text, (day - on).days)
    text = f"Sans date de fin\u00a0: le point est à faire le {long_day(day)}."
    return Deadline(agreement, day, "Révision", "deadline", text, (day - on).days)


def of_feed(collectivity: Collectivity, on: date) -> Iterator[Deadline]:
    """What a calendar shows: what is to come, and what ended or should have been done lately; two queries.

    At most FEED_ROWS of each.
    """
    agreements = Agreement.objects.for_collectivity(collectivity)
    kept = (*IN_FORCE, AgreementStatus.EXPIRE)
    since = on - timedelta(days=PAST_DAYS)
    rows = agreements.with_status(on).with_deadline(on).filter(status_on__in=kept, deadline__gte=since)
    for agreement in rows.order_by("deadline", "pk").only(*COLUMNS)[:FEED_ROWS]:
        yield deadline(agreement, on)
    waiting = agreements.with_status(on).filter(status_on=AgreementStatus.DELIBERE, transmitted_on=None)
    for agreement in waiting.order_by("deliberation_on", "pk").only(*COLUMNS)[:FEED_ROWS]:
        yield deadline(agreement, on)


def between(
    collectivity: Collectivity, start: date, end: date, *, on: date, territory: Territory | None, most: int
) -> list[Deadline]:
    """Ends, reviews and transmissions due from `start` to `end`, as known on a date; two queries, `most` rows each."""
    agreements = Agreement.objects.for_collectivity(collectivity).with_status(on)
    if territory is not None:
        agreements = agreements.filter(territory=territory)
    days = (start, end)
    kept = Q(status_on__in=(*IN_FORCE, AgreementStatus.EXPIRE))
    rows = agreements.with_deadline(on).filter(kept, Q(deadline__range=days) | Q(denounced_on__range=days))
    found = [deadline(row, on) for row in rows.order_by("deadline", "pk").only(*COLUMNS)[:most]]
    wait = timedelta(days=TRANSMISSION_DAYS)
    waiting = agreements.filter(
        status_on=AgreementStatus.DELIBERE,
        transmitted_on=None,
        deliberation_on__gte=start - wait,
        deliberation_on__lte=end - wait,
    )
    found += [deadline(row, on) for row in waiting.order_by("deliberation_on", "pk").only(*COLUMNS)[:most]]
    return [row for row in found if start <= row.day <= end]


COLUMNS = (
    "title",
    "deliberation_on",
    "transmitted_on",
    "ends",
    "review_on",
    "denounced_on",
    "updated_at",
    "collectivity",
)
