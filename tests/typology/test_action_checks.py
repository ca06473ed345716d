"""The checks of fiches 1 to 3: each fires, each can be mended; advice, never prohibition (SYS-12, SYS-21, SYS-25)."""

import re
from datetime import date

import pytest
import yaml

from aict.ui.typography import french
from partners.models import Country
from strategy.models import ExpectedResult
from tests.factories import (
    ActionFactory,
    ActionLinkFactory,
    AgreementFactory,
    BudgetLineFactory,
    CooperationFactory,
    EventFactory,
    IndicatorUseFactory,
    RiskAssessmentFactory,
    StrategyFactory,
    TerritoryFactory,
)
from typology import questions
from typology.action_checks import CHECKS, Finding, checks
from typology.models import Action, ActionType, FicheOption, PublicPolicy, TargetZone

ON = date(2027, 1, 15)


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def found(action) -> dict[str, Finding]:
    return {row.code: row for row in checks(Action.objects.for_detail().get(pk=action.pk), on=ON)}


def action_in(category: str, collectivity, **values) -> Action:
    kind = ActionType.objects.filter(purpose__category__code=category).first()
    return ActionFactory(collectivity=collectivity, type=kind, **values)


def choose(action, *codes: str) -> None:
    action.answers.add(*FicheOption.objects.filter(code__in=codes))
    assert action.answers.filter(code__in=codes).count() == len(codes)


@pytest.fixture
def export(officer) -> Action:
    return action_in("internationalisation", officer.collectivity)


@pytest.fixture
def promotion(officer) -> Action:
    return action_in("promotion", officer.collectivity)


@pytest.fixture
def cooperation(officer) -> Action:
    return CooperationFactory(collectivity=officer.collectivity)


def test_codes_severities_and_messages_are_those_of_the_reference_data(shared_folder):
    fiches = yaml.safe_load((shared_folder / "reference" / "fiches.yaml").read_text(encoding="utf-8"))["modes"]
    printed = {
        row["code"]: (fiche["action_category"], question["code"], row["severity"], french(row["message"]))
        for fiche in fiches
        for question in fiche["questions"]
        for row in question.get("checks", [])
    }
    ours = {row.code: (row.category, row.question.value, row.severity.value, french(row.message)) for row in CHECKS}
    assert {code: printed[code] for code in ours} == ours
    assert len(ours) == 11


# Fiche 1 ---------------------------------------------------------------------------------


def test_sys_12_a_zone_seldom_aimed_at_raises_the_partnership_question(officer, export):
    assert "zone-peu-ciblee" not in found(export)
    export.zone = TargetZone.objects.get(code=TargetZone.SELDOM)
    export.save()
    row = found(export)["zone-peu-ciblee"]
    assert "existe-t-il un partenariat de coopération sur lequel s’appuyer" in row.text
    assert row.url == f"/actions/{export.pk}/questions/ou/"
    assert "existe-t-il un partenariat" in words(officer.client.get(f"/actions/{export.pk}/questions/"))


def test_the_partnership_question_is_answered_by_the_register_when_it_can(officer, export):
    mine = {"collectivity": officer.collectivity}
    dakar = TerritoryFactory(name="Dakar", country=Country.objects.get(code="sn"), **mine)
    export.territory = dakar
    export.save()
    assert "Aucune coopération n’est enregistrée avec ce pays : Sénégal." in found(export)[
        "zone-peu-ciblee"
    ].text.replace("\u00a0", " ")
    AgreementFactory(territory=dakar, **mine)
    assert "Vous y coopérez déjà (Dakar)" in found(export)["zone-peu-ciblee"].text


def test_an_export_action_is_isolated_until_it_is_linked_to_another_category(officer, export, cooperation):
    mine = {"collectivity": officer.collectivity}
    assert "action-isolee" in found(export)
    ActionLinkFactory(source=export, target=action_in("internationalisation", **mine), **mine)
    assert "action-isolee" in found(export)
    ActionLinkFactory(source=cooperation, target=export, **mine)
    assert "action-isolee" not in found(export)


# Fiche 2 ---------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["filieres", "tourisme", "enseignement-superieur"])
def test_sys_21_an_action_on_a_sector_shows_the_notice_until_its_contribution_is_written(subject, officer, promotion):
    choose(promotion, f"fiche-2-pourquoi-objets-{subject}")
    assert "Apport à préciser" in words(officer.client.get(f"/actions/{promotion.pk}/questions/"))
    questions.write_note(promotion, "pourquoi", "Nous réunissons les filières.", officer.user)
    assert "legitimite-a-interroger" not in found(promotion)


def test_general_promotion_needs_no_such_notice(promotion):
    choose(promotion, "fiche-2-pourquoi-objets-promotion-generale", "fiche-2-pourquoi-objets-immobilier-entreprise")
    assert "legitimite-a-interroger" not in found(promotion)


def test_sys_21_an_action_with_no_strategy_shows_the_outside_strategy_warning(officer, promotion):
    page = f"/actions/{promotion.pk}/questions/"
    assert "Hors stratégie" in words(officer.client.get(page))
    assert found(promotion)["hors-strategie"].severity == "alerte"
    strategy = StrategyFactory(collectivity=officer.collectivity)
    ExpectedResult.objects.create(collectivity=officer.collectivity, strategy=strategy, action=promotion)
    assert "Hors stratégie" not in words(officer.client.get(page))


def test_a_stand_borne_alone_is_told_from_the_sheet_and_from_an_event(officer, promotion):
    assert "stand-non-mutualise" not in found(promotion)
    choose(promotion, "fiche-2-combien-partage-stand-seul")
    assert "stand-non-mutualise" in found(promotion)
    promotion.answers.clear()
    event = EventFactory(
        collectivity=officer.collectivity, action=promotion, kind="stand", stand_mode="seul", title="Stand de Munich"
    )
    row = found(promotion)["stand-non-mutualise"]
    assert "Stand de Munich" in row.text and row.url == event.get_absolute_url()
    choose(promotion, "fiche-2-combien-partage-stand-mutualise-regions")
    event.stand_mode = "mutualise-regions"
    event.save()
    assert "stand-non-mutualise" not in found(promotion)


# Fiche 3 ---------------------------------------------------------------------------------


def test_sys_25_a_cooperation_with_firms_asks_for_the_three_services_and_the_risks(officer, cooperation):
    page = words(officer.client.get(f"/actions/{cooperation.pk}/questions/"))
    assert "Il manque le service des relations internationales" in page
    assert "Risques redoutés par les acteurs économiques non examinés." in page
    for risk in FicheOption.objects.risks():
        assert risk.label.replace("\u00a0", " ") in page


def test_sys_25_one_assessed_risk_or_a_reason_why_none_is_enough(officer, cooperation):
    assert "risques-non-examines" in found(cooperation)
    risk = RiskAssessmentFactory(collectivity=officer.collectivity, action=cooperation)
    assert "risques-non-examines" not in found(cooperation)
    risk.delete()
    officer.client.post(
        f"/actions/{cooperation.pk}/questions/pourquoi/", {"risk_waiver": "Aucune technologie n’est échangée."}
    )
    assert "risques-non-examines" not in found(cooperation)
    assert "Aucune technologie n’est échangée." in words(officer.client.get(f"/actions/{cooperation.pk}/questions/"))


def test_sys_25_a_cooperation_without_firms_asks_for_neither(cooperation):
    cooperation.economic_actors = False
    cooperation.save()
    assert not {"risques-non-examines", "trois-services"} & set(found(cooperation))


def test_sys_25_without_an_agreement_form_it_warns(officer, cooperation):
    row = found(cooperation)["cooperation-sans-accord"]
    assert row.severity == "alerte"
    assert row.url == f"/actions/{cooperation.pk}/questions/comment/"
    assert "sans accord de territoire à territoire" in words(
        officer.client.get(f"/actions/{cooperation.pk}/questions/")
    )
    choose(cooperation, "fiche-3-comment-formes-accord-non-contractualise")
    assert "cooperation-sans-accord" not in found(cooperation)


@pytest.mark.parametrize(("starts", "warns"), [("2020-01-01", False), ("2028-01-01", True)])
def test_an_agreement_in_force_with_the_territory_is_an_agreement(starts, warns, officer, cooperation):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    cooperation.territory = territory
    cooperation.save()
    AgreementFactory(collectivity=officer.collectivity, territory=territory, transmitted_on=starts, ends="2030-12-31")
    assert ("cooperation-sans-accord" in found(cooperation)) is warns


def test_an_agreement_that_is_cited_is_an_agreement(officer, cooperation):
    cooperation.agreement = AgreementFactory(collectivity=officer.collectivity)
    cooperation.save()
    assert "cooperation-sans-accord" not in found(cooperation)


def test_a_cooperation_needs_an_indicator(officer, cooperation):
    assert "sans-indicateur" in found(cooperation)
    IndicatorUseFactory(collectivity=officer.collectivity, action=cooperation)
    assert "sans-indicateur" not in found(cooperation)


def test_an_investment_needs_a_funder(officer, cooperation):
    mine = {"collectivity": officer.collectivity, "action": cooperation}
    BudgetLineFactory(nature="action", **mine)
    assert "investissement-sans-bailleur" not in found(cooperation)
    BudgetLineFactory(nature="investissement", **mine)
    assert "investissement-sans-bailleur" in found(cooperation)
    choose(cooperation, "fiche-3-combien-bailleurs-nationaux-afd")
    assert "investissement-sans-bailleur" not in found(cooperation)


def test_an_investment_that_the_sheet_names_also_needs_one(cooperation):
    choose(cooperation, "fiche-3-combien-nature-investissement")
    assert "investissement-sans-bailleur" in found(cooperation)


def test_a_cost_of_no_policy_is_counted_and_leads_to_its_line(officer, cooperation):
    mine = {"collectivity": officer.collectivity, "action": cooperation}
    policy = PublicPolicy.objects.first() or PublicPolicy.objects.create(code="eau", label="Eau")
    BudgetLineFactory(policy=policy, **mine)
    assert "cout-non-rattache" not in found(cooperation)
    loose = BudgetLineFactory(**mine)
    row = found(cooperation)["cout-non-rattache"]
    assert "Une ligne de budget à rattacher." in row.text
    assert row.url == f"/actions/{cooperation.pk}/budget/{loose.pk}/modifier/"


# All -------------------------------------------------------------------------------------


def test_a_check_of_one_fiche_never_speaks_of_an_action_of_another(export, promotion, cooperation):
    category = {row.code: row.category for row in CHECKS}
    for action in (export, promotion, cooperation):
        codes = set(found(action))
        assert codes
        assert {category[code] for code in codes} == {action.category.code}


def test_the_page_of_the_action_counts_the_findings_and_nothing_is_forbidden(officer, cooperation):
    count = len(found(cooperation))
    assert count > 3
    page = words(officer.client.get(f"/actions/{cooperation.pk}/"))
    assert f"{count} remarques" in page
    assert (
        officer.client.post(f"/actions/{cooperation.pk}/questions/quoi/", {"note": "On continue."}).status_code == 302
    )
