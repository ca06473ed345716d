"""Calls for projects and applications of a collectivité: dates, axes, moves, amounts (SYS-39)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.factories import ActionFactory, FundingApplicationFactory, FundingCallFactory
from typology import applications
from typology.enums import ApplicationState, CallState
from typology.models import FundingApplication, FundingCall, FundingScheme

pytestmark = pytest.mark.django_db

CALLS = reverse("typology:call_list")
APPLICATIONS = reverse("typology:application_list")
ON = date(2026, 6, 1)


def scheme(code: str = "meae-daect-aap-2017") -> FundingScheme:
    return FundingScheme.objects.get(code=code)


@pytest.mark.parametrize(
    ("opens", "closes", "state"),
    [
        (None, None, CallState.UNDATED),
        (date(2026, 6, 2), date(2026, 9, 1), CallState.UPCOMING),
        (date(2026, 6, 1), date(2026, 9, 1), CallState.OPEN),
        (None, date(2026, 7, 2), CallState.OPEN),
        (None, date(2026, 7, 1), CallState.CLOSING),
        (date(2026, 1, 1), date(2026, 6, 1), CallState.CLOSING),
        (date(2026, 1, 1), date(2026, 5, 31), CallState.CLOSED),
        (date(2026, 1, 1), None, CallState.OPEN),
    ],
)
def test_where_a_call_stands_on_a_date_in_python_and_in_the_database_alike(collectivity, opens, closes, state):
    call = FundingCallFactory(opens_on=opens, closes_on=closes, collectivity=collectivity)
    assert call.state(ON) == state
    found = [one for one in CallState if FundingCall.objects.in_state(one, ON).filter(pk=call.pk).exists()]
    assert found == [state]


def test_a_call_is_added_with_its_axes_and_sdgs(economic):
    page = economic.client.get(reverse("typology:call_create"), {"scheme": "urbact-4"})
    assert page.context["form"].initial["scheme"] == scheme("urbact-4")
    data = {
        "scheme": scheme("urbact-4").pk,
        "title": "Réseaux de transfert",
        "opens_on": "2026-04-01",
        "closes_on": "30/06/2026",
        "axes": "Économie circulaire\n\n Emploi ",
        "sdgs": [goal.pk for goal in scheme().sdgs.all()],
        "amount_max": "50 000",
    }
    assert economic.client.post(reverse("typology:call_create"), data).status_code == 302
    call = FundingCall.objects.for_collectivity(economic.collectivity).get()
    assert (call.axis_list, call.closes_on) == (["Économie circulaire", "Emploi"], date(2026, 6, 30))
    assert {goal.number for goal in call.sdgs.all()} == {1, 10}
    assert "Réseaux de transfert" in economic.client.get(CALLS, {"sdg": "10"}).content.decode()
    assert "Réseaux de transfert" not in economic.client.get(CALLS, {"sdg": "2"}).content.decode()


def test_a_deadline_before_the_opening_is_refused(economic):
    data = {"scheme": scheme().pk, "title": "Appel", "opens_on": "2026-06-02", "closes_on": "2026-06-01"}
    page = economic.client.post(reverse("typology:call_create"), data)
    assert "précède l’ouverture" in str(page.context["form"].errors)


def test_the_call_of_the_guide_is_taken_over_once(economic):
    example = reverse("typology:call_example")
    assert example in economic.client.get(CALLS).content.decode()
    economic.client.post(example)
    economic.client.post(example)
    call = FundingCall.objects.for_collectivity(economic.collectivity).get()
    assert (call.edition, call.scheme.code, call.closes_on) == ("2017", "meae-daect-aap-2017", None)
    assert {goal.number for goal in call.sdgs.all()} == {1, 10}
    assert example not in economic.client.get(CALLS).content.decode()


def test_a_call_that_applications_cite_is_not_deleted(economic):
    call = FundingCallFactory(collectivity=economic.collectivity)
    application = FundingApplicationFactory(call=call, collectivity=economic.collectivity)
    url = reverse("typology:call_delete", args=[call.pk])
    assert "retirez-les d’abord" in economic.client.post(url, follow=True).content.decode()
    assert FundingCall.objects.filter(pk=call.pk).exists()
    application.delete()
    assert economic.client.post(url).status_code == 302
    assert not FundingCall.objects.filter(pk=call.pk).exists()


def test_sys_39_an_application_records_its_call_its_axis_and_its_result(economic):
    call = FundingCallFactory(axes="Emploi local\nÉconomie circulaire", collectivity=economic.collectivity)
    action = ActionFactory(title="Filière textile", collectivity=economic.collectivity)
    create = reverse("typology:application_create")
    initial = economic.client.get(create, {"call": call.pk, "action": action.pk}).context["form"].initial
    assert (initial["scheme"], initial["call"], initial["title"]) == (call.scheme_id, call.pk, "Filière textile")
    data = {"title": "Filière textile", "scheme": call.scheme_id, "call": call.pk, "action": action.pk}
    page = economic.client.post(create, data | {"axis": "Tourisme"})
    assert "« Emploi local »" in page.context["form"].errors["axis"][0].replace("\u00a0", " ")
    assert economic.client.post(create, data | {"axis": "Emploi local"}).status_code == 302
    application = FundingApplication.objects.for_collectivity(economic.collectivity).get()
    assert application.state == ApplicationState.SPOTTED
    steps = [
        ("deposee", {"filed_on": "2026-02-10", "requested": "20 000"}),
        ("obtenue", {"decided_on": "2026-05-04", "granted": "15 000,50"}),
        ("payee", {"paid_on": "2026-06-20", "paid": "15 000"}),
    ]
    for state, posted in steps:
        url = reverse("typology:application_move", args=[application.pk, state])
        assert economic.client.get(url).status_code == 200
        assert economic.client.post(url, posted).status_code == 302
    application.refresh_from_db()
    assert (application.call, application.axis, application.state) == (call, "Emploi local", "payee")
    assert (application.granted, application.paid) == (Decimal("15000.50"), Decimal(15000))
    assert "15\u00a0000,50" in economic.client.get(APPLICATIONS).content.decode()


def test_a_call_of_another_scheme_is_refused(economic):
    call = FundingCallFactory(collectivity=economic.collectivity)
    data = {"title": "Projet", "scheme": scheme("urbact-4").pk, "call": call.pk}
    page = economic.client.post(reverse("typology:application_create"), data)
    assert "Cet appel relève de" in page.context["form"].errors["call"][0]


@pytest.mark.parametrize("state", ["obtenue", "refusee", "payee"])
def test_a_move_that_skips_a_step_is_refused(economic, state):
    application = FundingApplicationFactory(collectivity=economic.collectivity)
    url = reverse("typology:application_move", args=[application.pk, state])
    assert "n’est pas possible" in economic.client.get(url, follow=True).content.decode()
    data = {"filed_on": "2026-01-01", "decided_on": "2026-02-01", "granted": "1", "paid_on": "2026-03-01", "paid": "1"}
    economic.client.post(url, data)
    application.refresh_from_db()
    assert application.state == "reperee"


def test_an_unknown_state_is_a_404(economic):
    application = FundingApplicationFactory(collectivity=economic.collectivity)
    for state in ("reperee", "perdue"):
        url = reverse("typology:application_move", args=[application.pk, state])
        assert economic.client.get(url).status_code == 404


def test_two_people_cannot_both_move_it(economic):
    """The second form was opened before the first person saved."""
    application = FundingApplicationFactory(
        state="deposee", filed_on=date(2026, 1, 5), collectivity=economic.collectivity
    )
    refuse = reverse("typology:application_move", args=[application.pk, "refusee"])
    grant = reverse("typology:application_move", args=[application.pk, "obtenue"])
    economic.client.post(refuse, {"decided_on": "2026-02-01"})
    economic.client.post(grant, {"decided_on": "2026-02-01", "granted": "5"})
    application.refresh_from_db()
    assert (application.state, application.granted) == ("refusee", None)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"decided_on": "2026-02-01"}, "granted", "À remplir"),
        ({"granted": "12"}, "decided_on", "À remplir"),
        ({"decided_on": "2026-02-01", "granted": "-1"}, "granted", "négatif"),
        ({"decided_on": "2099-02-01", "granted": "1"}, "decided_on", "n’est pas encore venu"),
        ({"decided_on": "2025-12-01", "granted": "1"}, "__all__", "se suivent"),
        ({"decided_on": "31/02/2026", "granted": "1"}, "decided_on", "calendrier"),
    ],
)
def test_what_an_agreement_of_the_funder_must_say(economic, data, field, words):
    application = FundingApplicationFactory(
        state="deposee", filed_on=date(2026, 1, 5), collectivity=economic.collectivity
    )
    page = economic.client.post(reverse("typology:application_move", args=[application.pk, "obtenue"]), data)
    assert words in str(page.context["form"].errors[field])
    application.refresh_from_db()
    assert application.state == "deposee"


def test_more_paid_than_granted_is_refused_by_the_form_and_by_the_database(economic):
    application = FundingApplicationFactory(
        state="obtenue",
        filed_on=date(2026, 1, 5),
        decided_on=date(2026, 2, 5),
        granted=100,
        collectivity=economic.collectivity,
    )
    url = reverse("typology:application_move", args=[application.pk, "payee"])
    page = economic.client.post(url, {"paid_on": "2026-03-01", "paid": "101"})
    assert "dépasse le montant obtenu" in str(page.context["form"].errors)
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingApplication.objects.filter(pk=application.pk).update(paid=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingApplication.objects.filter(pk=application.pk).update(granted=None)


def test_a_step_is_undone_and_forgets_what_it_had_asked(economic):
    application = FundingApplicationFactory(
        state="obtenue",
        filed_on=date(2026, 1, 5),
        decided_on=date(2026, 2, 5),
        requested=120,
        granted=100,
        collectivity=economic.collectivity,
    )
    url = reverse("typology:application_undo", args=[application.pk])
    economic.client.post(url)
    application.refresh_from_db()
    assert (application.state, application.decided_on, application.granted) == ("deposee", None, None)
    economic.client.post(url)
    application.refresh_from_db()
    assert (application.state, application.filed_on, application.requested) == ("reperee", None, 120)
    assert "pas d’état précédent" in economic.client.post(url, follow=True).content.decode()


def test_every_state_but_the_last_ones_leads_somewhere():
    reached = {state for states in applications.MOVES.values() for state in states}
    assert reached | {ApplicationState.SPOTTED} == set(ApplicationState)
    assert set(applications.ASKED) == set(applications.VERBS) == reached


def test_a_step_is_not_stopped_by_axes_that_changed_since(economic):
    call = FundingCallFactory(axes="Emploi", collectivity=economic.collectivity)
    application = FundingApplicationFactory(call=call, axis="Emploi", collectivity=economic.collectivity)
    FundingCall.objects.filter(pk=call.pk).update(axes="Tourisme")
    url = reverse("typology:application_move", args=[application.pk, "deposee"])
    assert economic.client.post(url, {"filed_on": "2026-02-10"}).status_code == 302


def test_a_call_or_an_action_of_a_stranger_is_refused(economic, stranger):
    call = FundingCallFactory(collectivity=stranger.collectivity)
    action = ActionFactory(collectivity=stranger.collectivity)
    data = {"title": "Projet", "scheme": scheme().pk, "call": call.pk, "action": action.pk}
    page = economic.client.post(reverse("typology:application_create"), data)
    assert set(page.context["form"].errors) == {"call", "action"}
    initial = economic.client.get(reverse("typology:application_create"), data).context["form"].initial
    assert (initial["call"], initial["action"], initial["title"]) == (None, None, "")
    with pytest.raises(ValidationError):
        FundingApplicationFactory(call=call, collectivity=economic.collectivity)


def test_the_export_has_every_application_with_its_result(economic):
    call = FundingCallFactory(title="Appel, « test »", collectivity=economic.collectivity)
    FundingApplicationFactory(title="=1+1", call=call, collectivity=economic.collectivity)
    answer = economic.client.get(reverse("typology:application_export", args=["csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "Repérée" in text
    assert "'=1+1" in text
    assert economic.client.get(reverse("typology:application_export", args=["xlsx"])).status_code == 200
    assert economic.client.get(reverse("typology:application_export", args=["ods"])).status_code == 404


@pytest.mark.parametrize("url", [CALLS, APPLICATIONS])
def test_lists_cost_the_same_for_one_row_and_for_thirty(
    url, economic, django_assert_max_num_queries, django_assert_num_queries
):
    mine = {"collectivity": economic.collectivity}
    call = FundingCallFactory(**mine)
    FundingApplicationFactory(call=call, action=ActionFactory(**mine), **mine)
    economic.client.get(url)
    with django_assert_max_num_queries(16) as one:
        economic.client.get(url)
    for _ in range(29):
        call = FundingCallFactory(**mine)
        call.sdgs.set(scheme().sdgs.all())
        FundingApplicationFactory(call=call, action=ActionFactory(**mine), **mine)
    with django_assert_num_queries(len(one)):
        assert len(economic.client.get(url).context["page"].object_list) == 30


def test_the_nearest_deadline_comes_first_and_past_ones_last(economic):
    today = timezone.localdate()
    mine = {"collectivity": economic.collectivity, "opens_on": None}
    past = FundingCallFactory(closes_on=today - timedelta(days=1), **mine)
    undated = FundingCallFactory(closes_on=None, **mine)
    far = FundingCallFactory(closes_on=today + timedelta(days=90), **mine)
    near = FundingCallFactory(closes_on=today, **mine)
    assert list(economic.client.get(CALLS).context["page"]) == [near, far, undated, past]
