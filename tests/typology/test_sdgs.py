"""Sustainable development goals of actions (SYS-49)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strategy.forms import row_form
from strategy.steps import D1
from tests.factories import ActionFactory, BudgetLineFactory, StrategyFactory
from typology.forms import ActionForm
from typology.models import ActionType, Sdg

REPORT = "/actions/odd/"


def goal(number: int) -> Sdg:
    return Sdg.objects.get(number=number)


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def lines(response) -> list[str]:
    """The rows of the table, as text."""
    body = response.content.decode().split("<tbody", 1)[1].split("</tbody>")[0].split("<tr")[1:]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", f"<{row}")).replace("\u00a0", " ").strip() for row in body]


def forms(actor):
    action = ActionFactory(collectivity=actor.collectivity)
    strategy = StrategyFactory(collectivity=actor.collectivity)
    yield ActionForm(instance=action, access=actor.access)["sdgs"]
    yield row_form(D1)(access=actor.access, strategy=strategy)["sdgs"]


def test_sys_49_only_1_8_9_10_are_proposed_by_default(officer):
    for field in forms(officer):
        html = str(field)
        in_sight, _, folded = html.partition("<details")
        proposed = re.findall(r"ODD (\d+)", in_sight)
        assert proposed == ["1", "8", "9", "10"]
        assert len(re.findall(r'type="checkbox"', folded)) == 13
        assert folded.startswith(' class="fold">')  # closed, and it opens without JavaScript
        assert "Autres ODD" in folded


def test_a_goal_chosen_among_the_others_stays_in_sight(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    action.sdgs.add(goal(13))
    html = str(ActionForm(instance=action, access=officer.access)["sdgs"])
    assert '<details class="fold" open>' in html
    assert re.search(rf'value="{goal(13).pk}"[^>]*checked', html)


def test_sys_49_the_report_counts_actions_per_sdg(officer, stranger):
    c = officer.collectivity
    both = ActionFactory(collectivity=c, starts="2027-01-01", ends="2028-12-31")
    both.sdgs.set([goal(8), goal(13)])
    BudgetLineFactory(collectivity=c, action=both, year=2027, planned=1000)
    BudgetLineFactory(collectivity=c, action=both, year=2028, planned=500)
    other = ActionFactory(collectivity=c, type=ActionType.objects.get(code="compagnonnages"), starts="2026-01-01")
    other.sdgs.set([goal(8)])
    without = ActionFactory(collectivity=c)
    BudgetLineFactory(collectivity=c, action=without, planned=77)
    foreign = ActionFactory(collectivity=stranger.collectivity)
    foreign.sdgs.set([goal(5)])
    response = officer.client.get(REPORT)
    served = lines(response)
    assert [re.match(r".*?(ODD \d+)", row).group(1) for row in served] == ["ODD 8", "ODD 13"]
    assert served[0].endswith(" 2 : ODD 8 1 500,00 €")
    assert served[1].endswith(" 1 : ODD 13 1 500,00 €")
    assert 'href="/actions/?sdg=8"' in response.content.decode()
    page = words(response)
    assert "2 actions servent au moins un objectif de développement durable, sur 3" in page
    assert "1 action ne cite aucun ODD (77,00 € prévus)" in page
    assert "15 ODD sans action" in page


def test_the_report_follows_the_filters_of_the_list_and_a_year_keeps_its_own_amounts(officer):
    c = officer.collectivity
    action = ActionFactory(collectivity=c, starts="2027-01-01", ends="2028-12-31")
    action.sdgs.set([goal(9)])
    BudgetLineFactory(collectivity=c, action=action, year=2027, planned=1000)
    BudgetLineFactory(collectivity=c, action=action, year=2028, planned=500)
    assert lines(officer.client.get(REPORT, {"year": 2028}))[0].endswith(" ODD 9 500,00 €")
    assert "Montants prévus pour 2028" in words(officer.client.get(REPORT, {"year": 2028}))
    assert "Aucune action ne répond à ces filtres" in words(officer.client.get(REPORT, {"year": 2020}))
    assert "Aucune action ne répond" in words(officer.client.get(REPORT, {"category": "cooperation"}))
    assert lines(officer.client.get(REPORT, {"category": "internationalisation"}))


def test_an_amount_that_nobody_gave_is_missing_and_not_zero(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    action.sdgs.set([goal(9)])
    assert lines(officer.client.get(REPORT))[0].endswith("Manquant")


@pytest.mark.parametrize("value", ["\x00", "99999", "<script>alert(1)</script>", "-1", "🚀"])
def test_hostile_filters_never_break_the_report(value, officer):
    ActionFactory(collectivity=officer.collectivity)
    for name in ("year", "category", "economic"):
        response = officer.client.get(REPORT, {name: value})
        assert response.status_code == 200
        assert b"<script>alert" not in response.content


def test_the_report_takes_the_same_queries_for_1_and_30_actions(officer):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert officer.client.get(REPORT).status_code == 200
        return len(captured)

    def add(number: int) -> None:
        action = ActionFactory(collectivity=officer.collectivity)
        action.sdgs.set([goal(number)])
        BudgetLineFactory(collectivity=officer.collectivity, action=action)

    add(8)
    queries()  # what the process keeps of the references is read once
    one = queries()
    for number in range(29):
        add(number % 17 + 1)
    assert queries() == one
