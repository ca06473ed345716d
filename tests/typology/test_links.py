"""Typed links between actions: both directions, any category, and what is refused (SYS-09)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.factories import ActionFactory, ActionLinkFactory
from typology import fields
from typology.enums import ActionLinkKind
from typology.links import BACKWARDS, related
from typology.models import Action, ActionLink, ActionType
from typology.totals import totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(economic) -> list[Action]:
    """One action of each category."""
    codes = ("compagnonnages", "deplacements-entreprises", "branding")
    titles = ("Compagnonnage avec Sfax", "Mission d’entreprises à Sfax", "Marque commune")
    return [
        ActionFactory(title=title, type=ActionType.objects.get(code=code), collectivity=economic.collectivity)
        for title, code in zip(titles, codes, strict=True)
    ]


def add(actor, action: Action, relation: str, other: Action, **more: str):
    data = {"relation": relation, "other": other.pk, **more}
    return actor.client.post(reverse("typology:action_link_create", args=[action.pk]), data)


def test_sys_09_an_action_may_link_to_actions_of_other_categories(economic, three):
    cooperation, mission, brand = three
    counted = totals(Action.objects.for_collectivity(economic.collectivity))
    assert [row.count for row in counted.categories] == [1, 1, 1]
    assert add(economic, cooperation, "mene-a", mission, note="Contacts pris à la foire").status_code == 302
    assert add(economic, cooperation, "appuie-inverse", brand).status_code == 302
    told = {(row.words, row.other.title, row.crosses) for row in related(cooperation)}
    assert told == {("mène à", mission.title, True), ("est appuyée par", brand.title, True)}
    assert [(row.words, row.other) for row in related(mission)] == [("est préparée par", cooperation)]
    page = economic.client.get(mission.get_absolute_url()).content.decode()
    assert "Cette action est préparée par" in page
    assert "Contacts pris à la foire" in page


def test_every_kind_reads_both_ways():
    assert set(BACKWARDS) == set(ActionLinkKind.values)
    assert len({*BACKWARDS.values(), *ActionLinkKind.labels}) == 2 * len(ActionLinkKind)


def test_an_action_cannot_be_linked_to_itself(economic, three):
    page = add(economic, three[0], "mene-a", three[0])
    assert page.context["form"].errors["other"] == ["Choisissez une autre action de votre collectivité."]
    with pytest.raises(ValidationError, match="liée à elle-même"):
        ActionLink(
            source=three[0], target=three[0], kind="mene-a", collectivity=economic.collectivity
        ).validate_constraints()


@pytest.mark.parametrize(("first", "second"), [("mene-a", "mene-a"), ("mene-a-inverse", "mene-a-inverse")])
def test_the_same_link_twice_is_refused(economic, three, first, second):
    assert add(economic, three[0], first, three[1]).status_code == 302
    page = add(economic, three[0], second, three[1])
    assert page.context["form"].non_field_errors() == ["Ce lien est déjà enregistré."]
    # Told from the other end, it is still the same link.
    mirrored = second.removesuffix("-inverse") if second.endswith("-inverse") else f"{second}-inverse"
    assert add(economic, three[1], mirrored, three[0]).status_code == 200
    assert ActionLink.objects.for_collectivity(economic.collectivity).count() == 1


def test_two_actions_may_lead_to_each_other(economic, three):
    assert add(economic, three[0], "mene-a", three[1]).status_code == 302
    assert add(economic, three[1], "mene-a", three[0]).status_code == 302


def test_two_actions_cannot_each_follow_the_other(economic, three):
    assert add(economic, three[0], "suit", three[1]).status_code == 302
    page = add(economic, three[1], "suit", three[0])
    assert "fait déjà suite à" in page.context["form"].non_field_errors()[0]


def test_another_collectivity_s_action_cannot_be_linked(economic, stranger, three):
    foreign = ActionFactory(collectivity=stranger.collectivity)
    assert "other" in add(economic, three[0], "mene-a", foreign).context["form"].errors
    link = ActionLink(source=three[0], target=foreign, kind="mene-a", collectivity=economic.collectivity)
    with pytest.raises(ValidationError):
        link.save()


def test_what_is_missing_is_told_once(economic, three):
    page = economic.client.post(reverse("typology:action_link_create", args=[three[0].pk]), {})
    assert set(page.context["form"].errors) == {"relation", "other"}


def test_beyond_three_hundred_actions_the_title_is_typed(economic, three, monkeypatch):
    monkeypatch.setattr(fields, "LISTED", 1)
    url = reverse("typology:action_link_create", args=[three[0].pk])
    assert b"<select" in economic.client.get(url).content  # the kind of link alone
    answer = economic.client.post(url, {"relation": "mene-a", "other": "mission d’entreprises à sfax"})
    assert answer.status_code == 302
    assert related(three[0])[0].other == three[1]
    page = economic.client.post(url, {"relation": "mene-a", "other": "Marque"})
    assert "Marque commune" in str(page.context["form"].errors["other"])


def test_a_link_is_removed_from_either_end(economic, three):
    link = ActionLinkFactory(source=three[0], target=three[1], collectivity=economic.collectivity)
    url = reverse("typology:action_link_delete", args=[three[1].pk, link.pk])
    assert "est préparée par" in economic.client.get(url).content.decode()
    assert economic.client.post(url).status_code == 302
    assert related(three[0]) == []
    elsewhere = reverse("typology:action_link_delete", args=[three[2].pk, link.pk])
    assert economic.client.post(elsewhere).status_code == 404


def test_a_deleted_action_leaves_the_links_of_the_others(economic, three):
    link = ActionLinkFactory(source=three[0], target=three[1], collectivity=economic.collectivity)
    economic.client.post(reverse("typology:action_delete", args=[three[1].pk]))
    assert related(three[0]) == []
    assert ActionLink.objects.filter(pk=link.pk).exists()  # restored, it is linked again


def test_links_cost_one_query(economic, three, django_assert_num_queries):
    for _ in range(5):
        ActionLinkFactory(source=three[0], collectivity=economic.collectivity)
    action = Action.objects.for_detail().select_related("collectivity").get(pk=three[0].pk)
    with django_assert_num_queries(1):
        assert len([row.other.category for row in related(action)]) == 5
