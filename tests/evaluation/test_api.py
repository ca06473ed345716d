"""Actions, measures and indicators in the API: same filters as pages, networks see shared rows and listed fields."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import InternalService
from tests.factories import (
    ActionFactory,
    BudgetLineFactory,
    IndicatorUseFactory,
    MeasureFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from typology.models import ActionType

ACTIONS = "/api/v1/actions/"
MEASURES = "/api/v1/mesures/"
INDICATORS = "/api/v1/indicateurs/"


def rows(response) -> list[dict]:
    assert response.status_code == 200, response.content[:300]
    return response.json()["results"]


def test_a_member_reads_actions_with_their_names_and_deduced_category(elected, stranger):
    c = elected.collectivity
    action = ActionFactory(
        collectivity=c,
        territory=TerritoryFactory(collectivity=c, name="Sfax"),
        type=ActionType.objects.get(code="compagnonnages"),
    )
    BudgetLineFactory(collectivity=c, action=action, planned="1234.50")
    IndicatorUseFactory(collectivity=c, action=action)
    ActionFactory(collectivity=stranger.collectivity)
    (row,) = rows(elected.client.get(ACTIONS))
    assert (row["category"], row["type"]) == ("cooperation", "compagnonnages")
    assert row["territory"] == {"id": action.territory_id, "name": "Sfax", "country": "tn"}
    assert (row["planned_total"], row["indicator_count"]) == ("1234.50", 1)
    assert elected.client.get(f"{ACTIONS}{action.pk}/").json() == row


def test_a_network_sees_shared_actions_and_listed_fields_only(network):
    c = network.collectivity
    ActionFactory(collectivity=c, title="Interne")
    shared = ActionFactory(
        collectivity=c,
        title="Partagée",
        visibility="network",
        source="note interne",
        gate_override_reason="motif interne",
        territory=TerritoryFactory(collectivity=c, name="Territoire interne"),
    )
    shared.stakeholders.add(StakeholderFactory(collectivity=c, name="Entreprise citée"))
    BudgetLineFactory(collectivity=c, action=shared, planned=98765)
    response = network.client.get(ACTIONS)
    assert [row["title"] for row in rows(response)] == ["Partagée"]
    text = response.content.decode()
    for secret in ("note interne", "motif interne", "Territoire interne", "Entreprise citée", "98765"):
        assert secret not in text
    assert rows(response)[0]["territory"] == {"id": None, "name": None, "country": "tn"}


@pytest.mark.parametrize(
    "hidden", [{}, {"visibility": "public", "deleted_at": timezone.now()}], ids=["internal", "deleted"]
)
def test_a_network_cannot_guess_a_hidden_territory_by_searching(hidden, network, elected):
    c = network.collectivity
    place = TerritoryFactory(collectivity=c, name="Canariville", **hidden)
    ActionFactory(collectivity=c, title="Partagée", visibility="network", territory=place)
    MeasureFactory(collectivity=c, visibility="network", state="validated", territory=place)
    assert len(rows(elected.client.get(ACTIONS, {"q": "canariville"}))) == 1
    assert rows(network.client.get(ACTIONS, {"q": "canariville"})) == []
    assert rows(network.client.get(MEASURES, {"q": "canariville"})) == []
    for address in (ACTIONS, MEASURES):
        (row,) = rows(network.client.get(address))
        assert row["territory"] == {"id": None, "name": None, "country": "tn"}
        assert network.client.get(address, {"territory": place.pk}).status_code == 400


def test_a_network_cannot_guess_the_service_behind_a_shared_action(network, elected):
    lead = InternalService.objects.current().first()
    ActionFactory(collectivity=network.collectivity, title="Menée", visibility="network", lead_service=lead)
    ActionFactory(collectivity=network.collectivity, title="Autre", visibility="network")
    query = {"service": lead.code}
    assert [row["title"] for row in rows(elected.client.get(ACTIONS, query))] == ["Menée"]
    assert {row["title"] for row in rows(network.client.get(ACTIONS, query))} == {"Menée", "Autre"}


def test_a_network_searches_what_it_can_read(network):
    place = TerritoryFactory(collectivity=network.collectivity, name="Sfax", visibility="public")
    ActionFactory(collectivity=network.collectivity, title="Mission", visibility="network", territory=place)
    for query in ({"q": "sfax"}, {"q": "mission"}, {"territory": place.pk}):
        assert len(rows(network.client.get(ACTIONS, query))) == 1
        assert rows(network.client.get(ACTIONS, query | {"status": "suspendue"})) == []


def test_a_network_reads_the_territory_that_is_shared_too(network):
    place = TerritoryFactory(collectivity=network.collectivity, name="Sfax", visibility="public")
    ActionFactory(collectivity=network.collectivity, visibility="network", territory=place)
    assert rows(network.client.get(ACTIONS))[0]["territory"]["name"] == "Sfax"


def test_a_network_sees_validated_shared_measures_only_and_never_who_typed_them(network, officer):
    c = network.collectivity
    inner = ActionFactory(collectivity=c, title="Action interne")
    MeasureFactory(collectivity=c, visibility="network", year=2024)
    MeasureFactory(collectivity=c, state="validated", year=2023)
    MeasureFactory(
        collectivity=c,
        state="validated",
        visibility="network",
        year=2025,
        author=officer.user,
        note="remarque",
        action=inner,
    )
    response = network.client.get(MEASURES)
    (row,) = rows(response)
    assert row["year"] == 2025
    assert row["action"] is None
    for secret in ("author", "note", "Action interne", "Poste officer"):
        assert secret not in response.content.decode()


@pytest.mark.parametrize(
    ("address", "query", "kept"),
    [
        (ACTIONS, {"category": "cooperation"}, 1),
        (ACTIONS, {"category": "promotion"}, 0),
        (ACTIONS, {"year": 2026}, 1),
        (ACTIONS, {"q": "Choisie"}, 1),
        (MEASURES, {"indicator": "f1-rendez-vous", "year": 2026}, 1),
        (MEASURES, {"state": "validated"}, 0),
        (INDICATORS, {"access": "3", "relevance": "5"}, 3),
        (INDICATORS, {"table": "internationalisation"}, 11),
        (INDICATORS, {"table": "internationalisation", "hidden": "true"}, 12),
    ],
)
def test_the_filters_of_the_api_are_those_of_the_pages(address, query, kept, elected):
    kind = ActionType.objects.get(code="compagnonnages")
    ActionFactory(collectivity=elected.collectivity, title="Choisie", type=kind, starts="2026-01-01", ends="2026-02-01")
    MeasureFactory(collectivity=elected.collectivity)
    assert len(rows(elected.client.get(address, query))) == kept


@pytest.mark.parametrize("query", ["category=zz", "territory=abc", "year=99999", "type=%00", "q=%00", "status=adoptee"])
def test_an_unreadable_filter_answers_400(query, elected):
    assert elected.client.get(f"{ACTIONS}?{query}").status_code == 400


def test_a_territory_of_another_collectivite_is_an_unknown_choice(elected, stranger):
    foreign = TerritoryFactory(collectivity=stranger.collectivity)
    answers = [elected.client.get(ACTIONS, {"territory": pk}) for pk in (foreign.pk, foreign.pk + 999)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_indicators_are_reference_data_for_every_member_and_network(client, network, elected):
    assert client.get(INDICATORS).status_code == 403
    assert len(rows(network.client.get(INDICATORS))) == 38
    detail = elected.client.get(f"{INDICATORS}transferts-financiers/").json()
    assert (detail["access_printed"], detail["relevance_printed"]) == ("2", "2,5")
    assert elected.client.get(f"{INDICATORS}reconduites-frontiere/").status_code == 200
    assert elected.client.get(f"{INDICATORS}licorne/").status_code == 404
    assert elected.client.get(f"{INDICATORS}?q=%00").status_code == 400


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", [ACTIONS, MEASURES])
def test_api_lists_take_the_same_queries_for_1_and_30_rows(address, elected):
    c = elected.collectivity

    def add() -> None:
        action = ActionFactory(collectivity=c, territory=TerritoryFactory(collectivity=c))
        BudgetLineFactory(collectivity=c, action=action)
        MeasureFactory(collectivity=c, action=action, territory=action.territory)

    add()
    one = queries_of(elected.client, address)
    for _ in range(29):
        add()
    assert queries_of(elected.client, address) == one
    assert one <= 7
