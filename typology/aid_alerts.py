"""Alerts of the ledger of aids: what is to be declared on the national register, before its deadline and past it.

The key of a notice holds the aid, its deadline and the threshold: a date that changes is told anew, the same never is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from aict.accounts import notices
from aict.accounts.enums import Ability
from aict.accounts.models import Collectivity, Membership
from aict.accounts.notices import News
from aict.ui.typography import NBSP, euros, long_day
from typology.models import AidLine

SOON = (3, 10)  # days before the deadline, the nearest first
PASSED = "passed"


def raise_aid_alerts(collectivity: Collectivity, *, on: date) -> int:
    """Tell those who write actions which aids are to be declared; how many notices are new. Three queries at most."""
    members = list(Membership.objects.for_collectivity(collectivity).able_to(Ability.EDIT_ACTIONS))
    if not members:
        return 0
    aids = AidLine.objects.for_collectivity(collectivity).to_declare().filter(granted_on__lte=on)
    return notices.tell(members=members, news=_news(aids.for_ledger(), on))


def _news(aids: object, on: date) -> Iterator[News]:
    for aid in aids:  # type: ignore[attr-defined]
        left = (aid.declare_by - on).days
        threshold = PASSED if left < 0 else next((str(days) for days in SOON if left <= days), "")
        if not threshold:
            continue
        late = threshold == PASSED
        yield News(
            key=f"aid:{aid.pk}:{aid.declare_by:%Y-%m-%d}:{threshold}",
            tone="danger" if late or threshold == "3" else "warn",
            title=f"{'Déclaration en retard' if late else 'À déclarer'}{NBSP}: aide à {aid.firm}",
            text=f"{euros(aid.amount)} octroyés le {long_day(aid.granted_on)}, à déclarer sur la plateforme nationale "
            f"des aides d’État avant le {long_day(aid.declare_by)}. {notices.time_left(left, on)} Déclarez-la, puis "
            "notez la date ici.",
            url=reverse("typology:aid_declare", args=[aid.pk]),
        )
