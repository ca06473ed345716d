"""The indicator library: exact scores, sorting, filters, what is hidden by default."""

import re
from decimal import Decimal

import pytest

from evaluation.models import Indicator

LIST = "/referentiel/indicateurs/"
EXPULSIONS = "Nombre de décisions de justice relatives aux reconduites à la frontière"


def page(actor, **query) -> str:
    response = actor.client.get(LIST, query)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def rows(html: str) -> list[tuple[str, str, str]]:
    """(label, access, relevance) of each scored row of the page, in its order."""
    cell = r'.*?data-l="{}"[^>]*>(.*?)</td>'
    row = r'<th scope="row"[^>]*><a [^>]*>(.*?)</a>' + cell.format("Accès") + cell.format("Pertinence")
    return re.findall(row, html)


def test_sys_43_six_impact_indicators_with_their_exact_scores(elected):
    scores = [(access, relevance) for _, access, relevance in rows(page(elected, table="impact"))]
    assert scores == [("1", "4"), ("3", "3"), ("3", "4"), ("2", "4"), ("3", "3"), ("1", "2")]


def test_sys_43_sorting_by_relevance_puts_the_three_rated_4_first_and_the_one_rated_2_last(elected):
    relevances = [relevance for *_, relevance in rows(page(elected, table="impact", sort="relevance"))]
    assert relevances == ["4", "4", "4", "3", "3", "2"]


def test_sys_43_changing_what_we_suggest_never_alters_the_printed_scores(elected):
    before = rows(page(elected, table="impact"))
    Indicator.objects.filter(table="impact").update(unit="autre", direction="down", minimum=None, method="autre")
    assert rows(page(elected, table="impact")) == before


def test_sys_44_twelve_internationalisation_indicators_two_of_them_at_2_5(elected):
    found = rows(page(elected, table="internationalisation", hidden="on"))
    assert len(found) == 12
    assert [relevance for *_, relevance in found].count("2,5") == 2
    assert "2.5" not in [relevance for *_, relevance in found]


def test_sys_44_two_and_a_half_sorts_as_a_number(elected):
    found = rows(page(elected, table="internationalisation", sort="relevance", hidden="on"))
    numbers = [Decimal(relevance.replace(",", ".")) for *_, relevance in found]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-2:] == [Decimal("2.5"), Decimal("2.5")]


def test_sys_44_access_3_and_relevance_5_are_exactly_three_rows(elected):
    found = rows(page(elected, table="internationalisation", access="3", relevance="5"))
    assert [row[1:] for row in found] == [("3", "5")] * 3


def test_sys_44_the_expulsions_indicator_is_off_until_asked_for(elected):
    assert EXPULSIONS not in page(elected)
    assert len(rows(page(elected, table="internationalisation"))) == 11
    assert EXPULSIONS in page(elected, hidden="on")


def test_sys_45_5_5_and_11_result_indicators_four_of_them_indirect(elected):
    for category, expected in (("internationalisation", 5), ("promotion", 5), ("cooperation", 11)):
        assert page(elected, table="resultat", category=category).count('scope="row"') == expected
    assert page(elected, table="resultat").count("Retombée indirecte") == 4


def test_the_page_says_that_the_scale_is_not_printed(elected):
    assert "Échelle non imprimée" in page(elected)


def test_an_indicator_page_shows_scores_as_printed_and_what_is_ours(elected):
    html = elected.client.get(f"{LIST}transferts-financiers/").content.decode().replace("\u00a0", " ")
    assert "2,5" in html
    assert "Indicateur de contexte" in html


def test_an_unknown_indicator_answers_404(elected):
    assert elected.client.get(f"{LIST}licorne/").status_code == 404


def test_the_library_is_for_members(client, network):
    assert client.get(LIST).status_code == 302
    assert network.client.get(LIST).status_code == 403


@pytest.mark.parametrize("words", ["\x00", "🚀", "\u202eabc", "<script>alert(1)</script>", "x" * 5000, "-1", "2.5"])
def test_hostile_filters_never_break_the_library(words, elected):
    query = dict.fromkeys(("q", "table", "category", "access", "relevance", "sort", "hidden"), words)
    response = elected.client.get(LIST, query)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content
