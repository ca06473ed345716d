"""The home page: what presses, for who may act and for who reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from aict.accounts import history, recent
from aict.accounts.models import Change
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


def test_what_changed_says_its_kind_and_leads_to_its_page(officer, stranger, django_assert_max_num_queries):
    action = ActionFactory(collectivity=officer.collectivity, title="Mission à Sfax")
    line = BudgetLineFactory(collectivity=officer.collectivity, action=action)
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    for row in (action, line, territory, officer.collectivity):
        history.record(instance=row, author=officer.user)
    foreign = TerritoryFactory(collectivity=stranger.collectivity)
    Change.objects.create(
        collectivity=officer.collectivity, verb="created", model="partners.territory", object_id=foreign.pk
    )
    Change.objects.create(collectivity=officer.collectivity, verb="created", model="gone.away", object_id=1)
    with django_assert_max_num_queries(5):
        found = {row.change.model: (row.kind, row.url) for row in recent.latest(officer.collectivity, 6)}
    assert found == {
        "typology.action": ("action", action.get_absolute_url()),
        "typology.budgetline": ("ligne de budget", ""),
        "partners.territory": ("territoire", territory.get_absolute_url()),
        "accounts.collectivity": ("collectivité", ""),
        "gone.away": ("", ""),
    }
    page = officer.client.get("/").content.decode()
    assert f'<a href="{territory.get_absolute_url()}">Sfax</a><small>Territoire</small>' in page
    assert foreign.get_absolute_url() not in page.split("h-rec")[1].split("</section>")[0]


def test_a_deleted_object_is_named_without_a_link(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, deleted_at=timezone.now())
    history.record(instance=territory, author=officer.user, verb="deleted")
    [row] = recent.latest(officer.collectivity, 6)
    assert (row.kind, row.url) == ("territoire", "")
