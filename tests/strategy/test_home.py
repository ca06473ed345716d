"""The home page: what presses, for who may act and for who reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from strategy import agenda
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    BudgetLineFactory,
    MeasureFactory,
    TerritoryFactory,
)
from tests.strategy.builders import ON, complete_strategy, empty_strategy
from typology.models import ActionType


@pytest.fixture
def cooperation(db):
    return ActionType.objects.get(code="cooperation-ecosystemes")


def words(actor) -> list[str]:
    return [item.word for item in agenda.of(actor.access, ON).items]


def test_an_empty_collectivite_has_nothing_to_handle_and_is_told_what_to_do(officer):
    page = officer.client.get("/").content.decode()
    assert "Rien à traiter" in page
    assert "Ouvrir une stratégie" in page


def test_an_agreement_ending_soon_is_urgent_and_a_later_one_is_only_announced(officer):
    for days in (25, 170):
        sent, end = date(2025, 1, 1), ON + timedelta(days=days)
        AgreementFactory(collectivity=officer.collectivity, transmitted_on=sent, ends=end)
    found = agenda.of(officer.access, ON)
    assert [(item.tone, item.word) for item in found.items] == [("danger", "Fin dans 25 j")]
    assert [deadline.days for deadline in found.deadlines] == [25, 170]


def test_a_cooperation_under_way_without_agreement_in_force_is_listed(officer, cooperation):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Ouagadougou")
    AgreementFactory(collectivity=officer.collectivity, territory=territory, ends=date(2022, 12, 31))
    ActionFactory(collectivity=officer.collectivity, territory=territory, type=cooperation, status="en-cours")
    [item] = agenda.of(officer.access, ON).items
    assert item.word == "Sans couverture"
    assert "31\u00a0décembre 2022" in item.text
    AgreementFactory(
        collectivity=officer.collectivity, territory=territory, transmitted_on=date(2026, 1, 1), ends=date(2030, 1, 1)
    )
    assert words(officer) == []


def test_an_agreement_voted_and_not_transmitted_asks_for_the_date(officer):
    AgreementFactory(collectivity=officer.collectivity, deliberation_on=date(2026, 9, 28), ends=date(2031, 1, 1))
    assert words(officer) == ["Date manquante"]


def test_a_returned_value_is_shown_to_who_can_correct_it_only(officer, elected):
    MeasureFactory(collectivity=officer.collectivity, state="returned", return_reason="Joindre la liste.")
    assert words(officer) == ["Valeur renvoyée"]
    assert words(elected) == []


def test_blocking_points_of_the_strategy_are_listed_with_their_step(officer):
    empty_strategy(officer.collectivity)
    assert words(officer) == ["Point bloquant"] * 3
    assert "Reprendre A1" in officer.client.get("/").content.decode()


def test_the_budget_of_the_year_leaves_out_non_economic_actions(officer):
    economic = ActionFactory(collectivity=officer.collectivity)
    other = ActionFactory(collectivity=officer.collectivity, economic_aim=False)
    BudgetLineFactory(collectivity=officer.collectivity, action=economic, year=ON.year, planned=1500)
    BudgetLineFactory(collectivity=officer.collectivity, action=other, year=ON.year, planned=9000)
    values = {label: value for label, value, _ in agenda.figures(officer.access, ON)}
    assert values["Budget prévu en 2026"] == "1\u00a0500\u00a0€"


def test_nothing_of_another_collectivite_is_shown(officer, stranger):
    AgreementFactory(collectivity=stranger.collectivity, title="Accord étranger", starts=date(2025, 1, 1), ends=ON)
    assert "Accord étranger" not in officer.client.get("/").content.decode()


def test_the_home_page_needs_the_same_queries_whatever_the_rows(officer, django_assert_max_num_queries):
    complete_strategy(officer.collectivity)
    with django_assert_max_num_queries(30):
        officer.client.get("/")
    for _ in range(30):
        AgreementFactory(collectivity=officer.collectivity, starts=date(2025, 1, 1), ends=ON + timedelta(days=9))
        ActionFactory(collectivity=officer.collectivity, status="en-cours")
    with django_assert_max_num_queries(30):
        officer.client.get("/")
