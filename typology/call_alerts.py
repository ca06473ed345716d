"""Alerts of calls for projects: their deadline, told once at each threshold to those who write actions (SYS-39).

The key of a notice holds the call, the deadline and the threshold: a deadline that is put off is told anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, Q

from aict.accounts import notices
from aict.accounts.enums import Ability
from aict.accounts.models import Collectivity, Membership
from aict.accounts.notices import News
from aict.ui.templatetags.ui import plural
from aict.ui.typography import NBSP, long_day
from typology.enums import ApplicationState
from typology.models import FundingCall

THRESHOLDS = (7, 15, 30, 60)  # days before the deadline


def raise_call_alerts(collectivity: Collectivity, *, on: date) -> int:
    """Tell the deadlines that come within 60, 30, 15 or 7 days; how many notices are new. When several thresholds
    were passed unseen, only the nearest is told."""
    members = list(Membership.objects.for_collectivity(collectivity).able_to(Ability.EDIT_ACTIONS))
    if not members:
        return 0
    return notices.tell(members=members, news=_closing(collectivity, on))


def _closing(collectivity: Collectivity, on: date) -> Iterator[News]:
    rows = FundingCall.objects.for_collectivity(collectivity).select_related("scheme")
    rows = rows.filter(closes_on__gte=on, closes_on__lte=on + timedelta(days=THRESHOLDS[-1]))
    spotted = Count("applications", filter=Q(applications__state=ApplicationState.SPOTTED))
    for call in rows.annotate(spotted=spotted).order_by("closes_on", "pk"):
        closes_on = call.closes_on
        if closes_on is None:
            continue
        left = (closes_on - on).days
        threshold = next(days for days in THRESHOLDS if left <= days)
        waiting = plural(call.spotted, "candidature repérée reste à déposer,candidatures repérées restent à déposer")
        yield News(
            key=f"call:{call.pk}:{closes_on:%Y-%m-%d}:{threshold}",
            tone="danger" if threshold <= 7 else "warn" if threshold <= 30 else "info",
            title=f"Date limite le {long_day(closes_on)}{NBSP}: {call.title}",
            text=f"{call.scheme.label}. {notices.time_left(left, on)} "
            + (f"{waiting}." if call.spotted else "Aucune candidature n’est en préparation pour cet appel."),
            url=call.get_absolute_url(),
        )
