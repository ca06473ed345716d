"""Tasks and milestones: the tab of an action, the list of the collectivité, and what their owners are told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Change, Notice
from tests.factories import ActionFactory, EventFactory, TaskFactory
from typology import alerts, tasks
from typology.models import Task

LIST = "/actions/taches/"
TODAY = timezone.localdate()


def soon(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def action(collectivity):
    return ActionFactory(collectivity=collectivity, title="Mission à Sfax", starts=soon(-30), ends=soon(60))


def page_of(actor, action) -> str:
    response = actor.client.get(reverse("typology:action_follow_up", args=[action.pk]))
    assert response.status_code == 200
    return response.content.decode()


def add(actor, action, **data):
    return actor.client.post(reverse("typology:task_create", args=[action.pk]), {"title": "Réserver la salle", **data})


# The tab of an action --------------------------------------------------------------------


def test_a_task_is_added_done_reopened_changed_and_removed(officer, action):
    assert add(officer, action, due_on=soon(10).isoformat(), owner=officer.membership.pk).status_code == 302
    task = Task.objects.get()
    assert (task.title, task.due_on, task.owner) == ("Réserver la salle", soon(10), officer.membership)
    officer.client.post(reverse("typology:task_done", args=[task.pk]))
    task.refresh_from_db()
    assert task.done_on == TODAY
    assert f"Fait le {TODAY:%d/%m/%Y}" in page_of(officer, action)
    officer.client.post(reverse("typology:task_reopen", args=[task.pk]))
    officer.client.post(reverse("typology:task_edit", args=[task.pk]), {"title": "Réserver deux salles"})
    task.refresh_from_db()
    assert (task.title, task.done_on, task.due_on, task.owner) == ("Réserver deux salles", None, None, None)
    officer.client.post(reverse("typology:task_delete", args=[task.pk]))
    assert not Task.objects.exists()
    verbs = Change.objects.filter(model="typology.task").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["created", "updated", "updated", "updated", "deleted"]


def test_doing_a_task_twice_keeps_the_first_day(officer, action):
    task = TaskFactory(collectivity=action.collectivity, action=action, done_on=soon(-5))
    officer.client.post(reverse("typology:task_done", args=[task.pk]))
    task.refresh_from_db()
    assert task.done_on == soon(-5)


def test_milestones_stand_on_a_line_and_in_its_table_with_the_same_figures(elected, action):
    mine = {"collectivity": action.collectivity, "action": action, "is_milestone": True}
    TaskFactory(title="Bilan", due_on=soon(50), **mine)
    TaskFactory(title="Signature", due_on=soon(-10), **mine)
    TaskFactory(title="Visite", due_on=soon(-20), done_on=soon(-20), **mine)
    TaskFactory(title="Suite", **mine)
    page = page_of(elected, action)
    for number, title in ((1, "Visite"), (2, "Signature"), (3, "Bilan")):
        assert f"<b>{number}.</b> {title}" in page
    assert "<b>4.</b>" not in page  # without a date it is in the table alone
    assert "Suite" in page
    drawing = page[page.index('class="chart"') : page.index("</svg>\n" if "</svg>\n" in page else "Disque plein")]
    assert f"2. Signature, {soon(-10):%d/%m/%Y}, en retard de 10\u00a0jours" in drawing
    assert "M0 -9" in drawing  # the diamond of what is late
    assert "aujourd’hui" in drawing


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (-1, "En retard de 1\u00a0jour"),
        (0, "Pour aujourd’hui"),
        (1, "Pour demain"),
        (7, "Dans 7\u00a0jours"),
        (8, "À faire"),
    ],
)
def test_a_task_says_what_it_is_on_a_day(days, text):
    [row] = tasks.rows([Task(title="Relancer", due_on=soon(days))], TODAY)
    assert row.text == text
    assert row.is_late is (days < 0)


def test_an_elected_official_reads_the_follow_up_and_changes_nothing(elected, officer, action):
    task = TaskFactory(collectivity=action.collectivity, action=action)
    page = page_of(elected, action)
    assert task.title in page
    assert "Ajouter une tâche" not in page
    assert "Ajouter une tâche" in page_of(officer, action)
    for name, key in (("task_done", task.pk), ("task_delete", task.pk), ("task_create", action.pk)):
        assert elected.client.post(reverse(f"typology:{name}", args=[key])).status_code == 403
    assert Task.objects.get().done_on is None


def test_a_deleted_action_keeps_its_follow_up_readable_and_closed(officer, action):
    task = TaskFactory(collectivity=action.collectivity, action=action)
    type(action).objects.update(deleted_at=timezone.now())
    assert "Ajouter une tâche" not in page_of(officer, action)
    assert officer.client.post(reverse("typology:task_done", args=[task.pk])).status_code == 404
    assert task.title not in officer.client.get(LIST, {"who": "all"}).content.decode()


def test_only_those_who_may_write_actions_are_offered_as_owners(officer, elected, economic, network, stranger, action):
    for actor, accepted in ((economic, True), (elected, False), (network, False), (stranger, False)):
        response = add(officer, action, owner=actor.membership.pk)
        assert (response.status_code == 302) is accepted
        if not accepted:
            assert "Réserver la salle" in response.content.decode()  # nothing typed is lost
    assert [task.owner for task in Task.objects.all()] == [economic.membership]


def test_only_the_events_of_the_action_are_offered(officer, action):
    own = EventFactory(collectivity=action.collectivity, action=action)
    other = EventFactory(collectivity=action.collectivity)
    assert add(officer, action, event=other.pk).status_code == 200
    assert add(officer, action, event=own.pk).status_code == 302
    assert Task.objects.get().event == own


@pytest.mark.parametrize("due", ["2099-01-01", "1789-07-14", "31/02/2027", "demain"])
def test_a_date_that_nobody_means_is_refused_and_quoted(officer, action, due):
    response = add(officer, action, due_on=due)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Réserver la salle" in page
    assert due in page
    assert not Task.objects.exists()


def test_the_tab_of_an_action_costs_the_same_queries_with_1_and_30_rows(officer, action, client):
    from tests.factories import CommentFactory

    def grow(count):
        for n in range(count):
            mine = {"collectivity": action.collectivity, "action": action}
            TaskFactory(owner=officer.membership, due_on=soon(n), is_milestone=bool(n % 2), **mine)
            CommentFactory(author=officer.user, **mine).mentions.add(officer.membership)

    grow(1)
    with CaptureQueriesContext(connection) as one:
        page_of(officer, action)
    grow(30)
    with CaptureQueriesContext(connection) as many:
        page_of(officer, action)
    assert len(many) == len(one) <= 14


# The list --------------------------------------------------------------------------------


@pytest.fixture
def some(officer, economic, action):
    mine = {"collectivity": action.collectivity, "action": action}
    TaskFactory(title="À moi en retard", owner=officer.membership, due_on=soon(-2), **mine)
    TaskFactory(title="À moi faite", owner=officer.membership, done_on=TODAY, **mine)
    TaskFactory(title="À un collègue", owner=economic.membership, due_on=soon(3), is_milestone=True, **mine)
    TaskFactory(title="À personne", **mine)


TITLES = ("À moi en retard", "À moi faite", "À un collègue", "À personne")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, {"À moi en retard"}),
        ({"who": "all"}, {"À moi en retard", "À un collègue", "À personne"}),
        ({"who": "all", "state": "all"}, set(TITLES)),
        ({"who": "all", "state": "late"}, {"À moi en retard"}),
        ({"state": "done"}, {"À moi faite"}),
        ({"who": "none"}, {"À personne"}),
        ({"who": "all", "milestone": "on"}, {"À un collègue"}),
        ({"who": "all", "q": "collègue"}, {"À un collègue"}),
        ({"who": "all", "q": "sfax", "state": "all"}, set(TITLES)),
    ],
)
def test_the_list_shows_what_is_asked_and_its_export_the_same(officer, some, asked, shown):
    page = officer.client.get(LIST, asked).content.decode()
    export = officer.client.get("/actions/taches/export.csv", asked).getvalue().decode()
    for title in TITLES:
        assert (title in page) is (title in export) is (title in shown)


def test_the_tasks_of_one_colleague_are_listed_without_asking_twice(officer, economic, some):
    page = officer.client.get(LIST, {"owner": economic.membership.pk}).content.decode()
    assert "À un collègue" in page
    assert "À personne" not in page


def test_an_elected_official_who_owns_no_task_sees_them_all(elected, some):
    page = elected.client.get(LIST).content.decode()
    assert "À un collègue" in page
    assert "Fait<" not in page


def test_one_click_does_a_task_and_comes_back_to_the_same_list(officer, some):
    task = Task.objects.get(title="À moi en retard")
    address = reverse("typology:task_done", args=[task.pk])
    page = officer.client.get(LIST, {"who": "all", "q": "moi"}).content.decode()
    assert f'action="{address}?who=all&amp;q=moi"' in page
    response = officer.client.post(f"{address}?who=all&q=moi", {"list": "1"})
    assert response["Location"] == f"{LIST}?who=all&q=moi"
    assert "des vôtres" not in officer.client.get(LIST).content.decode().replace("Aucune des vôtres", "")


def test_the_list_costs_the_same_queries_with_1_and_30_rows(officer, action):
    def grow(count):
        for _ in range(count):
            TaskFactory(collectivity=action.collectivity, owner=officer.membership, due_on=soon(-1))

    grow(1)
    with CaptureQueriesContext(connection) as one:
        officer.client.get(LIST)
    grow(30)
    with CaptureQueriesContext(connection) as many:
        officer.client.get(LIST)
    assert len(many) == len(one) <= 9


# What is told ----------------------------------------------------------------------------


def test_whoever_is_given_a_task_is_told_once_and_whoever_takes_one_is_not(officer, economic, action):
    add(officer, action, owner=economic.membership.pk, due_on=soon(30).isoformat())
    task = Task.objects.get()
    [notice] = Notice.objects.all()
    assert notice.membership == economic.membership
    assert notice.title == "Tâche à votre nom\u00a0: Réserver la salle"
    assert notice.url == task.get_absolute_url()
    for owner in ("", economic.membership.pk):
        officer.client.post(reverse("typology:task_edit", args=[task.pk]), {"title": "Réserver", "owner": owner})
    add(officer, action, owner=officer.membership.pk)
    assert Notice.objects.count() == 1


def told(collectivity, on: date) -> list[tuple[str, str]]:
    alerts.raise_tasks(collectivity, on=on)
    rows = Notice.objects.order_by("pk").values_list("membership__role", "title")
    return [(role, title.replace("\u00a0", " ")) for role, title in rows]


def test_a_task_is_recalled_seven_days_before_the_day_before_and_once_late(officer, economic, action):
    mine = {"collectivity": action.collectivity, "action": action}
    TaskFactory(title="Envoyer", owner=economic.membership, due_on=soon(8), **mine)
    told_on = {}
    for day in range(15):
        before = Notice.objects.count()
        told(action.collectivity, soon(day))
        if Notice.objects.count() > before:
            told_on[day] = Notice.objects.order_by("pk").last().title
    assert {day: title.partition("\u00a0")[0] for day, title in told_on.items()} == {
        1: "À faire dans 7",
        7: "À faire demain",
        9: "En retard",
    }
    assert set(Notice.objects.values_list("membership", flat=True)) == {economic.membership.pk}


def test_a_run_after_a_long_silence_tells_only_the_nearest(officer, action):
    TaskFactory(collectivity=action.collectivity, action=action, owner=officer.membership, due_on=soon(-90))
    assert len(told(action.collectivity, TODAY)) == 1
    assert len(told(action.collectivity, soon(1))) == 1


def test_a_late_milestone_is_told_to_all_who_write_actions(officer, economic, elected, network, action):
    TaskFactory(collectivity=action.collectivity, action=action, title="Signature", is_milestone=True, due_on=soon(-1))
    assert sorted(told(action.collectivity, TODAY)) == [
        ("economic", "En retard : Signature"),
        ("officer", "En retard : Signature"),
    ]


def test_nothing_is_told_of_what_is_done_or_deleted_nor_to_whoever_left(officer, economic, action):
    mine = {"collectivity": action.collectivity, "due_on": soon(-1), "owner": economic.membership}
    TaskFactory(action=action, done_on=TODAY, **mine)
    TaskFactory(action=ActionFactory(collectivity=action.collectivity, deleted_at=timezone.now()), **mine)
    TaskFactory(action=action, **(mine | {"owner": officer.membership}))
    type(officer.user).objects.filter(pk=officer.user.pk).update(is_active=False)
    assert told(action.collectivity, TODAY) == []


def test_the_daily_run_costs_the_same_queries_with_1_and_30_tasks(officer, action):
    def grow(count):
        for _ in range(count):
            TaskFactory(collectivity=action.collectivity, action=action, owner=officer.membership, due_on=soon(1))

    grow(1)
    with CaptureQueriesContext(connection) as one:
        alerts.raise_tasks(action.collectivity, on=TODAY)
    grow(30)
    with CaptureQueriesContext(connection) as many:
        alerts.raise_tasks(action.collectivity, on=TODAY)
    assert len(many) == len(one)


def test_a_task_survives_the_member_who_left(officer, action, collectivity):
    leaver = officer
    task = TaskFactory(collectivity=collectivity, action=action, owner=leaver.membership)
    leaver.membership.delete()
    task.refresh_from_db()
    assert task.owner is None
