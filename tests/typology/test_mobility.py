"""Mobility of young people (SYS-41): its register, its totals, and the two indicators that it feeds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Change
from partners.models import Country, EconomicField
from tests.factories import ActionFactory, MobilityFactory, StakeholderFactory, TerritoryFactory
from typology import counts, youth_mobility
from typology.models import Mobility

LIST = "/actions/mobilites/"
TODAY = timezone.localdate()


def text_of(response) -> str:
    """What the page says, no-break spaces read as spaces."""
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def action(collectivity):
    return ActionFactory(collectivity=collectivity, title="Plateforme de mobilité")


@pytest.fixture
def data(action):
    country = Country.objects.get(code="de")
    return {
        "action": action.pk, "label": "Promotion de printemps", "kind": "stage", "direction": "envoi", "young": "12",
        "country": country.pk, "starts": "2026-02-01", "ends": "2026-04-30", "employed": "",
    }  # fmt: skip


# Acceptance -------------------------------------------------------------------------------


def test_sys_41_a_mobility_record_counts_in_youth_mobility_and_later_in_employment_afterwards(economic, action, data):
    assert counts.counts_of(action) == {}
    economic.client.post(f"{LIST}nouvelle/", data)
    assert counts.counts_of(action) == {"mobilite-jeunes": Decimal(12)}
    mobility = Mobility.objects.get()
    economic.client.post(reverse("typology:mobility_edit", args=[mobility.pk]), data | {"employed": "9"})
    assert counts.counts_of(action) == {"mobilite-jeunes": Decimal(12), "emploi-retour-mobilite": Decimal("75.0")}


def test_the_two_indicators_exist_under_these_codes(db):
    from evaluation.models import Indicator

    units = dict(Indicator.objects.values_list("code", "unit"))
    assert units["mobilite-jeunes"] == "jeunes"
    assert units["emploi-retour-mobilite"] == "%"


# Totals -----------------------------------------------------------------------------------


def test_returns_that_nobody_knows_weigh_neither_for_nor_against(collectivity, action):
    mine = {"collectivity": collectivity, "action": action}
    MobilityFactory(young=10, employed=None, **mine)
    MobilityFactory(young=7, employed=0, direction="accueil", **mine)
    MobilityFactory(young=8, employed=5, **mine)
    found = youth_mobility.totals(Mobility.objects.for_collectivity(collectivity))
    assert (found.young, found.sent, found.hosted) == (25, 18, 7)
    assert (found.asked, found.employed, found.rate) == (15, 5, Decimal("33.3"))


def test_nothing_known_is_missing_and_never_zero(officer, collectivity, action):
    nothing = youth_mobility.totals(Mobility.objects.for_collectivity(collectivity))
    assert (nothing.young, nothing.rate) == (None, None)
    MobilityFactory(collectivity=collectivity, action=action, employed=None)
    page = text_of(officer.client.get(LIST))
    assert "aucun retour n’est encore connu" in page
    assert "0 %" not in page
    MobilityFactory(collectivity=collectivity, action=action, employed=0)
    assert "<b>0 %</b>" in text_of(officer.client.get(LIST))


# Register ---------------------------------------------------------------------------------


def test_a_mobility_is_consigned_from_an_action_and_comes_back_to_it(economic, collectivity, action, data):
    tab = reverse("typology:action_firms", args=[action.pk])
    create = f"{LIST}nouvelle/?action={action.pk}"
    assert create in text_of(economic.client.get(tab))
    assert f'<option value="{action.pk}" selected>' in text_of(economic.client.get(create))
    partner = StakeholderFactory(collectivity=collectivity)
    response = economic.client.post(create, data | {"partners": [partner.pk], "is_priority_zone": "on"})
    assert response["Location"] == f"{tab}#mobilites"
    assert list(Mobility.objects.get().partners.all()) == [partner]
    page = text_of(economic.client.get(tab))
    assert "Promotion de printemps" in page
    assert "zone prioritaire" in page


def test_a_mobility_is_edited_and_removed_with_its_history(economic, collectivity, action, data):
    mobility = MobilityFactory(collectivity=collectivity, action=action)
    economic.client.post(reverse("typology:mobility_edit", args=[mobility.pk]), data)
    mobility.refresh_from_db()
    assert (mobility.young, mobility.employed) == (12, None)
    economic.client.post(reverse("typology:mobility_delete", args=[mobility.pk]))
    assert not Mobility.objects.exists()
    verbs = Change.objects.filter(model="typology.mobility").values_list("verb", flat=True)
    assert set(verbs) == {"updated", "deleted"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"young": "0"}, "Trop petit"),
        ({"young": "-3"}, "Trop petit"),
        ({"young": "99999999999999999999"}, "Trop grand"),
        ({"young": ""}, "À remplir"),
        ({"employed": "13"}, "Plus de jeunes en emploi que de jeunes"),
        ({"employed": "-1"}, "négatif"),
        ({"ends": "2026-01-31"}, "La fin précède le début"),
        ({"starts": "2099-01-01", "ends": ""}, "trop lointaine"),
        ({"starts": "1066-01-01"}, "ne convient pas"),
        ({"ends": f"{TODAY + timedelta(days=3)}", "employed": "4"}, "Personne n’est encore de retour"),
        ({"label": "\x00"}, "nul"),
    ],
)
def test_a_mobility_that_cannot_be_is_refused_with_its_reason(economic, data, wrong, said):
    response = economic.client.post(f"{LIST}nouvelle/", data | wrong)
    assert response.status_code == 200
    assert said in text_of(response)
    assert not Mobility.objects.exists()


def test_the_country_is_that_of_the_territory(economic, collectivity, data):
    territory = TerritoryFactory(collectivity=collectivity, name="Sfax")
    response = economic.client.post(f"{LIST}nouvelle/", data | {"territory": territory.pk})
    assert "« Sfax » est ailleurs : Tunisie" in text_of(response)
    assert not Mobility.objects.exists()


def test_an_action_or_a_partner_of_another_collectivite_is_refused(economic, stranger, data):
    action = ActionFactory(collectivity=stranger.collectivity, title="Action étrangère")
    partner = StakeholderFactory(collectivity=stranger.collectivity)
    for wrong in ({"action": action.pk}, {"partners": [partner.pk]}):
        response = economic.client.post(f"{LIST}nouvelle/", data | wrong)
        assert response.status_code == 200
        assert "Action étrangère" not in text_of(response)
    assert not Mobility.objects.exists()
    assert economic.client.get(f"{LIST}nouvelle/?action={action.pk}").status_code == 200


def test_the_list_filters_and_its_export_does_too(officer, collectivity, action):
    mine = {"collectivity": collectivity, "action": action}
    MobilityFactory(label="Allemagne", is_priority_zone=True, **mine)
    tunisia = Country.objects.get(code="tn")
    MobilityFactory(label="Tunisie", country=tunisia, direction="accueil", kind="vie", starts=date(2025, 9, 1), **mine)
    MobilityFactory(label="Sans date", starts=None, **mine)
    gone = ActionFactory(collectivity=collectivity, deleted_at=timezone.now())
    MobilityFactory(label="Action supprimée", collectivity=collectivity, action=gone)

    def names(query: str) -> set[str]:
        return {row.label for row in officer.client.get(f"{LIST}?{query}").context["page"]}

    assert names("") == {"Allemagne", "Tunisie", "Sans date"}
    assert names("year=2026") == {"Allemagne"}
    assert names("direction=accueil") == names("kind=vie") == names("country=tn") == names("year=2025") == {"Tunisie"}
    assert names("priority=oui") == {"Allemagne"}
    assert names("q=allem") == {"Allemagne"}
    assert names(f"field={EconomicField.objects.current()[0].code}") == set()
    assert officer.client.get(f"{LIST}?country=tn").context["totals"].young == 10
    lines = officer.client.get(f"{LIST}export.csv?country=tn").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Tunisie;Plateforme de mobilité;")


@pytest.mark.parametrize("address", [LIST, f"{LIST}export.csv", "/actions/{action}/entreprises/"])
def test_pages_cost_the_same_with_1_and_30_mobilities(
    officer, collectivity, action, address, django_assert_num_queries
):
    url = address.format(action=action.pk)

    def mobility(number: int) -> None:
        row = MobilityFactory(
            collectivity=collectivity, action=action, territory=TerritoryFactory(collectivity=collectivity)
        )
        row.partners.add(StakeholderFactory(collectivity=collectivity))

    mobility(0)
    with CaptureQueriesContext(connection) as queries:
        answer = officer.client.get(url)
        answer.getvalue() if answer.streaming else None
        count = len(queries)
    for number in range(29):
        mobility(number)
    with django_assert_num_queries(count):
        answer = officer.client.get(url)
        answer.getvalue() if answer.streaming else None
