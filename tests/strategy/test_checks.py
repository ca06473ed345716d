"""The checks of fiches A to D, and the acceptance of the systems they carry."""

from __future__ import annotations

import pytest
import yaml
from django.conf import settings
from django.core.exceptions import ValidationError

from partners.models import ElectedPortfolio, InternalService, StakeholderType
from strategy import checks, life_cycle, progress
from strategy.enums import Severity, StepStatus, StrategyStatus
from strategy.material import Material
from strategy.models import (
    ExpectedResult,
    FundingNeed,
    InternalResource,
    InternationalLink,
    PoliticalExchange,
    Priority,
    StakeholderAssessment,
    TrustEvent,
)
from strategy.steps import STEPS
from tests.factories import ActionFactory, AgreementFactory, TerritoryFactory
from tests.strategy.builders import ON, complete_strategy, empty_strategy, row
from typology.models import ActionType, FundingScheme


def fired(strategy) -> dict[str, list[str]]:
    """Code → labels of the places, for every check that fires."""
    found = checks.run(Material.load(strategy, ON))
    return {finding.code: [place.label for place in finding.places] for finding in found}


@pytest.fixture
def strategy(collectivity):
    return complete_strategy(collectivity)


def test_codes_severities_and_messages_are_those_of_the_reference_data():
    source = yaml.safe_load((settings.FIXTURES_DIR / "reference" / "fiches.yaml").read_text())
    expected = [
        (section["code"], check["code"], check["severity"], check["message"])
        for fiche in source["fiches"]
        for section in fiche["sections"]
        for check in section.get("checks", [])
    ]
    assert [(c.step.slug, c.code, c.severity.value, c.message) for c in checks.CHECKS] == expected
    assert len(expected) == 30


def test_a_complete_strategy_raises_no_blocking_check_and_no_alert(strategy):
    assert fired(strategy) == {}


def test_an_empty_strategy_is_blocked_by_services_vision_and_results(collectivity):
    found = checks.run(Material.load(empty_strategy(collectivity), ON))
    blocking = {finding.code for finding in found if finding.severity == Severity.BLOCAGE}
    assert blocking == {"services-economiques-non-associes", "sans-vision", "pas-de-resultat"}


# A1
def test_sys_31_without_an_economic_service_the_check_is_raised(strategy):
    resource = InternalResource.objects.get(strategy=strategy)
    resource.service = InternalService.objects.get(code="protocole")
    resource.save()
    assert "services-economiques-non-associes" in fired(strategy)
    assert "export-sans-competence" in fired(strategy)


def test_an_economic_service_still_to_be_mobilised_does_not_count_as_associated(strategy):
    InternalResource.objects.filter(strategy=strategy).update(role="a-mobiliser")
    assert "services-economiques-non-associes" in fired(strategy)


def test_a_refused_concertation_blocks_and_names_the_service(strategy):
    InternalResource.objects.filter(strategy=strategy).update(economic_concertation=False)
    assert fired(strategy)["services-economiques-non-associes"] == ["Direction ou service du développement économique"]


def test_an_economic_cooperation_without_any_local_actor_is_told(strategy):
    StakeholderAssessment.objects.filter(strategy=strategy).delete()
    InternalResource.objects.get(strategy=strategy).actor_types.clear()
    ActionFactory(
        collectivity=strategy.collectivity,
        title="Échange",
        type=ActionType.objects.get(code="cooperation-ecosystemes"),
    )
    assert fired(strategy)["cooperation-sans-acteur-economique"] == ["Échange"]


# A2
def test_sys_32_an_empty_kind_of_link_is_flagged(strategy):
    InternationalLink.objects.filter(strategy=strategy, kind="projet-collaboratif").delete()
    assert fired(strategy)["gisement-vide"] == ["Projet collaboratif"]


def test_flows_in_one_direction_are_told(strategy):
    InternationalLink.objects.filter(strategy=strategy, flow_direction="entrant").delete()
    assert len(fired(strategy)["flux-un-seul-sens"]) == 1


def test_links_without_any_opportunity_are_told(strategy):
    InternationalLink.objects.filter(strategy=strategy).update(opportunity="")
    assert len(fired(strategy)["lien-sans-opportunite"]) == 6


# B1
def test_a_field_of_fiche_b_without_stakeholder_is_named(strategy):
    for assessment in StakeholderAssessment.objects.filter(strategy=strategy):
        assessment.fields.set(assessment.fields.exclude(code="commerce"))
    assert fired(strategy)["champ-non-couvert"] == ["Commerce"]


def test_a_type_of_fiche_b_without_stakeholder_is_named(strategy):
    StakeholderAssessment.objects.filter(strategy=strategy, type__code="incubateur").delete()
    assert fired(strategy)["type-non-couvert"] == ["Incubateurs et accélérateurs"]


def test_an_opportunity_without_strength_is_told(strategy):
    StakeholderAssessment.objects.filter(name="Acteur 1").update(strengths="", opportunities="Salon")
    assert fired(strategy)["opportunite-sans-force"] == ["Acteur 1"]


# B2
def test_sys_34_without_a_vision_the_strategy_cannot_be_validated(strategy, officer):
    PoliticalExchange.objects.filter(strategy=strategy).update(long_term_vision="")
    assert "sans-vision" in fired(strategy)
    with pytest.raises(ValidationError, match="Vision à long terme absente"):
        life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVIEW, author=officer.user, on=ON)
    strategy.refresh_from_db()
    assert strategy.status == StrategyStatus.DRAFT


def test_sys_34_topics_are_ticked_or_listed_as_missing(strategy):
    PoliticalExchange.objects.filter(strategy=strategy).update(topics=["attendus", "types-acteurs"])
    assert fired(strategy)["sujet-non-aborde"] == ["Options de types d’action", "Grandes orientations géographiques"]


def test_meeting_no_economic_portfolio_is_an_alert(strategy):
    exchange = PoliticalExchange.objects.get(strategy=strategy)
    exchange.portfolios.set(ElectedPortfolio.objects.filter(code="thematique-eau"))
    assert "elu-economie-absent" in fired(strategy)


def test_a_non_economic_cooperation_calls_for_the_thematic_portfolio(strategy):
    exchange = PoliticalExchange.objects.get(strategy=strategy)
    exchange.portfolios.set(ElectedPortfolio.objects.filter(code="innovation"))
    assert "elu-thematique" not in fired(strategy)
    ActionFactory(collectivity=strategy.collectivity, title="Eau", economic_aim=False)
    assert fired(strategy)["elu-thematique"] == ["Eau"]


def test_an_unclear_place_between_two_trades_is_told(strategy):
    PoliticalExchange.objects.filter(strategy=strategy).update(articulation="")
    assert "specificite-non-clarifiee" in fired(strategy)


# C1
def test_sys_36_a_priority_resting_on_one_element_only_is_flagged(strategy):
    Priority.objects.filter(strategy=strategy).update(supports=["opportunite"])
    assert fired(strategy)["priorite-sans-croisement"] == ["Sfax (Tunisie)"]


def test_sys_36_different_cooperation_and_prospecting_targets_are_an_information(strategy):
    row(Priority, strategy, place="Inde", use="prospection-promotion", horizon="lien-long-terme", supports=["a", "b"])
    findings = {f.code: f for f in checks.run(Material.load(strategy, ON))}
    assert findings["cible-cooperation-prospection"].severity == Severity.INFO
    assert [place.label for place in findings["cible-cooperation-prospection"].places] == ["Inde"]


def test_sys_36_a_mission_on_a_territory_without_long_term_link_raises_a_warning(strategy):
    row(
        Priority,
        strategy,
        place="Inde",
        use="cooperation",
        horizon="operation-ponctuelle",
        supports=["a", "b"],
        mission_planned=True,
    )
    findings = {f.code: f for f in checks.run(Material.load(strategy, ON))}
    assert findings["promotion-sans-lien-durable"].severity == Severity.ALERTE
    assert [place.label for place in findings["promotion-sans-lien-durable"].places] == ["Inde"]


def test_a_long_term_link_without_agreement_is_told(strategy):
    other = TerritoryFactory(collectivity=strategy.collectivity, name="Kaunas")
    row(Priority, strategy, place="Kaunas", territory=other, horizon="lien-long-terme", supports=["a", "b"])
    assert fired(strategy)["horizon-incoherent"] == ["Kaunas"]


# C2
def test_sys_37_a_signature_without_delegation_is_flagged(strategy):
    TrustEvent.objects.filter(strategy=strategy).update(delegation=[])
    assert fired(strategy)["signature-sans-delegation"] == ["Ville de Sfax"]


def test_sys_37_an_agreement_page_lists_its_short_term_actions_and_what_they_brought(strategy, officer):
    TrustEvent.objects.filter(strategy=strategy).update(contribution="Trois entreprises sont revenues.")
    event = TrustEvent.objects.get(strategy=strategy)
    page = officer.client.get(event.agreement.get_absolute_url()).content.decode()
    assert "Trois entreprises sont revenues." in page
    assert page.count(event.actions.get().get_absolute_url()) == 2  # linked to the agreement, and in the circle


def test_an_agreement_without_any_action_is_an_alert(strategy):
    event = TrustEvent.objects.get(strategy=strategy)
    event.agreement = AgreementFactory(collectivity=strategy.collectivity)
    event.save()
    event.actions.clear()
    assert fired(strategy)["accord-sans-action"] == ["Ville de Sfax"]


def test_a_short_action_out_of_any_agreement_is_told(strategy):
    elsewhere = TerritoryFactory(collectivity=strategy.collectivity)
    ActionFactory(collectivity=strategy.collectivity, title="Salon", territory=elsewhere, timing="ponctuel")
    ActionFactory(collectivity=strategy.collectivity, title="Bureau", territory=elsewhere, timing="permanent")
    assert fired(strategy)["action-sans-accord"] == ["Salon"]


# C3
def test_an_outdated_scheme_is_an_alert(strategy):
    FundingNeed.objects.filter(strategy=strategy).update(scheme=FundingScheme.objects.get(code="horizon-2020"))
    assert fired(strategy)["dispositif-perime"] == ["Stands"]


def test_an_investment_without_funder_is_an_alert(strategy):
    FundingNeed.objects.filter(strategy=strategy).update(spending_nature="investissement")
    assert fired(strategy)["investissement-sans-bailleur-c"] == ["Stands"]


def test_a_firm_as_beneficiary_recalls_state_aid(strategy):
    FundingNeed.objects.filter(strategy=strategy).update(
        beneficiary_type=StakeholderType.objects.get(code="entreprise")
    )
    assert fired(strategy)["aide-economique-c"] == ["Stands"]


def test_sys_38_a_need_without_scheme_or_own_budget_is_listed_as_uncovered(strategy):
    ActionFactory(collectivity=strategy.collectivity, title="Sans budget")
    assert fired(strategy)["besoin-non-couvert"] == ["Sans budget"]


# D1
def test_sys_42_an_action_without_result_or_indicator_is_listed(strategy):
    ActionFactory(collectivity=strategy.collectivity, title="Sans ligne")
    ExpectedResult.objects.get(strategy=strategy).indicators.clear()
    found = fired(strategy)
    assert found["pas-de-resultat"] == ["Sans ligne"]
    assert found["pas-d-indicateur"] == ["Mission"]


def test_sys_42_adding_one_indicator_clears_the_alert(strategy):
    from evaluation.models import Indicator

    result = ExpectedResult.objects.get(strategy=strategy)
    result.indicators.clear()
    assert "pas-d-indicateur" in fired(strategy)
    result.indicators.add(Indicator.objects.get(code="f1-ca-genere"))
    assert "pas-d-indicateur" not in fired(strategy)


def test_sys_42_a_missing_result_blocks_validation(strategy, officer):
    ExpectedResult.objects.filter(strategy=strategy).update(expected_result="")
    with pytest.raises(ValidationError, match="Résultat attendu non explicité"):
        life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVIEW, author=officer.user, on=ON)


def test_an_action_that_ended_before_the_period_asks_for_no_result(strategy):
    ActionFactory(
        collectivity=strategy.collectivity, title="Ancienne", status="terminee", starts="2020-01-01", ends="2022-12-31"
    )
    assert "pas-de-resultat" not in fired(strategy)


def test_a_result_without_impact_or_local_interest_is_an_alert(strategy):
    result = ExpectedResult.objects.get(strategy=strategy)
    result.impacts.clear()
    ExpectedResult.objects.filter(pk=result.pk).update(local_interest="")
    assert {"retombee-supposee", "interet-local-absent"} <= fired(strategy).keys()


def test_indicators_that_are_all_hard_to_obtain_are_told(strategy):
    from evaluation.models import Indicator

    result = ExpectedResult.objects.get(strategy=strategy)
    result.indicators.set(Indicator.objects.filter(code="sollicitations-acteurs"))
    assert fired(strategy)["indicateur-peu-accessible"] == ["Mission"]


# Progress
def test_sys_30_eight_steps_in_order_each_not_started_incomplete_or_complete(strategy, collectivity):
    assert [step.code for step in STEPS] == ["A1", "A2", "B1", "B2", "C1", "C2", "C3", "D1"]
    assert {s.status for s in progress.of(Material.load(strategy, ON))} == {StepStatus.COMPLETE}
    other = empty_strategy(collectivity)
    row(Priority, other, place="Kaunas")
    status = {s.step.code: s.status for s in progress.of(Material.load(other, ON))}
    assert status["C1"] == StepStatus.INCOMPLETE
    assert status["A1"] == StepStatus.NOT_STARTED


def test_sys_30_a_blocking_check_prevents_validation_and_an_alert_does_not(strategy, officer):
    Priority.objects.filter(strategy=strategy).update(supports=["opportunite"])
    moved = life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVIEW, author=officer.user, on=ON)
    assert moved.status == StrategyStatus.IN_REVIEW


def test_a_flow_needs_its_direction_and_nature(strategy):
    InternationalLink.objects.filter(strategy=strategy, flow_direction="entrant").update(flow_nature="")
    by_code = {s.step.code: s for s in progress.of(Material.load(strategy, ON))}
    assert by_code["A2"].status == StepStatus.INCOMPLETE
    assert by_code["A2"].incomplete_rows == 1


def test_sys_33_the_ranking_is_recomputed_on_edit(strategy):
    assessment = StakeholderAssessment.objects.get(strategy=strategy, name="Acteur 1")
    assert assessment.ranking == 12
    assessment.international_potential = 5
    assessment.save()
    assessment.refresh_from_db()
    assert assessment.ranking == 15


def test_the_material_is_read_in_twelve_queries_whatever_the_rows(strategy, django_assert_num_queries):
    with django_assert_num_queries(12):
        Material.load(strategy, ON)
    for number in range(10):
        row(Priority, strategy, place=f"Zone {number}")
    with django_assert_num_queries(12):
        material = Material.load(strategy, ON)
        progress.of(material)
