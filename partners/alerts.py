"""Alerts of legal cover (product rule 4): what each person who keeps the agreements must be told, once.

The key of a notice holds the agreement, the date and the threshold: a new end (an avenant) is told anew, the same
one never is. When several thresholds were passed unseen, only the nearest is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from aict.accounts import daily, notices
from aict.accounts.enums import Ability
from aict.accounts.models import Collectivity, Membership
from aict.accounts.notices import News
from aict.ui.templatetags.ui import plural
from aict.ui.typography import NBSP, long_day
from partners.enums import AgreementStatus
from partners.legal_cover import IN_FORCE, SOON
from partners.models import Agreement, AgreementParty, Territory
from partners.models.agreements import ACTION_UNDER_WAY, AgreementQuerySet
from partners.models.territories import COOPERATION

UNSENT_DAYS = 30  # a deliberation waits this long for its transmission before it is told
ARTICLE = f"CGCT, art.{NBSP}L.1115-1"


@daily.source
def raise_alerts(collectivity: Collectivity, *, on: date) -> int:
    """Tell those who keep the agreements what presses on a date; how many notices are new.

    Eleven queries at most and the insertions, whatever the number of agreements.
    """
    members = list(Membership.objects.for_collectivity(collectivity).able_to(Ability.EDIT_PARTNERS))
    if not members:
        return 0
    agreements = Agreement.objects.for_collectivity(collectivity).select_related("territory__country")
    news = [*_ending(agreements, on), *_uncovered(collectivity, agreements, on), *_unsent(agreements, on)]
    return notices.tell(members=members, news=news)


def follow_up(agreement: Agreement) -> str:
    """Where what becomes of an agreement is decided: renewed, amended, or left to lapse."""
    return reverse("partners:agreement_renewal", args=[agreement.pk])


def _ending(agreements: AgreementQuerySet, on: date) -> Iterator[News]:
    """Ends and reviews within 180, 90, 30 and 15 days; none once what follows is settled.

    It is settled when the lapse is decided, when the agreement is denounced before that day, or when an agreement
    that follows it has effect the day after.
    """
    rows = agreements.filter(lapse_decided_on=None).ending_within(on, SOON[-1])
    rows = rows.exclude(denounced_on__lte=F("deadline")).order_by("deadline", "pk")
    relieved = _relieved(agreements, rows)
    for agreement in rows:
        day, left = agreement.deadline, agreement.left.days
        if agreement.pk in relieved:
            continue
        threshold = next(days for days in SOON if left <= days)
        nature, gesture = (
            ("Fin", "Préparez la suite : renouveler, modifier par un avenant, ou laisser s’éteindre.")
            if agreement.ends_on
            else ("Révision", "Faites le point avec le partenaire, puis fixez la prochaine date de révision.")
        )
        yield News(
            key=f"agreement:{agreement.pk}:{day:%Y-%m-%d}:{threshold}",
            tone="danger" if threshold <= 30 else "warn" if threshold <= 90 else "info",
            title=f"{nature} le {long_day(day)}{NBSP}: {agreement.title}",
            text=f"Accord avec {agreement.territory.full_name}. {notices.time_left(left, on)} {gesture}",
            url=follow_up(agreement),
        )


def _relieved(agreements: AgreementQuerySet, rows: AgreementQuerySet) -> set[int]:
    """The numbers of `rows` that a following agreement takes over, in force the day after their deadline."""
    days = {row.pk: row.deadline + timedelta(days=1) for row in rows}
    following = agreements.filter(predecessor__in=days).prefetch_related("amendments")
    return {one.predecessor_id for one in following if one.status(days[one.predecessor_id]) in IN_FORCE}


def _unsent(agreements: AgreementQuerySet, on: date) -> Iterator[News]:
    """Deliberated for 30 days, and not sent to the prefect as far as is recorded."""
    rows = agreements.with_status(on).filter(
        status_on=AgreementStatus.DELIBERE, transmitted_on=None, deliberation_on__lte=on - timedelta(days=UNSENT_DAYS)
    )
    for agreement in rows.order_by("deliberation_on", "pk"):
        since = (on - agreement.deliberation_on).days
        yield News(
            key=f"unsent:{agreement.pk}:{agreement.deliberation_on:%Y-%m-%d}",
            tone="warn",
            title=f"À transmettre au préfet{NBSP}: {agreement.title}",
            text=f"Accord avec {agreement.territory.full_name}, délibéré le {long_day(agreement.deliberation_on)}, "
            f"il y a {plural(since, 'jour,jours')}. Sans transmission, il n’entre pas en vigueur ({ARTICLE}). "
            "Transmettez-le, ou saisissez la date si c’est fait.",
            url=agreement.get_absolute_url(),
        )


def uncovered_territories(collectivity: Collectivity, on: date) -> list[Territory]:
    """Partner territories where cooperation actions are `under_way` (their number) with no agreement in force.

    Three queries. A territory that is another party to an agreement is covered by it.
    """
    busy = (
        Territory.objects.for_collectivity(collectivity)
        .filter(
            is_own=False,
            actions__deleted_at=None,
            actions__status=ACTION_UNDER_WAY,
            actions__type__purpose__category__code=COOPERATION,
        )
        .annotate(under_way=Count("actions"))
    )
    in_force = Agreement.objects.for_collectivity(collectivity).in_force(on)
    pks = busy.order_by().values("pk")
    covered = set(in_force.filter(territory__in=pks).values_list("territory", flat=True))
    parties = AgreementParty.objects.for_collectivity(collectivity).filter(territory__in=pks)
    covered |= set(parties.filter(agreement__in=in_force.values("pk")).values_list("territory", flat=True))
    rows = busy.select_related("country").order_by("name", "pk")
    return [territory for territory in rows if territory.pk not in covered]


def _uncovered(collectivity: Collectivity, agreements: AgreementQuerySet, on: date) -> Iterator[News]:
    """Actions under way that no agreement covers any more; told again when a later agreement ends in its turn."""
    found = uncovered_territories(collectivity, on)
    keys = [territory.pk for territory in found]
    as_party = AgreementParty.objects.filter(agreement=OuterRef("pk"), territory__in=keys)
    closed = (
        agreements.filter(Q(territory__in=keys) | Exists(as_party))
        .with_status(on)
        .filter(status_on__in=(AgreementStatus.EXPIRE, AgreementStatus.DENONCE))
        .prefetch_related("parties")
    )
    last: dict[int, tuple[date, Agreement]] = {}
    for agreement in closed.order_by("pk"):
        day = _closed_on(agreement)
        for number in agreement.covered_territories:
            if number not in last or day >= last[number][0]:
                last[number] = (day, agreement)
    for territory in found:
        ended = last.get(territory.pk)
        yield News(
            key=f"uncovered:{territory.pk}:{f'{ended[0]:%Y-%m-%d}' if ended else 'never'}",
            tone="danger",
            title=f"Sans accord en vigueur{NBSP}: {territory.full_name}",
            text=_why_uncovered(territory.under_way, ended),
            url=follow_up(ended[1]) if ended else territory.get_absolute_url(),
        )


def _why_uncovered(under_way: int, ended: tuple[date, Agreement] | None) -> str:
    actions = plural(under_way, "action de coopération en cours,actions de coopération en cours")
    if ended is None:
        return f"{actions}, sans aucun accord qui ait pris effet. Enregistrez un accord, ou suspendez ces actions."
    return (
        f"{actions}. Le dernier accord, «{NBSP}{ended[1].title}{NBSP}», a pris fin le {long_day(ended[0])}. "
        "Renouvelez-le, enregistrez le suivant, ou suspendez ces actions."
    )


def _closed_on(agreement: Agreement) -> date:
    """The day on which an expired or denounced agreement ceased to have effect."""
    days = [day for day in (agreement.denounced_on, agreement.ends_on) if day]
    return min(days)
