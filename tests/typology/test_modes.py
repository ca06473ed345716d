"""The choice of a mode of intervention: what is suggested, why, and who decides (SYS-11)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from typology.modes import RULES, Beneficiary, suggest

MODES = ["internationalisation", "promotion", "cooperation"]


def advised(goal: str, **more: object) -> list[str]:
    return [one.mode for one in suggest(goal=goal, **more) if one.is_advised]


@pytest.mark.django_db
def test_sys_11_a_goal_suggests_modes_with_their_reasons_and_the_user_decides(economic):
    page = economic.client.get(reverse("typology:action_modes"), {"goal": "faire connaître le territoire"})
    first, *_others = page.context["suggestions"]
    assert first[0].code == "promotion"
    assert first[1].reasons
    text = page.content.decode()
    assert first[1].reasons[0] in text
    page = economic.client.get(reverse("typology:action_modes"), {"goal": "PME qui veulent exporter, sans partenaire"})
    assert page.context["suggestions"][0][0].code == "internationalisation"
    assert not next(one for row, one in page.context["suggestions"] if row.code == "cooperation").is_advised
    # The user overrides: every mode, advised or not, leads to the quick log.
    for code in MODES:
        link = f"{reverse('typology:action_create')}?category={code}"
        assert link in page.content.decode()
        assert economic.client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("goal", "first"),
    [
        ("Aider nos PME à trouver des clients étrangers", "internationalisation"),
        ("Attirer des investisseurs", "promotion"),
        ("Créer une marque de territoire", "promotion"),
        ("Travailler avec notre ville jumelle sur l’agriculture", "cooperation"),
        ("Échanger des pratiques sur l’économie circulaire avec Sfax", "cooperation"),
        ("Ouvrir une filiale au Canada", "internationalisation"),
    ],
)
def test_ordinary_goals_find_their_mode(goal, first):
    assert advised(goal)[0] == first


def test_several_modes_may_be_suggested_in_order():
    modes = suggest(goal="Emmener des PME au salon avec notre territoire partenaire", partnership=True)
    assert [one.mode for one in modes] == ["cooperation", "internationalisation", "promotion"]
    assert all(one.is_advised for one in modes)


def test_accents_capitals_and_punctuation_do_not_matter():
    assert advised("FAIRE CONNAITRE LE TERRITOIRE !") == advised("faire connaître le territoire")


@pytest.mark.parametrize(
    "goal", ["un projet important", "améliorer le cadre de vie", "s’étirer", "l’ensemble du projet"]
)
def test_words_that_only_look_alike_suggest_nothing(goal):
    assert advised(goal) == []


def test_without_a_partner_cooperation_yields_and_says_why():
    modes = suggest(goal="Coopérer pour exporter", partnership=False)
    assert [one.mode for one in modes if one.is_advised] == ["internationalisation", "cooperation"]
    assert "demande d’abord d’en trouver un" in modes[1].reserve


def test_beneficiaries_weigh():
    assert advised("un projet", beneficiaries=[Beneficiary.PARTNER]) == ["cooperation"]
    assert advised("un projet", beneficiaries=[Beneficiary.FIRMS, Beneficiary.TERRITORY]) == MODES[:2]


def test_every_rule_says_why_and_its_words_are_folded():
    for rule in RULES:
        assert rule.why.endswith(".")
        assert all(word == word.lower().strip("’'") and "é" not in word for word in rule.words)
