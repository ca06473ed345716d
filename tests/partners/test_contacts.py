"""Contacts: the minimum, dated, sourced, for members alone; reviewed after three years, deleted without a trace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aict.accounts.models import Change
from partners.models import Contact
from partners.models.contacts import years_before
from tests.factories import ContactFactory, StakeholderFactory, TerritoryFactory

LIST = "/partenaires/contacts/"
SECRET = "Kxqzbert Vlimbourg"  # nobody's name


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


def rows_of(response) -> str:
    page = text_of(response)
    return page[page.index("<tbody") :] if "<tbody" in page else ""


@pytest.fixture
def chamber(collectivity):
    return StakeholderFactory(collectivity=collectivity, name="Chambre de commerce")


@pytest.fixture
def contact_data(chamber) -> dict:
    return {
        "name": "Direction du port",
        "function": "Direction",
        "role": "decision",
        "stakeholder": chamber.pk,
        "email": "port@example.org",
        "phone": "+216 74 000 000",
        "source": "Carte remise au salon",
        "last_contact_on": "2026-05-04",
    }


@pytest.mark.parametrize("who", ["officer", "economic", "admin"])
def test_the_services_record_a_contact(who, request, contact_data):
    actor = request.getfixturevalue(who)
    answer = actor.client.post(f"{LIST}nouveau/", contact_data)
    contact = Contact.objects.get()
    assert answer.url == contact.get_absolute_url()
    assert (contact.name, contact.last_contact_on) == ("Direction du port", date(2026, 5, 4))
    page = text_of(actor.client.get(answer.url))
    for words in ("port@example.org", "+216 74 000 000", "Carte remise au salon", "4 mai 2026", "Chambre de commerce"):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": ""}, "À remplir"),
        ({"last_contact_on": ""}, "À remplir"),
        ({"last_contact_on": "31/02/2026"}, "n’est pas une date du calendrier"),
        ({"last_contact_on": "0004-05-06"}, "ne convient pas"),
        ({"stakeholder": ""}, "Rattachez ce contact à une partie prenante ou à un territoire"),
        ({"email": "pas une adresse"}, "adresse"),
        ({"name": "x" * 161}, "Trop long"),
    ],
)
def test_a_contact_without_what_it_needs_is_refused(officer, contact_data, changes, message):
    answer = officer.client.post(f"{LIST}nouveau/", contact_data | changes)
    assert message in text_of(answer) and not Contact.objects.exists()


def test_a_last_contact_today_is_accepted_and_tomorrow_refused(officer, contact_data):
    today = timezone.localdate()
    refused = officer.client.post(f"{LIST}nouveau/", contact_data | {"last_contact_on": today + timedelta(days=1)})
    assert "n’est pas encore passé" in text_of(refused) and not Contact.objects.exists()
    assert officer.client.post(f"{LIST}nouveau/", contact_data | {"last_contact_on": today}).status_code == 302


def test_a_name_of_html_is_kept_as_typed_and_shown_as_text(officer, contact_data):
    name = "<b onmouseover=alert(1)>Direction</b> & “port” 😀 \u202e"
    officer.client.post(f"{LIST}nouveau/", contact_data | {"name": name, "function": name})
    contact = Contact.objects.get()
    assert contact.name == name.strip()
    for address in (LIST, contact.get_absolute_url(), f"{contact.get_absolute_url()}modifier/"):
        page = officer.client.get(address).content.decode()
        assert "<b onmouseover" not in page and "&lt;b onmouseover=alert(1)&gt;" in page


def test_a_contact_of_a_row_of_another_collectivite_is_refused(officer, contact_data, other_collectivity):
    foreign = StakeholderFactory(collectivity=other_collectivity)
    answer = officer.client.post(f"{LIST}nouveau/", contact_data | {"stakeholder": foreign.pk})
    assert answer.status_code == 200 and not Contact.objects.exists()
    foreign_territory = TerritoryFactory(collectivity=other_collectivity, name="Ailleurs")
    page = text_of(officer.client.get(f"{LIST}nouveau/?territory={foreign_territory.pk}"))
    assert "Ailleurs" not in page


@pytest.mark.parametrize("number", ["", "x", "\x00", "-1", "99999999999999999999", "²"])
def test_a_form_opened_with_an_odd_number_chooses_nothing(officer, number):
    assert officer.client.get(f"{LIST}nouveau/", {"stakeholder": number}).status_code == 200


def test_from_a_stakeholder_or_a_territory_the_form_comes_prefilled(officer, chamber):
    sfax = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    page = text_of(officer.client.get(f"{LIST}nouveau/?stakeholder={chamber.pk}&territory={sfax.pk}"))
    assert f'<option value="{chamber.pk}" selected>' in page and f'<option value="{sfax.pk}" selected>' in page


def test_an_elected_official_reads_and_exports_contacts_but_writes_none(elected, contact_data):
    contact = ContactFactory(collectivity=elected.collectivity)
    for address in (LIST, contact.get_absolute_url(), f"{LIST}export.csv", f"{LIST}export.xlsx"):
        assert elected.client.get(address).status_code == 200
    for end in ("modifier/", "supprimer/", "contacte/"):
        assert elected.client.post(contact.get_absolute_url() + end, contact_data).status_code == 403
    assert elected.client.post(f"{LIST}ensemble/", {"contact": contact.pk, "gesture": "delete"}).status_code == 403
    assert 'type="checkbox"' not in text_of(elected.client.get(LIST))
    assert Contact.objects.count() == 1


def test_a_network_never_meets_a_contact(network, officer, chamber):
    sfax = TerritoryFactory(collectivity=officer.collectivity, visibility="public", name="Sfax")
    type(chamber).objects.filter(pk=chamber.pk).update(visibility="public")
    contact = ContactFactory(collectivity=officer.collectivity, stakeholder=chamber, name=SECRET, territory=sfax)
    for end in ("", "export.csv", f"{contact.pk}/"):
        assert network.client.get(LIST + end).status_code == 403
    schema = network.client.get("/api/v1/schema/")
    assert schema.status_code == 200 and "/acteurs/" in schema.content.decode()
    assert "contact" not in schema.content.decode().lower()
    for address in ("/api/v1/", "/api/v1/acteurs/", "/api/v1/territoires/", "/api/v1/accords/"):
        for actor in (network, officer):  # not even a member: no address of the API gives contacts
            for query in ({}, {"q": "Vlimbourg"}):
                answer = actor.client.get(address, query)
                assert SECRET not in answer.content.decode() and "Vlimbourg" not in str(answer.headers)
    assert network.client.get("/api/v1/acteurs/", {"q": "Vlimbourg"}).json()["results"] == []
    assert network.client.get(f"/api/v1/acteurs/{chamber.pk}/").json()["name"] == chamber.name


def test_a_stranger_finds_no_contact(stranger, officer):
    contact = ContactFactory(collectivity=officer.collectivity, name=SECRET)
    assert SECRET not in text_of(stranger.client.get(LIST))
    assert SECRET.encode() not in b"".join(stranger.client.get(f"{LIST}export.csv"))
    for end in ("", "modifier/", "supprimer/"):
        assert stranger.client.get(contact.get_absolute_url() + end).status_code == 404
    stranger.client.post(f"{LIST}ensemble/", {"contact": contact.pk, "gesture": "delete", "confirmed": "1"})
    stranger.client.post(f"{LIST}ensemble/", {"contact": contact.pk, "gesture": "met"})
    contact.refresh_from_db()
    assert contact.last_contact_on == date(2026, 6, 1)


def test_the_list_is_filtered_by_words_role_stakeholder_territory_and_age(officer, chamber):
    mine = {"collectivity": officer.collectivity}
    sfax = TerritoryFactory(name="Sfax", **mine)
    old = years_before(timezone.localdate(), 3)
    first = ContactFactory(name="Premier poste", role="protocole", stakeholder=chamber, last_contact_on=old, **mine)
    second = ContactFactory(name="Second poste", territory=sfax, last_contact_on=old + timedelta(days=1), **mine)
    for query, kept, left in (
        ({"q": "chambre"}, first, second),
        ({"q": "Sfax"}, second, first),
        ({"role": "protocole"}, first, second),
        ({"stakeholder": chamber.pk}, first, second),
        ({"territory": sfax.pk}, second, first),
        ({"stale": "oui"}, first, second),
    ):
        shown = rows_of(officer.client.get(LIST, query))
        assert kept.name in shown and left.name not in shown, query
        file = b"".join(officer.client.get(f"{LIST}export.csv", query)).decode()
        assert kept.name in file and left.name not in file
    assert "1 contact attend" in text_of(officer.client.get(LIST))


def test_the_29th_of_february_has_a_day_three_years_before():
    assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_list_and_its_export_take_the_same_number_of_queries_for_1_and_30_rows(officer, format):
    def grow(count: int) -> tuple[int, int]:
        for _ in range(count):
            ContactFactory(
                collectivity=officer.collectivity, territory=TerritoryFactory(collectivity=officer.collectivity)
            )
            ContactFactory(collectivity=officer.collectivity)
        with CaptureQueriesContext(connection) as page:
            assert officer.client.get(LIST).status_code == 200
        with CaptureQueriesContext(connection) as file:
            assert b"".join(officer.client.get(f"{LIST}export.{format}"))
        return len(page), len(file)

    assert grow(1) == grow(20)


def test_marked_as_met_today(officer):
    contact = ContactFactory(collectivity=officer.collectivity, last_contact_on=date(2020, 1, 1))
    assert officer.client.get(f"{contact.get_absolute_url()}contacte/").status_code == 405
    officer.client.post(f"{contact.get_absolute_url()}contacte/")
    contact.refresh_from_db()
    assert contact.last_contact_on == timezone.localdate()
    change = Change.objects.about(contact).get()
    assert change.author == officer.user and list(change.fields) == ["dernier contact"]


def test_several_contacts_are_marked_as_met_in_one_gesture_without_javascript(officer):
    ticked, other = (ContactFactory(collectivity=officer.collectivity, last_contact_on=date(2020, 1, 1)) for _ in "ab")
    page = text_of(officer.client.get(LIST, {"stale": "oui"}))
    assert f'name="contact" value="{ticked.pk}"' in page and 'name="gesture" value="met"' in page
    officer.client.post(f"{LIST}ensemble/", {"contact": [ticked.pk], "gesture": "met"})
    ticked.refresh_from_db()
    other.refresh_from_db()
    assert (ticked.last_contact_on, other.last_contact_on) == (timezone.localdate(), date(2020, 1, 1))


def test_several_contacts_are_deleted_after_a_confirmation(officer):
    rows = [ContactFactory(collectivity=officer.collectivity) for _ in range(3)]
    choice = {"contact": [rows[0].pk, rows[1].pk], "gesture": "delete"}
    asked = text_of(officer.client.post(f"{LIST}ensemble/", choice))
    assert Contact.objects.count() == 3 and rows[0].name in asked and "définitive" in asked
    officer.client.post(f"{LIST}ensemble/", choice | {"confirmed": "1"})
    assert list(Contact.objects.all()) == [rows[2]]


@pytest.mark.parametrize(
    "sent", [{}, {"gesture": "delete"}, {"contact": "x", "gesture": "met"}, {"contact": "9" * 30}, {"contact": "\x00"}]
)
def test_a_bulk_gesture_on_nothing_says_what_to_do(officer, sent):
    ContactFactory(collectivity=officer.collectivity)
    answer = officer.client.post(f"{LIST}ensemble/", sent, follow=True)
    assert "cochez-en au moins un" in text_of(answer) and Contact.objects.count() == 1


def test_a_deleted_contact_leaves_no_data_in_the_history(officer, contact_data):
    officer.client.post(f"{LIST}nouveau/", contact_data | {"name": SECRET})
    contact = Contact.objects.get()
    officer.client.post(f"{contact.get_absolute_url()}modifier/", contact_data | {"name": f"{SECRET} bis"})
    assert SECRET in str(Change.objects.about(contact).filter(verb="updated").get().fields)
    assert "définitive" in text_of(officer.client.get(f"{contact.get_absolute_url()}supprimer/"))
    officer.client.post(f"{contact.get_absolute_url()}supprimer/")
    assert not Contact.objects.exists()
    changes = list(Change.objects.about(contact))
    assert [change.verb for change in changes] == ["deleted", "updated", "created"]
    assert {change.author for change in changes} == {officer.user}
    assert {(change.object_label, str(change.fields)) for change in changes} == {("Contact supprimé", "{}")}
    assert SECRET not in text_of(officer.client.get("/"))


def test_an_empty_list_says_what_to_do_next(officer, elected):
    assert "nouveau/" in text_of(officer.client.get(LIST))
    assert "nouveau/" not in text_of(elected.client.get(LIST))
