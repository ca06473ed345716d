"""Advice by level (SYS-05): whose priority a category is; advice, never a bar."""

from __future__ import annotations

import pytest
from django.urls import reverse

from aict.accounts.enums import CollectivityKind
from partners.models import TerritorialLevel
from tests.factories import ActionFactory
from typology import advice
from typology.models import Action, ActionCategory, ActionType

FIRST = ["region", "metropole", "communaute-urbaine", "epci"]
CONNECTED = ["departement", "commune"]
EXPORT = "deplacements-entreprises"  # a type of the category internationalisation


def category(code: str) -> ActionCategory:
    return ActionCategory.objects.get(code=code)


@pytest.fixture
def department(officer):
    officer.collectivity.kind = CollectivityKind.DEPARTEMENT
    officer.collectivity.save()
    return officer


def text_of(response) -> str:
    return response.content.decode()


NAMED = "les Régions, les métropoles et les EPCI"


def test_sys_05_a_department_that_plans_an_export_action_is_advised_and_can_still_save(department):
    form = department.client.get(f"{reverse('typology:action_create')}?type={EXPORT}")
    assert NAMED in text_of(form)
    kind = ActionType.objects.get(code=EXPORT)
    response = department.client.post(reverse("typology:action_create"), {"title": "Mission", "type": kind.pk})
    action = Action.objects.get()
    assert response["Location"] == action.get_absolute_url()
    page = text_of(department.client.get(action.get_absolute_url()))
    assert NAMED in page
    assert "Rien n’empêche" in page
    assert NAMED in text_of(department.client.get(reverse("typology:action_edit", args=[action.pk])))


def test_sys_05_a_refused_form_shows_the_advice_of_the_type_that_it_holds(department):
    kind = ActionType.objects.get(code=EXPORT)
    response = department.client.post(reverse("typology:action_create"), {"title": "", "type": kind.pk})
    assert response.status_code == 200
    assert NAMED in text_of(response)


def test_sys_05_the_typology_says_what_is_first_and_what_is_complementary_for_the_level(department):
    page = text_of(department.client.get(reverse("typology:tree")))
    assert "Votre département." in page
    assert "internationalisation et promotion" in page
    assert "tourisme" in page
    assert page.count("En complément pour votre échelon") == 2
    assert "Priorité de votre échelon" not in page


def test_the_typology_of_a_metropole_marks_its_two_priorities(officer):
    page = text_of(officer.client.get(reverse("typology:tree")))
    assert page.count("Priorité de votre échelon") == 2
    assert "En complément" not in page


def test_a_metropole_gets_no_advice_on_an_export_action(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    assert "d’autres échelons" not in text_of(officer.client.get(action.get_absolute_url()))


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["internationalisation", "promotion"])
def test_regions_metropoles_and_epci_come_first_for_export_and_promotion(code):
    for kind in FIRST:
        assert advice.advice(kind, category(code)) is None
    for kind in CONNECTED:
        found = advice.advice(kind, category(code))
        assert [row.code for row in found.priority_levels] == ["region", "metropole", "epci"]
        assert NAMED in found.text
        assert "insertion" in found.text


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CollectivityKind.values)
def test_cooperation_is_open_to_every_level(kind):
    assert advice.advice(kind, category("cooperation")) is None


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["internationalisation", "promotion", "cooperation"])
def test_nothing_is_advised_to_an_authority_out_of_the_list(code):
    assert advice.advice(CollectivityKind.OTHER, category(code)) is None
    assert advice.own_level(CollectivityKind.OTHER) is None


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind for kind in CollectivityKind.values if kind != "autre"])
def test_every_kind_of_collectivite_has_its_level_in_the_data(kind):
    own = advice.own_level(kind)
    assert own.level == TerritorialLevel.objects.get(code=advice.LEVELS[kind])
    codes = [row.code for row in (own.priority if kind in FIRST else own.complementary)]
    assert codes == ["internationalisation", "promotion"]
    assert bool(own.domains) == (kind in CONNECTED)


def test_a_communaute_urbaine_is_read_as_an_epci():
    assert advice.LEVELS[CollectivityKind.COMMUNAUTE_URBAINE] == "epci"


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "words"), [("commune", "Une commune"), ("departement", "Un département")])
def test_the_advice_is_good_french(kind, words):
    assert words in advice.advice(kind, category("promotion")).text
