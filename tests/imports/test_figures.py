"""The figures of an import, at a size that the suite can afford; tests/bench/imports.py measures ten thousand rows."""

from __future__ import annotations

import time

from aict.imports.report import Outcome
from aict.imports.writing import write
from aict.ui import spreadsheets
from partners.import_tables import AGREEMENTS, STAKEHOLDERS, TERRITORIES
from partners.models import Agreement, Territory
from tests.bench.imports import agreements, malformed, stakeholders, territories
from tests.imports.conftest import outcomes, packets

ROWS = 1500


def test_an_import_asks_a_constant_number_of_queries(planned, officer, django_assert_max_num_queries):
    for table, content in ((TERRITORIES, territories), (AGREEMENTS, agreements), (STAKEHOLDERS, stakeholders)):
        with django_assert_max_num_queries(packets(15, ROWS)):
            made = planned(table, content(ROWS))
        assert set(outcomes(made)) == {"created"}
        with django_assert_max_num_queries(packets(15, ROWS)):
            write(made.drafts, author=officer.user)
    assert Territory.objects.count() == Agreement.objects.count() == ROWS


def test_changing_every_row_asks_no_more(planned, imported, officer, django_assert_max_num_queries):
    imported(TERRITORIES, territories(ROWS))
    imported(AGREEMENTS, agreements(ROWS))
    with django_assert_max_num_queries(packets(30, ROWS)):
        made = planned(AGREEMENTS, agreements(ROWS).replace(b"Eau et", b"Assainissement et"))
        write(made.drafts, author=officer.user)
    assert made.report.counts == {Outcome.UPDATED: ROWS}
    assert Agreement.objects.filter(object__startswith="Assainissement").count() == ROWS


def test_every_malformed_row_gives_a_reason_and_none_is_written(planned, officer):
    started = time.process_time()
    made = planned(TERRITORIES, malformed(ROWS))
    assert time.process_time() - started < 15
    assert made.report.counts == {Outcome.REFUSED: ROWS}
    assert all(line.reasons and line.reasons[0].column and line.reasons[0].text for line in made.report.lines)
    write(made.drafts, author=officer.user)
    assert not Territory.objects.exists()


def test_ten_thousand_rows_are_below_the_limit():
    assert spreadsheets.MAX_ROWS >= 10_000
