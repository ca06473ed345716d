"""What the records of an action count for its indicators (SYS-19): live, never stored, missing when not known."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.models import Indicator
from tests.factories import ActionFactory, AppointmentFactory, EventFactory, EventGuestFactory, FirmFactory
from typology.counts import COUNTERS, counted, counts_of
from typology.models import Action, Participation

FIRMS, MEETINGS, ORDERS, VISITORS = (
    "f1-entreprises-participantes",
    "f1-rendez-vous",
    "f1-ca-genere",
    "f2-visiteurs-etrangers",
)


@pytest.fixture
def action(collectivity) -> Action:
    return ActionFactory(collectivity=collectivity)


@pytest.fixture
def event(action):
    return EventFactory(collectivity=action.collectivity, action=action)


def meet(event, **fields):
    return AppointmentFactory(collectivity=event.collectivity, event=event, **fields)


def take_part(action, firm, **fields):
    given = {"stage": "amont", "on": "2027-03-01", **fields}
    return Participation.objects.create(collectivity=action.collectivity, action=action, firm=firm, **given)


def test_every_counter_names_an_indicator_of_the_reference(db):
    known = set(Indicator.objects.values_list("code", flat=True))
    assert set(COUNTERS) <= known
    assert all(counter.basis for counter in COUNTERS.values())


def test_an_action_without_record_has_no_count_at_all(action, event):
    assert counts_of(action) == {}


def test_a_firm_that_takes_part_and_has_appointments_counts_once(action, event):
    one, two = (FirmFactory(collectivity=action.collectivity) for _ in range(2))
    take_part(action, one)
    take_part(action, one, stage="conception")
    meet(event, firm=one)
    meet(event, firm=two)
    assert counts_of(action)[FIRMS] == 2


def test_a_cancelled_appointment_counts_neither_its_firm_nor_itself(action, event):
    meet(event, status="annule", outcome="commande", amount=1000)
    assert counts_of(action) == {MEETINGS: Decimal(0)}  # recorded, then cancelled: known, and none
    meet(event, status="tenu")
    assert counts_of(action) == {FIRMS: Decimal(1), MEETINGS: Decimal(1)}


def test_only_orders_make_turnover_and_an_unknown_amount_is_no_zero(action, event):
    meet(event, status="tenu", outcome="commande", amount=None)
    meet(event, status="tenu", outcome="devis", amount=9000)
    assert ORDERS not in counts_of(action)
    meet(event, status="tenu", outcome="commande", amount=Decimal("1200.50"))
    assert counts_of(action)[ORDERS] == Decimal("1200.50")
    assert "commandes annoncées" in counted(action)[ORDERS].basis


def test_visitors_are_the_people_of_the_delegations_received(action, event):
    c = action.collectivity
    EventGuestFactory(collectivity=c, event=event, people=9)  # a mission: they are not visitors
    assert VISITORS not in counts_of(action)
    received = EventFactory(collectivity=c, action=action, kind="delegation-recue")
    EventGuestFactory(collectivity=c, event=received, people=4)
    EventGuestFactory(collectivity=c, event=received, people=1)
    assert counts_of(action)[VISITORS] == 5


def test_a_deleted_event_counts_no_more(action, event):
    take_part(action, FirmFactory(collectivity=action.collectivity), event=event)
    meet(event)
    assert counts_of(action) == {FIRMS: Decimal(2), MEETINGS: Decimal(1)}
    event.deleted_at = timezone.now()
    event.save()
    assert counts_of(action) == {}


def test_another_action_of_the_collectivite_counts_apart(action, event):
    meet(event)
    assert counts_of(ActionFactory(collectivity=action.collectivity)) == {}


def test_counting_costs_one_query_an_indicator_whatever_is_recorded(action, event):
    counts_of(action)
    for _ in range(3):
        meet(event, status="tenu", outcome="commande", amount=10)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        counts_of(action)
    assert len(queries) == len(COUNTERS)
