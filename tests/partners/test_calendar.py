"""The calendar of deadlines: its page, and the feed behind a secret, revocable address."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from urllib.parse import urlparse

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from aict.accounts.enums import Role
from aict.accounts.models import CalendarFeed, Change, Membership
from partners.models import Agreement, Amendment
from tests.factories import AgreementFactory, TerritoryFactory

PAGE = "/partenaires/agenda/"
ISSUE = "/partenaires/agenda/adresse/"
REVOKE = "/partenaires/agenda/revoquer/"


def today() -> date:
    return timezone.localdate()


def soon(days: int) -> date:
    return today() + timedelta(days=days)


def agreement(collectivity, **fields) -> Agreement:
    return AgreementFactory(collectivity=collectivity, **({"transmitted_on": date(2024, 1, 10)} | fields))


def new_address(actor) -> str:
    """The path of a new secret address, as the page shows it once."""
    page = actor.client.post(ISSUE).content.decode()
    start = page.index("http://testserver/agenda/")
    return urlparse(page[start : page.index("<", start)]).path


def read(address: str) -> Calendar:
    answer = Client().get(address)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def events(address: str) -> list:
    return list(read(address).walk("VEVENT"))


# The page --------------------------------------------------------------------------------


def test_the_page_lists_what_is_late_then_what_comes(officer):
    mine = {"collectivity": officer.collectivity}
    agreement(title="Lointaine", ends=soon(400), **mine)
    agreement(title="Prochaine", ends=soon(12), **mine)
    agreement(title="À réviser", review_on=soon(-20), **mine)
    agreement(title="À transmettre", transmitted_on=None, deliberation_on=soon(-31), **mine)
    agreement(title="Échue", ends=soon(-3), **mine)
    page = officer.client.get(PAGE).content.decode()
    order = ["À réviser", "À transmettre", "Prochaine", "Lointaine"]
    assert [page.index(title) for title in order] == sorted(page.index(title) for title in order)
    assert "20\u00a0jours</td>" in page  # since the review was due
    assert "31\u00a0jours</td>" in page  # since the deliberation
    assert "dans 12\u00a0jours" in page
    assert "Échue" not in page
    assert "2\u00a0échéances à venir" in page


def test_an_agreement_denounced_from_a_day_to_come_ends_the_day_before(officer):
    """Its first end is no day of effect any more: a calendar must not show it."""
    agreement(officer.collectivity, ends=soon(90), denounced_on=soon(30))
    [event] = events(new_address(officer))
    assert event["dtstart"].dt == soon(29)
    assert "Dénoncé le" in event["description"]


def test_the_page_takes_the_same_queries_for_one_and_thirty_agreements(officer):
    agreement(officer.collectivity, ends=soon(10))
    with CaptureQueriesContext(connection) as one:
        officer.client.get(PAGE)
    for n in range(30):
        agreement(officer.collectivity, ends=soon(n))
        agreement(officer.collectivity, review_on=soon(-n - 1))
    with CaptureQueriesContext(connection) as thirty:
        officer.client.get(PAGE)
    assert len(thirty) == len(one) <= 8  # session, user, memberships, total, page, two kinds of late rows, feed


def test_an_empty_calendar_says_what_to_do(elected):
    assert "Aucune échéance à venir" in elected.client.get(PAGE).content.decode()


# The address -----------------------------------------------------------------------------


def test_an_address_is_shown_once_and_only_its_digest_is_kept(officer):
    address = new_address(officer)
    token = address.removeprefix("/agenda/").removesuffix(".ics")
    assert len(token) >= 43  # 256 bits in base 64
    feed = CalendarFeed.objects.get()
    assert feed.token == hashlib.sha256(token.encode()).hexdigest()
    page = officer.client.get(PAGE).content.decode()
    assert token not in page
    assert "Adresse créée" in page
    assert token not in str(list(Change.objects.values()))


def test_the_answer_that_shows_an_address_is_kept_by_no_cache(officer):
    assert "no-store" in officer.client.post(ISSUE)["Cache-Control"]


def test_renewing_cuts_the_former_address_at_once(officer):
    former = new_address(officer)
    latter = new_address(officer)
    assert former != latter
    assert Client().get(former).status_code == 404
    assert Client().get(latter).status_code == 200
    assert CalendarFeed.objects.count() == 1


def test_a_revoked_address_answers_404_and_the_page_offers_a_new_one(officer):
    address = new_address(officer)
    page = officer.client.post(REVOKE, follow=True).content.decode()
    assert "Adresse révoquée" in page
    assert "Créer mon adresse" in page
    assert Client().get(address).status_code == 404
    verbs = Change.objects.filter(model="accounts.calendarfeed").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["created", "deleted"]


def test_revoking_mine_leaves_a_colleagues_address_alone(officer, elected):
    mine, theirs = new_address(officer), new_address(elected)
    officer.client.post(REVOKE)
    assert Client().get(mine).status_code == 404
    assert Client().get(theirs).status_code == 200


@pytest.mark.parametrize("how", ["left", "network", "closed"])
def test_the_feed_stops_with_the_right_to_read(officer, how):
    address = new_address(officer)
    if how == "left":
        Membership.objects.filter(pk=officer.membership.pk).delete()
    elif how == "network":
        Membership.objects.filter(pk=officer.membership.pk).update(role=Role.NETWORK)
    else:
        type(officer.user).objects.update(is_active=False)
    assert Client().get(address).status_code == 404


def test_unknown_revoked_and_forbidden_addresses_cost_one_query_and_answer_alike(officer, elected):
    revoked, forbidden = new_address(officer), new_address(elected)
    officer.client.post(REVOKE)
    Membership.objects.filter(pk=elected.membership.pk).update(role=Role.NETWORK)
    bodies = set()
    never = ["/agenda/inconnue.ics", "/agenda/%00%F0%9F%98%80.ics", f"/agenda/{'a' * 5000}.ics"]
    for address in (revoked, forbidden, *never):
        with CaptureQueriesContext(connection) as captured:
            answer = Client().get(address)
        assert answer.status_code == 404
        assert len(captured) == 1, address
        bodies.add(answer.content)
    assert len(bodies) == 1


def test_a_network_has_no_feed(network):
    assert network.client.get(PAGE).status_code == 403
    assert network.client.post(ISSUE).status_code == 403
    assert not CalendarFeed.objects.exists()


# What the feed holds ---------------------------------------------------------------------


def test_the_feed_is_plain_icalendar_without_cookie_nor_cache(officer):
    address = new_address(officer)
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert {part.strip() for part in answer["Cache-Control"].split(",")} == {"private", "no-store"}
    assert not answer.cookies
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    calendar = read(address)
    assert calendar["VERSION"] == "2.0"
    assert calendar["X-WR-CALNAME"] == "International\u00a0: Métropole de Valmarée"
    assert not calendar.walk("VALARM")


def test_an_end_a_review_and_a_transmission_are_all_day_events(officer):
    mine = {"collectivity": officer.collectivity}
    one = agreement(title="Convention", ends=soon(40), **mine)
    agreement(title="Jumelage", form="jumelage", review_on=soon(50), **mine)
    agreement(title="Délibéré", transmitted_on=None, deliberation_on=soon(-3), **mine)
    found = {str(event["SUMMARY"]): event for event in events(new_address(officer))}
    assert {summary: event.decoded("DTSTART") for summary, event in found.items()} == {
        "Fin\u00a0: Convention": soon(40),
        "Révision\u00a0: Jumelage": soon(50),
        "Transmission au préfet\u00a0: Délibéré": soon(27),
    }
    event = found["Fin\u00a0: Convention"]
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event.decoded("DTEND") == soon(41)
    assert event["URL"] == f"http://testserver/partenaires/accords/{one.pk}/"
    assert event["TRANSP"] == "TRANSPARENT"
    assert abs(event.decoded("DTSTAMP") - timezone.now()) < timedelta(minutes=1)


def test_an_event_keeps_its_uid_when_an_avenant_moves_the_end(officer):
    row = agreement(officer.collectivity, ends=soon(40))
    agreement(officer.collectivity, ends=soon(40))
    address = new_address(officer)
    before = {str(event["UID"]): event.decoded("DTSTART") for event in events(address)}
    assert len(before) == 2
    Amendment.objects.create(
        collectivity=officer.collectivity, agreement=row, title="Avenant", effective_on=today(), ends=soon(900)
    )
    after = {str(event["UID"]): event.decoded("DTSTART") for event in events(address)}
    assert after.keys() == before.keys()
    assert sorted(after.values()) == [soon(40), soon(900)]


def test_the_feed_leaves_out_what_has_no_effect_and_what_ended_long_ago(officer, stranger):
    mine = {"collectivity": officer.collectivity}
    agreement(title="Projet", transmitted_on=None, ends=soon(10), **mine)
    agreement(title="Dénoncé", denounced_on=soon(-1), ends=soon(10), **mine)
    agreement(title="Supprimé", deleted_at=timezone.now(), ends=soon(10), **mine)
    agreement(title="Ancien", ends=soon(-91), **mine)
    agreement(title="Récent", ends=soon(-90), **mine)
    agreement(title="Ailleurs", collectivity=stranger.collectivity, ends=soon(10))
    assert [str(event["SUMMARY"]) for event in events(new_address(officer))] == ["Fin\u00a0: Récent"]


def test_the_feed_holds_titles_and_dates_and_nothing_of_anybody(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Territoire-canari", note="Note-canari")
    agreement(
        officer.collectivity,
        territory=territory,
        title="Titre",
        ends=soon(10),
        object="Objet-canari",
        holder="Porteur-canari",
        source="Source-canari",
        amount=123456,
    )
    content = Client().get(new_address(officer)).content.decode()
    assert "Titre" in content
    assert not [word for word in ("canari", "123456", officer.user.email, officer.user.label) if word in content]


@pytest.mark.parametrize(
    "title",
    [
        "Virgule, point-virgule ; antislash \\ et « guillemets »",
        "Saut\nde ligne",
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM",
        "Émoji 🌍" * 30,
        "עברית \u202e à l’envers",
        "<script>alert(1)</script>",
    ],
)
def test_a_hostile_title_comes_back_whole_and_breaks_nothing(officer, title):
    row = agreement(officer.collectivity, ends=soon(10))
    Agreement.objects.filter(pk=row.pk).update(title=title)
    address = new_address(officer)
    content = Client().get(address).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    (event,) = events(address)
    assert str(event["SUMMARY"]) == f"Fin\u00a0: {title}".replace("\r\n", "\n")
    assert not event.subcomponents


def test_reading_the_feed_is_dated_on_the_page_and_takes_the_same_queries(officer):
    address = new_address(officer)
    assert "aucun agenda ne l’a encore lue" in officer.client.get(PAGE).content.decode()
    agreement(officer.collectivity, ends=soon(10))
    with CaptureQueriesContext(connection) as one:
        Client().get(address)
    for n in range(30):
        agreement(officer.collectivity, ends=soon(n))
        agreement(officer.collectivity, transmitted_on=None, deliberation_on=soon(-n))
    with CaptureQueriesContext(connection) as thirty:
        Client().get(address)
    # The address, its date of reading, deadlines, transmissions; actions, events, tasks, calls.
    assert len(thirty) == len(one) == 8
    assert "aucun agenda" not in officer.client.get(PAGE).content.decode()


def test_a_head_request_and_a_signed_in_reader_get_the_same_feed(officer, stranger):
    address = new_address(officer)
    assert Client().head(address).status_code == 200
    assert stranger.client.get(address).status_code == 200  # the address is the key, whoever holds it
    assert Client().post(address).status_code == 405


def test_a_feed_stays_within_what_calendars_accept(officer, monkeypatch):
    monkeypatch.setattr("partners.calendars.FEED_ROWS", 2)
    for days in (30, 10, 20):
        agreement(officer.collectivity, title=f"Dans {days} jours", ends=soon(days))
    summaries = [str(event["SUMMARY"]) for event in events(new_address(officer))]
    assert summaries == ["Fin\u00a0: Dans 10 jours", "Fin\u00a0: Dans 20 jours"]
