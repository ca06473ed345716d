"""The three registers of partners: lists, filters, pages, deletion, exports. What holds for all is told once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aict.accounts.models import Change
from partners.models import Agreement, Country, Stakeholder, Territory
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    MeasureFactory,
    StakeholderFactory,
    TerritoryFactory,
)

REGISTERS = {
    "territoires": (TerritoryFactory, Territory),
    "accords": (AgreementFactory, Agreement),
    "acteurs": (StakeholderFactory, Stakeholder),
}
each_register = pytest.mark.parametrize("register", REGISTERS)


def base(register: str) -> str:
    return f"/partenaires/{register}/"


def make(register: str, collectivity, count: int = 1, **values):
    factory = REGISTERS[register][0]
    return [factory(collectivity=collectivity, **values) for _ in range(count)]


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


@each_register
def test_a_list_page_takes_the_same_number_of_queries_for_1_and_30_rows(register, officer):
    make(register, officer.collectivity)
    one = queries_of(officer.client, base(register))
    make(register, officer.collectivity, 29, visibility="network")
    assert queries_of(officer.client, base(register)) == one <= 12


@each_register
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_export_takes_the_same_number_of_queries_for_1_and_30_rows(register, format, officer):
    address = f"{base(register)}export.{format}"
    make(register, officer.collectivity)
    with CaptureQueriesContext(connection) as first:
        assert b"".join(officer.client.get(address))
    make(register, officer.collectivity, 29)
    with CaptureQueriesContext(connection) as second:
        assert b"".join(officer.client.get(address))
    assert len(first) == len(second)


@each_register
def test_an_export_in_an_unknown_format_is_not_found(register, officer):
    assert officer.client.get(f"{base(register)}export.pdf").status_code == 404


@each_register
def test_the_51st_row_is_on_the_second_page(register, officer):
    make(register, officer.collectivity, 51)
    page = text_of(officer.client.get(base(register), {"page": "2"}))
    assert "Page 2 sur 2" in page
    for odd in ("0", "-1", "9999999999999999999999", "x", "\x00"):
        assert officer.client.get(base(register), {"page": odd}).status_code == 200


@each_register
def test_an_empty_register_says_what_to_do_next(register, officer, elected):
    assert "nouveau/" in text_of(officer.client.get(base(register)))
    assert "nouveau/" not in text_of(elected.client.get(base(register)))


@each_register
def test_every_page_of_a_row_answers_404_to_a_stranger(register, officer, stranger):
    (row,) = make(register, officer.collectivity)
    for end in ("", "modifier/", "supprimer/"):
        assert stranger.client.get(f"{base(register)}{row.pk}/{end}").status_code == 404
    for end in ("modifier/", "supprimer/", "retablir/"):
        assert stranger.client.post(f"{base(register)}{row.pk}/{end}", {"name": "x"}).status_code == 404
    assert officer.client.get(f"{base(register)}99999999999999999999999/").status_code == 404
    assert str(row) not in text_of(stranger.client.get(base(register)))


@each_register
def test_an_elected_official_reads_and_exports_but_does_not_write(register, officer, elected):
    (row,) = make(register, officer.collectivity)
    for end in ("", f"{row.pk}/", "export.csv"):
        assert elected.client.get(base(register) + end).status_code == 200
    for end in ("nouveau/", f"{row.pk}/modifier/", f"{row.pk}/supprimer/"):
        assert elected.client.get(base(register) + end).status_code == 403
        assert elected.client.post(base(register) + end, {}).status_code == 403
    assert elected.client.post(f"{base(register)}{row.pk}/retablir/").status_code == 403
    row.refresh_from_db()
    assert row.deleted_at is None


@each_register
def test_a_network_sees_no_page_of_the_register(register, officer, network):
    (row,) = make(register, officer.collectivity, visibility="public")
    for end in ("", f"{row.pk}/", "export.csv"):
        assert network.client.get(base(register) + end).status_code == 403


def test_the_economic_service_writes_stakeholders_only(economic):
    assert economic.client.get("/partenaires/acteurs/nouveau/").status_code == 200
    assert economic.client.get("/partenaires/territoires/nouveau/").status_code == 403
    assert economic.client.get("/partenaires/accords/nouveau/").status_code == 403


@each_register
def test_deleting_asks_first_then_hides_the_row_and_restoring_brings_it_back(register, officer, elected):
    (row,) = make(register, officer.collectivity)
    address = f"{base(register)}{row.pk}/"
    asked = officer.client.get(f"{address}supprimer/")
    row.refresh_from_db()
    assert row.deleted_at is None and "Rien n’est effacé" in text_of(asked)

    answer = officer.client.post(f"{address}supprimer/", follow=True)
    row.refresh_from_db()
    assert row.deleted_at is not None
    assert f"Suppression faite : « {row} »" in text_of(answer)
    assert row.get_absolute_url() not in text_of(officer.client.get(base(register)))
    assert "Supprimé" in text_of(officer.client.get(address)), "what cites it must stay readable"
    assert officer.client.get(f"{address}modifier/").status_code == 404

    assert str(row) in text_of(officer.client.get(base(register), {"supprimes": "1"}))
    assert row.get_absolute_url() not in text_of(elected.client.get(base(register), {"supprimes": "1"}))

    assert officer.client.get(f"{address}retablir/").status_code == 405
    officer.client.post(f"{address}retablir/")
    row.refresh_from_db()
    assert row.deleted_at is None
    verbs = [change.verb for change in Change.objects.for_collectivity(officer.collectivity).about(row)]
    assert verbs == ["restored", "deleted"]
    assert officer.client.post(f"{address}retablir/").status_code == 404


def test_the_deletion_page_says_what_cites_the_territory(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    for _ in range(2):
        AgreementFactory(collectivity=officer.collectivity, territory=territory)
    ActionFactory(collectivity=officer.collectivity, territory=territory)
    StakeholderFactory(collectivity=officer.collectivity).territories.add(territory)
    page = text_of(officer.client.get(f"/partenaires/territoires/{territory.pk}/supprimer/"))
    for words in ("2 accords", "1 action", "1 partie prenante"):
        assert words in page


def test_a_second_own_territory_cannot_come_back_from_deletion(officer):
    old = TerritoryFactory(collectivity=officer.collectivity, is_own=True, deleted_at=timezone.now(), name="Ancien")
    TerritoryFactory(collectivity=officer.collectivity, is_own=True)
    answer = officer.client.post(f"/partenaires/territoires/{old.pk}/retablir/", follow=True)
    assert "Votre collectivité a déjà son propre territoire" in text_of(answer)
    old.refresh_from_db()
    assert old.deleted_at is not None


@pytest.mark.parametrize(
    ("register", "query", "kept", "left"),
    [
        ("territoires", {"q": "sfa"}, {"name": "Sfax"}, {"name": "Halle"}),
        ("territoires", {"continent": "Afrique"}, {"name": "Sfax"}, {"name": "Halle", "country": "de"}),
        ("territoires", {"country": "de"}, {"name": "Halle", "country": "de"}, {"name": "Sfax"}),
        ("acteurs", {"q": "pôle"}, {"name": "Pôle énergie"}, {"name": "Université"}),
        ("acteurs", {"visibility": "public"}, {"name": "A", "visibility": "public"}, {"name": "B"}),
        ("accords", {"form": "jumelage"}, {"form": "jumelage"}, {"form": "accord-projet"}),
    ],
)
def test_a_filter_keeps_what_it_says(register, query, kept, left, officer):
    def build(values):
        if "country" in values:
            values = values | {"country": Country.objects.get(code=values["country"])}
        return make(register, officer.collectivity, **values)[0]

    wanted, other = build(kept), build(left)
    page = text_of(officer.client.get(base(register), query))
    table = page[page.index("<tbody") :]
    assert wanted.get_absolute_url() in table and other.get_absolute_url() not in table


@each_register
@pytest.mark.parametrize(
    "query",
    [
        {"q": "a\x00b"},
        {"q": "x" * 5000},
        {"q": "😀 ‮<script>"},
        {"visibility": "nope"},
        {"status": "nope", "due": "12", "form": "\x00"},
        {"country": "99", "level": "' or 1=1", "type": "\x00", "field": "x"},
    ],
)
def test_an_unreadable_filter_is_answered_on_the_page(register, query, officer):
    make(register, officer.collectivity)
    answer = officer.client.get(base(register), query)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_the_status_filter_and_the_counts_are_computed_on_today(officer):
    today = timezone.localdate()
    day = timedelta(days=1)
    common = {"collectivity": officer.collectivity, "transmitted_on": today - 400 * day}
    over = AgreementFactory(**common, title="Terminé hier", ends=today - day)
    soon = AgreementFactory(**common, title="Fin proche", ends=today + 100 * day)
    unsent = AgreementFactory(collectivity=officer.collectivity, title="Pas parti", deliberation_on=today)
    page = text_of(officer.client.get("/partenaires/accords/"))
    assert "1 expiré, 1 à terme sous 180 jours, 1 non transmis, 0 à revoir" in page
    for query, row in (({"status": "expire"}, over), ({"due": "180"}, soon), ({"status": "delibere"}, unsent)):
        page = text_of(officer.client.get("/partenaires/accords/", query))
        assert row.title in page and sum(other.title in page for other in (over, soon, unsent)) == 1


def test_the_territory_page_gathers_its_agreements_actions_measures_and_actors(officer):
    territory = TerritoryFactory(
        collectivity=officer.collectivity, name="Sfax", name_local="صفاقس", latitude=34, longitude=10
    )
    make_here = {"collectivity": officer.collectivity, "territory": territory}
    AgreementFactory(**make_here, title="Convention A", transmitted_on=date(2019, 1, 1), ends=date(2020, 1, 1))
    ActionFactory(**make_here, title="Mission export")
    ActionFactory(**make_here, title="Action supprimée", deleted_at=timezone.now())
    MeasureFactory(**make_here, value=212)
    actor = StakeholderFactory(collectivity=officer.collectivity, name="Université")
    actor.territories.add(territory)
    page = text_of(officer.client.get(territory.get_absolute_url()))
    for words in ("صفاقس", "Convention A", "Mission export", "212", "Université", "Non couvert"):
        assert words in page
    assert "Action supprimée" not in page
    assert page.count("Catégorie absente") == 2


def test_the_territory_page_takes_the_same_number_of_queries_whatever_hangs_on_it(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    here = {"collectivity": officer.collectivity, "territory": territory}

    def grow(count: int) -> int:
        for _ in range(count):
            agreement = AgreementFactory(**here, transmitted_on=date(2020, 1, 1))
            ActionFactory(**here, agreement=agreement)
            MeasureFactory(**here)
            StakeholderFactory(collectivity=officer.collectivity).territories.add(territory)
        return queries_of(officer.client, territory.get_absolute_url())

    assert grow(1) == grow(9)


def test_hostile_text_is_shown_as_text_everywhere(officer):
    evil = "<script>alert(1)</script>\u202e😀 {{ 7|add:7 }}"
    territory = TerritoryFactory(
        collectivity=officer.collectivity, name=evil, name_local=evil, note=evil, latitude=1, longitude=1
    )
    agreement = AgreementFactory(
        collectivity=officer.collectivity,
        territory=territory,
        title=evil,
        object=evil,
        holder=evil,
        source=evil,
        signed_year=1990,
    )
    stakeholder = StakeholderFactory(
        collectivity=officer.collectivity, name=evil, note=evil, website="https://a.example/<b>"
    )
    stakeholder.territories.add(territory)
    for row in (territory, agreement, stakeholder):
        for address in (
            row.get_absolute_url(),
            f"{row.get_absolute_url()}modifier/",
            f"{row.get_absolute_url()}supprimer/",
        ):
            page = officer.client.get(address)
            assert page.status_code == 200
            assert "<script>alert" not in page.content.decode()
    for register in REGISTERS:
        assert "<script>alert" not in officer.client.get(base(register)).content.decode()
