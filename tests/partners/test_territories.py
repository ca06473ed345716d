"""Territories: their names, their links, the dated lists of their country, and everything on one page."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.enums import IndicatorTable
from evaluation.models import Indicator
from partners import card, country_lists
from partners.enums import CountryList
from partners.models import AgreementParty, Country, CountryGroup, FormerName, TerritorialLevel, Territory
from partners.models.contacts import Contact
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    MeasureFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from typology.models import Office

NEW = "/partenaires/territoires/nouveau/"


def values(**more) -> dict[str, str]:
    country, level = Country.objects.get(code="tn"), TerritorialLevel.objects.get(code="commune")
    return {"name": "Sfax", "country": country.pk, "level": level.pk, "visibility": "internal"} | more


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


def found(actor, words: str) -> list[str]:
    return [row.name for row in Territory.objects.for_collectivity(actor.collectivity).matching(words)]


# Names -----------------------------------------------------------------------------------


def test_a_renamed_territory_keeps_its_old_name_and_is_still_found_by_it(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Saïgon")
    officer.client.post(f"{territory.get_absolute_url()}modifier/", values(name="Hô Chi Minh-Ville"))
    former = FormerName.objects.get(territory=territory)
    assert (former.name, former.until) == ("Saïgon", timezone.localdate())
    assert found(officer, "saïgon") == ["Hô Chi Minh-Ville"]
    page = text_of(officer.client.get(territory.get_absolute_url()))
    assert "anciennement" in page and "Saïgon" in page


def test_a_territory_that_takes_its_old_name_again_has_no_former_name(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    address = f"{territory.get_absolute_url()}modifier/"
    officer.client.post(address, values(name="Sfax ville"))
    officer.client.post(address, values(name="Sfax"))
    assert [row.name for row in FormerName.objects.filter(territory=territory)] == ["Sfax ville"]


def test_a_save_that_changes_no_name_writes_no_former_name(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    officer.client.post(f"{territory.get_absolute_url()}modifier/", values(note="Une remarque"))
    officer.client.post(f"{territory.get_absolute_url()}modifier/", values(name=""))  # refused
    assert not FormerName.objects.exists()


def test_search_reads_every_name_and_gives_each_territory_once(officer):
    territory = TerritoryFactory(
        collectivity=officer.collectivity, name="Gênes", name_en="Genoa", name_local="Genova", country=country("it")
    )
    for name in ("Genua", "Gêna", "Genova la Superba"):
        FormerName.objects.create(
            territory=territory, name=name, until=date(2020, 1, 1), collectivity=officer.collectivity
        )
    for words in ("gênes", "genoa", "genova", "genua", "italie", "gen"):
        assert found(officer, words) == ["Gênes"], words
    assert found(officer, "sfax") == []


def test_a_former_name_of_another_collectivite_is_never_searched(officer, stranger):
    territory = TerritoryFactory(collectivity=stranger.collectivity, name="Ailleurs")
    FormerName.objects.create(
        territory=territory, name="Canari", until=date(2020, 1, 1), collectivity=stranger.collectivity
    )
    assert found(officer, "canari") == []


def country(code: str) -> Country:
    return Country.objects.get(code=code)


# What the form refuses -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"latitude": "91", "longitude": "10"}, "90"),
        ({"latitude": "34", "longitude": "181"}, "180"),
        ({"latitude": "34"}, "latitude et la longitude ensemble"),
        ({"longitude": "10"}, "latitude et la longitude ensemble"),
        ({"latitude": "nord", "longitude": "10"}, "pas un nombre"),
        ({"country": "999999"}, "n’existe pas"),
        ({"country": ""}, "À remplir"),
        ({"population": "-3"}, "ne peut pas être négatif"),
        ({"links": "https://www.sfax.tn\nsfax"}, "Ligne 2"),
        ({"links": "javascript:alert(1)"}, "Ligne 1"),
        ({"links": "ftp://sfax.tn"}, "Ligne 1"),
        ({"wikidata": "178916"}, "Wikidata"),
        ({"name": "a\x00b"}, "nul"),
        ({"name": "x" * 161}, "160"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(sent, words, officer):
    page = text_of(officer.client.post(NEW, values(**sent)))
    assert "À corriger avant d’enregistrer" in page and words in page
    assert not Territory.objects.exists()


def test_a_partner_in_france_is_refused_with_what_to_do(officer):
    page = text_of(officer.client.post(NEW, values(country=country("fr").pk)))
    assert "Un territoire partenaire est à l’étranger" in page and "partie prenante" in page
    assert not Territory.objects.exists()


@pytest.mark.parametrize("name", ["Sfax 🚀", "‮صفاقس", "<script>alert(1)</script>", "L’Île-d’Anticosti & Cie"])
def test_any_writing_is_kept_as_it_is_and_shown_as_text(name, officer):
    officer.client.post(NEW, values(name=name))
    territory = Territory.objects.get()
    assert territory.name == name
    assert "<script>alert" not in officer.client.get(territory.get_absolute_url()).content.decode()


def test_links_are_kept_one_by_line_and_shown_as_links(officer):
    officer.client.post(NEW, values(links=" https://www.sfax.tn \n\n http://jumelage.example/sfax\n"))
    territory = Territory.objects.get()
    assert territory.links == "https://www.sfax.tn\nhttp://jumelage.example/sfax"
    assert 'href="http://jumelage.example/sfax"' in text_of(officer.client.get(territory.get_absolute_url()))


def test_only_addresses_of_the_web_become_links(officer):
    territory = TerritoryFactory(
        collectivity=officer.collectivity, links="javascript:alert(1)\nHTTPS://a.example\ndata:text/html,x"
    )
    assert territory.link_list == ["HTTPS://a.example"]
    assert 'href="javascript' not in text_of(officer.client.get(territory.get_absolute_url()))


# Dated lists of countries ----------------------------------------------------------------


@pytest.mark.django_db
def test_the_list_of_aid_recipients_has_its_four_groups_and_141_members():
    rows = CountryGroup.objects.filter(list=CountryList.DAC, valid_from__lte=date(2025, 6, 1))
    members = rows.filter(valid_until__gte=date(2025, 6, 1))
    sizes = {label: members.filter(label=label).count() for label in members.values_list("label", flat=True)}
    assert sizes == {
        "Pays moins avancé": 44,
        "Autre pays à faible revenu": 2,
        "Revenu intermédiaire, tranche inférieure": 36,
        "Revenu intermédiaire, tranche supérieure": 59,
    }


@pytest.mark.django_db
def test_a_country_has_one_group_of_a_list_on_any_day():
    for list_name in CountryList:
        for day in (date(2024, 6, 1), date(2025, 6, 1), date(2025, 12, 1), date(2026, 6, 1)):
            rows = CountryGroup.objects.filter(list=list_name, valid_from__lte=day, valid_until__gte=day)
            codes = list(rows.values_list("country__code", flat=True))
            assert len(codes) == len(set(codes)), (list_name, day)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "on", "group"),
    [
        ("sn", date(2025, 1, 1), "Pays moins avancé"),
        ("tn", date(2025, 1, 1), "Revenu intermédiaire, tranche inférieure"),
        ("st", date(2024, 12, 31), "Pays moins avancé"),
        ("st", date(2025, 1, 1), "Revenu intermédiaire, tranche inférieure"),
        ("de", date(2025, 1, 1), country_lists.ABSENT),
    ],
)
def test_the_group_of_a_country_is_that_of_the_day(code, on, group):
    placing = next(row for row in country_lists.placings(country(code), on) if "CAD" in row.list)
    assert placing.group == group and "OCDE" in placing.source
    assert placing.period.endswith("décembre 2024" if (code, on.year) == ("st", 2024) else "décembre 2025")


@pytest.mark.django_db
def test_an_edition_that_is_over_says_so_and_nothing_is_known_before_the_first():
    (income, aid) = country_lists.placings(country("tn"), date(2027, 1, 1))
    assert income.is_over and aid.is_over
    assert not any(row.is_over for row in country_lists.placings(country("tn"), date(2025, 8, 1)))
    assert country_lists.placings(country("tn"), date(2020, 1, 1)) == []


@pytest.mark.django_db
def test_income_groups_are_those_of_the_countries_file():
    groups = dict(CountryGroup.objects.filter(list=CountryList.INCOME).values_list("country__income_group", "label"))
    assert groups["High income"] == "Revenu élevé" and len(groups) == 5
    grouped = CountryGroup.objects.filter(list=CountryList.INCOME).count()
    assert grouped == Country.objects.exclude(income_group="").count()


def test_the_keyed_list_agrees_with_the_data_beside_the_project_save_where_that_is_older(shared_folder, db):
    """The column at hand keeps groups of the edition before (incomes of 2020) and mixes up the two Samoas."""
    short = {
        "Pays moins avancé": "PMA",
        "Autre pays à faible revenu": "PFR",
        "Revenu intermédiaire, tranche inférieure": "PRITI",
        "Revenu intermédiaire, tranche supérieure": "PRITS",
    }
    on = date(2024, 6, 1)
    rows = CountryGroup.objects.filter(list=CountryList.DAC, valid_from__lte=on, valid_until__gte=on)
    ours = {row.country.code: short[row.label] for row in rows.select_related("country")}
    with (shared_folder / "data" / "pays.csv").open(encoding="utf-8") as stream:
        theirs = {row["iso2"].lower(): row["groupe_cad"] for row in csv.DictReader(stream)}
    differing = {code for code, group in theirs.items() if group != ours.get(code, "")}
    assert differing == {"as", "ws", "bt", "bz", "id", "jo", "lb", "ps", "sv"}


# The page --------------------------------------------------------------------------------


def test_everything_with_a_territory_is_on_its_page(officer):
    c = officer.collectivity
    here = {"collectivity": c, "territory": TerritoryFactory(collectivity=c, name="Sfax", name_en="Sfax city")}
    AgreementFactory(**here, title="Convention A", transmitted_on=date(2019, 1, 1), ends=date(2020, 1, 1))
    other = AgreementFactory(collectivity=c, title="Accord à plusieurs", transmitted_on=date(2024, 1, 1))
    AgreementParty.objects.create(agreement=other, **here)
    ActionFactory(**here, title="Mission export")
    MeasureFactory(**here, year=2024, value=200)
    MeasureFactory(**here, year=2025, value=212)
    flow = Indicator.objects.filter(table=IndicatorTable.IMPACT).first()
    MeasureFactory(**here, indicator=flow, value=7, unit="%")
    Contact.objects.create(
        **here, name="Direction de la coopération", source="Courrier", last_contact_on=date(2026, 1, 1)
    )
    Office.objects.create(**here, name="Antenne de Sfax", place="Sfax", country=country("tn"), role="Appui")
    StakeholderFactory(collectivity=c, name="Technopôle").territories.add(here["territory"])
    page = text_of(officer.client.get(here["territory"].get_absolute_url()))
    for words in (
        "Convention A", "Accord à plusieurs", "Mission export", "212", "de 200 en 2024 à 212 en 2025", str(flow),
        "Direction de la coopération", "Antenne de Sfax", "Technopôle", "Sfax city",
    ):  # fmt: skip
        assert words in page, words
    assert page.count("Catégorie absente") == 2
    assert "Revenu intermédiaire, tranche inférieure" in page


def test_a_new_territory_gets_no_advice_and_then_advice_that_fits_what_is_there(officer):
    here = {"collectivity": officer.collectivity, "territory": TerritoryFactory(collectivity=officer.collectivity)}
    address = here["territory"].get_absolute_url()
    assert "Catégorie absente" not in text_of(officer.client.get(address))
    action = ActionFactory(**here)  # an action of promotion
    action.type = action.type._meta.model.objects.filter(purpose__category__code="promotion").first()
    action.save()
    page = text_of(officer.client.get(address))
    assert page.count("Catégorie absente") == 2
    assert "se connaît déjà" not in page and "La promotion fait connaître le territoire" in page
    AgreementFactory(**here, transmitted_on=date(2020, 1, 1))
    page = text_of(officer.client.get(address))
    assert page.count("Catégorie absente") == 2 and "se connaît déjà" in page


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize(
    ("shape", "present"),
    [
        (one, set(others))
        for one in ("int", "pro", "coo")
        for others in ((), ("int",), ("pro",), ("coo",))
        if one not in others
    ],
)
def test_the_advice_names_only_what_exists(shape, present, agreed):
    said = card.advice(shape, present, agreed=agreed)
    assert bool(said) == bool(agreed or present)
    if "se connaît déjà" in said:
        assert agreed or "coo" in present
    if "accord existe" in said:
        assert agreed
    if "échanges déjà noués" in said:
        assert present & {"int", "coo"}
    if "entreprises qui s’y rendent" in said:
        assert "int" in present


def test_the_list_counts_partners_and_names_the_own_territory_apart(officer):
    for number in range(2):
        TerritoryFactory(collectivity=officer.collectivity, name=f"Ville {number}")
    assert "2 territoires partenaires</h2>" in text_of(officer.client.get("/partenaires/territoires/"))
    TerritoryFactory(collectivity=officer.collectivity, name="Valmarée", is_own=True)
    assert "2 territoires partenaires et le vôtre</h2>" in text_of(officer.client.get("/partenaires/territoires/"))
    page = text_of(officer.client.get("/partenaires/territoires/", {"q": "Valmarée"}))
    assert "Votre territoire</h2>" in page


def test_a_period_without_agreement_between_two_is_drawn_and_told(officer):
    here = {"collectivity": officer.collectivity, "territory": TerritoryFactory(collectivity=officer.collectivity)}
    AgreementFactory(**here, transmitted_on=date(2010, 1, 1), ends=date(2012, 12, 31))
    AgreementFactory(**here, transmitted_on=date(2016, 1, 1), ends=date(2040, 12, 31))
    page = text_of(officer.client.get(here["territory"].get_absolute_url()))
    assert "1 période non couverte" in page and "Couvert jusqu’au" in page


def test_results_and_flows_are_told_apart_as_the_indicators_say():
    assert card.RESULT == IndicatorTable.RESULT


def test_an_elected_official_reads_the_page_without_its_gestures(officer, elected):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    page = text_of(elected.client.get(territory.get_absolute_url()))
    assert "Fusionner" not in page and "Modifier" not in page


# Filters ---------------------------------------------------------------------------------


@pytest.fixture
def places(officer) -> dict[str, Territory]:
    """One territory of each use, and one with nothing; two of them with agreements."""
    c = officer.collectivity
    named = {
        name: TerritoryFactory(collectivity=c, name=name) for name in ("Coop", "Export", "Double", "Vide", "Partie")
    }
    AgreementFactory(collectivity=c, territory=named["Coop"], transmitted_on=date(2015, 1, 1), ends=date(2018, 12, 31))
    ActionFactory(collectivity=c, territory=named["Export"], starts=date(2022, 3, 1), ends=date(2023, 2, 1))
    AgreementFactory(collectivity=c, territory=named["Double"], transmitted_on=date(2020, 1, 1), ends=date(2060, 1, 1))
    ActionFactory(collectivity=c, territory=named["Double"], starts=date(2021, 1, 1))
    several = AgreementFactory(collectivity=c, territory=named["Double"], deliberation_on=date(2026, 1, 1))
    AgreementParty.objects.create(agreement=several, territory=named["Partie"], collectivity=c)
    ActionFactory(collectivity=c, territory=named["Vide"], deleted_at=timezone.now())
    return named


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"use": "cooperation"}, {"Coop", "Vide", "Partie"}),
        ({"use": "prospection"}, {"Export"}),
        ({"use": "both"}, {"Double"}),
        ({"category": "internationalisation"}, {"Export", "Double"}),
        ({"category": "promotion"}, set()),
        ({"status": "expire"}, {"Coop"}),
        ({"status": "en-vigueur"}, {"Double"}),
        ({"status": "delibere"}, {"Double", "Partie"}),
        ({"status": "aucun"}, {"Export", "Vide"}),
        ({"year": "2016"}, {"Coop"}),
        ({"year": "2022"}, {"Export", "Double"}),
        ({"year": "2019"}, set()),
        ({"without_agreement_in": "2021"}, {"Coop", "Export", "Vide", "Partie"}),
        ({"use": "both", "year": "2030"}, {"Double"}),
    ],
)
def test_a_filter_means_the_same_on_the_list_the_map_the_file_and_the_api(query, expected, officer, places):
    rows = officer.client.get("/api/v1/territoires/", query).json()["results"]
    assert {row["name"] for row in rows} == expected
    features = officer.client.get("/api/v1/territoires/geojson/", query).json()["features"]
    assert {feature["properties"]["name"] for feature in features} == expected
    exported = b"".join(officer.client.get("/partenaires/territoires/export.csv", query)).decode("utf-8-sig")
    assert {line.split(";")[0].strip('"') for line in exported.splitlines()[1:] if line} == expected
    addresses = ["/partenaires/territoires/"] + (
        [] if "without_agreement_in" in query else ["/partenaires/territoires/carte/"]
    )
    for address in addresses:
        page = text_of(officer.client.get(address, query))
        assert {name for name, row in places.items() if f'href="{row.get_absolute_url()}"' in page} == expected, address


def test_a_network_does_not_filter_by_what_it_is_not_shown(network, officer):
    c = officer.collectivity
    shared = TerritoryFactory(collectivity=c, name="Partagé", visibility="network")
    AgreementFactory(collectivity=c, territory=shared, transmitted_on=date(2020, 1, 1), ends=date(2021, 1, 1))
    for query in ({"status": "aucun"}, {"use": "prospection"}, {"year": "1950"}, {"category": "promotion"}):
        rows = network.client.get("/api/v1/territoires/", query).json()["results"]
        assert [row["name"] for row in rows] == ["Partagé"], query


def test_the_page_of_a_territory_takes_as_many_queries_with_one_row_as_with_twelve(officer):
    c = officer.collectivity
    here = {"collectivity": c, "territory": TerritoryFactory(collectivity=c)}

    def grow(count: int) -> int:
        for number in range(count):
            AgreementFactory(**here, transmitted_on=date(2020, 1, 1))
            ActionFactory(**here)
            MeasureFactory(**here, year=2010 + number)
            Contact.objects.create(**here, name="Poste", source="Courrier", last_contact_on=date(2026, 1, 1))
            Office.objects.create(**here, name="Antenne", place="Sfax", country=country("tn"), role="Appui")
            here["territory"].keep_former_name(f"Ancien {number} {count}", until=date(2020, 1, 1))
        with CaptureQueriesContext(connection) as queries:
            officer.client.get(here["territory"].get_absolute_url())
        return len(queries)

    assert grow(1) == grow(12)
