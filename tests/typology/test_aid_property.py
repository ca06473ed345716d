"""The three rolling years of state aid, proven against an oracle that walks day by day and knows no window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typology import state_aid
from typology.state_aid import Aid

pytestmark = pytest.mark.once

FIRST, LAST = date(2021, 11, 1), date(2029, 4, 30)  # two 29 February inside, and the seams of 1 January
CEILING = {"de-minimis": Decimal(300), "sieg": Decimal(750), "": None}


def days() -> st.SearchStrategy[date]:
    """Any day, with the seams much more often than chance would have them."""
    seams = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2027, 2, 28), date(2027, 3, 1)]
    seams += [date(2028, 2, 28), date(2028, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2024, 1, 1)]
    return st.one_of(st.sampled_from(seams), st.dates(FIRST, LAST))


def aid(family: str, granted_on: date, cents: int, firm: str) -> Aid:
    return Aid(granted_on, Decimal(cents) / 100, family, ceiling=CEILING[family], firm=firm)


AIDS = st.builds(
    aid,
    st.sampled_from(["de-minimis", "de-minimis", "de-minimis", "sieg", ""]),
    days(),
    st.integers(1, 30000),
    st.sampled_from("ABC"),
)
# The aids of a single undertaking, whichever of its firms received them.
HISTORIES = st.lists(AIDS, max_size=8).map(lambda rows: [replace(row, key=key) for key, row in enumerate(rows, 1)])


def still_counts(granted: date, day: date) -> bool:
    """The oracle's own words: granted already, third anniversary not reached. Calendar numbers, no arithmetic."""
    if day < granted or day.year < granted.year + 3:
        return granted <= day
    return (day.year, day.month, day.day) < (granted.year + 3, granted.month, granted.day)


def walked(rows: list[Aid], family: str, day: date) -> Decimal:
    return sum((row.amount for row in rows if row.family == family and still_counts(row.granted_on, day)), Decimal(0))


def highest_day(rows: list[Aid], new: Aid) -> Decimal:
    """The highest total of all the days on which the new aid counts, one after the other, none left out."""
    family = [(row.granted_on, int(row.amount * 100)) for row in rows if row.family == new.family]
    day, highest = new.granted_on, 0
    while still_counts(new.granted_on, day):
        highest = max(highest, sum([cents for granted, cents in family if still_counts(granted, day)]))
        day += timedelta(days=1)
    return Decimal(highest) / 100


@settings(max_examples=500, deadline=None)
@given(HISTORIES, days())
def test_the_total_of_a_window_is_what_counts_on_its_last_day(history, day):
    for family, ceiling in CEILING.items():
        total = state_aid.total(history, family=family, on=day, ceiling=ceiling)
        assert total.amount == walked(history, family, day)
        assert [line.aid.granted_on for line in total.lines] == sorted(line.aid.granted_on for line in total.lines)
        if ceiling is not None:
            assert total.remaining == ceiling - walked(history, family, day)
            assert total.is_exceeded == (walked(history, family, day) > ceiling)


@settings(max_examples=500, deadline=None)
@given(HISTORIES, AIDS)
def test_the_worst_window_is_the_worst_day_on_which_the_new_aid_counts(history, new):
    comparison = state_aid.compare(new, history)
    after = [*history, new]
    if new.ceiling is None:
        assert not comparison.is_exceeded
        assert comparison.worst is comparison.own
        return
    highest = highest_day(after, new)
    assert comparison.worst.amount == highest
    assert comparison.is_exceeded == (highest > new.ceiling)
    assert comparison.worst.excess == max(highest - new.ceiling, Decimal(0))
    assert any(line.is_new for line in comparison.worst.lines)
    assert comparison.own.amount == walked(after, new.family, new.granted_on)


@settings(max_examples=150, deadline=None)
@given(HISTORIES.filter(bool), AIDS, st.data())
def test_a_changed_aid_is_compared_without_what_it_was(history, new, data):
    changed = data.draw(st.sampled_from(history)).key
    replaced = replace(new, key=changed)
    kept = [row for row in history if row.key != changed]
    assert state_aid.compare(replaced, history).worst == state_aid.compare(replaced, kept).worst


@settings(max_examples=500, deadline=None)
@given(days())
def test_an_aid_counts_until_the_eve_of_the_day_it_leaves_and_no_longer(granted):
    gone = state_aid.leaves_on(granted)
    assert granted in state_aid.window(gone - timedelta(days=1))
    assert granted not in state_aid.window(gone)
    assert still_counts(granted, gone - timedelta(days=1))
    assert not still_counts(granted, gone)


@settings(max_examples=500, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_twenty_working_days_stand_between_a_grant_and_its_deadline(granted):
    by = state_aid.declare_by(granted)
    between = [granted + timedelta(days=step) for step in range(1, (by - granted).days + 1)]
    open_days = [day for day in between if day.isoweekday() <= 5 and day not in state_aid.holidays(day.year)]
    assert len(open_days) == 20
    assert open_days[-1] == by
