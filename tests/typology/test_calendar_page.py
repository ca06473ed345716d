"""The calendar of actions (SYS-18): its month, its list, its filters, and what the secret feed gives."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlparse

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from partners.models import InternalService
from tests.factories import ActionFactory, AgreementFactory, EventFactory, TaskFactory, TerritoryFactory
from typology import calendar
from typology.calendar import Entry, Filters, Kind
from typology.models import AidLine, AidRegime, FundingCall, FundingScheme

PAGE = "/actions/calendrier/"
MARCH = date(2027, 3, 1)
ON = date(2027, 3, 10)


def entry(start: date, end: date | None = None, **fields) -> Entry:
    fields = {"kind": Kind.ACTION, "title": "Action", "key": "action-1", "url": "/", **fields}
    return Entry(start=start, end=end or start, changed_at=timezone.now(), **fields)


def call(collectivity, **fields) -> FundingCall:
    return FundingCall.objects.create(
        collectivity=collectivity, scheme=FundingScheme.objects.first(), title="Appel jumeaux", **fields
    )


@pytest.fixture
def world(officer):
    """One of each kind in March 2027, and as many that the calendar leaves out."""
    mine = {"collectivity": officer.collectivity}
    sfax = TerritoryFactory(name="Sfax", **mine)
    service = InternalService.objects.first()
    action = ActionFactory(
        title="Mission à Sfax", territory=sfax, lead_service=service, starts=date(2027, 3, 8), ends=date(2027, 3, 11),
        **mine,
    )  # fmt: skip
    ActionFactory(title="Réseau durable", starts=date(2026, 1, 1), timing="permanent", **mine)
    ActionFactory(title="Sans date", **mine)
    ActionFactory(title="Abandonnée", starts=date(2027, 3, 9), status="abandonnee", **mine)
    ActionFactory(title="Supprimée", starts=date(2027, 3, 9), deleted_at=timezone.now(), **mine)
    ActionFactory(title="Ponctuelle passée", starts=date(2026, 3, 9), **mine)
    EventFactory(title="Salon de Tunis", action=action, starts=date(2027, 3, 30), ends=date(2027, 4, 2), **mine)
    TaskFactory(title="Envoyer la lettre", action=action, due_on=date(2027, 3, 5), owner=officer.membership, **mine)
    TaskFactory(title="Signature", action=action, due_on=date(2027, 3, 9), is_milestone=True, **mine)
    call(officer.collectivity, closes_on=date(2027, 3, 31))
    agreement = AgreementFactory(
        title="Convention de Sfax", territory=sfax, transmitted_on=date(2024, 1, 10), ends=date(2027, 3, 20), **mine
    )
    return {"action": action, "sfax": sfax, "service": service, "agreement": agreement}


TITLES = {
    "Mission à Sfax", "Réseau durable", "Salon de Tunis", "Envoyer la lettre", "Signature", "Appel jumeaux",
    "Convention de Sfax",
}  # fmt: skip
OUT = {"Sans date", "Abandonnée", "Modèle", "Supprimée", "Ponctuelle passée"}


def shown(actor, **asked) -> str:
    response = actor.client.get(PAGE, asked)
    assert response.status_code == 200
    return response.content.decode()


def titles(page: str) -> set[str]:
    return {title for title in TITLES | OUT if title in page}


def cell(page: str, day: str) -> str:
    start = page.index(f'<time datetime="{day}">')
    return page[start : page.index("</td>", start)]


# The acceptance of the system ------------------------------------------------------------


def test_sys_18_the_calendar_shows_actions_events_and_deadlines_on_their_days(elected, world):
    page = shown(elected, mois="2027-03")
    assert titles(page) == TITLES
    for day, part in ((8, "<small>début"), (9, "<small>suite"), (10, "<small>suite"), (11, "<small>fin")):
        day_cell = cell(page, f"2027-03-{day:02}")
        assert "Mission à Sfax" in day_cell
        assert part in day_cell
    assert "Mission à Sfax" not in cell(page, "2027-03-12")
    assert "Envoyer la lettre" in cell(page, "2027-03-05")
    assert "Signature" in cell(page, "2027-03-09")
    assert "Appel jumeaux" in cell(page, "2027-03-31")
    assert "Convention de Sfax" in cell(page, "2027-03-20")
    assert "Salon de Tunis" in cell(page, "2027-04-02")  # the last week goes on into April
    assert f'href="{world["action"].get_absolute_url()}"' in page


def test_sys_18_the_list_shows_the_same_by_day(elected, world):
    page = shown(elected, vue="liste", du="2027-03-01", au="2027-03-31")
    assert titles(page) == TITLES
    place = 0
    for word in ("Lundi 8\u00a0mars", "Mission à Sfax", "Mardi 9\u00a0mars", "Signature", "Commencé avant", "Réseau"):
        place = page.index(word, place)  # in this order
    assert "du 8\u00a0mars 2027 au 11\u00a0mars 2027" in page


# The month -------------------------------------------------------------------------------


def test_a_month_is_made_of_whole_weeks_from_monday():
    built = calendar.month(date(2027, 2, 1), [], on=ON)
    assert len(built.weeks) == 4  # 1 February 2027 is a Monday, and the month has 28 days
    assert (built.previous, built.following) == (date(2027, 1, 1), MARCH)
    built = calendar.month(MARCH, [], on=ON)
    assert [len(week) for week in built.weeks] == [7] * 5
    assert built.weeks[4][6].day == date(2027, 4, 4)
    assert not built.weeks[4][6].in_month
    assert [day.day for week in built.weeks for day in week if day.is_today] == [ON]


@pytest.mark.parametrize(
    ("first", "previous", "following"),
    [
        (date(1900, 1, 1), None, date(1900, 2, 1)),
        (date(2200, 12, 1), date(2200, 11, 1), None),
        (date(2027, 12, 1), date(2027, 11, 1), date(2028, 1, 1)),
    ],
)
def test_the_months_before_and_after_stop_at_the_years_of_the_registers(first, previous, following):
    built = calendar.month(first, [], on=ON)
    assert (built.previous, built.following) == (previous, following)


def test_a_full_day_keeps_what_is_new_and_counts_the_others():
    going_on = [entry(MARCH, date(2027, 3, 10), title=f"En cours {n}") for n in range(3)]
    new = [entry(date(2027, 3, 5), title=f"Nouveau {n}") for n in range(4)]
    built = calendar.month(MARCH, [*going_on, *new], on=ON)
    day = next(day for week in built.weeks for day in week if day.day == date(2027, 3, 5))
    assert [item.entry.title for item in day.items] == [f"Nouveau {n}" for n in range(4)]
    assert day.more == 3


def test_the_others_of_a_day_open_the_list_of_that_day_with_the_same_filters(officer):
    for n in range(7):
        ActionFactory(collectivity=officer.collectivity, title=f"Rencontre {n}", starts=date(2027, 3, 9))
    page = shown(officer, mois="2027-03", kind="action")
    day = cell(page, "2027-03-09")
    assert day.count("Rencontre") == 4
    assert "+ 3\u00a0autres" in day
    assert "vue=liste" in day
    assert "kind=action" in day
    assert "du=2027-03-09" in day
    assert shown(officer, vue="liste", du="2027-03-09", au="2027-03-09", kind="action").count("Rencontre") == 7


def test_a_long_stretch_is_named_once_and_marked_at_both_ends(officer):
    ActionFactory(
        collectivity=officer.collectivity, title="Projet long", starts=date(2027, 2, 2), ends=date(2027, 3, 24)
    )
    page = shown(officer, mois="2027-03")
    assert "<small>fin" in cell(page, "2027-03-24")
    assert "Projet long" not in cell(page, "2027-03-15")
    assert "Sur plusieurs semaines" in page
    assert page.count("Projet long") == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"mois": "9999-12"},
        {"mois": "0001-01"},
        {"mois": "2027-13"},
        {"mois": "🌍"},
        {"mois": "\x00"},
        {"mois": "2027-03-01"},
        {"mois": "٢٠٢٧-٠٣"},
        {"vue": "liste", "du": "9999-12-31", "au": "9999-12-31"},
        {"vue": "liste", "du": "0001-01-01", "au": "9999-12-31"},
        {"vue": "liste", "du": "demain"},
        {"vue": "liste", "du": "2027-03-10", "au": "2027-03-01"},
        {"kind": "<script>", "category": "\x00", "territory": "9" * 30, "service": "x", "mine": "peut-être"},
    ],
)
def test_a_month_that_cannot_be_read_is_another_one_and_never_an_error(officer, world, asked):
    page = shown(officer, **asked)
    assert "<script>" not in page.replace('<script type="module"', "")


def test_this_month_comes_first(officer):
    ActionFactory(collectivity=officer.collectivity, title="D’aujourd’hui", starts=timezone.localdate())
    page = shown(officer)
    assert "D’aujourd’hui" in cell(page, timezone.localdate().isoformat())
    assert "(aujourd’hui)" in page


def test_an_empty_calendar_says_what_to_do(elected):
    assert "Datez une action" in shown(elected, mois="2027-03")
    assert "Retirez un filtre" in shown(elected, mois="2027-03", kind="tache")
    assert "Élargissez les dates" in shown(elected, vue="liste")


# Filters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"kind": "action"}, {"Mission à Sfax", "Réseau durable"}),
        ({"kind": "evenement"}, {"Salon de Tunis"}),
        ({"kind": "tache"}, {"Envoyer la lettre"}),
        ({"kind": "etape"}, {"Signature"}),
        ({"kind": "appel"}, {"Appel jumeaux"}),
        ({"kind": "accord"}, {"Convention de Sfax"}),
        ({"category": "own"}, TITLES - {"Appel jumeaux", "Convention de Sfax"}),
        ({"category": "cooperation"}, set()),
        ({"territory": "sfax"}, TITLES - {"Réseau durable", "Appel jumeaux"}),
        ({"service": "lead"}, {"Mission à Sfax", "Salon de Tunis", "Envoyer la lettre", "Signature"}),
        ({"mine": "on"}, {"Mission à Sfax", "Salon de Tunis", "Envoyer la lettre"}),
    ],
)
def test_a_filter_leaves_what_it_names(officer, world, asked, kept):
    stands_for = {"sfax": str(world["sfax"].pk), "lead": world["service"].code, "own": world["action"].category.code}
    page = shown(officer, mois="2027-03", **{name: stands_for.get(value, value) for name, value in asked.items()})
    table = page[page.index('class="month"') :]
    assert titles(table) == kept


def test_an_associated_service_finds_the_action_too(officer, world):
    other = InternalService.objects.exclude(pk=world["service"].pk).first()
    world["action"].associated_services.add(other)
    found = calendar.entries(
        officer.collectivity, MARCH, date(2027, 3, 31), Filters(service=other, kinds=(Kind.ACTION,)), on=ON
    )
    assert [entry.title for entry in found] == ["Mission à Sfax"]


def test_what_is_due_and_not_done_is_late(officer, world):
    found = {row.title: row for row in calendar.entries(officer.collectivity, MARCH, date(2027, 3, 31), on=ON)}
    assert found["Envoyer la lettre"].is_late
    assert not found["Convention de Sfax"].is_late
    before = {row.title: row for row in calendar.entries(officer.collectivity, MARCH, date(2027, 3, 31), on=MARCH)}
    assert not before["Envoyer la lettre"].is_late


def test_an_aid_shows_on_the_last_day_to_declare_it(officer, world):
    from tests.factories import FirmFactory

    regime = AidRegime.objects.filter(declare_days__isnull=False).first()
    aid = AidLine.objects.create(
        collectivity=officer.collectivity, firm=FirmFactory(collectivity=officer.collectivity, name="Atelier Nord"),
        amount=100, granted_on=date(2027, 2, 20), regime=regime, measure="Stand", action=world["action"],
    )  # fmt: skip
    found = calendar.entries(officer.collectivity, MARCH, date(2027, 3, 31), Filters(kinds=(Kind.AID,)), on=ON)
    assert [(row.start, row.title) for row in found] == [(aid.declare_by, "Atelier Nord\u00a0: Stand")]
    AidLine.objects.update(declared_on=date(2027, 3, 1))
    assert not calendar.entries(officer.collectivity, MARCH, date(2027, 3, 31), Filters(kinds=(Kind.AID,)), on=ON)


def test_another_collectivite_sees_nothing_of_it(stranger, world):
    assert not titles(shown(stranger, mois="2027-03"))


# Queries ---------------------------------------------------------------------------------


@pytest.mark.parametrize("vue", ["", "liste"])
def test_the_calendar_costs_the_same_queries_with_1_and_30_rows(officer, vue):
    mine = {"collectivity": officer.collectivity}
    asked = {"mois": "2027-03"} if not vue else {"vue": vue, "du": "2027-03-01", "au": "2027-03-31"}

    def grow(count):
        for n in range(count):
            action = ActionFactory(starts=date(2027, 3, 1 + n % 28), ends=date(2027, 3, 29), **mine)
            EventFactory(action=action, starts=date(2027, 3, 1 + n % 28), ends=None, **mine)
            TaskFactory(action=action, due_on=date(2027, 3, 1 + n % 28), **mine)
            call(officer.collectivity, closes_on=date(2027, 3, 1 + n % 28))
            AgreementFactory(transmitted_on=date(2024, 1, 10), ends=date(2027, 3, 1 + n % 28), **mine)

    grow(1)
    with CaptureQueriesContext(connection) as one:
        shown(officer, **asked)
    grow(30)
    with CaptureQueriesContext(connection) as many:
        shown(officer, **asked)
    # session, user, memberships; seven kinds of entries; categories, territories (their count, their rows), services
    assert len(many) == len(one) <= 16


# The secret feed and the files -----------------------------------------------------------


def feed_of(actor) -> dict[str, object]:
    page = actor.client.post("/partenaires/agenda/adresse/").content.decode()
    start = page.index("http://testserver/agenda/")
    content = Client().get(urlparse(page[start : page.index("<", start)]).path).content
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(content).walk("VEVENT")}


def soon(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_the_feed_holds_actions_events_calls_milestones_and_ones_own_tasks(officer, economic, stranger):
    mine = {"collectivity": officer.collectivity}
    action = ActionFactory(title="Mission", starts=soon(3), ends=soon(5), **mine)
    ActionFactory(title="Projet", starts=soon(-200), ends=soon(40), **mine)
    ActionFactory(title="Ailleurs", starts=soon(3), collectivity=stranger.collectivity)
    EventFactory(title="Salon", action=action, starts=soon(4), ends=None, **mine)
    TaskFactory(title="La mienne", action=action, due_on=soon(1), owner=officer.membership, **mine)
    TaskFactory(title="Celle d’un collègue", action=action, due_on=soon(1), owner=economic.membership, **mine)
    TaskFactory(title="Signature", action=action, due_on=soon(2), is_milestone=True, **mine)
    call(officer.collectivity, closes_on=soon(9))
    found = feed_of(officer)
    assert set(found) == {
        "Mission",
        "Fin\u00a0: Projet",
        "Salon",
        "À faire\u00a0: La mienne",
        "Étape clé\u00a0: Signature",
        "Date limite\u00a0: Appel jumeaux",
    }
    event = found["Mission"]
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (soon(3), soon(6))
    assert event["CLASS"] == "PRIVATE"
    assert event["UID"] == f"action-{action.pk}-{officer.collectivity.siren}@aict-economique"
    told = " ".join(str(event.to_ical()) for event in found.values())
    assert officer.user.email not in told
    assert officer.user.label not in told


def test_the_events_of_agreements_keep_the_uid_that_calendars_know(officer):
    row = AgreementFactory(collectivity=officer.collectivity, transmitted_on=date(2024, 1, 10), ends=soon(40))
    [event] = feed_of(officer).values()
    assert event["UID"] == f"accord-{row.pk}-deadline-{officer.collectivity.siren}@aict-economique"


def test_a_feed_names_no_aided_firm(officer, world):
    assert not [summary for summary in feed_of(officer) if "Atelier" in summary]


def test_an_action_and_an_event_are_downloaded_for_ones_own_calendar(elected, stranger, world):
    action = world["action"]
    response = elected.client.get(f"/actions/{action.pk}/action.ics")
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert (str(event["SUMMARY"]), event.decoded("DTEND")) == ("Mission à Sfax", date(2027, 3, 12))
    row = action.events.get()
    [event] = Calendar.from_ical(elected.client.get(f"/actions/evenements/{row.pk}/evenement.ics").content).walk(
        "VEVENT"
    )
    assert str(event["SUMMARY"]) == "Salon de Tunis"
    assert stranger.client.get(f"/actions/{action.pk}/action.ics").status_code == 404
    undated = ActionFactory(collectivity=elected.collectivity)
    assert elected.client.get(f"/actions/{undated.pk}/action.ics").status_code == 404


def test_a_day_at_the_end_of_time_fits_in_a_file(officer):
    row = ActionFactory(collectivity=officer.collectivity, starts=date(9999, 12, 30), ends=date(9999, 12, 31))
    assert officer.client.get(f"/actions/{row.pk}/action.ics").status_code == 200


def test_a_delegation_and_the_action_that_it_opened_are_one_entry(officer):
    mine = {"collectivity": officer.collectivity, "starts": date(2027, 3, 8), "ends": date(2027, 3, 9)}
    own = ActionFactory(title="Délégation de Sfax", **mine)
    EventFactory(title="Délégation de Sfax", action=own, kind="delegation-recue", **mine)
    EventFactory(title="Visite du port", action=own, **mine)
    found = calendar.entries(officer.collectivity, MARCH, date(2027, 3, 31), on=ON)
    assert [(row.kind, row.title) for row in found] == [
        (Kind.EVENT, "Délégation de Sfax"),
        (Kind.EVENT, "Visite du port"),
    ]
    asked = calendar.entries(officer.collectivity, MARCH, date(2027, 3, 31), Filters(kinds=(Kind.ACTION,)), on=ON)
    assert [row.title for row in asked] == ["Délégation de Sfax"]


def test_the_month_explains_its_signs(elected, world):
    page = shown(elected, mois="2027-03")
    legend = page[page.index("month-legend") :].split("</p>")[0]
    assert all(word in legend for word in ("Évènement", "Action", "Étape clé", "Tâche", "Appel à projets", "Accord"))
    assert "Aide à déclarer" not in legend, "none in this month"


def test_an_end_that_is_moved_is_told(elected):
    page = shown(elected, vue="liste", du="2027-03-10", au="2027-03-01").replace("\u00a0", " ")
    assert "Fin déplacée au 10 juin 2027." in page
    assert "Le 1er mars 2027, demandé, vient avant le début." in page
    assert "La liste s’arrête un an après" in shown(elected, vue="liste", du="2027-03-10", au="2030-03-01")
    assert "Fin déplacée" not in shown(elected, vue="liste", du="2027-03-10", au="2027-03-20")
    assert "Fin déplacée" not in shown(elected, vue="liste", du="2027-03-10")
