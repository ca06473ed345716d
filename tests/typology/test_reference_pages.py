"""The reference pages of the typology app: three-level tree, glossary, economic fields."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.urls import reverse

from tests.factories import ActionFactory
from typology import glossary
from typology.models import Action, ActionType, GlossaryTerm

TREE = "/referentiel/typologie/"
GLOSSARY = "/referentiel/glossaire/"
FIELDS = "/referentiel/champs/"


def text_of(response) -> str:
    """The page's words, tags removed, spaces flattened."""
    assert response.status_code == 200, response.content[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def headings_of_rows(response) -> list[str]:
    """The first cell of every row of the tables of a page."""
    cells = re.findall(r'<th scope="row"[^>]*>(.*?)(?:<small>|</th>)', response.content.decode(), re.S)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


@pytest.fixture(autouse=True)
def fresh_glossary():
    glossary.forget()
    yield
    glossary.forget()


# Typology ---------------------------------------------------------------------------------


def test_sys_08_the_tree_shows_3_categories_6_purposes_and_27_types_with_their_counts(elected):
    response = elected.client.get(TREE)
    words = text_of(response)
    assert "3 catégories, 6 finalités, 27 types d’action" in words
    for counts in ("12 types d’action : 9 + 3", "9 types d’action : 6 + 3", "6 types d’action : 3 + 3"):
        assert counts in words
    assert len(headings_of_rows(response)) == 27
    assert response.content.decode().count("<caption>") == 6


def test_sys_08_the_tree_is_searched_and_filtered(elected):
    assert headings_of_rows(elected.client.get(TREE, {"q": "compagnonnages"})) == ["Compagnonnages"]
    promotion = elected.client.get(TREE, {"category": "promotion"})
    assert len(headings_of_rows(promotion)) == 9
    assert "Aucun type ne correspond" in text_of(elected.client.get(TREE, {"q": "licorne"}))


def test_sys_08_an_action_cannot_be_saved_without_a_leaf(officer):
    response = officer.client.post(reverse("typology:action_create"), {"title": "Sans type", "type": ""})
    assert response.status_code == 200
    assert "À remplir." in text_of(response)
    action = Action(collectivity=officer.collectivity, title="Sans type")
    with pytest.raises(ValidationError):
        action.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        action.save()
    assert not Action.objects.exists()


def test_a_type_shows_its_details_and_how_many_of_our_actions_it_has(officer, stranger):
    kind = ActionType.objects.get(code="compagnonnages")
    ActionFactory(collectivity=officer.collectivity, type=kind)
    ActionFactory(collectivity=stranger.collectivity, type=kind)
    page = officer.client.get(TREE, {"q": "compagnonnages"}).content.decode()
    assert f'href="/actions/?type={kind.code}">1<' in page
    assert f'href="/actions/nouvelle/?type={kind.code}"' in page


def test_who_may_not_log_an_action_is_not_invited_to(elected):
    assert "/actions/nouvelle/" not in elected.client.get(TREE).content.decode()


# Glossary ---------------------------------------------------------------------------------


def test_sys_02_the_24_printed_abbreviations_are_listed_in_printed_order(elected):
    response = elected.client.get(GLOSSARY, {"kind": "abreviation"})
    rows = headings_of_rows(response)
    assert len(rows) == 24
    assert rows[:8] == ["AFD", "AECT", "AICT", "ARRICOD", "CNCD", "CNER", "BPI France", "CCE"]
    assert rows[-1] == "SRDEII"
    assert "24 entrées" in text_of(response)


def test_sys_02_searching_an_acronym_returns_its_expansion(elected):
    term = GlossaryTerm.objects.get(label="SRDEII")
    response = elected.client.get(GLOSSARY, {"q": "SRDEII"})
    assert headings_of_rows(response) == ["SRDEII"]
    assert term.expansion in text_of(response)


def test_sys_02_an_acronym_nobody_spells_out_is_shown_as_not_expanded(elected):
    response = elected.client.get(GLOSSARY, {"q": "BMI"})
    assert "BMI" in headings_of_rows(response)
    assert '<span class="missing">non développé</span>' in response.content.decode()


def test_concepts_have_their_definition(elected):
    words = text_of(elected.client.get(GLOSSARY, {"kind": "notion"}))
    assert "10 entrées" in words
    assert "Marketing territorial" in words


def expanded(text: str) -> str:
    return Template("{% load glossary %}{{ text|expand }}").render(Context({"text": text}))


def test_sys_02_the_first_occurrence_of_an_acronym_is_expanded_on_the_page(db):
    html = expanded("La CCI et la CCI voisine.")
    assert html == 'La <abbr title="Chambre de commerce et d’industrie">CCI</abbr> et la CCI voisine.'


def test_expansion_wants_whole_words_and_the_right_case(db):
    assert "<abbr" not in expanded("la vie, une CCIX, et l’ancien A-CCI")
    assert expanded("BPI France").startswith('<abbr title="Banque Publique d’Investissement">BPI France</abbr>')


def test_an_acronym_without_expansion_is_left_alone(db):
    assert expanded("BMI") == "BMI"


def test_expansion_escapes_everything_around(db):
    html = expanded("<script>alert('CCI')</script>\u202e🚀")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert ">CCI</abbr>" in html


def test_expansion_of_nothing_is_nothing(db):
    assert expanded("") == ""
    assert Template("{% load glossary %}{{ text|expand }}").render(Context({"text": None})) == ""


def test_the_glossary_is_read_once_for_many_texts(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(30):
            expanded("AICT, CCI, SRDEII")


# Economic fields --------------------------------------------------------------------------


def test_sys_04_eleven_fields_in_five_groups(elected):
    response = elected.client.get(FIELDS)
    assert len(headings_of_rows(response)) == 11
    assert "11 champs en 5 groupes" in text_of(response)


def test_sys_04_the_list_of_fiche_b_is_exactly_four_fields(elected):
    response = elected.client.get(FIELDS, {"fiche_b": "on"})
    assert set(headings_of_rows(response)) == {"Commerce", "Tourisme", "Secteurs industriels", "Recherche"}
    assert len(headings_of_rows(response)) == 4


# All of them ------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [TREE, GLOSSARY, FIELDS])
def test_reference_pages_are_for_members(address, client, network, economic):
    assert client.get(address).status_code == 302
    assert network.client.get(address).status_code == 403
    assert economic.client.get(address).status_code == 200


@pytest.mark.parametrize("address", [TREE, GLOSSARY, FIELDS])
@pytest.mark.parametrize("words", ["\x00", "🚀", "\u202eabc", "<script>alert(1)</script>", "x" * 5000, "%", "'"])
def test_hostile_searches_never_break_a_reference_page(address, words, elected):
    response = elected.client.get(address, {"q": words, "category": words, "kind": words, "fiche_b": words})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_the_tree_takes_the_same_queries_whatever_is_logged(officer, django_assert_num_queries):
    officer.client.get(TREE)
    ActionFactory(collectivity=officer.collectivity)
    # session, user, memberships, types, kept, logged, categories of the filter; levels and categories of the advice
    with django_assert_num_queries(9):
        officer.client.get(TREE)
    for kind in ActionType.objects.all():
        ActionFactory(collectivity=officer.collectivity, type=kind)
    with django_assert_num_queries(9):
        officer.client.get(TREE)
