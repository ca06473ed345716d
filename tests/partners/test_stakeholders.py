"""The card of a stakeholder: where it is, whom to write to, what it signed, whom it hosts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import AgreementParty, Country, Stakeholder, StakeholderType
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    ContactFactory,
    FirmFactory,
    OfficeFactory,
    StakeholderFactory,
    TerritoryFactory,
)

LIST = "/partenaires/acteurs/"


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


def rows_of(response) -> str:
    page = text_of(response)
    return page[page.index("<tbody") :] if "<tbody" in page else ""


@pytest.fixture
def sfax(officer):
    return TerritoryFactory(collectivity=officer.collectivity, name="Sfax")


def test_the_card_gathers_contacts_agreements_actions_and_hosted_offices(officer, sfax):
    mine = {"collectivity": officer.collectivity}
    chamber = StakeholderFactory(name="Chambre de commerce", **mine)
    ContactFactory(stakeholder=chamber, name="Direction du commerce extérieur", phone="+216 74 000 000", **mine)
    ends = timezone.localdate() + timedelta(days=900)
    agreement = AgreementFactory(
        territory=sfax, title="Convention à trois", transmitted_on=ends - timedelta(days=1000), ends=ends, **mine
    )
    AgreementParty.objects.create(agreement=agreement, stakeholder=chamber, **mine)
    AgreementFactory(territory=sfax, title="Convention sans elle", **mine)
    action = ActionFactory(title="Salon des composites", **mine)
    action.stakeholders.add(chamber)
    OfficeFactory(name="Antenne de Sfax", host=chamber, **mine)
    page = text_of(officer.client.get(chamber.get_absolute_url()))
    for words in (
        "Direction du commerce extérieur",
        "+216 74 000 000",
        "Convention à trois",
        "En vigueur",
        "Salon des composites",
        "Antenne de Sfax",
    ):
        assert words in page
    assert "Convention sans elle" not in page
    assert f"contacts/nouveau/?stakeholder={chamber.pk}" in page


def test_the_card_takes_the_same_number_of_queries_whatever_hangs_on_it(officer, sfax):
    mine = {"collectivity": officer.collectivity}
    chamber = StakeholderFactory(**mine)

    def grow(count: int) -> int:
        for _ in range(count):
            ContactFactory(stakeholder=chamber, **mine)
            agreement = AgreementFactory(territory=sfax, **mine)
            AgreementParty.objects.create(agreement=agreement, stakeholder=chamber, **mine)
            ActionFactory(**mine).stakeholders.add(chamber)
            OfficeFactory(host=chamber, **mine)
        with CaptureQueriesContext(connection) as queries:
            assert officer.client.get(chamber.get_absolute_url()).status_code == 200
        return len(queries)

    assert grow(1) == grow(9)


def test_the_list_takes_the_same_number_of_queries_for_1_and_30_firms_on_both_sides(officer, sfax):
    def grow(count: int) -> int:
        for _ in range(count):
            FirmFactory(collectivity=officer.collectivity, siren="732829320").territories.add(sfax)
        with CaptureQueriesContext(connection) as queries:
            assert officer.client.get(LIST).status_code == 200
        return len(queries)

    assert grow(1) == grow(29) <= 12


def test_at_home_and_abroad_are_told_by_the_type_the_siren_and_the_places(officer, sfax):
    mine = {"collectivity": officer.collectivity}
    own = TerritoryFactory(name="Valmarée", is_own=True, country=Country.objects.get(code="fr"), **mine)
    cluster = StakeholderFactory(name="Pôle d’ici", **mine)
    cluster_there = StakeholderFactory(name="Pôle présent là-bas", **mine)
    cluster_there.territories.add(sfax)
    firm = FirmFactory(name="Entreprise sans autre précision", **mine)
    exporter = FirmFactory(name="Exportateur", siren="732829320", **mine)
    exporter.territories.add(sfax)
    settled = FirmFactory(name="Entreprise des deux côtés", **mine)
    settled.territories.add(sfax, own)
    foreign_firm = FirmFactory(name="Entreprise de là-bas", **mine)
    foreign_firm.territories.add(sfax)
    foreign_type = StakeholderType.objects.filter(family="etranger").first()
    partner = StakeholderFactory(name="Partenaire de là-bas", type=foreign_type, **mine)
    everybody = {cluster, cluster_there, firm, exporter, settled, foreign_firm, partner}
    for where, expected in (
        ("ici", {cluster, cluster_there, firm, exporter, settled}),
        ("etranger", {cluster_there, exporter, settled, foreign_firm, partner}),
    ):
        shown = rows_of(officer.client.get(LIST, {"place": where}))
        assert {row for row in everybody if f">{row.name}</a>" in shown} == expected
    for row, words in (
        (exporter, ", en France et à l’étranger"),
        (cluster, ", en France"),
        (partner, ", à l’étranger"),
    ):
        assert f"{words}</p>" in text_of(officer.client.get(row.get_absolute_url()))


def test_a_stakeholder_present_in_several_countries_is_listed_and_counted_once(officer, sfax):
    mine = {"collectivity": officer.collectivity}
    both = StakeholderFactory(name="Un pôle", **mine)
    both.territories.add(sfax, TerritoryFactory(**mine))
    page = text_of(officer.client.get(LIST, {"place": "etranger"}))
    assert page.count(f'href="{both.get_absolute_url()}"') == 1 and "1 partie prenante<" in page


def test_the_list_is_filtered_by_territory_and_by_firms(officer, sfax):
    mine = {"collectivity": officer.collectivity}
    firm = FirmFactory(name="Ateliers navals", **mine)
    firm.territories.add(sfax)
    StakeholderFactory(name="Université du golfe", **mine)
    for query in ({"territory": sfax.pk}, {"type": "entreprise"}):
        shown = rows_of(officer.client.get(LIST, query))
        assert "Ateliers navals" in shown and "Université du golfe" not in shown
    assert "1 entreprise" in text_of(officer.client.get(LIST))


def test_a_territory_of_another_collectivite_is_no_choice_of_the_filter(officer, other_collectivity):
    foreign = TerritoryFactory(collectivity=other_collectivity, name="Ailleurs")
    page = text_of(officer.client.get(LIST, {"territory": foreign.pk}))
    assert "Ailleurs" not in page and "Filtre illisible" in page


def test_the_api_tells_members_where_a_stakeholder_is_and_networks_may_not_even_filter_by_it(officer, network, sfax):
    firm = FirmFactory(collectivity=officer.collectivity, siren="732829320", visibility="network")
    firm.territories.add(sfax)
    row = officer.client.get("/api/v1/acteurs/", {"place": "etranger"}).json()["results"][0]
    assert (row["is_home"], row["is_abroad"], row["group"], row["naf"]) == (True, True, None, None)
    elsewhere = TerritoryFactory(collectivity=officer.collectivity)
    for query in ({}, {"territory": elsewhere.pk}, {"place": "ici"}):
        shown = network.client.get("/api/v1/acteurs/", query).json()["results"]
        assert [one["id"] for one in shown] == [firm.pk], "a filter would tell what is hidden"
        assert not {"siren", "is_abroad", "territories", "group", "naf"} & shown[0].keys()


def test_the_export_gives_the_group_and_the_section_of_a_firm(officer):
    from partners.models import FirmGroup, NafSection

    mine = {"collectivity": officer.collectivity}
    group = FirmGroup.objects.create(name="Groupe du golfe", **mine)
    FirmFactory(group=group, naf=NafSection.objects.get(code="naf-2025-v"), **mine)
    text = b"".join(officer.client.get(f"{LIST}export.csv")).decode()
    assert "Groupe du golfe" in text and ";V;NAF 2025;" in text
    assert Stakeholder.objects.count() == 1
