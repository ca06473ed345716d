"""The partners' registers in the API: same rows and filters as the pages, an allow-list for networks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import AgreementFactory, StakeholderFactory, TerritoryFactory

FACTORIES = {"territoires": TerritoryFactory, "accords": AgreementFactory, "acteurs": StakeholderFactory}
each_endpoint = pytest.mark.parametrize("endpoint", FACTORIES)
# Never for a network: personal data may hide there, or they are nobody else's business.
KEPT = {"note", "source", "nature", "ref", "amount", "siren", "assumed", "collectivity", "territories"}


def rows(actor, endpoint: str, **query) -> list[dict]:
    answer = actor.client.get(f"/api/v1/{endpoint}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@each_endpoint
def test_a_member_reads_list_and_detail_of_live_rows_of_the_collectivity_only(endpoint, elected, other_collectivity):
    make = FACTORIES[endpoint]
    mine = make(collectivity=elected.collectivity, source="Délibération du conseil")
    make(collectivity=elected.collectivity, deleted_at=timezone.now())
    foreign = make(collectivity=other_collectivity, visibility="public")
    (row,) = rows(elected, endpoint)
    assert row["id"] == mine.pk and row["source"] == "Délibération du conseil"
    assert elected.client.get(f"/api/v1/{endpoint}/{mine.pk}/").json() == row
    assert elected.client.get(f"/api/v1/{endpoint}/{foreign.pk}/").status_code == 404


@each_endpoint
def test_a_network_sees_shared_rows_only_and_allow_listed_fields(endpoint, network):
    make = FACTORIES[endpoint]
    internal = make(collectivity=network.collectivity)
    shared = make(collectivity=network.collectivity, visibility="network", source="secret")
    public = make(collectivity=network.collectivity, visibility="public")
    found = rows(network, endpoint)
    assert {row["id"] for row in found} == {shared.pk, public.pk}
    assert not KEPT & set(found[0])
    assert network.client.get(f"/api/v1/{endpoint}/{internal.pk}/").status_code == 404


def test_a_shared_agreement_does_not_name_a_territory_that_is_not_shared(network):
    territory = TerritoryFactory(collectivity=network.collectivity, name="Prospect discret")
    agreement = AgreementFactory(collectivity=network.collectivity, territory=territory, visibility="network")
    (row,) = rows(network, "accords")
    assert row["territory"] == {"id": None, "name": None, "country": "tn"}
    territory.visibility = "public"
    territory.save()
    assert network.client.get(f"/api/v1/accords/{agreement.pk}/").json()["territory"]["name"] == "Prospect discret"


@pytest.mark.parametrize(
    "hidden", [{}, {"visibility": "public", "deleted_at": timezone.now()}], ids=["internal", "deleted"]
)
def test_a_network_cannot_guess_a_hidden_territory_by_searching_agreements(hidden, network, elected):
    c = network.collectivity
    place = TerritoryFactory(collectivity=c, name="Canariville", **hidden)
    AgreementFactory(collectivity=c, territory=place, title="Convention", visibility="network")
    assert len(rows(elected, "accords", q="canariville")) == 1
    assert rows(network, "accords", q="canariville") == []
    (row,) = rows(network, "accords", q="convention")
    assert row["territory"] == {"id": None, "name": None, "country": "tn"}


def test_a_network_finds_an_agreement_by_its_shared_territory(network):
    place = TerritoryFactory(collectivity=network.collectivity, name="Sfax", visibility="network")
    AgreementFactory(collectivity=network.collectivity, territory=place, visibility="network")
    assert len(rows(network, "accords", q="sfax")) == 1


def test_the_order_of_shared_agreements_tells_nothing_of_hidden_names(network):
    c = network.collectivity
    expected = []
    for name, day in (("Zanzibar", 3), ("Canariville", 2), ("Mopti", 1)):
        place = TerritoryFactory(collectivity=c, name=name)
        row = AgreementFactory(collectivity=c, territory=place, visibility="network", starts=date(2025, 1, day))
        expected.append(row.pk)
    assert [row["id"] for row in rows(network, "accords")] == expected


def test_a_network_cannot_guess_notes_by_searching(network):
    StakeholderFactory(collectivity=network.collectivity, visibility="public", name="Pôle", note="confidentiel")
    assert rows(network, "acteurs", q="confidentiel") == []
    assert len(rows(network, "acteurs", q="pôle")) == 1


def test_the_status_is_computed_and_explained(officer):
    AgreementFactory(collectivity=officer.collectivity, deliberation_on=date(2024, 1, 2))
    (row,) = rows(officer, "accords", status="delibere")
    assert row["status"] == "delibere" and "non transmis" in row["status_reason"]
    assert row["amount"] == "10000.00" and row["in_force_from"] is None
    assert rows(officer, "accords", status="expire") == []


@each_endpoint
def test_a_list_takes_the_same_number_of_queries_for_1_and_30_rows(endpoint, officer):
    FACTORIES[endpoint](collectivity=officer.collectivity)
    with CaptureQueriesContext(connection) as first:
        rows(officer, endpoint)
    for _ in range(29):
        FACTORIES[endpoint](collectivity=officer.collectivity)
    with CaptureQueriesContext(connection) as second:
        assert len(rows(officer, endpoint)) == 30
    assert len(first) == len(second) <= 8


@each_endpoint
@pytest.mark.parametrize("query", ["visibility=nope", "q=%00", "q=" + "x" * 2000, "page=0", "page=zzz"])
def test_an_unreadable_address_is_a_client_error(endpoint, query, officer):
    FACTORIES[endpoint](collectivity=officer.collectivity)
    assert officer.client.get(f"/api/v1/{endpoint}/?{query}").status_code in (400, 404)


@each_endpoint
def test_nobody_writes_through_the_api(endpoint, admin):
    row = FACTORIES[endpoint](collectivity=admin.collectivity)
    assert admin.client.post(f"/api/v1/{endpoint}/", {}, content_type="application/json").status_code == 405
    assert admin.client.delete(f"/api/v1/{endpoint}/{row.pk}/").status_code == 405
