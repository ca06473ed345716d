"""The state of an agreement: Python and SQL agree, reasons say why, gaps are computed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from partners import standing
from partners.enums import AgreementForm, AgreementStatus
from partners.models import Agreement
from partners.models.agreements import ACTION_UNDER_WAY
from partners.models.territories import COOPERATION
from tests.factories import ActionFactory, AgreementFactory, TerritoryFactory
from typology.enums import ActionStatus
from typology.models import ActionCategory

ON = date(2026, 11, 23)
BEFORE, AFTER = ON - timedelta(days=40), ON + timedelta(days=40)
DAYS = (None, BEFORE, ON, AFTER)
DATES = ("transmitted_on", "deliberation_on", "starts", "ends", "review_on", "denounced_on")
YEARS = (None, 2025, 2026, 2027)


def status_of(**dates) -> AgreementStatus:
    return Agreement(**{"form": "jumelage", **dates}).status(ON)


def grid() -> list[dict]:
    """Every date None, past, today or to come, for a contractual and an informal form; the signature apart."""
    forms = (AgreementForm.JUMELAGE, AgreementForm.NON_CONTRACTUALISE)
    dated = [
        dict(zip(DATES, days, strict=True), form=form)
        for form, *days in product(
            forms, DAYS, DAYS, DAYS, (None, BEFORE, ON, AFTER), (None, ON, AFTER), (None, ON, AFTER)
        )
    ]
    signed = [
        {"form": form, "signed_on": day, "signed_year": year, "starts": start, "ends": end, "review_on": review}
        for form, day, year, start, end, review in product(forms, DAYS, YEARS, DAYS, (None, BEFORE, AFTER), DAYS)
    ]
    # The database itself refuses an end before the beginning.
    cases = dated + signed
    return [case for case in cases if not (case["starts"] and case["ends"] and case["ends"] < case["starts"])]


def test_the_status_in_sql_equals_the_status_in_python_over_every_combination_of_dates(collectivity):
    territory = TerritoryFactory(collectivity=collectivity)
    Agreement.objects.bulk_create(
        Agreement(
            collectivity=collectivity, territory=territory, title=str(number), validity="revisable", holder="M", **case
        )
        for number, case in enumerate(grid())
    )
    rows = list(Agreement.objects.for_collectivity(collectivity).with_status(ON))
    assert len(rows) == len(grid()) > 4000
    different = [row for row in rows if row.status_on != row.status(ON)]
    assert not different, [(row.title, row.status_on, row.status(ON)) for row in different[:5]]
    assert {row.status_on for row in rows} == set(AgreementStatus.values)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"form": "convention-generale"}, AgreementStatus.PROJET),
        ({"deliberation_on": BEFORE}, AgreementStatus.DELIBERE),
        ({"deliberation_on": BEFORE, "signed_on": BEFORE, "starts": BEFORE}, AgreementStatus.DELIBERE),
        ({"deliberation_on": BEFORE, "transmitted_on": ON, "ends": AFTER}, AgreementStatus.EN_VIGUEUR),
        ({"transmitted_on": BEFORE, "starts": AFTER, "ends": AFTER}, AgreementStatus.PROJET),
        ({"transmitted_on": BEFORE, "ends": ON}, AgreementStatus.EN_VIGUEUR),
        ({"transmitted_on": BEFORE, "ends": ON - timedelta(days=1)}, AgreementStatus.EXPIRE),
        ({"signed_year": 1990}, AgreementStatus.A_REVOIR),
        ({"signed_year": 1990, "review_on": ON}, AgreementStatus.A_REVOIR),
        ({"signed_year": 1990, "review_on": AFTER}, AgreementStatus.EN_VIGUEUR),
        ({"transmitted_on": BEFORE, "ends": AFTER, "denounced_on": ON}, AgreementStatus.DENONCE),
        ({"form": "non-contractualise"}, AgreementStatus.A_REVOIR),
        ({"form": "jumelage"}, AgreementStatus.A_REVOIR),  # known to exist, its dates to be found
        ({"form": "jumelage", "review_on": AFTER}, AgreementStatus.PROJET),
        ({"starts": BEFORE, "ends": AFTER}, AgreementStatus.PROJET),  # neither sent nor signed: a draft
        ({"starts": BEFORE, "ends": AFTER, "signed_year": 1990}, AgreementStatus.EN_VIGUEUR),
        ({"starts": BEFORE, "ends": AFTER, "form": "non-contractualise"}, AgreementStatus.EN_VIGUEUR),
    ],
)
def test_the_law_decides_the_status(dates, expected):
    assert status_of(**dates) == expected


def test_a_deliberated_agreement_that_was_not_sent_says_why_it_is_not_in_force():
    agreement = Agreement(form="jumelage", deliberation_on=date(2026, 3, 1))
    reason = standing.reason(agreement, ON).replace("\u00a0", " ")
    assert reason == "Délibéré le 1er mars 2026, non transmis : n’entre pas en vigueur (CGCT, art. L.1115-1)."


@pytest.mark.parametrize(
    ("days", "kind", "text"),
    [
        (10, "danger", "Fin dans 10 j"),
        (60, "warn", "Fin dans 60 j"),
        (170, "info", "Fin dans 170 j"),
        (400, "ok", "En vigueur"),
    ],
)
def test_an_end_that_comes_near_is_counted_in_days(days, kind, text):
    row = standing.standing(Agreement(transmitted_on=BEFORE, ends=ON + timedelta(days=days)), ON)
    assert (row.kind, row.text.replace("\u00a0", " ")) == (kind, text)


def test_ending_within_counts_agreements_in_force_only(collectivity):
    make = {"collectivity": collectivity, "transmitted_on": BEFORE}
    soon = AgreementFactory(**make, ends=ON + timedelta(days=180))
    review = AgreementFactory(**make, ends=None, review_on=ON + timedelta(days=5))
    AgreementFactory(**make, ends=ON + timedelta(days=181))
    AgreementFactory(**make, ends=ON - timedelta(days=1))
    AgreementFactory(**make, ends=AFTER, denounced_on=BEFORE)
    found = Agreement.objects.for_collectivity(collectivity).ending_within(ON, 180)
    assert set(found) == {soon, review}


def test_urgency_puts_what_needs_an_act_before_what_is_at_rest(collectivity):
    make = {"collectivity": collectivity, "transmitted_on": BEFORE}
    closed = AgreementFactory(**make, title="clos", ends=ON - timedelta(days=1))
    quiet = AgreementFactory(**make, title="tranquille", ends=ON + timedelta(days=900))
    project = AgreementFactory(collectivity=collectivity, title="projet")
    untransmitted = AgreementFactory(collectivity=collectivity, title="non transmis", deliberation_on=BEFORE)
    soon = AgreementFactory(**make, title="bientôt", ends=ON + timedelta(days=20))
    uncovered = AgreementFactory(**make, title="sans couverture", ends=ON - timedelta(days=400))
    ActionFactory(collectivity=collectivity, agreement=uncovered, status=ActionStatus.EN_COURS)
    rows = Agreement.objects.for_collectivity(collectivity).for_list(ON).by_urgency(ON)
    assert list(rows) == [uncovered, soon, untransmitted, project, quiet, closed]


def test_gaps_between_agreements_are_computed_and_deleted_actions_do_not_count(collectivity):
    agreements = [
        Agreement(pk=1, title="a", transmitted_on=date(2010, 1, 1), ends=date(2012, 12, 31)),
        Agreement(pk=2, title="b", transmitted_on=date(2012, 6, 1), ends=date(2014, 12, 31)),
        Agreement(pk=3, title="c", transmitted_on=date(2017, 1, 1), ends=date(2019, 12, 31)),
    ]
    cover = standing.cover(agreements, ON)
    assert [(gap.start, gap.end) for gap in cover.gaps] == [
        (date(2015, 1, 1), date(2016, 12, 31)),
        (date(2020, 1, 1), ON),
    ]
    assert (cover.kind, cover.text) == ("danger", "Non couvert")
    assert standing.cover([], ON).text == "Aucun accord"
    open_ended = standing.cover([Agreement(pk=1, title="a", signed_year=1976, form="jumelage")], ON)
    assert open_ended.text == "Couvert, révision à fixer"


def test_an_agreement_denounced_before_it_began_covers_no_day():
    assert standing.effects(Agreement(transmitted_on=ON, denounced_on=BEFORE)) == []


@pytest.mark.django_db
def test_the_codes_that_this_layer_writes_by_hand_are_those_of_the_layer_above():
    assert ACTION_UNDER_WAY == ActionStatus.EN_COURS
    assert ActionCategory.objects.filter(code=COOPERATION).exists()
