"""Journeys of firms: entries for several firms at once, the list of supported firms, the file of each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Change
from partners.models import Stakeholder
from tests.factories import ActionFactory, FirmFactory, ParticipationFactory, StakeholderFactory
from typology import journeys
from typology.models import Event, Participation

LIST = "/actions/entreprises/"
SIREN, OTHER_SIREN = "000100016", "000100024"
FORM = {"stage": "amont", "modality": "collective", "on": "2026-03-04", "note": "Atelier d’information", "event": ""}


def text_of(response) -> str:
    """What the page says, no-break spaces read as spaces."""
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def action(collectivity):
    return ActionFactory(collectivity=collectivity, title="Mission en Tunisie", starts=date(2026, 3, 1))


def firm(collectivity, name: str, siren: str = "") -> Stakeholder:
    return FirmFactory(collectivity=collectivity, name=name, siren=siren)


def send(actor, action, firms=(), **data):
    url = reverse("typology:participation_add", args=[action.pk])
    return actor.client.post(url, FORM | {"firms": [row.pk for row in firms]} | data, follow=True)


# Acceptance -------------------------------------------------------------------------------


def test_sys_13_a_firm_file_shows_its_stage_and_history(officer, collectivity, action):
    one = firm(collectivity, "Voiles exemple")
    later = ActionFactory(collectivity=collectivity, title="Salon de Hambourg")
    ParticipationFactory(collectivity=collectivity, action=later, firm=one, stage="mise-en-oeuvre", on="2026-06-10")
    ParticipationFactory(collectivity=collectivity, action=action, firm=one, stage="amont", on="2025-02-03")
    ParticipationFactory(collectivity=collectivity, action=action, firm=one, stage="conception", on="2025-09-15")
    page = text_of(officer.client.get(reverse("typology:firm_detail", args=[one.pk])))
    assert "Stade actuel : mise en œuvre" in page
    places = [page.index(f'class="num">{day}') for day in ("03/02/2025", "15/09/2025", "10/06/2026")]
    assert places == sorted(places)
    assert page.count('class="lane"') == 3
    stages = officer.client.get(reverse("typology:firm_detail", args=[one.pk])).context["journey"].stages
    assert [[row.title for row in stage.actions] for stage in stages] == [
        ["Mission en Tunisie"],
        ["Mission en Tunisie"],
        ["Salon de Hambourg"],
    ]
    assert [stage.is_current for stage in stages] == [False, False, True]


def test_sys_13_a_collective_action_adds_an_entry_to_every_participating_firm(economic, collectivity, action):
    firms = [firm(collectivity, f"Entreprise {letter}") for letter in "ABC"]
    absent = firm(collectivity, "Restée au port")
    response = send(economic, action, firms)
    assert "ajoutée pour 3 entreprises" in text_of(response)
    assert {row.firm for row in Participation.objects.filter(action=action)} == set(firms)
    for row in firms:
        page = text_of(economic.client.get(reverse("typology:firm_detail", args=[row.pk])))
        assert "Mission en Tunisie" in page
        assert "Atelier d’information" in page
        assert "Collective" in page
    assert "Mission en Tunisie" not in text_of(economic.client.get(reverse("typology:firm_detail", args=[absent.pk])))
    assert Change.objects.filter(model="typology.participation", verb="created").count() == 3


# Adding -----------------------------------------------------------------------------------


def test_the_same_entry_is_not_added_twice(economic, collectivity, action):
    one, two = firm(collectivity, "Un"), firm(collectivity, "Deux")
    send(economic, action, [one])
    assert "Déjà enregistrée : 1" in text_of(send(economic, action, [one, two]))
    assert "Rien à ajouter" in text_of(send(economic, action, [one, two]))
    assert Participation.objects.count() == 2
    send(economic, action, [one], stage="conception")
    assert Participation.objects.filter(firm=one).count() == 2


def test_an_individual_support_is_for_one_firm(economic, collectivity, action):
    one, two = firm(collectivity, "Un"), firm(collectivity, "Deux")
    assert "une seule entreprise" in text_of(send(economic, action, [one, two], modality="individuelle"))
    assert not Participation.objects.exists()
    send(economic, action, [one], modality="individuelle")
    assert Participation.objects.get().modality == "individuelle"


def test_names_and_siren_are_read_line_by_line(economic, collectivity, action):
    named, numbered = firm(collectivity, "Écluse & Fils"), firm(collectivity, "Port numérique", SIREN)
    send(economic, action, typed=f"  écluse & fils \r\n\r\n000 100 016\r\nPort numérique ; {SIREN}\r\n")
    assert {row.firm for row in Participation.objects.all()} == {named, numbered}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Port", "Ligne 1 : aucune entreprise ne s’appelle « Port ». Noms proches : « Port numérique »"),
        ("Port numérique\n123456789", "Ligne 2 : « 123456789 » n’est pas un SIREN"),
        ("Nouvelle ; 12", "Ligne 1 : « 12 » n’est pas un SIREN"),
        (OTHER_SIREN, "Ligne 1 : aucune entreprise du registre n’a le SIREN 000100024"),
        ("Jumelle", "Ligne 1 : plusieurs entreprises portent ce nom"),
        ("<script>alert(1)</script>", "« &lt;script&gt;alert(1)&lt;/script&gt; »"),
        ("", "Donnez au moins une entreprise"),
        ("🚢", "Ligne 1 : aucune entreprise ne s’appelle « 🚢 »"),
    ],
)
def test_a_line_that_is_no_firm_is_told_and_nothing_is_written(economic, collectivity, action, typed, said):
    firm(collectivity, "Port numérique", SIREN)
    firm(collectivity, "Jumelle")
    firm(collectivity, "Jumelle")
    assert said in text_of(send(economic, action, typed=typed))
    assert not Participation.objects.exists()
    assert Stakeholder.objects.count() == 3


def test_a_new_firm_is_created_on_the_way_only_when_asked(economic, collectivity, action):
    lines = f"Chantier neuf ; {SIREN}\nChantier neuf ; {SIREN}\nAtelier des quais"
    assert "cochez" in text_of(send(economic, action, typed=lines))
    assert not Stakeholder.objects.exists()
    send(economic, action, typed=lines, create_missing="on")
    rows = Stakeholder.objects.for_collectivity(collectivity).firms()
    assert {(row.name, row.siren) for row in rows} == {("Chantier neuf", SIREN), ("Atelier des quais", "")}
    assert Participation.objects.count() == 2
    assert Change.objects.filter(model="partners.stakeholder", verb="created").count() == 2


def test_a_name_given_with_its_siren_finds_the_firm_that_has_none_yet(economic, collectivity, action):
    one = firm(collectivity, "Sans numéro")
    send(economic, action, typed=f"Sans numéro ; {SIREN}", create_missing="on")
    assert Participation.objects.get().firm == one


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2099-01-01", "n’est pas encore venu"),
        (f"{timezone.localdate() + timedelta(days=1)}", "n’est pas encore venu"),
        ("1066-10-14", "ne convient pas"),
        ("31/02/2026", "n’est pas une date"),
        ("", "À remplir"),
    ],
)
def test_a_day_that_cannot_be_is_refused(economic, collectivity, action, on, said):
    assert said in text_of(send(economic, action, [firm(collectivity, "Un")], on=on))
    assert not Participation.objects.exists()


def test_beyond_300_firms_the_names_are_typed(economic, collectivity, action, monkeypatch):
    monkeypatch.setattr("typology.forms.journeys.LISTED", 2)
    firms = [firm(collectivity, f"Entreprise {number}") for number in range(3)]
    page = text_of(economic.client.get(reverse("typology:participation_add", args=[action.pk])))
    assert 'name="firms"' not in page
    assert 'name="typed"' in page
    send(economic, action, typed="\n".join(row.name for row in firms))
    assert Participation.objects.count() == 3


def test_too_many_firms_at_once_are_refused(economic, collectivity, action):
    lines = "\n".join(f"Entreprise {number}" for number in range(journeys.AT_ONCE + 1))
    assert "c’est trop" in text_of(send(economic, action, typed=lines, create_missing="on"))
    assert not Stakeholder.objects.exists()


def test_the_event_that_led_here_is_chosen_and_must_be_of_this_action(economic, collectivity, action):
    mine = {"collectivity": collectivity, "kind": "salon", "starts": date(2026, 2, 2)}
    event = Event.objects.create(action=action, title="Salon de la mer", **mine)
    other = Event.objects.create(action=ActionFactory(collectivity=collectivity), title="Ailleurs", **mine)
    url = reverse("typology:participation_add", args=[action.pk])
    page = text_of(economic.client.get(f"{url}?event={event.pk}"))
    assert f'<option value="{event.pk}" selected>' in page
    assert 'value="2026-02-02"' in page
    assert "Ailleurs" not in text_of(economic.client.get(f"{url}?event={other.pk}"))
    one = firm(collectivity, "Un")
    send(economic, action, [one], event=other.pk)
    assert not Participation.objects.exists()
    answer = economic.client.post(f"{url}?event={event.pk}", FORM | {"firms": [one.pk], "event": event.pk})
    assert answer["Location"] == event.get_absolute_url()
    assert Participation.objects.get().event == event
    with pytest.raises(ValidationError, match="autre action"):
        journeys.record(
            action=action, firms=[one], stage="conception", modality="collective", on=date(2026, 1, 1),
            author=None, event=other,
        )  # fmt: skip


def test_only_firms_of_this_collectivite_take_part(economic, stranger, collectivity, action):
    cluster = StakeholderFactory(collectivity=collectivity)
    foreign = firm(stranger.collectivity, "Étrangère", SIREN)
    for row in (cluster, foreign):
        assert Participation.objects.count() == 0
        send(economic, action, [row])
    page = text_of(send(economic, action, typed=SIREN))
    assert "aucune entreprise du registre" in page
    assert "Étrangère" not in page
    assert not Participation.objects.exists()
    with pytest.raises(ValidationError, match="n’est pas enregistrée comme entreprise"):
        journeys.record(
            action=action, firms=[cluster], stage="amont", modality="collective", on=date(2026, 1, 1), author=None
        )


def test_an_entry_is_edited_and_removed_with_its_history(economic, collectivity, action):
    entry = ParticipationFactory(collectivity=collectivity, action=action)
    edit = reverse("typology:participation_edit", args=[action.pk, entry.pk])
    economic.client.post(edit, FORM | {"stage": "conception"})
    entry.refresh_from_db()
    assert (entry.stage, entry.on) == ("conception", date(2026, 3, 4))
    twin = ParticipationFactory(collectivity=collectivity, action=action, firm=entry.firm, stage="amont")
    twin_edit = reverse("typology:participation_edit", args=[action.pk, twin.pk])
    assert "déjà enregistrée" in text_of(economic.client.post(twin_edit, FORM | {"stage": "conception"}))
    economic.client.post(reverse("typology:participation_delete", args=[action.pk, entry.pk]))
    assert list(Participation.objects.all()) == [twin]
    told = Change.objects.filter(model="typology.participation", object_id=entry.pk).values_list("verb", flat=True)
    assert set(told) == {"updated", "deleted"}


def test_an_entry_is_not_reached_through_another_action(economic, collectivity, action):
    entry = ParticipationFactory(collectivity=collectivity)
    for route in ("typology:participation_edit", "typology:participation_delete"):
        assert economic.client.post(reverse(route, args=[action.pk, entry.pk])).status_code == 404
    assert Participation.objects.filter(pk=entry.pk).exists()


# Reading ----------------------------------------------------------------------------------


def test_the_list_shows_supported_firms_at_their_current_stage(officer, collectivity, action):
    one, two = firm(collectivity, "Aurore", SIREN), firm(collectivity, "Boréale")
    firm(collectivity, "Jamais venue")
    fair = ActionFactory(collectivity=collectivity)
    ParticipationFactory(collectivity=collectivity, firm=one, action=action, stage="mise-en-oeuvre", on="2024-01-01")
    ParticipationFactory(collectivity=collectivity, firm=one, action=fair, stage="conception", on="2026-01-01")
    ParticipationFactory(collectivity=collectivity, firm=two, action=fair, stage="amont", on="2025-05-05")
    gone = ActionFactory(collectivity=collectivity, deleted_at=timezone.now())
    ParticipationFactory(collectivity=collectivity, firm=two, action=gone, stage="mise-en-oeuvre", on="2026-05-05")

    def names(query: str = "") -> list[str]:
        return [row.name for row in officer.client.get(f"{LIST}?{query}").context["page"]]

    assert names() == ["Aurore", "Boréale"]
    rows = list(officer.client.get(LIST).context["page"])
    assert [(row.current_stage, row.action_count) for row in rows] == [("conception", 2), ("amont", 1)]
    assert rows[0].last_on == date(2026, 1, 1)
    assert names("stage=conception") == ["Aurore"]
    assert names("stage=mise-en-oeuvre") == []
    assert names("year=2025") == ["Boréale"]
    assert names("year=2026") == ["Aurore"]
    assert names("category=internationalisation") == ["Aurore", "Boréale"]
    assert names("category=cooperation") == []
    assert names("q=bor") == ["Boréale"]
    assert names("q=000+100+016") == ["Aurore"]
    lines = officer.client.get(f"{LIST}export.csv?stage=amont").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Boréale;;En amont;1;")


@pytest.mark.parametrize("address", [LIST, "/actions/{action}/entreprises/", "/actions/entreprises/{firm}/"])
def test_pages_cost_the_same_with_1_and_30_entries(officer, collectivity, action, address, django_assert_num_queries):
    one = ParticipationFactory(collectivity=collectivity, action=action)
    url = address.format(action=action.pk, firm=one.firm.pk)
    with CaptureQueriesContext(connection) as queries:
        officer.client.get(url)
        count = len(queries)
    for number in range(29):
        ParticipationFactory(collectivity=collectivity, action=action, on=date(2025, 1, 1 + number))
        other = ActionFactory(collectivity=collectivity)
        ParticipationFactory(collectivity=collectivity, action=other, firm=one.firm, on=date(2024, 1, 1 + number))
    with django_assert_num_queries(count):
        officer.client.get(url)


def test_the_stakeholder_page_of_a_firm_leads_to_its_journey(officer, collectivity):
    one, cluster = firm(collectivity, "Un"), StakeholderFactory(collectivity=collectivity)
    journey = reverse("typology:firm_detail", args=[one.pk])
    assert journey in text_of(officer.client.get(one.get_absolute_url()))
    assert "/actions/entreprises/" not in text_of(officer.client.get(cluster.get_absolute_url()))
    assert officer.client.get(reverse("typology:firm_detail", args=[cluster.pk])).status_code == 404


def test_a_firm_without_entry_says_where_the_journey_begins(officer, collectivity):
    page = text_of(officer.client.get(reverse("typology:firm_detail", args=[firm(collectivity, "Un").pk])))
    assert "Aucune participation enregistrée" in page
    assert "Le parcours commence avec une action" in page
