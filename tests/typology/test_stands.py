"""Who bears a stand (SYS-19): shares that add up to 100 %, the delegate, and the hint of a stand borne alone."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from aict.accounts.models import Change
from partners.models import SupportActor
from tests.factories import EventFactory, StakeholderFactory, StandShareFactory
from typology import stands
from typology.models import Event, StandShare
from typology.stands import Holder, Share

HINT = stands.SHARING_HINT.replace("\u00a0", " ")


@pytest.fixture
def stand(collectivity) -> Event:
    return EventFactory(collectivity=collectivity, kind="stand", title="Stand de Phoenix")


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def typed(mode: str, *rows: tuple[str, str]) -> dict[str, str]:
    form = {"stand_mode": mode}
    for number, (holder, percent) in enumerate(rows, start=1):
        form |= {f"holder_{number}": holder, f"percent_{number}": percent}
    return form


def send(actor, event: Event, mode: str, *rows: tuple[str, str]):
    return actor.client.post(f"{event.get_absolute_url()}stand/", typed(mode, *rows))


def saved(event: Event) -> list[tuple[str, Decimal]]:
    return [(row.holder, row.percent) for row in event.shares.select_related("actor", "stakeholder")]


# The acceptance of the system ---------------------------------------------------------------


def test_sys_19_stand_shares_must_add_up_to_100(economic, stand):
    rows = [("La collectivité", "40"), ("Région voisine", "35"), ("Pôle mer", "26")]
    response = send(economic, stand, "mutualise-regions", *rows)
    page = words(response)
    assert "40 + 35 + 26 = 101 %, il y a 1 % de trop" in page
    for holder, percent in rows:  # nothing typed is lost
        assert f'value="{holder}"' in response.content.decode()
        assert f'value="{percent}"' in response.content.decode()
    assert not StandShare.objects.exists()
    stand.refresh_from_db()
    assert stand.stand_mode == ""
    assert "= 80 %, il manque 20 %" in words(send(economic, stand, "mutualise-regions", *rows[:1], ("Région", "40")))
    assert send(economic, stand, "mutualise-regions", *rows[:2], ("Pôle mer", "25")).status_code == 302
    assert sum(percent for _, percent in saved(stand)) == 100
    assert "Parts complètes" in words(economic.client.get(stand.get_absolute_url()))


def test_sys_19_a_stand_borne_alone_shows_the_sharing_hint(economic, stand):
    assert HINT not in words(economic.client.get(stand.get_absolute_url()))
    assert send(economic, stand, "seul").status_code == 302
    page = words(economic.client.get(stand.get_absolute_url()))
    assert HINT in page
    assert "il manque" not in page
    send(economic, stand, "delegue", ("Business France", "100"))
    assert HINT not in words(economic.client.get(stand.get_absolute_url()))


# Shares -------------------------------------------------------------------------------------


def test_the_page_says_what_lacks_until_the_sum_is_exact(economic, stand):
    Event.objects.filter(pk=stand.pk).update(stand_mode="mutualise-villes")
    assert "Il manque 100 %" in words(economic.client.get(stand.get_absolute_url()))
    StandShareFactory(collectivity=stand.collectivity, event=stand, percent=80)
    assert "Il manque 20 %" in words(economic.client.get(stand.get_absolute_url()))


def test_thirds_add_up_exactly(economic, stand):
    rows = [("La collectivité", "33,34"), ("Ville A", "33,33"), ("Ville B", "33.33")]
    assert send(economic, stand, "mutualise-villes", *rows).status_code == 302
    assert saved(stand)[0] == ("Collectivité", Decimal("33.34"))


def test_a_name_finds_the_actor_the_stakeholder_or_stays_a_name(economic, stand):
    actor = SupportActor.objects.first()
    pole = StakeholderFactory(collectivity=stand.collectivity, name="Pôle mer")
    rows = [(actor.label.upper(), "50"), ("pôle MER", "30"), ("Métropole de Valmarée", "10"), ("Ville amie", "10")]
    assert send(economic, stand, "mutualise-reseaux", *rows).status_code == 302
    known = {row.percent: (row.actor, row.stakeholder, row.name) for row in stand.shares.filter(percent__gt=10)}
    assert known == {50: (actor, None, ""), 30: (None, pole, "")}
    assert sorted(stand.shares.filter(percent=10).values_list("name", flat=True)) == ["", "Ville amie"]


def test_a_stakeholder_of_another_collectivite_is_only_a_name(economic, stranger, stand):
    StakeholderFactory(collectivity=stranger.collectivity, name="Cluster d’ailleurs")
    send(economic, stand, "mutualise-reseaux", ("Cluster d’ailleurs", "100"))
    row = stand.shares.get()
    assert (row.stakeholder, row.name) == (None, "Cluster d’ailleurs")
    assert (
        "d’ailleurs"
        not in economic.client.get(f"{stand.get_absolute_url()}stand/").content.decode().split("<datalist")[1]
    )


@pytest.mark.parametrize(
    ("mode", "rows", "message"),
    [
        ("mutualise-villes", [("Ville", "-5"), ("Autre", "105")], "Trop petit"),
        ("mutualise-villes", [("Ville", "0"), ("Autre", "100")], "Trop petit"),
        ("mutualise-villes", [("Ville", "33,333"), ("Autre", "66,667")], "après la virgule"),
        ("mutualise-villes", [("Ville", "la moitié"), ("Autre", "50")], "n’est pas un nombre"),
        ("mutualise-villes", [("Ville", "NaN"), ("Autre", "50")], "nombre"),
        ("mutualise-villes", [("Ville", ""), ("Autre", "100")], "Donnez la part de « Ville »"),
        ("mutualise-villes", [("", "50"), ("Autre", "50")], "Écrivez qui porte cette part"),
        ("mutualise-villes", [("Ville", "50"), ("ville ", "50")], "Un même porteur est sur deux lignes"),
        ("mutualise-villes", [("a\x00b", "50"), ("Autre", "50")], "nul"),
        ("mutualise-villes", [("x" * 161, "50"), ("Autre", "50")], "160"),
        ("seul", [("Ville", "100")], "Un stand porté seul n’a pas d’autre porteur"),
        ("delegue", [], "Un stand délégué a un délégataire"),
        ("delegue", [("La collectivité", "100")], "Un stand délégué a un délégataire"),
        ("", [("Ville", "100")], "choisissez comment le stand est porté"),
        ("gratuit", [("Ville", "100")], "n’en fait pas partie"),
    ],
)
def test_a_stand_that_cannot_be_is_refused_with_its_reason(mode, rows, message, economic, stand):
    page = words(send(economic, stand, mode, *rows))
    assert message.casefold() in page.casefold()
    assert not StandShare.objects.exists()


def test_a_refused_stand_leads_to_the_field_to_mend(economic, stand):
    page = send(economic, stand, "mutualise-regions", ("La collectivité", "40")).content.decode()
    assert '<a href="#id_percent_1">' in page
    assert '<a href="#id_stand_mode">' in send(economic, stand, "", ("La collectivité", "40")).content.decode()


def test_a_share_may_be_written_with_its_sign_and_its_limit_is_told_with_a_comma(economic, stand):
    rows = [("La collectivité", "50 %"), ("Région voisine", "50%")]
    assert "Trop petit : 0,01 au moins" in words(send(economic, stand, "mutualise-regions", ("Pôle mer", "0")))
    assert send(economic, stand, "mutualise-regions", *rows).status_code == 302
    assert {percent for _, percent in saved(stand)} == {Decimal(50)}


def test_a_stand_borne_alone_lets_its_shares_go_and_the_history_keeps_them(economic, stand):
    send(economic, stand, "mutualise-villes", ("La collectivité", "60"), ("Ville amie", "40"))
    assert send(economic, stand, "seul").status_code == 302
    assert saved(stand) == []
    verbs = Change.objects.filter(model="typology.standshare").values_list("verb", flat=True)
    assert sorted(verbs) == ["created", "created", "deleted", "deleted"]


def test_a_share_that_changes_keeps_its_row(economic, stand):
    send(economic, stand, "mutualise-villes", ("La collectivité", "60"), ("Ville amie", "40"))
    before = set(stand.shares.values_list("pk", flat=True))
    send(economic, stand, "mutualise-villes", ("Ville amie", "70"), ("La collectivité", "30"))
    assert set(stand.shares.values_list("pk", flat=True)) == before
    assert saved(stand) == [("Ville amie", Decimal(70)), ("Collectivité", Decimal(30))]


def test_the_form_always_has_room_for_more_holders(economic, stand):
    for number in range(4):
        StandShareFactory(collectivity=stand.collectivity, event=stand, name=f"Ville {number}", percent=25)
    html = economic.client.get(f"{stand.get_absolute_url()}stand/").content.decode()
    assert len(re.findall(r'name="holder_\d+"', html)) == 7
    assert 'value="25"' in html


def test_the_writer_refuses_what_the_form_refuses(stand, officer):
    shares = [Share(Holder(name="Ville"), Decimal(60)), Share(Holder(), Decimal(41))]
    with pytest.raises(ValidationError, match="de trop"):
        stands.write(event=stand, mode="mutualise-villes", shares=shares, author=officer.user)
    assert not StandShare.objects.exists()


def test_a_mission_speaks_of_no_stand(economic, collectivity):
    mission = EventFactory(collectivity=collectivity)
    assert 'id="stand"' not in economic.client.get(mission.get_absolute_url()).content.decode()
