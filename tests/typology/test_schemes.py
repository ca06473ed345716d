"""Funding schemes: what the guide prints, what they became, and the table of export instruments (SYS-39, SYS-40)."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse

from typology.models import FundingScheme

pytestmark = pytest.mark.django_db

LIST = reverse("typology:scheme_list")
EXPORT = reverse("typology:scheme_export_table")


def codes(page) -> set[str]:
    return {row.code for row in page.context["page"]}


def test_what_the_guide_prints_is_all_there_under_its_codes(shared_folder):
    printed = yaml.safe_load((shared_folder / "reference" / "funding.yaml").read_text())
    families = ("programmes", "export_instruments", "other_supports", "planning_frameworks")
    expected = [row["code"] for family in families for row in printed[family]]
    rows = FundingScheme.objects.current().filter(is_printed=True)
    assert [row.code for row in rows] == expected
    assert Counter(row.kind for row in rows) == {"programme": 8, "instrument-export": 16, "autre": 7, "cadre": 3}
    told = {row["code"]: (row["today"]["status"], row["today"]["text"]) for f in families for row in printed[f]}
    assert {row.code: (row.today_status, row.today_text) for row in rows} == told


def test_the_schemes_are_loaded_twice_without_a_change():
    before = list(FundingScheme.objects.values())
    call_command("load_reference", verbosity=0)
    assert list(FundingScheme.objects.values()) == before


def test_sys_39_circular_economy_finds_urbact_and_an_sdg_finds_the_ministry_s_call(elected):
    assert "urbact" in codes(elected.client.get(LIST, {"q": "économie circulaire"}))
    assert "urbact" in codes(elected.client.get(LIST, {"q": "ECONOMIE CIRCULAIRE"}))
    for goal in ("1", "10"):
        assert codes(elected.client.get(LIST, {"sdg": goal})) == {"meae-daect-aap-2017"}
    assert codes(elected.client.get(LIST, {"sdg": "2"})) == set()


def test_sys_39_a_replaced_programme_shows_its_successor(elected):
    page = elected.client.get(reverse("typology:scheme_detail", args=["horizon-2020"])).content.decode()
    successor = FundingScheme.objects.get(code="horizon-europe")
    assert f'href="{successor.get_absolute_url()}"' in page
    assert "Remplacé" in page
    # In the list too, and from the successor back.
    assert successor.label in elected.client.get(LIST, {"q": "horizon 2020"}).content.decode()
    assert "Horizon 2020" in elected.client.get(successor.get_absolute_url()).content.decode()
    replaced = FundingScheme.objects.filter(today_status="remplace")
    assert replaced.count() == 5
    assert all(row.successor_id for row in replaced)


def test_sys_40_sixteen_instruments_in_three_phases_and_one_footnote(elected):
    page = elected.client.get(EXPORT)
    assert [len(rows) for _, rows in page.context["phases"]] == [2, 4, 10]
    text = page.content.decode()
    assert "16\u00a0février 2016" in text
    assert "dispositifs régionaux" in text
    assert "déduite" in text
    marked = [row.code for _, rows in page.context["phases"] for row in rows if row.footnote]
    assert marked == ["garantie-change-flux"]
    assert text.count("équipements de filière aérospatiale") == 1
    assert all(row.phase_is_deduced for _, rows in page.context["phases"] for row in rows)


@pytest.mark.parametrize(
    ("on", "there", "not_there"),
    [
        ("2017-06-01", {"horizon-2020", "cosme", "urbact"}, {"horizon-europe", "interreg-4c", "urbact-4"}),
        ("2026-06-01", {"horizon-europe", "urbact-4", "vie"}, {"horizon-2020", "cosme", "urbact", "ane-al"}),
        ("2010-01-01", {"interreg-4c"}, {"horizon-2020"}),
        ("2028-01-01", {"vie"}, {"horizon-europe"}),
    ],
)
def test_a_date_keeps_what_may_be_asked_then(elected, on, there, not_there):
    found = codes(elected.client.get(LIST, {"on": on}))
    assert there <= found
    assert not not_there & found


def test_filters_by_category_phase_and_reach(elected):
    assert codes(elected.client.get(LIST, {"phase": "prospection"})) == {"assurance-prospection", "fasep"}
    promotion = codes(elected.client.get(LIST, {"category": "promotion"}))
    assert promotion == set()
    abroad = codes(elected.client.get(LIST, {"reach": "hors-ue"}))
    assert abroad == {"iuc", "iurc", "ndici-europe-dans-le-monde"}


def test_the_printed_wording_stands_beside_the_today_note(elected):
    text = elected.client.get(reverse("typology:scheme_detail", args=["een"])).content.decode()
    assert "Réseau toujours actif" in text
    assert "COSME" in text  # its parent, as printed
    text = elected.client.get(reverse("typology:scheme_detail", args=["urbact"])).content.decode()
    assert "PROGRAMME EUROPÉEN URBACT" in text
    unchecked = elected.client.get(reverse("typology:scheme_detail", args=["fasep"])).content.decode()
    assert "n’a pas été vérifiée" in unchecked


def test_an_unknown_scheme_answers_404(elected):
    assert elected.client.get(reverse("typology:scheme_detail", args=["inconnu"])).status_code == 404


def test_the_list_costs_the_same_whatever_it_shows(elected, django_assert_num_queries, django_assert_max_num_queries):
    elected.client.get(LIST)
    with django_assert_max_num_queries(14) as few:
        elected.client.get(LIST, {"q": "urbact"})
    with django_assert_num_queries(len(few) - 1):  # no search: its own reading of the rows is spared
        elected.client.get(LIST)


def test_dates_of_validity_make_sense():
    for row in FundingScheme.objects.exclude(valid_from=None).exclude(valid_until=None):
        assert date(2000, 1, 1) < row.valid_from < row.valid_until
    for row in FundingScheme.objects.exclude(successor=None).exclude(valid_until=None):
        assert row.successor.valid_until is None or row.successor.valid_until > row.valid_until


def test_a_search_that_finds_a_replaced_programme_also_finds_what_came_after(elected):
    found = codes(elected.client.get(LIST, {"q": "économie circulaire"}))
    assert {"urbact", "urbact-4"} <= found
    assert "urbact" not in codes(elected.client.get(LIST, {"q": "économie circulaire", "on": "2026-06-01"}))
    assert "urbact-4" in codes(elected.client.get(LIST, {"q": "économie circulaire", "on": "2026-06-01"}))
