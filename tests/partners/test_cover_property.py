"""The legal cover computed in SQL and in Python equals a count day by day, on a thousand random agreements.

The oracle below knows nothing of the code under test: it reads the dates of one agreement on one day, and counts.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners import standing
from partners.models import Agreement, AgreementParty, Amendment, Territory
from tests.factories import TerritoryFactory

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
CALENDAR = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
DAY = timedelta(days=1)
TERRITORIES = 3
EXAMPLES, AGREEMENTS = 40, 25  # a thousand agreements in all

days = st.integers(0, len(CALENDAR) - 1).map(CALENDAR.__getitem__)


def maybe(strategy: Any) -> Any:
    return st.one_of(st.none(), strategy)


amendments = st.builds(
    lambda effective, days_added: {"effective_on": effective, "ends": effective and effective + days_added * DAY},
    days,
    st.integers(-40, 400),
)
agreements = st.fixed_dictionaries(
    {
        "form": st.sampled_from(["jumelage", "convention-generale", "non-contractualise"]),
        "deliberation_on": maybe(days),
        "transmitted_on": maybe(days),
        "signed_on": maybe(days),
        "signed_year": maybe(st.integers(2023, 2025)),
        "starts": maybe(days),
        "length": maybe(st.integers(0, 500)),
        "review_on": maybe(days),
        "denounced_on": st.one_of(st.none(), st.none(), days),
        "amendments": st.lists(amendments, max_size=3),
        "territory": st.integers(0, TERRITORIES - 1),
        "parties": st.sets(st.integers(0, TERRITORIES - 1), max_size=2),
    }
)


# The oracle ------------------------------------------------------------------------------


def first_day(row: dict) -> date | None:
    """The day an agreement takes effect: sent to the prefect, or known by an old signature."""
    if row["transmitted_on"]:
        later = row["starts"] is not None and row["starts"] > row["transmitted_on"]
        return row["starts"] if later else row["transmitted_on"]
    if row["deliberation_on"]:
        return None
    is_signed = row["signed_on"] or row["signed_year"]
    if not is_signed and row["form"] != "non-contractualise":
        return None
    for name in ("starts", "signed_on"):
        if row[name]:
            return row[name]
    return date(row["signed_year"], 1, 1) if row["signed_year"] else None


def end_known_on(row: dict, day: date) -> date | None:
    found = row["ends"]
    for amendment in sorted(row["amendments"], key=lambda one: one["effective_on"]):
        if amendment["effective_on"] <= day:
            found = amendment["ends"]
    return found


def has_effect(row: dict, day: date) -> bool:
    start, end = first_day(row), end_known_on(row, day)
    if start is None or day < start or (end is not None and day > end):
        return False
    return row["denounced_on"] is None or day < row["denounced_on"]


def is_in_force(row: dict, day: date) -> bool:
    """Has effect; or an informal action or an old twinning without any date, to review until it ends."""
    dates = ("deliberation_on", "transmitted_on", "signed_on", "signed_year", "starts")
    old_twinning = row["form"] == "jumelage" and row["ends"] is None and row["review_on"] is None
    if (row["form"] == "non-contractualise" or old_twinning) and not any(row[name] for name in dates):
        end = end_known_on(row, day)
        return (end is None or day <= end) and (row["denounced_on"] is None or day < row["denounced_on"])
    return has_effect(row, day)


def open_days(rows: list[dict], on: date) -> list[date]:
    """Days without any agreement in effect after the first that had one, up to the last effect or to `on`."""
    covered = {day for row in rows for day in CALENDAR if has_effect(row, day)}
    if not covered:
        return []
    return [day for day in CALENDAR if min(covered) < day <= max(max(covered), on) and day not in covered]


# What is compared ------------------------------------------------------------------------


def write(collectivity: Any, territories: list[Territory], rows: list[dict]) -> None:
    """The rows in the database; each keeps its number under `pk`."""
    own = ("amendments", "parties", "territory", "length")
    made = Agreement.objects.bulk_create(
        Agreement(
            collectivity=collectivity,
            territory=territories[row["territory"]],
            title="Accord",
            validity="revisable",
            holder="Ville",
            **{name: value for name, value in row.items() if name not in own},
        )
        for row in rows
    )
    for agreement, row in zip(made, rows, strict=True):
        row["pk"] = agreement.pk
        for amendment in row["amendments"]:
            Amendment.objects.create(collectivity=collectivity, agreement=agreement, title="Avenant", **amendment)
        for number in row["parties"] - {row["territory"]}:
            AgreementParty.objects.create(collectivity=collectivity, agreement=agreement, territory=territories[number])


def with_ends(row: dict) -> dict:
    """The end, after the beginning as the database demands; everything stays inside the calendar."""
    begins = row["starts"] or first_day(row) or FIRST
    ends = None if row["length"] is None else min(begins + row["length"] * DAY, LAST)
    for amendment in row["amendments"]:
        amendment["ends"] = min(max(amendment["ends"], FIRST), LAST)
    return {**row, "ends": ends}


def days_of(periods: list[Any]) -> list[date]:
    return [period.start + n * DAY for period in periods for n in range((period.end - period.start).days + 1)]


def compare(collectivity: Any, territories: list[Territory], rows: list[dict], on: date) -> None:
    all_of_it = Agreement.objects.for_collectivity(collectivity)
    expected = {row["pk"] for row in rows if is_in_force(row, on)}
    assert set(all_of_it.in_force(on).values_list("pk", flat=True)) == expected

    for within in (15, 180):
        soon = set()
        for row in rows:
            deadline = end_known_on(row, on) or row["review_on"]
            if row["pk"] in expected and deadline and on <= deadline <= on + within * DAY:
                soon.add(row["pk"])
        assert set(all_of_it.ending_within(on, within).values_list("pk", flat=True)) == soon

    by_territory: dict[int, list[dict]] = defaultdict(list)
    for row in rows:
        for number in {row["territory"], *row["parties"]}:
            by_territory[territories[number].pk].append(row)
    found, objects = all_of_it.uncovered(on), all_of_it.by_territory()
    for territory in territories:
        opened = open_days(by_territory[territory.pk], on)
        assert days_of(found.get(territory.pk, [])) == opened, "in SQL"
        assert days_of(standing.cover(objects.get(territory.pk, []), on).gaps) == opened, "in Python"

    bare = {
        territory.pk
        for territory in territories
        if not any(
            has_effect(row, day) for row in by_territory[territory.pk] for day in CALENDAR if day.year == on.year
        )
    }
    without = Territory.objects.for_collectivity(collectivity).without_agreement_in(on.year)
    assert set(without.values_list("pk", flat=True)) == bare


@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.large_base_example],
)  # fmt: skip
@given(rows=st.lists(agreements, min_size=AGREEMENTS, max_size=AGREEMENTS), on=days)
def test_what_is_in_force_uncovered_and_ending_equals_a_count_day_by_day(collectivity, rows, on):
    rows = [with_ends(row) for row in rows]
    with transaction.atomic():
        territories = [TerritoryFactory(collectivity=collectivity) for _ in range(TERRITORIES)]
        write(collectivity, territories, rows)
        compare(collectivity, territories, rows, on)
        transaction.set_rollback(True)
