"""Representation offices (SYS-24): pages, yearly costs, and what closing one ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aict.accounts import history
from aict.accounts.models import Change
from tests.factories import ActionFactory, OfficeCostFactory, OfficeFactory, StakeholderFactory, TerritoryFactory
from typology import offices
from typology.models import Action, Office, OfficeCost

LIST = "/appui/bureaux/"
TODAY = timezone.localdate()
ON = TODAY - timedelta(days=10)
BEFORE, AFTER = ON - timedelta(days=200), ON + timedelta(days=5)
FORM = {"name": "Antenne de Montréal", "place": "Montréal", "country": "", "role": "Accueillir les entreprises."}


@pytest.fixture
def office(collectivity) -> Office:
    return OfficeFactory(collectivity=collectivity, name="Bureau de Bruxelles", starts=BEFORE)


@pytest.fixture
def lasting(office):
    """An action of the office that goes on until somebody ends it."""

    def make(**fields) -> Action:
        fields = {"timing": "recurrent", "status": "en-cours", "starts": BEFORE, **fields}
        return ActionFactory(collectivity=office.collectivity, office=office, **fields)

    return make


def text_of(response) -> str:
    return response.content.decode()


def close(actor, office: Office, on: date = ON, seen: date | None = ON):
    data = {"on": on.isoformat(), "seen": seen.isoformat() if seen else ""}
    return actor.client.post(reverse("typology:office_close", args=[office.pk]), data)


# The acceptance of the system ------------------------------------------------------------


def test_sys_24_an_office_shows_its_actions_and_its_yearly_cost(elected, office, lasting):
    action = lasting(title="Veille sur les appels à projets")
    gone = lasting(title="Action supprimée", deleted_at=timezone.now())
    for year, amount in ((2024, 80000), (2025, 95500)):
        OfficeCostFactory(office=office, collectivity=office.collectivity, year=year, amount=amount)
    page = text_of(elected.client.get(office.get_absolute_url()))
    assert action.title in page
    assert gone.title not in page
    for figure in ("2024", "80 000,00 €", "2025", "95 500,00 €", "175 500,00 €"):
        assert figure.replace(" ", "\u00a0") in page


def test_sys_24_closing_an_office_ends_its_recurring_actions(officer, office, lasting):
    recurrent, permanent = lasting(), lasting(timing="permanent", ends=AFTER)
    once = lasting(timing="ponctuel")
    elsewhere = ActionFactory(collectivity=office.collectivity, timing="recurrent", status="en-cours")
    shown = text_of(officer.client.get(reverse("typology:office_close", args=[office.pk])))
    assert recurrent.title in shown
    assert permanent.title in shown
    assert once.title not in shown
    response = close(officer, office)
    assert response["Location"] == office.get_absolute_url()
    office.refresh_from_db()
    assert office.closed_on == ON
    for action in (recurrent, permanent):
        action.refresh_from_db()
        assert (action.status, action.ends) == ("terminee", ON)
        told = Change.objects.get(model="typology.action", object_id=action.pk)
        assert told.fields["état"] == ["En cours", "Terminée"]
        assert told.author == officer.user
    for action in (once, elsewhere):
        action.refresh_from_db()
        assert (action.status, action.ends) == ("en-cours", None)
    assert Change.objects.get(model="typology.office").fields["fermeture"] == ["", f"{ON:%d/%m/%Y}"]


# Closing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "status", "ends"),
    [
        ({}, "terminee", ON),
        ({"status": "suspendue"}, "terminee", ON),
        ({"status": "programmee"}, "terminee", ON),  # its start has passed
        ({"starts": None}, "terminee", ON),
        ({"ends": BEFORE}, "terminee", BEFORE),  # an end already past stays what it was
        ({"ends": ON}, "terminee", ON),
        ({"starts": ON}, "terminee", ON),
        ({"status": "prevue", "starts": None}, "suspendue", None),
        ({"status": "programmee", "starts": AFTER}, "suspendue", None),
        ({"status": "en-cours", "starts": AFTER, "ends": AFTER}, "suspendue", AFTER),
        ({"status": "suspendue", "starts": AFTER}, "suspendue", None),
        ({"status": "terminee", "ends": AFTER}, "terminee", AFTER),
    ],
)
def test_each_lasting_action_is_finished_or_suspended_according_to_its_dates(
    officer, office, lasting, fields, status, ends
):
    action = lasting(**fields)
    said = [ending.sentence for ending in offices.endings(office, ON)]
    offices.close(office=office, on=ON, author=officer.user)
    action.refresh_from_db()
    assert (action.status, action.ends) == (status, ends)
    action.full_clean()
    changed = Change.objects.filter(model="typology.action", object_id=action.pk).exists()
    assert changed == bool(said)


def test_another_day_is_shown_again_before_anything_is_closed(officer, office, lasting):
    action = lasting(starts=ON)
    other = ON - timedelta(days=1)
    response = close(officer, office, on=other, seen=ON)
    assert response.status_code == 200
    assert "La date a changé" in text_of(response)
    assert f'value="{other.isoformat()}"' in text_of(response)
    office.refresh_from_db()
    action.refresh_from_db()
    assert office.closed_on is None
    assert action.status == "en-cours"
    assert close(officer, office, on=other, seen=other).status_code == 302


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (TODAY + timedelta(days=1), "pas encore venu"),
        (BEFORE - timedelta(days=1), "précède l’ouverture"),
        (date(1066, 1, 1), "ne convient pas"),
    ],
)
def test_a_day_that_cannot_be_is_refused(officer, office, lasting, on, said):
    action = lasting()
    response = close(officer, office, on=on, seen=on)
    assert said in text_of(response)
    office.refresh_from_db()
    action.refresh_from_db()
    assert office.closed_on is None
    assert action.status == "en-cours"


def test_an_office_is_closed_once(officer, office):
    offices.close(office=office, on=ON, author=officer.user)
    with pytest.raises(ValidationError, match="déjà fermé"):
        offices.close(office=office, on=ON, author=officer.user)
    assert "déjà fermé" in text_of(close(officer, office))
    assert officer.client.get(reverse("typology:office_close", args=[office.pk])).status_code == 302


def test_a_closing_that_fails_half_way_changes_nothing(officer, office, lasting, monkeypatch):
    action = lasting()
    recorded = history.record

    def fail(*, instance, **rest):
        if isinstance(instance, Office):
            raise RuntimeError("the history is full")
        return recorded(instance=instance, **rest)

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError, match="full"):
        offices.close(office=office, on=ON, author=officer.user)
    office.refresh_from_db()
    action.refresh_from_db()
    assert (office.closed_on, action.status, action.ends) == (None, "en-cours", None)
    assert not Change.objects.exists()


def test_opening_again_restarts_no_action(officer, office, lasting):
    action = lasting()
    close(officer, office)
    response = officer.client.post(reverse("typology:office_reopen", args=[office.pk]), follow=True)
    assert "le restent" in text_of(response)
    office.refresh_from_db()
    action.refresh_from_db()
    assert office.closed_on is None
    assert (action.status, action.ends) == ("terminee", ON)
    again = officer.client.post(reverse("typology:office_reopen", args=[office.pk]), follow=True)
    assert "n’est pas fermé" in text_of(again)


# The register ----------------------------------------------------------------------------


def test_an_office_is_written_with_its_host_and_territory(economic, collectivity):
    territory, host = TerritoryFactory(collectivity=collectivity), StakeholderFactory(collectivity=collectivity)
    country = territory.country
    data = FORM | {"country": country.pk, "territory": territory.pk, "host": host.pk, "starts": "2024-03-01"}
    response = economic.client.post(LIST + "nouveau/", data | {"visibility": "internal"})
    office = Office.objects.get()
    assert response["Location"] == office.get_absolute_url()
    assert (office.territory, office.host, office.starts) == (territory, host, date(2024, 3, 1))
    page = text_of(economic.client.get(office.get_absolute_url()))
    assert host.name in page
    assert territory.name in page


def test_the_day_of_closing_is_not_typed_in_the_form_and_holds_the_opening(officer, office):
    offices.close(office=office, on=ON, author=officer.user)
    data = FORM | {"country": office.country_id, "visibility": "internal", "closed_on": "", "starts": TODAY.isoformat()}
    response = officer.client.post(reverse("typology:office_edit", args=[office.pk]), data)
    assert "son ouverture le précède" in text_of(response)
    officer.client.post(reverse("typology:office_edit", args=[office.pk]), data | {"starts": BEFORE.isoformat()})
    office.refresh_from_db()
    assert (office.name, office.closed_on) == (FORM["name"], ON)


def test_the_list_filters_by_state_country_and_words(officer, office, collectivity):
    closed = OfficeFactory(collectivity=collectivity, name="Ancienne antenne", place="Sfax", closed_on=ON)

    def names(query: str) -> set[str]:
        return {row.name for row in officer.client.get(f"{LIST}?{query}").context["page"]}

    assert names("") == {office.name, closed.name}
    assert names("state=ouvert") == {office.name}
    assert names("state=ferme") == {closed.name}
    assert names("q=sfax") == {closed.name}
    assert names("country=be") == {office.name, closed.name}
    assert names("country=tn") == set()


def test_the_list_costs_the_same_with_1_and_30_offices(officer, office, lasting, django_assert_num_queries):
    lasting()
    with CaptureQueriesContext(connection) as queries:
        officer.client.get(LIST)
        count = len(queries)
    for number in range(29):
        one = OfficeFactory(collectivity=office.collectivity, host=StakeholderFactory(collectivity=office.collectivity))
        OfficeCostFactory(office=one, collectivity=office.collectivity, year=2000 + number)
        ActionFactory(office=one, collectivity=office.collectivity)
    with django_assert_num_queries(count):
        assert len(officer.client.get(LIST).context["page"]) == 30


def test_the_list_shows_the_last_known_cost_and_says_when_none_is(officer, office, lasting):
    assert "Manquant" in text_of(officer.client.get(LIST))
    lasting()
    lasting(status="prevue")
    for year, amount in ((2023, 10), (2025, 30), (2024, 20)):
        OfficeCostFactory(office=office, collectivity=office.collectivity, year=year, amount=amount)
    row = officer.client.get(LIST).context["page"][0]
    assert (row.last_year, row.last_cost, row.cost_total) == (2025, Decimal(30), Decimal(60))
    assert (row.action_count, row.under_way) == (2, 1)


def test_the_export_holds_the_costs(officer, office):
    OfficeCostFactory(office=office, collectivity=office.collectivity, year=2025, amount="1234.50")
    answer = officer.client.get(LIST + "export.csv").getvalue().decode("utf-8-sig")
    assert "Bureau de Bruxelles" in answer
    assert "2025 : 1234.50" in answer or "2025 : 1234,50" in answer


def test_an_office_that_actions_cite_may_be_deleted_and_restored(officer, office, lasting):
    action = lasting()
    confirmation = officer.client.get(reverse("typology:office_delete", args=[office.pk]))
    assert "1\u00a0action" in text_of(confirmation)
    officer.client.post(reverse("typology:office_delete", args=[office.pk]))
    assert office.name in text_of(officer.client.get(action.get_absolute_url()))
    assert "Supprimé" in text_of(officer.client.get(office.get_absolute_url()))
    officer.client.post(reverse("typology:office_restore", args=[office.pk]))
    assert Office.objects.for_collectivity(office.collectivity).get() == office


# Costs -----------------------------------------------------------------------------------


def test_a_cost_is_added_corrected_and_deleted_with_its_history(economic, office):
    create = reverse("typology:office_cost_create", args=[office.pk])
    assert economic.client.post(create, {"year": "2025", "amount": "95 500,50 €"}).status_code == 302
    cost = OfficeCost.objects.get()
    assert cost.amount == Decimal("95500.50")
    economic.client.post(
        reverse("typology:office_cost_edit", args=[office.pk, cost.pk]), {"year": "2025", "amount": "0"}
    )
    cost.refresh_from_db()
    assert cost.amount == 0
    economic.client.post(reverse("typology:office_cost_delete", args=[office.pk, cost.pk]))
    assert not OfficeCost.objects.exists()
    verbs = Change.objects.filter(model="typology.officecost").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["created", "updated", "deleted"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"year": "2025", "amount": "10"}, "déjà enregistré"),
        ({"year": "2026", "amount": "-1"}, "négatif"),
        ({"year": "2026", "amount": ""}, "À remplir"),
        ({"year": "1066", "amount": "10"}, "1990"),
        ({"year": "2026", "amount": "beaucoup"}, "n’est pas un nombre"),
    ],
)
def test_a_cost_that_cannot_be_is_refused_with_its_reason(economic, office, data, said):
    OfficeCostFactory(office=office, collectivity=office.collectivity, year=2025)
    response = economic.client.post(reverse("typology:office_cost_create", args=[office.pk]), data)
    assert response.status_code == 200
    assert said in text_of(response)
    assert OfficeCost.objects.count() == 1


def test_the_cost_of_another_office_is_not_reached_through_this_one(officer, office, collectivity):
    other = OfficeCostFactory(collectivity=collectivity)
    for route in ("typology:office_cost_edit", "typology:office_cost_delete"):
        assert officer.client.post(reverse(route, args=[office.pk, other.pk])).status_code == 404
    assert OfficeCost.objects.filter(pk=other.pk).exists()


# The action form -------------------------------------------------------------------------


def test_the_form_of_an_action_asks_for_an_office_only_where_there_is_one(officer, collectivity):
    url = reverse("typology:action_create")
    assert 'name="office"' not in text_of(officer.client.get(url))
    office = OfficeFactory(collectivity=collectivity)
    page = text_of(officer.client.get(f"{url}?office={office.pk}"))
    assert f'<input type="hidden" name="office" value="{office.pk}"' in page
    assert office.name in page
    action = ActionFactory(collectivity=collectivity)
    assert f'<option value="{office.pk}">{office}</option>' in text_of(
        officer.client.get(reverse("typology:action_edit", args=[action.pk]))
    )


def test_a_closed_office_is_no_longer_offered_but_the_action_that_cites_it_keeps_it(officer, office, lasting):
    action = lasting()
    close(officer, office)
    fresh = text_of(officer.client.get(reverse("typology:action_create")))
    assert 'name="office"' not in fresh
    kept = text_of(officer.client.get(reverse("typology:action_edit", args=[action.pk])))
    assert f'<option value="{office.pk}" selected>' in kept


def test_the_office_of_another_collectivite_is_refused(officer, stranger, office):
    foreign = OfficeFactory(collectivity=stranger.collectivity)
    kind = ActionFactory(collectivity=office.collectivity).type
    data = {"title": "Essai", "type": kind.pk, "office": foreign.pk}
    response = officer.client.post(reverse("typology:action_create"), data)
    assert "office" in response.context["form"].errors
    assert foreign.name not in text_of(response)


# The API ---------------------------------------------------------------------------------


def test_the_api_gives_members_the_costs_and_networks_neither_cost_nor_host(officer, network, collectivity):
    host = StakeholderFactory(collectivity=collectivity, name="Maison hôte secrète")
    hidden = TerritoryFactory(collectivity=collectivity, name="Territoire interne")
    office = OfficeFactory(collectivity=collectivity, visibility="network", host=host, territory=hidden)
    OfficeFactory(collectivity=collectivity, name="Interne")
    OfficeCostFactory(office=office, collectivity=collectivity, year=2025, amount=77000)
    own = officer.client.get(f"/api/v1/bureaux/{office.pk}/").json()
    assert own["costs"] == [{"year": 2025, "amount": "77000.00"}]
    assert (own["cost_total"], own["host"], own["action_count"]) == ("77000.00", host.pk, 0)
    answer = network.client.get("/api/v1/bureaux/")
    assert [row["name"] for row in answer.json()["results"]] == [office.name]
    assert answer.json()["results"][0]["territory"]["name"] is None
    for secret in ("77000", "secrète", "cost", "host", "Territoire interne"):
        assert secret not in answer.content.decode()
    for query in ("q=secrète", "q=Territoire+interne"):
        assert network.client.get(f"/api/v1/bureaux/?{query}").json()["count"] == 0
    assert officer.client.get("/api/v1/bureaux/?q=secrète").json()["count"] == 1


def test_the_api_list_costs_the_same_with_1_and_30_offices(officer, collectivity, django_assert_num_queries):
    def office(year: int) -> None:
        OfficeCostFactory(collectivity=collectivity, year=year)

    office(2000)
    with CaptureQueriesContext(connection) as queries:
        officer.client.get("/api/v1/bureaux/")
        count = len(queries)
    for year in range(2001, 2030):
        office(year)
    with django_assert_num_queries(count):
        assert officer.client.get("/api/v1/bureaux/").json()["count"] == 30
