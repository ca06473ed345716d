"""Where an initiative belongs: two questions, firms, and what an action keeps of the answers (SYS-01)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import ActionFactory
from typology import classification
from typology.models import Action, ActionType
from typology.totals import totals

pytestmark = pytest.mark.django_db

CREATE = reverse("typology:action_create")
CLASSIFY = reverse("typology:action_classify")


def kind(code: str) -> ActionType:
    return ActionType.objects.get(code=code)


@pytest.mark.parametrize(
    ("partnership", "aim", "firms", "code", "in_totals"),
    [
        (True, True, True, "cooperation-economique", True),
        (True, True, False, "cooperation-economique", True),
        (True, False, True, "cooperation-non-economique", False),
        (True, False, False, "hors-champ", False),
        (False, True, True, "internationalisation-ou-promotion", True),
        (False, True, False, "promotion", True),
        (False, False, True, "hors-champ", False),
        (False, False, False, "hors-champ", False),
    ],
)
def test_three_answers_give_one_place(partnership, aim, firms, code, in_totals):
    verdict = classification.classify(partnership=partnership, economic_aim=aim, firms=firms)
    assert (verdict.code, verdict.in_totals) == (code, in_totals)
    assert verdict.in_totals <= aim


def test_sys_01_a_non_economic_cooperation_is_kept_out_of_the_totals_until_its_aim_changes(economic):
    query = {"partnership": "oui", "economic_aim": "non", "firms": "oui"}
    page = economic.client.get(CLASSIFY, query)
    assert "Coopération non économique associant des acteurs économiques" in page.content.decode()
    link = f"{CREATE}?partnership=oui&amp;economic_aim=non&amp;firms=oui&amp;category=cooperation"
    assert link in page.content.decode()
    cooperation = kind("compagnonnages")
    data = {"title": "Réseau d’eau de Sfax", "type": cooperation.pk, "economic_actors": "on"}
    answer = economic.client.post(link.replace("&amp;", "&"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    action = Action.objects.for_collectivity(economic.collectivity).get(title="Réseau d’eau de Sfax")
    assert (action.partnership, action.economic_aim, action.economic_actors) == (True, False, True)
    assert classification.place_of(action) is classification.NON_ECONOMIC_COOPERATION
    before = totals(Action.objects.for_collectivity(economic.collectivity))
    assert [row.count for row in before.categories] == [0, 0, 0]
    assert (before.apart, before.count) == (1, 1)

    change = reverse("typology:action_classification", args=[action.pk])
    data = {"partnership": "True", "economic_aim": "True", "economic_actors": "True", "type": cooperation.pk}
    assert economic.client.post(change, data).status_code == 302
    action.refresh_from_db()
    assert classification.place_of(action) is classification.ECONOMIC_COOPERATION
    after = totals(Action.objects.for_collectivity(economic.collectivity))
    assert {row.category.code: row.count for row in after.categories} == {
        "internationalisation": 0,
        "promotion": 0,
        "cooperation": 1,
    }
    assert after.apart == 0


def test_a_type_of_another_category_is_refused_with_the_types_that_fit(economic):
    action = ActionFactory(collectivity=economic.collectivity)  # internationalisation
    change = reverse("typology:action_classification", args=[action.pk])
    data = {"partnership": "True", "economic_aim": "True", "economic_actors": "True", "type": action.type_id}
    page = economic.client.post(change, data)
    assert page.status_code == 200
    field = page.context["form"].fields["type"]
    assert {row.purpose.category.code for row in field.queryset} == {"cooperation", "internationalisation"}
    assert field.queryset.count() == 7  # the six of cooperation, and the one in place
    action.refresh_from_db()
    assert action.partnership is None

    assert economic.client.post(change, data | {"type": kind("coalition-territoires").pk}).status_code == 302
    action.refresh_from_db()
    assert (action.category.code, action.partnership) == ("cooperation", True)


def test_the_person_may_keep_a_type_of_another_category_and_the_sheet_says_so(economic):
    action = ActionFactory(collectivity=economic.collectivity)
    change = reverse("typology:action_classification", args=[action.pk])
    data = {"partnership": "True", "economic_aim": "True", "economic_actors": "True", "type": action.type_id}
    assert economic.client.post(change, data | {"keep": "on"}).status_code == 302
    action.refresh_from_db()
    assert action.partnership is True
    assert "les réponses mènent à" in economic.client.get(action.get_absolute_url()).content.decode()


def test_an_answer_left_out_is_asked_again(economic):
    action = ActionFactory(collectivity=economic.collectivity)
    change = reverse("typology:action_classification", args=[action.pk])
    page = economic.client.post(change, {"partnership": "True", "type": action.type_id})
    assert set(page.context["form"].errors) == {"economic_aim", "economic_actors"}


def test_outside_leads_to_no_quick_log(economic):
    page = economic.client.get(CLASSIFY, {"partnership": "non", "economic_aim": "non", "firms": "oui"})
    text = page.content.decode()
    assert "Hors de l’action internationale économique" in text
    assert "category=" not in text


def test_the_button_with_nothing_ticked_asks_for_the_answers(elected):
    page = elected.client.get(CLASSIFY).content.decode()
    assert 'name="classer"' in page and "À remplir" not in page
    assert "À remplir" in elected.client.get(CLASSIFY, {"classer": "1"}).content.decode()


def test_a_bad_answer_says_what_to_write(elected):
    page = elected.client.get(CLASSIFY, {"partnership": "peut-être", "economic_aim": "oui"})
    assert page.context["verdict"] is None
    assert page.context["form"].errors["partnership"] == ["Répondez par oui ou par non."]


def test_answers_of_a_link_that_are_not_answers_are_ignored():
    assert classification.answers_in({"partnership": "1", "economic_aim": "oui", "other": "oui"}) == {
        "economic_aim": True
    }
