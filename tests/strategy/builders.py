"""Strategies for tests: empty, or with every step complete and nothing to report."""

from __future__ import annotations

from datetime import date
from typing import Any

from aict.accounts.models import Collectivity
from evaluation.models import Indicator, PotentialImpact
from partners.models import EconomicField, ElectedPortfolio, InternalService, StakeholderType
from strategy.enums import LinkKind, Topic
from strategy.models import (
    ExpectedResult,
    FundingNeed,
    InternalResource,
    InternationalLink,
    PoliticalExchange,
    Priority,
    StakeholderAssessment,
    StepRow,
    Strategy,
    TrustEvent,
)
from strategy.writing import open_steps
from tests.factories import ActionFactory, AgreementFactory, BudgetLineFactory, StrategyFactory, TerritoryFactory
from typology.models import ActionCategory, ActionType, FundingScheme

ON = date(2026, 11, 21)


def empty_strategy(collectivity: Collectivity, **fields: Any) -> Strategy:
    strategy = StrategyFactory(collectivity=collectivity, **fields)
    open_steps(strategy)
    return strategy


def row(model: type[StepRow], strategy: Strategy, **fields: Any) -> Any:
    """A row with its many-to-many given as lists."""
    many = {name: value for name, value in fields.items() if model._meta.get_field(name).many_to_many}
    plain = {name: value for name, value in fields.items() if name not in many}
    made = model.objects.create(collectivity=strategy.collectivity, strategy=strategy, **plain)
    for name, rows in many.items():
        made.set_related(name, rows)
    return made


def complete_strategy(collectivity: Collectivity) -> Strategy:
    """One long-term territory, one action, every needed field filled: no check fires but the informative ones."""
    strategy = empty_strategy(collectivity)
    territory = TerritoryFactory(collectivity=collectivity, name="Sfax")
    agreement = AgreementFactory(collectivity=collectivity, territory=territory, starts=date(2025, 1, 1))
    action = ActionFactory(
        collectivity=collectivity, territory=territory, agreement=agreement, starts=date(2027, 3, 1), title="Mission"
    )
    BudgetLineFactory(collectivity=collectivity, action=action)
    _resources_and_links(strategy, territory)
    _stakeholders_and_vision(strategy)
    row(
        Priority,
        strategy,
        place="Sfax (Tunisie)",
        territory=territory,
        fields=EconomicField.objects.filter(code="recherche"),
        action_types=ActionType.objects.filter(code="cooperation-ecosystemes"),
        use="les-deux",
        horizon="lien-long-terme",
        supports=["action-en-cours", "opportunite"],
        objective="Une filière commune.",
    )
    row(
        TrustEvent,
        strategy,
        agreement=agreement,
        partner_authority="Ville de Sfax",
        occasion="signature",
        held_on=date(2027, 6, 10),
        delegation=["entreprises"],
        actions=[action],
    )
    row(
        FundingNeed,
        strategy,
        need="Stands",
        action=action,
        spending_nature="action",
        amount=1000,
        scheme=FundingScheme.objects.filter(today_status="inchange").first(),
        beneficiary="Métropole",
        status="repere",
    )
    row(
        ExpectedResult,
        strategy,
        action=action,
        expected_result="Dix entreprises reçues.",
        impacts=PotentialImpact.objects.filter(code="notoriete"),
        local_interest="Des débouchés.",
        indicators=Indicator.objects.filter(code="f1-rendez-vous"),
    )
    return strategy


def _resources_and_links(strategy: Strategy, territory: Any) -> None:
    row(
        InternalResource,
        strategy,
        service=InternalService.objects.get(code="developpement-economique"),
        authority="Métropole",
        role="associe",
        categories=ActionCategory.objects.filter(code="internationalisation"),
        economic_concertation=True,
        actor_types=StakeholderType.objects.filter(code="entreprise"),
    )
    for kind in LinkKind:
        for direction in ("entrant", "sortant") if kind == LinkKind.RELATION_ECONOMIQUE else ("",):
            row(
                InternationalLink,
                strategy,
                kind=kind,
                flow_direction=direction,
                flow_nature="export" if direction else "",
                place="Sfax",
                territory=territory,
                holder_type=StakeholderType.objects.get(code="collectivite"),
                object="Un lien.",
                opportunity="À saisir.",
            )


def _stakeholders_and_vision(strategy: Strategy) -> None:
    for kind in StakeholderType.objects.filter(in_fiche_b=True):
        row(
            StakeholderAssessment,
            strategy,
            name=f"Acteur {kind.order}",
            type=kind,
            fields=EconomicField.objects.filter(in_fiche_b=True),
            strengths="Des forces.",
            local_impact=3,
            international_potential=4,
        )
    row(
        PoliticalExchange,
        strategy,
        portfolios=ElectedPortfolio.objects.filter(code__in=["developpement-economique", "thematique-eau"]),
        held_on=date(2026, 9, 1),
        topics=[topic.value for topic in Topic],
        expectations="Des retombées.",
        articulation="Un comité commun.",
        long_term_vision="Des liens utiles aux deux territoires.",
    )
