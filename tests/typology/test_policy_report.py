"""What actions cost by public policy: the natures apart, the sum exact, what no policy claims listed (SYS-28)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import ActionFactory, BudgetLineFactory
from typology import policy_report
from typology.models import BudgetLine, PublicPolicy

URL = reverse("typology:budget_report")


def policy(code: str = "m57-6") -> PublicPolicy:
    return PublicPolicy.objects.get(code=code)


@pytest.fixture
def action(collectivity):
    return ActionFactory(title="Mission à Sfax", starts="2026-02-01", ends="2027-11-30", collectivity=collectivity)


def line(action, **values):
    return BudgetLineFactory(action=action, collectivity=action.collectivity, **values)


def test_sys_28_the_report_by_policy_equals_the_sum_of_all_lines_and_lists_the_unattached(economic, action):
    line(action, planned=Decimal("1000.10"), actual=Decimal("900.05"), policy=policy())
    line(action, planned=Decimal("0.20"), policy=policy(), nature="investissement")
    line(action, planned=Decimal("333.33"), policy=policy("m57-7"))
    loose = line(action, planned=Decimal("66.67"), actual=Decimal("0.01"), label="Sans politique")
    answer = economic.client.get(URL)
    report = answer.context["report"]
    everything = BudgetLine.objects.aggregate(planned=Sum("planned"), actual=Sum("actual"))
    parts = [*report.policies, report.unattached]
    assert sum(row.total.planned for row in parts) == everything["planned"] == report.total.total.planned
    assert report.total.total.actual == everything["actual"] == Decimal("900.06")
    assert sum(row.count for row in parts) == report.total.count == 4
    assert [row.code for row in report.policies] == ["m57-6", "m57-7"]
    assert (report.policies[0].action.planned, report.policies[0].investment.planned) == (
        Decimal("1000.10"),
        Decimal("0.20"),
    )
    text = answer.content.decode()
    assert "Sans politique" in text
    assert reverse("typology:budget_line_edit", args=[action.pk, loose.pk]) in text
    loose.policy = policy()
    loose.save()
    assert not economic.client.get(URL).context["page"].object_list


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "m57-0", "m57-6", "m57-7"]),
            st.sampled_from(["action", "investissement"]),
            st.one_of(st.none(), st.decimals(0, 10**7, places=2)),
            st.one_of(st.none(), st.decimals(0, 10**7, places=2)),
        ),
        max_size=8,
    )
)
def test_whatever_the_lines_the_parts_make_the_whole(action, drawn):
    BudgetLine.objects.all().delete()
    codes = {row.code: row for row in PublicPolicy.objects.all()}
    BudgetLine.objects.bulk_create(
        BudgetLine(
            collectivity=action.collectivity,
            action=action,
            year=2026,
            policy=codes.get(code or ""),
            nature=nature,
            planned=planned,
            actual=actual,
        )
        for code, nature, planned, actual in drawn
    )
    report = policy_report.report(BudgetLine.objects.for_collectivity(action.collectivity))
    assert report.total.count == len(drawn)
    for side, place in (("planned", 2), ("actual", 3)):
        known = [row[place] for row in drawn if row[place] is not None]
        assert getattr(report.total.total, side) == (sum(known, Decimal(0)) if known else None)


def test_non_economic_actions_stay_out_of_the_total_and_are_told_apart(economic, action):
    line(action, planned=100, policy=policy())
    other = ActionFactory(economic_aim=False, collectivity=action.collectivity)
    line(other, planned=7, policy=policy())
    answer = economic.client.get(URL)
    assert answer.context["report"].total.total.planned == 100
    assert answer.context["report"].apart.total.planned == 7
    assert "Actions non économiques, hors total" in answer.content.decode()
    assert not answer.context["page"].object_list


def test_a_line_counts_in_its_own_year_and_an_action_with_its_filters(economic, action):
    line(action, year=2026, planned=100, policy=policy())
    line(action, year=2027, planned=50, policy=policy())
    line(ActionFactory(title="Autre", collectivity=action.collectivity), year=2027, planned=3)
    for query, expected in [
        ({}, 153),
        ({"year": 2026}, 100),
        ({"year": 2027}, 53),
        ({"q": "Sfax"}, 150),
        ({"q": "Sfax", "year": 2027}, 50),
        ({"year": 2031}, None),
    ]:
        assert economic.client.get(URL, query).context["report"].total.total.planned == expected, query


def test_a_missing_amount_is_not_zero(economic, action):
    line(action, planned=None, actual=12, policy=policy())
    report = economic.client.get(URL).context["report"]
    assert report.total.total.planned is None
    assert report.total.total.actual == 12


def test_the_file_says_what_the_page_says(economic, action):
    line(action, planned=100, policy=policy())
    line(action, planned=20)
    text = b"".join(economic.client.get(reverse("typology:budget_report_export", args=["csv"]))).decode("utf-8-sig")
    rows = [row.split(";") for row in text.strip().splitlines()]
    assert [row[0] for row in rows] == ["Politique publique", "6. Action économique", "Non rattaché", "Total"]
    assert [Decimal(row[6].replace(",", ".")) for row in rows[1:]] == [100, 20, 120]
    assert economic.client.get(reverse("typology:budget_report_export", args=["xlsx"])).content[:2] == b"PK"


def test_deleted_actions_and_other_collectivities_count_for_nothing(economic, stranger, action):
    line(action, planned=100)
    line(ActionFactory(collectivity=stranger.collectivity), planned=1)
    line(ActionFactory(deleted_at="2026-01-01T00:00Z", collectivity=action.collectivity), planned=1)
    assert economic.client.get(URL).context["report"].total.total.planned == 100


def test_the_report_costs_as_many_queries_for_one_line_as_for_thirty(economic, action):
    economic.client.get(URL)  # what the process keeps of the references is read once
    economic.client.get(URL)  # what the process keeps of the references is read once
    counts = []
    for count in (1, 29):
        for number in range(count):
            other = ActionFactory(collectivity=action.collectivity)
            line(other, label=f"{count}-{number}")
        with CaptureQueriesContext(connection) as queries:
            economic.client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]
