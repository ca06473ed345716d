"""The state of an action: allowed moves, written reasons, the gate, and two people at once."""

import re

import pytest

from aict.accounts.models import Change
from tests.factories import ActionFactory, IndicatorUseFactory
from typology import gate, status_moves
from typology.enums import ActionStatus
from typology.models import Action

OPEN = gate.Gate((), "")
CLOSED = gate.Gate((gate.LOCAL_INTEREST,), "")


def words(response, status: int = 200) -> str:
    assert response.status_code == status, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def ready(actor, **fields) -> Action:
    """An action that passes the gate."""
    given = {"local_interest": "Des emplois ici", "expected_result": "Dix contrats", **fields}
    action = ActionFactory(collectivity=actor.collectivity, **given)
    IndicatorUseFactory(collectivity=actor.collectivity, action=action)
    return action


def move(actor, action: Action, to: str, seen: str = "", **fields):
    data = {"from": seen or action.status, "status": to, **fields}
    return actor.client.post(f"/actions/{action.pk}/etat/", data)


def state(action: Action) -> tuple[str, str]:
    return Action.objects.values_list("status", "status_reason").get(pk=action.pk)


# The rule ---------------------------------------------------------------------------------


def test_every_state_leads_somewhere_and_every_state_can_be_reached():
    assert set(status_moves.MOVES) == set(ActionStatus)
    assert {to for reached in status_moves.MOVES.values() for to in reached} == set(ActionStatus)
    assert all(state not in reached for state, reached in status_moves.MOVES.items())


@pytest.mark.parametrize("before", ActionStatus)
@pytest.mark.parametrize("after", ActionStatus)
def test_only_the_moves_of_the_table_are_allowed(before, after):
    refused = status_moves.refusals(before=before, after=after, reason="Un motif", given=OPEN)
    allowed = after == before or after in status_moves.MOVES[before]
    assert (refused == {}) is allowed, (before, after, refused)


@pytest.mark.parametrize("before", ["", *ActionStatus])
@pytest.mark.parametrize("after", [ActionStatus.PROGRAMMEE, ActionStatus.EN_COURS])
def test_sys_42_no_way_leads_around_the_gate(before, after):
    refused = status_moves.refusals(before=before, after=after, reason="", given=CLOSED)
    stays_in_course = before == after == ActionStatus.EN_COURS
    assert bool(refused) is not stays_in_course
    assert not status_moves.refusals(
        before=ActionStatus.PREVUE, after=after, reason="", given=gate.Gate(CLOSED.lacks, "Vote du 3 mars")
    )


def test_a_file_that_takes_a_register_over_tells_facts_but_schedules_nothing_past_the_gate():
    def refused(before: str, after: str) -> dict[str, str]:
        return status_moves.refusals(before=before, after=after, reason="", given=CLOSED, taken_over=True)

    assert not refused("", ActionStatus.EN_COURS)
    assert not refused("", ActionStatus.SUSPENDUE)
    assert refused("", ActionStatus.PROGRAMMEE)
    assert refused(ActionStatus.PREVUE, ActionStatus.EN_COURS)
    assert refused(ActionStatus.EN_COURS, ActionStatus.SUSPENDUE)
    assert refused(ActionStatus.TERMINEE, ActionStatus.ABANDONNEE)


# One gesture ------------------------------------------------------------------------------


def test_one_gesture_on_the_page_moves_the_state_and_its_history_says_who(economic):
    action = ready(economic)
    page = economic.client.get(action.get_absolute_url()).content.decode()
    assert 'name="status" value="programmee"' in page
    response = move(economic, action, "programmee")
    assert response.url == action.get_absolute_url()
    assert state(action)[0] == "programmee"
    change = Change.objects.about(action).get()
    assert (change.author, change.fields) == (economic.user, {"état": ["Prévue", "Programmée"]})


@pytest.mark.parametrize("status", ["programmee", "en-cours"])
def test_sys_42_the_gesture_meets_the_gate_and_a_written_reason_opens_it_for_good(status, officer):
    action = ActionFactory(collectivity=officer.collectivity)
    page = words(move(officer, action, status))
    assert "il manque l’intérêt local, le résultat attendu et un indicateur" in page
    assert "il manque" in words(move(officer, action, status, gate_override_reason="  "))
    assert state(action)[0] == "prevue"
    move(officer, action, status, gate_override_reason="Vote du 3 mars")
    assert state(action)[0] == status
    assert "Motif écrit : Vote du 3 mars" in words(officer.client.get(action.get_absolute_url()))


@pytest.mark.parametrize("status", ["programmee", "en-cours"])
def test_sys_42_the_page_of_a_refused_button_offers_the_derogation_and_says_the_refusal_once(status, officer):
    action = ActionFactory(collectivity=officer.collectivity)
    refused = move(officer, action, status)  # the button of the page of the action: no field but the state
    page = refused.content.decode()
    assert 'name="gate_override_reason"' in page
    assert words(refused).count("il manque") == 1
    seen = re.search(r'name="from" value="([^"]+)"', page)[1]
    assert move(officer, action, status, seen, gate_override_reason="Vote du 3 mars").status_code == 302
    assert state(action)[0] == status


def test_a_button_refused_for_another_reason_keeps_the_derogation_written_before(officer):
    action = ActionFactory(
        collectivity=officer.collectivity, status="programmee", gate_override_reason="Vote du 3 mars"
    )
    assert "Vote du 3 mars" in words(move(officer, action, "suspendue"))
    move(officer, action, "suspendue", status_reason="Visas refusés")
    assert Action.objects.get(pk=action.pk).gate_override_reason == "Vote du 3 mars"


@pytest.mark.parametrize(("status", "asked"), [("suspendue", "ce qui bloque"), ("abandonnee", "pourquoi")])
def test_suspending_and_abandoning_ask_for_a_reason_that_stays_shown(status, asked, officer):
    action = ready(officer, status="en-cours")
    assert asked in words(move(officer, action, status))
    assert asked in words(move(officer, action, status, status_reason=" \n "))
    assert state(action) == ("en-cours", "")
    move(officer, action, status, status_reason="Le partenaire ne répond plus.")
    assert state(action) == (status, "Le partenaire ne répond plus.")
    assert "Le partenaire ne répond plus." in words(officer.client.get(action.get_absolute_url()))


def test_the_reason_leaves_with_the_state_and_stays_in_the_history(officer):
    action = ready(officer, status="suspendue", status_reason="Visas refusés.")
    move(officer, action, "en-cours")
    assert state(action) == ("en-cours", "")
    change = Change.objects.about(action).get()
    assert change.fields["motif de la suspension ou de l’abandon"] == ["Visas refusés.", ""]


def test_a_move_that_is_not_allowed_is_explained(officer):
    action = ready(officer, status="terminee")
    assert "Choisissez l’un des états proposés" in words(move(officer, action, "prevue"))
    assert state(action)[0] == "terminee"


@pytest.mark.parametrize("value", ["", "\x00", "🚀", "x" * 5000, "en-cours'", "<script>alert(1)</script>"])
def test_a_hostile_state_moves_nothing(value, officer):
    action = ready(officer)
    assert move(officer, action, value).status_code == 200
    response = move(officer, action, "programmee", seen=value or "rien")
    assert response.status_code == 409
    assert b"<script>alert" not in response.content
    assert state(action)[0] == "prevue"


# Two people -------------------------------------------------------------------------------


def test_the_second_of_two_people_is_told_what_it_is_now_and_by_whom_and_keeps_what_was_typed(officer, economic):
    action = ready(officer, status="programmee")
    move(officer, action, "en-cours")
    response = move(economic, action, "suspendue", seen="programmee", status_reason="Salle fermée jusqu’en mai.")
    page = words(response, 409)
    assert f"{officer.user.label} l’a fait passer à l’état « en cours »" in page
    assert "Salle fermée jusqu’en mai." in page
    assert state(action) == ("en-cours", "")
    # The page that tells it speaks of the present state: sent again, it is accepted.
    assert 'name="from" value="en-cours"' in response.content.decode()
    move(economic, action, "suspendue", seen="en-cours", status_reason="Salle fermée jusqu’en mai.")
    assert state(action)[0] == "suspendue"


def edit(actor, action: Action, **fields):
    typed = {"title": action.title, "type": action.type_id, "economic_aim": "on", "economic_actors": "on"}
    return actor.client.post(f"/actions/{action.pk}/modifier/", {**typed, **fields})


def test_the_full_form_obeys_the_same_rule(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    assert "il manque" in words(edit(officer, action, status="en-cours"))
    assert "peut seulement devenir" in words(edit(officer, action, status="terminee"))
    assert "pourquoi l’action est abandonnée" in words(edit(officer, action, status="abandonnee"))
    assert state(action) == ("prevue", "")
    edit(officer, action, status="abandonnee", status_reason="Plus de budget.")
    assert state(action) == ("abandonnee", "Plus de budget.")
    assert "pourquoi l’action est abandonnée" in words(edit(officer, action, status="abandonnee", status_reason=""))
    edit(officer, action, status="prevue", status_reason="Plus de budget.")
    assert state(action) == ("prevue", "")


def test_the_full_form_opened_before_a_colleague_moved_the_state_does_not_move_it_back(officer, economic):
    action = ready(officer)
    page = economic.client.get(f"/actions/{action.pk}/modifier/").content.decode()
    assert re.search(r'<input type="hidden" name="initial-status" value="prevue"', page)
    move(officer, action, "programmee")
    kept = {"local_interest": "Des emplois ici", "expected_result": "Douze contrats"}
    assert edit(economic, action, status="prevue", **{"initial-status": "prevue"}, **kept).status_code == 302
    action.refresh_from_db()
    assert (action.status, action.expected_result) == ("programmee", "Douze contrats")


def test_the_full_form_tells_a_move_that_crosses_another(officer, economic):
    action = ready(officer)
    move(officer, action, "programmee")
    kept = {"local_interest": "Des emplois ici", "expected_result": "Douze contrats"}
    response = edit(economic, action, status="en-cours", **{"initial-status": "prevue"}, **kept)
    page = words(response)
    assert f"{officer.user.label} l’a fait passer à l’état « programmée »" in page
    assert "Douze contrats" in page
    assert state(action)[0] == "programmee"
    assert re.search(r'name="initial-status" value="programmee"', response.content.decode())
    # Sent again as it stands, it is a move from the state that was told.
    again = edit(economic, action, status="en-cours", **{"initial-status": "programmee"}, **kept)
    assert again.status_code == 302
    assert state(action)[0] == "en-cours"


# Who --------------------------------------------------------------------------------------


def test_an_elected_official_sees_the_state_and_moves_nothing(elected):
    action = ready(elected, status="suspendue", status_reason="Visas refusés.")
    page = elected.client.get(action.get_absolute_url()).content.decode()
    assert "Visas refusés." in page
    assert "/etat/" not in page
    assert move(elected, action, "en-cours").status_code == 403


def test_the_state_of_a_foreign_action_answers_404(officer, stranger):
    action = ready(stranger)
    assert move(officer, action, "programmee").status_code == 404
    assert state(action)[0] == "prevue"


def test_abandoned_actions_last_no_more_and_are_not_under_way(officer):
    for status in ActionStatus:
        ActionFactory(collectivity=officer.collectivity, status=status, timing="permanent", title=status)
    rows = Action.objects.for_collectivity(officer.collectivity)
    assert {row.status for row in rows.lasting()} == {"prevue", "programmee", "en-cours", "suspendue"}
    assert [row.status for row in rows.under_way()] == ["en-cours"]
