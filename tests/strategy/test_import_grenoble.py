"""The real case beside the project loads whole; its own totals are the measure. Skipped when it is absent."""

import time
from collections import Counter
from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from django.db.models import Sum

from aict.accounts.models import Collectivity
from strategy.models import FundingNeed, StakeholderAssessment
from tests.strategy.test_import_rows import counts
from typology.models import Action, BudgetLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(shared_folder):
    return shared_folder / "cases" / "grenoble-alpes-metropole.yaml"


@pytest.fixture
def grenoble(path) -> Collectivity:
    call_command("import_strategy", str(path), stdout=StringIO())
    return Collectivity.objects.get(siren="200040715")


@pytest.fixture
def totals(path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["expected_totals"]


def test_the_totals_of_the_grenoble_case_are_those_of_the_file(grenoble, totals):
    actions = Action.objects.for_collectivity(grenoble)
    lines = BudgetLine.objects.for_collectivity(grenoble)
    by_category = Counter(actions.values_list("type__purpose__category__code", flat=True))
    assert by_category == totals["actions_by_category"]
    assert Counter(actions.values_list("type__purpose__code", flat=True)) == totals["actions_by_subcategory"]
    planned = lines.economic().order_by().values_list("action__type__purpose__category__code")
    assert dict(planned.annotate(Sum("planned"))) == totals["economic_planned_eur_by_category"]
    assert lines.filter(action__economic_aim=False).total_planned() == totals["non_economic_planned_eur"]
    assert Counter(actions.values_list("sdgs__code", flat=True)) == totals["actions_by_sdg"]


def test_the_funding_and_the_ranking_of_the_grenoble_case_are_those_of_the_file(grenoble, totals):
    needs = FundingNeed.objects.for_collectivity(grenoble)
    by_status = dict(needs.order_by().values_list("status").annotate(Sum("amount")))
    assert by_status == {status: amount for status, amount in totals["financing_eur_by_status"].items() if amount}
    assert sum(by_status.values()) == totals["financing_eur_total"]
    ranked = sorted(StakeholderAssessment.objects.for_collectivity(grenoble), key=lambda row: (-row.ranking, row.name))
    assert [{"score": row.ranking, "name": row.name} for row in ranked[:5]] == totals["top5_impact_x_potential"]


def test_the_grenoble_case_loads_in_a_few_seconds_and_the_second_import_changes_nothing(grenoble, path):
    before, out, started = counts(), StringIO(), time.perf_counter()
    call_command("import_strategy", str(path), stdout=out)
    assert time.perf_counter() - started < 5
    assert counts() == before
    assert "0 ligne créée, 0 modifiée, 256 inchangées, 0 refusée" in out.getvalue()
