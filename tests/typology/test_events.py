"""Events (SYS-19, SYS-23): register, parts, programme, delegations, and what feeds the indicators of the action."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aict.accounts.models import Change
from evaluation.models import Indicator
from partners.models import InternalService
from tests.factories import (
    ActionFactory,
    AppointmentFactory,
    EventFactory,
    EventGuestFactory,
    FirmFactory,
    IndicatorUseFactory,
    ProgrammeItemFactory,
    StakeholderFactory,
    StandShareFactory,
    TerritoryFactory,
)
from typology import events
from typology.models import Action, ActionType, Appointment, Event, EventGuest, ProgrammeItem, Task

LIST = "/actions/evenements/"
CREATE = f"{LIST}nouveau/"
HOSTILE = ["\x00", "🚀", "\u202eabc", "<script>alert(1)</script>", "x" * 5000, "-1", "9" * 30]


@pytest.fixture
def event(collectivity) -> Event:
    return EventFactory(collectivity=collectivity, title="Mission à Tunis")


@pytest.fixture
def delegation(collectivity) -> Event:
    return EventFactory(collectivity=collectivity, title="Délégation de Sfax", kind="delegation-recue")


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def typed(**values) -> dict:
    return {"kind": "mission", "title": "Mission à Sfax", "starts": "2027-05-10", "visibility": "", **values}


def part(event: Event, end: str) -> str:
    return f"{event.get_absolute_url()}{end}/"


# The acceptance of the systems -------------------------------------------------------------


def test_sys_19_three_firms_and_five_appointments_update_the_two_indicators(officer, event):
    c, action = officer.collectivity, event.action
    for code in ("f1-entreprises-participantes", "f1-rendez-vous"):
        IndicatorUseFactory(collectivity=c, action=action, indicator=Indicator.objects.get(code=code))
    assert "compté dans l’outil" not in words(officer.client.get(action.get_absolute_url()))
    firms = [FirmFactory(collectivity=c) for _ in range(3)]
    for firm in firms:
        form = {"firms": [firm.pk], "stage": "mise-en-oeuvre", "modality": "collective", "on": "2026-03-02"}
        address = f"/actions/{action.pk}/entreprises/ajouter/?event={event.pk}"
        assert officer.client.post(address, {**form, "event": event.pk}).status_code == 302
    for number, firm in enumerate([*firms, *firms[:2]]):
        form = {"firm": firm.pk, "counterpart": f"Acheteur {number}", "status": "prevu"}
        assert officer.client.post(part(event, "rendez-vous/nouveau"), form).status_code == 302
    html = officer.client.get(action.get_absolute_url()).content.decode()
    told = re.findall(r"compté dans l’outil\u00a0: <b>(.*?)</b>", html)
    assert told == ["3", "5"] or told == ["5", "3"]
    link = re.search(r'href="([^"]*indicator=f1-rendez-vous[^"]*value=5[^"]*)"', html).group(1).replace("&amp;", "&")
    measure = words(officer.client.get(link))
    assert "Compté dans l’outil : rendez-vous d’affaires prévus ou tenus, annulés exclus." in measure
    assert 'name="value" value="5"' in officer.client.get(link).content.decode()


def test_sys_23_a_delegation_gives_a_dated_programme_and_its_follow_ups(officer, delegation):
    moments = [
        {"day": "2027-03-02", "starts_at": "9 h 30", "ends_at": "11:00", "kind": "visite", "title": "Visite du port"},
        {
            "day": "2027-03-01",
            "starts_at": "18:00",
            "kind": "protocole",
            "title": "Accueil en mairie",
            "note": "Drapeaux",
        },
        {
            "day": "2027-03-02",
            "starts_at": "08:00",
            "kind": "rencontre-economique",
            "title": "Petit-déjeuner des pôles",
        },
    ]
    for moment in moments:
        assert officer.client.post(part(delegation, "moments/nouveau"), moment).status_code == 302
    owner = officer.membership
    follow_up = {"title": "Envoyer les offres", "due_on": "2027-03-20", "owner": owner.pk}
    assert officer.client.post(part(delegation, "suites/nouvelle"), follow_up).status_code == 302
    assert "Envoyer les offres" in words(officer.client.get(delegation.get_absolute_url()))
    page = words(officer.client.get(part(delegation, "programme")))
    assert re.search(
        r"Lundi 1er mars 2027.*18 h.*Accueil en mairie.*Mardi 2 mars 2027.*8 h.*Petit-déjeuner.*9 h 30 – 11 h.*Visite",
        page,
    )
    assert "Drapeaux" not in page  # what the services keep for themselves
    assert "Envoyer les offres" not in page
    team = words(officer.client.get(part(delegation, "programme"), {"pour": "equipe"}))
    assert "Consignes : Drapeaux" in team
    assert re.search(r"Suites à donner.*Envoyer les offres 20/03/2027 Poste officer", team)
    task = Task.objects.get()
    assert (task.action, task.event, task.due_on) == (delegation.action, delegation, date(2027, 3, 20))


def test_sys_23_a_delegation_counts_as_a_promotion_action(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    form = typed(kind="delegation-recue", title="Délégation de Sfax", territory=territory.pk, ends="2027-05-12")
    response = officer.client.post(CREATE, form)
    event, action = Event.objects.get(), Action.objects.get()
    assert response.url == event.get_absolute_url()
    assert event.action == action
    assert (action.type.code, action.category.code) == ("accueil-delegations", "promotion")
    assert (action.title, action.territory, action.starts) == ("Délégation de Sfax", territory, date(2027, 5, 10))
    assert Action.objects.for_collectivity(officer.collectivity).of_category("promotion").count() == 1
    assert Change.objects.about(action).get().author == officer.user
    assert "Délégation de Sfax" in words(officer.client.get("/actions/", {"category": "promotion"}))


# Create and edit ---------------------------------------------------------------------------


def test_another_kind_of_event_needs_an_action_and_says_so(officer):
    page = words(officer.client.post(CREATE, typed()))
    assert "Choisissez l’action dont cet évènement fait partie" in page
    assert "Mission à Sfax" in officer.client.post(CREATE, typed()).content.decode()  # nothing typed is lost
    assert not Event.objects.exists()
    assert not Action.objects.exists()


def test_a_refused_delegation_logs_no_action(officer):
    officer.client.post(CREATE, typed(kind="delegation-recue", ends="2027-05-01"))
    assert not Action.objects.exists()


def test_an_event_is_as_visible_as_its_action_unless_told_otherwise(officer):
    action = ActionFactory(collectivity=officer.collectivity, visibility="network")
    officer.client.post(CREATE, typed(action=action.pk))
    assert Event.objects.get().visibility == "network"
    officer.client.post(CREATE, typed(action=action.pk, title="Autre", visibility="internal"))
    assert Event.objects.get(title="Autre").visibility == "internal"


def test_a_short_form_keeps_the_visibility_of_an_event(officer, event):
    Event.objects.filter(pk=event.pk).update(visibility="public")
    assert officer.client.post(part(event, "modifier"), typed(action=event.action_id)).status_code == 302
    assert Event.objects.get().visibility == "public"


def test_the_page_of_an_action_leads_to_a_form_that_knows_it(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    html = officer.client.get(CREATE, {"action": action.pk, "kind": "salon"}).content.decode()
    assert f'<option value="{action.pk}" selected>' in html
    assert '<option value="salon" selected>' in html


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"ends": "2027-05-09"}, "La fin précède le début"),
        ({"starts": "0999-01-01"}, "L’année 999 ne convient pas"),
        ({"starts": "31/02/2027"}, "n’est pas une date du calendrier"),
        ({"attendees": "-3"}, "Un nombre ne peut pas être négatif"),
        ({"kind": "fête"}, "n’en fait pas partie"),
        ({"title": "a\x00b"}, "nul"),
        ({"country": "99999"}, "n’existe pas"),
        ({"services": ["99999999999999999999"]}, "n’existe pas"),
    ],
)
def test_a_bad_event_is_refused_with_its_reason(form, message, officer, event):
    page = words(officer.client.post(CREATE, typed(action=event.action_id, **form)))
    assert message.casefold() in page.casefold()
    assert Event.objects.count() == 1


def test_an_action_or_a_territory_of_another_collectivite_is_refused(officer, stranger):
    foreign, territory = (
        ActionFactory(collectivity=stranger.collectivity),
        TerritoryFactory(collectivity=stranger.collectivity),
    )
    own = ActionFactory(collectivity=officer.collectivity)
    for values in ({"action": foreign.pk}, {"action": own.pk, "territory": territory.pk}):
        assert "n’existe pas dans votre collectivité" in words(officer.client.post(CREATE, typed(**values)))
    assert not Event.objects.exists()


# Programme -----------------------------------------------------------------------------------


def test_a_moment_outside_the_event_is_refused_and_says_its_dates(officer, event):
    form = {"day": "2027-03-05", "kind": "visite", "title": "Trop tard"}
    page = words(officer.client.post(part(event, "moments/nouveau"), form))
    assert "n’est pas un jour de l’évènement, qui a lieu du 1er mars 2027 au 4 mars 2027" in page
    assert not ProgrammeItem.objects.exists()


def test_a_moment_that_ends_before_it_starts_is_refused(officer, event):
    form = {"day": "2027-03-01", "starts_at": "10:00", "ends_at": "9h", "kind": "visite", "title": "x"}
    answer = officer.client.post(part(event, "moments/nouveau"), form)
    assert "L’heure de fin précède celle de début" in words(answer)
    assert '<a href="#id_ends_at">' in answer.content.decode()


def test_a_refused_end_leads_to_its_field_and_no_choice_shows_dashes(officer, event):
    answer = officer.client.post(f"{event.get_absolute_url()}modifier/", {"starts": "2027-03-04", "ends": "2027-03-01"})
    page = answer.content.decode()
    assert '<a href="#id_ends">Fin</a> : La fin précède le début' in page
    assert page.count("La fin précède le début") == 2  # in the summary and beside the field
    assert "Choisir…" in page and "-----" not in page


@pytest.mark.parametrize(("hour", "read"), [("9h30", time(9, 30)), ("9 h", time(9)), ("14:05", time(14, 5))])
def test_hours_are_read_as_french_users_write_them(hour, read, officer, event):
    form = {"day": "2027-03-01", "starts_at": hour, "kind": "visite", "title": "x"}
    officer.client.post(part(event, "moments/nouveau"), form)
    assert ProgrammeItem.objects.get().starts_at == read


def test_an_hour_that_is_none_is_refused_and_stays_in_its_field(officer, event):
    form = {"day": "2027-03-01", "starts_at": "vers midi", "kind": "visite", "title": "x"}
    response = officer.client.post(part(event, "moments/nouveau"), form)
    assert "« vers midi » n’est pas une heure" in words(response)
    [field] = re.findall(r'<input[^>]*name="starts_at"[^>]*>', response.content.decode())
    assert 'type="text"' in field
    assert 'value="vers midi"' in field


def test_overlapping_moments_are_told_and_kept(officer, event):
    c = officer.collectivity
    ProgrammeItemFactory(collectivity=c, event=event, title="Visite", starts_at=time(9), ends_at=time(11))
    ProgrammeItemFactory(collectivity=c, event=event, title="Appel", starts_at=time(9, 30), ends_at=time(9, 45))
    ProgrammeItemFactory(collectivity=c, event=event, title="Réunion", starts_at=time(10, 30))
    ProgrammeItemFactory(collectivity=c, event=event, title="Déjeuner", starts_at=time(11))
    [day] = events.programme(event, event.programme.for_programme())
    assert [moment.clash for moment in day.moments] == ["", "Visite", "Visite", ""]
    page = words(officer.client.get(event.get_absolute_url()))
    assert "« Visite » n’est pas fini quand commence « Réunion », à 10 h 30" in page


def test_moments_left_outside_by_a_change_of_dates_are_told(officer, event):
    ProgrammeItemFactory(collectivity=officer.collectivity, event=event)
    Event.objects.filter(pk=event.pk).update(starts=date(2027, 4, 1), ends=None)
    page = words(officer.client.get(event.get_absolute_url()))
    assert "hors des dates de l’évènement, le 1er avril 2027 : 1er mars 2027" in page


def test_an_empty_programme_says_what_to_do(elected, event):
    assert "Ajoutez des moments" in words(elected.client.get(part(event, "programme")))


# Guests and appointments -----------------------------------------------------------------------


def test_guests_are_added_changed_and_removed_with_their_history(officer, delegation):
    form = {"organisation": "Chambre de Sfax", "post": "Présidence", "people": "3"}
    response = officer.client.post(part(delegation, "invites/nouveau"), form)
    assert response.url == f"{delegation.get_absolute_url()}#invites"
    guest = EventGuest.objects.get()
    officer.client.post(part(delegation, f"invites/{guest.pk}/modifier"), {**form, "people": "4"})
    assert EventGuest.objects.get().people == 4
    officer.client.post(part(delegation, f"invites/{guest.pk}/supprimer"))
    assert not EventGuest.objects.exists()
    verbs = Change.objects.filter(model="typology.eventguest", object_id=guest.pk).values_list("verb", flat=True)
    assert list(verbs) == ["deleted", "updated", "created"]


@pytest.mark.parametrize("people", ["0", "-1", "10000", "trois", "\x00"])
def test_an_impossible_number_of_people_is_refused(people, officer, delegation):
    form = {"organisation": "Chambre", "people": people}
    assert officer.client.post(part(delegation, "invites/nouveau"), form).status_code == 200
    assert not EventGuest.objects.exists()


def test_an_appointment_is_written_with_its_outcome_and_amount(officer, event):
    firm = FirmFactory(collectivity=officer.collectivity)
    form = {
        "firm": firm.pk,
        "counterpart": "Port de Radès",
        "at": "02/03/2027 9h30",
        "status": "tenu",
        "outcome": "commande",
        "amount": "12 500,50 €",
    }
    assert officer.client.post(part(event, "rendez-vous/nouveau"), form).status_code == 302
    row = Appointment.objects.get()
    assert row.amount == Decimal("12500.50")
    assert timezone.localtime(row.at).strftime("%d/%m/%Y %H:%M") == "02/03/2027 09:30"
    page = words(officer.client.get(event.get_absolute_url()))
    assert re.search(r"Port de Radès 02/03/2027 09:30 Commande 12 500,50 € Tenu", page)


def test_an_appointment_outside_the_dates_is_advice(officer, event):
    AppointmentFactory(collectivity=officer.collectivity, event=event, at=timezone.make_aware(datetime(2027, 3, 9, 10)))
    page = words(officer.client.get(event.get_absolute_url()))
    assert "Un rendez-vous est daté hors des jours de l’évènement" in page
    assert "hors des dates" in page


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"amount": "-1"}, "Un montant ne peut pas être négatif"),
        ({"at": "demain"}, "n’est pas un jour et une heure"),
        ({"at": "0001-01-01T00:00"}, "ne convient pas"),
        ({"status": "annule", "outcome": "commande"}, "Un rendez-vous annulé n’a pas de suite"),
        ({"counterpart": "a\x00"}, "nul"),
        ({"firm": "99999999999999999999"}, "n’existe pas"),
    ],
)
def test_a_bad_appointment_is_refused_with_its_reason(form, message, officer, event):
    firm = FirmFactory(collectivity=officer.collectivity)
    sent = {"firm": firm.pk, "counterpart": "Port", "status": "prevu", **form}
    assert message in words(officer.client.post(part(event, "rendez-vous/nouveau"), sent))
    assert not Appointment.objects.exists()


def test_only_firms_of_the_collectivite_have_appointments(officer, stranger, event):
    foreign = FirmFactory(collectivity=stranger.collectivity)
    cluster = StakeholderFactory(collectivity=officer.collectivity)
    for firm in (foreign, cluster):
        sent = {"firm": firm.pk, "counterpart": "Port", "status": "prevu"}
        assert "n’existe pas" in words(officer.client.post(part(event, "rendez-vous/nouveau"), sent))
    assert not Appointment.objects.exists()


def test_several_appointments_of_one_firm_are_written_one_a_line(officer, event):
    firm = FirmFactory(collectivity=officer.collectivity)
    lines = "Port de Radès\r\n\r\n  Office du commerce \r\nAcheteur"
    sent = {"firm": firm.pk, "status": "prevu", "counterparts": lines}
    response = officer.client.post(part(event, "rendez-vous/plusieurs"), sent)
    assert response.url == f"{event.get_absolute_url()}#rendez-vous"
    names = list(Appointment.objects.order_by("pk").values_list("counterpart", flat=True))
    assert names == ["Port de Radès", "Office du commerce", "Acheteur"]
    assert Change.objects.filter(model="typology.appointment", verb="created").count() == 3


@pytest.mark.parametrize("lines", ["", "   \n ", "x" * 201, "\n".join(map(str, range(51)))])
def test_unreadable_lines_write_no_appointment(lines, officer, event):
    sent = {"firm": FirmFactory(collectivity=officer.collectivity).pk, "status": "prevu", "counterparts": lines}
    assert officer.client.post(part(event, "rendez-vous/plusieurs"), sent).status_code == 200
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_text_is_refused_or_shown_as_text(value, officer, event):
    forms = {
        "invites/nouveau": {"organisation": value, "post": value, "people": value},
        "moments/nouveau": {"day": value, "title": value, "kind": value, "place": value, "starts_at": value},
        "rendez-vous/nouveau": {"firm": value, "counterpart": value, "at": value, "amount": value},
        "rendez-vous/plusieurs": {"firm": value, "counterparts": value, "status": value},
        "suites/nouvelle": {"title": value, "due_on": value, "owner": value},
    }
    for end, form in forms.items():
        assert officer.client.post(part(event, end), form).status_code in (200, 302)
    assert "<script>alert" not in officer.client.get(event.get_absolute_url()).content.decode()


# List, filters, export -------------------------------------------------------------------------


def titles(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r'<th scope="row"[^>]*><a href="/actions/evenements/\d+/">(.*?)</a>', response.content.decode())


def test_the_list_is_filtered_by_kind_year_territory_category_and_words(officer, event):
    c = officer.collectivity
    territory = TerritoryFactory(collectivity=c, name="Sfax")
    kind = ActionType.objects.get(code="accueil-delegations")
    other = EventFactory(
        collectivity=c,
        action=ActionFactory(collectivity=c, type=kind),
        kind="delegation-recue",
        title="Venue",
        starts=date(2026, 12, 30),
        ends=date(2027, 1, 2),
        territory=territory,
    )
    for query in ({"kind": "delegation-recue"}, {"territory": territory.pk}, {"category": "promotion"}, {"q": "sfax"}):
        assert titles(officer.client.get(LIST, query)) == [other.title], query
    assert titles(officer.client.get(LIST, {"year": "2027"})) == [event.title, other.title]
    assert titles(officer.client.get(LIST, {"year": "2026"})) == [other.title]
    assert titles(officer.client.get(LIST, {"q": event.action.title})) == [event.title]


def test_an_event_of_a_deleted_action_leaves_the_list_and_comes_back_with_it(officer, event):
    Action.objects.filter(pk=event.action_id).update(deleted_at=timezone.now())
    assert titles(officer.client.get(LIST)) == []
    assert "Action supprimée" in words(officer.client.get(event.get_absolute_url()))
    assert officer.client.get(part(event, "modifier")).status_code == 404
    assert officer.client.get(part(event, "invites/nouveau")).status_code == 404
    Action.objects.filter(pk=event.action_id).update(deleted_at=None)
    assert titles(officer.client.get(LIST)) == [event.title]


def test_a_deleted_event_comes_back(officer, event):
    officer.client.post(part(event, "supprimer"))
    assert titles(officer.client.get(LIST)) == []
    assert event.title in words(officer.client.get(LIST, {"supprimes": "1"}))
    officer.client.post(part(event, "retablir"))
    assert titles(officer.client.get(LIST)) == [event.title]


def test_the_export_holds_counts_and_shares_and_no_live_formula(officer, event):
    c = officer.collectivity
    Event.objects.filter(pk=event.pk).update(title="=1+1", stand_mode="mutualise-villes")
    StandShareFactory(collectivity=c, event=event, percent=60)
    StandShareFactory(collectivity=c, event=event, percent=40, name="Ville amie")
    AppointmentFactory(collectivity=c, event=event)
    AppointmentFactory(collectivity=c, event=event, status="annule")
    text = b"".join(officer.client.get(f"{LIST}export.csv").streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text
    assert "Ville amie : 40.00" in text
    assert ";1;Mutualisé avec des villes partenaires" in text
    assert officer.client.get(f"{LIST}export.xlsx").content[:2] == b"PK"
    assert officer.client.get(f"{LIST}export.pdf").status_code == 404


def queries_of(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def fill(event: Event) -> None:
    c = event.collectivity
    EventGuestFactory(collectivity=c, event=event, stakeholder=StakeholderFactory(collectivity=c))
    AppointmentFactory(collectivity=c, event=event)
    ProgrammeItemFactory(collectivity=c, event=event, service=InternalService.objects.first())
    StandShareFactory(collectivity=c, event=event, percent=10, stakeholder=StakeholderFactory(collectivity=c))
    Task.objects.create(collectivity=c, event=event, action=event.action, title="Relancer")
    event.participations.create(
        collectivity=c, action=event.action, firm=FirmFactory(collectivity=c), stage="amont", on="2026-01-01"
    )


def test_the_list_costs_the_same_for_one_and_thirty_events(officer, event):
    c = officer.collectivity
    one = queries_of(officer.client, LIST)
    rows = [EventFactory(collectivity=c, action=event.action, territory=TerritoryFactory(collectivity=c)) for _ in "12"]
    rows += [EventFactory(collectivity=c, action=event.action) for _ in range(27)]
    for row in rows[:2]:
        fill(row)
    assert len(titles(officer.client.get(LIST))) == 30
    assert queries_of(officer.client, LIST) == one


def test_the_page_and_the_programme_cost_the_same_for_one_and_many_parts(officer, event):
    fill(event)
    programme = part(event, "programme")
    one, paper = queries_of(officer.client, event.get_absolute_url()), queries_of(officer.client, programme)
    for _ in range(8):
        fill(event)
    assert queries_of(officer.client, event.get_absolute_url()) == one
    assert queries_of(officer.client, programme) == paper


# Who may what, and networks --------------------------------------------------------------------


def test_an_elected_official_reads_events_and_writes_none(elected, event):
    page = words(elected.client.get(event.get_absolute_url()))
    assert "Ajouter" not in page
    for end in ("modifier", "stand", "invites/nouveau", "rendez-vous/nouveau", "moments/nouveau", "suites/nouvelle"):
        assert elected.client.get(part(event, end)).status_code == 403


def test_a_part_cannot_be_reached_through_another_event(officer, event):
    other = EventFactory(collectivity=officer.collectivity)
    guest = EventGuestFactory(collectivity=officer.collectivity, event=event)
    assert officer.client.get(part(other, f"invites/{guest.pk}/modifier")).status_code == 404
    assert officer.client.post(part(other, f"invites/{guest.pk}/supprimer")).status_code == 404
    assert EventGuest.objects.exists()


def test_a_network_reads_the_shared_events_of_shared_actions_without_what_is_inside(network):
    c = network.collectivity
    shared, kept = (ActionFactory(collectivity=c, visibility=seen) for seen in ("network", "internal"))
    seen = EventFactory(collectivity=c, action=shared, visibility="public", title="Salon", protocol="secret")
    EventGuestFactory(collectivity=c, event=seen, organisation="Invité discret")
    EventFactory(collectivity=c, action=shared, visibility="internal")
    hidden = EventFactory(collectivity=c, action=kept, visibility="public")
    answer = network.client.get("/api/v1/evenements/").json()
    [row] = answer["results"]
    assert set(row) == {"id", "title", "kind", "starts", "ends", "place", "country", "country_label", "visibility"}
    assert row["title"] == "Salon"
    assert network.client.get(f"/api/v1/evenements/{hidden.pk}/").status_code == 404
    for query in ({"q": shared.title}, {"q": "discret"}):
        assert network.client.get("/api/v1/evenements/", query).json()["results"] == []
    assert len(network.client.get("/api/v1/evenements/", {"category": "cooperation"}).json()["results"]) == 1


def test_a_member_reads_counts_and_shares_in_the_api(economic, event):
    c = economic.collectivity
    AppointmentFactory(collectivity=c, event=event)
    StandShareFactory(collectivity=c, event=event, name="Région voisine", percent=100)
    [row] = economic.client.get("/api/v1/evenements/", {"kind": "mission"}).json()["results"]
    assert (row["action"], row["appointment_count"], row["firm_count"]) == (event.action_id, 1, 1)
    assert row["shares"] == [{"holder": "Région voisine", "percent": "100.00"}]


def test_a_firm_of_the_list_counts_once_and_a_cancelled_appointment_does_not(officer, event):
    c = officer.collectivity
    both, met, gone = (FirmFactory(collectivity=c) for _ in range(3))
    event.participations.create(collectivity=c, action=event.action, firm=both, stage="amont", on="2026-01-01")
    for firm in (both, met, met):
        AppointmentFactory(collectivity=c, event=event, firm=firm)
    AppointmentFactory(collectivity=c, event=event, firm=gone, status="annule")
    row = Event.objects.with_counts().get()
    assert (row.firm_count, row.appointment_count, row.guest_total) == (2, 3, None)


def test_a_follow_up_done_on_the_page_of_its_event_comes_back_there(officer, event):
    task = Task.objects.create(collectivity=officer.collectivity, event=event, action=event.action, title="Relancer")
    assert 'name="event" value="1"' in officer.client.get(event.get_absolute_url()).content.decode()
    response = officer.client.post(f"/actions/taches/{task.pk}/fait/", {"event": "1"})
    assert response.url == f"{event.get_absolute_url()}#suites"
    assert re.search(r"Relancer.*Fait le", words(officer.client.get(event.get_absolute_url())))


def test_an_event_shared_while_its_action_is_internal_says_that_networks_do_not_see_it(officer):
    told = "Les réseaux ne voient pas cet évènement : son action"
    for seen, is_told in (("internal", True), ("network", False)):
        action = ActionFactory(collectivity=officer.collectivity, visibility=seen)
        event = EventFactory(collectivity=officer.collectivity, action=action, visibility="network")
        assert (told in words(officer.client.get(event.get_absolute_url()))) is is_told
    inside = EventFactory(collectivity=officer.collectivity, visibility="internal")
    assert told not in words(officer.client.get(inside.get_absolute_url()))
