"""Several actions changed at once: state, lead service, tags; each by the rule of its own form."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aict.accounts.models import Change
from partners.models import InternalService
from tests.factories import ActionFactory
from typology import bulk_edit
from typology.models import Action, Tag

LOT = "/actions/lot/"


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def some(actor, count: int = 3, **fields) -> list[Action]:
    return [ActionFactory(collectivity=actor.collectivity, **fields) for _ in range(count)]


def send(actor, actions: list[Action], **data):
    return actor.client.post(LOT, {"step": "apply", "action": [row.pk for row in actions], **data})


def states(actions: list[Action]) -> list[str]:
    return list(
        Action.objects.filter(pk__in=[row.pk for row in actions]).order_by("pk").values_list("status", flat=True)
    )


def test_the_ticked_actions_are_told_before_anything_changes(officer):
    actions = some(officer)
    page = words(officer.client.post(LOT, {"scope": "picked", "action": [row.pk for row in actions[:2]]}))
    assert "Modifier 2 actions" in page
    assert actions[0].title in page
    assert actions[2].title not in page
    assert not Change.objects.exists()


def test_state_service_and_tags_change_at_once_with_one_history_row_each(economic):
    actions = some(economic, status="en-cours")
    service = InternalService.objects.first()
    old = Tag.objects.create(collectivity=economic.collectivity, name="ancien")
    actions[0].tags.add(old)
    response = send(economic, actions, status="terminee", service=service.pk, added="port, Énergie", removed=[old.pk])
    assert response.url == "/actions/"
    for action in Action.objects.all():
        assert (action.status, action.lead_service) == ("terminee", service)
        assert sorted(tag.name for tag in action.tags.all()) == ["port", "Énergie"]
        change = Change.objects.about(action).get()
        assert change.author == economic.user
        assert change.fields["état"] == ["En cours", "Terminée"]
        assert change.fields["service pilote"] == ["", str(service)]
    assert Change.objects.about(actions[0]).get().fields["étiquettes"] == ["ancien", "port, Énergie"]
    assert "3 actions modifiées." in words(economic.client.get("/actions/"))


def test_what_is_refused_is_listed_with_its_reason_and_left_whole_the_rest_is_written(officer):
    ready = {"local_interest": "Des emplois", "gate_override_reason": "Vote du 3 mars"}
    [good], [bare], [over] = some(officer, 1, **ready), some(officer, 1), some(officer, 1, status="terminee")
    page = words(send(officer, [good, bare, over], status="programmee", added="salon"))
    assert states([good, bare, over]) == ["programmee", "prevue", "terminee"]
    assert "1 action modifiée." in page
    assert "2 actions laissées telles quelles" in page
    assert "il manque l’intérêt local, le résultat attendu et un indicateur" in page
    assert "Une action terminée peut seulement devenir « en cours »" in page
    assert list(Action.objects.filter(tags__name="salon")) == [good]
    assert Change.objects.count() == 1


def test_suspending_several_actions_keeps_one_written_reason(officer):
    actions = some(officer, status="en-cours")
    assert "Écrivez pourquoi" in words(send(officer, actions, status="suspendue"))
    assert set(states(actions)) == {"en-cours"}
    send(officer, actions, status="suspendue", status_reason="Crédits gelés.")
    assert set(Action.objects.values_list("status", "status_reason")) == {("suspendue", "Crédits gelés.")}
    send(officer, actions, status="en-cours", status_reason="")
    # The gate stands before « en cours », whatever the state left.
    assert set(states(actions)) == {"suspendue"}


def test_actions_that_are_so_already_are_neither_refused_nor_written(officer):
    actions = some(officer, 2, lead_service=InternalService.objects.first())
    send(officer, actions, service=InternalService.objects.first().pk)
    assert "0 action modifiée. 2 étaient déjà ainsi." in words(officer.client.get("/actions/"))
    assert not Change.objects.exists()


def test_the_whole_filtered_list_is_taken_without_ticking(officer):
    chosen, other = some(officer, 3, title="Salon"), some(officer, 1, title="Autre")
    page = officer.client.post(LOT, {"scope": "filtered", "filters": "q=salon"})
    assert "Modifier 3 actions" in words(page)
    numbers = re.findall(r'name="action" value="(\d+)"', page.content.decode())
    assert sorted(map(int, numbers)) == [row.pk for row in chosen]
    send(officer, chosen, added="salon")
    assert Action.objects.filter(tags__name="salon").count() == 3
    assert not other[0].tags.exists()


def test_a_selection_is_bounded(officer, monkeypatch):
    monkeypatch.setattr(bulk_edit, "MOST_EDITED", 2)
    actions = some(officer, 3)
    for data in ({"scope": "filtered"}, {"action": [row.pk for row in actions]}):
        response = officer.client.post(LOT, {"step": "apply", "added": "trop", **data}, follow=True)
        assert "Plus de 2 actions à la fois" in words(response)
    assert not Tag.objects.exists()


def test_foreign_and_unknown_numbers_are_unknown_alike_and_change_nothing(officer, stranger):
    foreign = some(stranger, 2)
    for numbers in ([row.pk for row in foreign], [999_999_999], ["abc", "\x00", "-1", "9" * 40, "²"]):
        response = officer.client.post(LOT, {"step": "apply", "action": numbers, "added": "x"}, follow=True)
        assert "Aucune action n’est cochée" in words(response)
    [mine] = some(officer, 1)
    send(officer, [mine, *foreign], added="x")
    assert list(Action.objects.filter(tags__name="x")) == [mine]
    assert Change.objects.count() == 1


def test_a_foreign_tag_or_service_is_refused_and_nothing_changes(officer, stranger):
    mine, foreign = (Tag.objects.create(collectivity=who.collectivity, name="bois") for who in (officer, stranger))
    actions = some(officer, 2)
    actions[0].tags.add(mine)
    response = send(officer, actions, removed=[foreign.pk])
    assert "bois" in words(response)
    response = send(officer, actions, service=999_999, added="y")
    assert "À corriger" in words(response)
    assert not Change.objects.exists()
    assert not Tag.objects.filter(name="y").exists()


def test_a_hundred_thousand_numbers_are_refused_and_change_nothing(officer):
    some(officer, 1)
    body = "step=apply&added=x&" + "&".join(f"action={number}" for number in range(100_000))
    response = officer.client.post(LOT, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (302, 400)
    assert not Change.objects.exists()


@pytest.mark.parametrize("value", ["\x00", "🚀", "<script>alert(1)</script>", "x" * 5000, "'; DROP TABLE x; --"])
def test_hostile_values_never_break_the_page(value, officer):
    actions = some(officer, 1)
    for name in ("status", "status_reason", "service", "added", "removed", "filters", "scope"):
        response = send(officer, actions, **{name: value})
        assert response.status_code in (200, 302), name
        assert b"<script>alert" not in response.content
    assert set(states(actions)) == {"prevue"}


def test_nothing_asked_changes_nothing_and_says_so(officer):
    assert "Rien à changer" in words(send(officer, some(officer, 1)))


def test_an_elected_official_changes_nothing(elected):
    assert send(elected, some(elected, 1), added="x").status_code == 403


def test_the_queries_do_not_grow_with_the_actions(officer):
    def queries(count: int, tag: str) -> int:
        actions = some(officer, count, status="en-cours")
        with CaptureQueriesContext(connection) as captured:
            assert send(officer, actions, status="terminee", added=tag).status_code == 302
        return len(captured)

    queries(1, "chauffe")
    assert queries(1, "un") == queries(30, "trente")
