"""The list of actions: its filters, its pages by key, its counts, its totals, its queries."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.models import EconomicField, ElectedPortfolio, InternalService
from tests.factories import ActionFactory, AgreementFactory, BudgetLineFactory, IndicatorUseFactory, TerritoryFactory
from typology import listing as listings
from typology.models import Action, ActionType, Sdg, Tag

LIST = "/actions/"


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def titles(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r'<th scope="row"[^>]*><a href="/actions/\d+/">(.*?)</a>', response.content.decode())


def key_of(response, direction: str) -> str:
    """The key of the link « Suivante » or « Précédente »; empty when there is none."""
    found = re.search(rf'<a class="page-link" href="([^"]*)">{direction}</a>', response.content.decode())
    return urlsplit(found[1].replace("&amp;", "&")).query if found else ""


def kind(code: str) -> ActionType:
    return ActionType.objects.get(code=code)


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr(listings, "PAGE_SIZE", 4)


def some(collectivity, count: int) -> list[str]:
    """Actions in the order of the list: two a day, the last three undated."""
    days = [date(2026, 5, 1) - timedelta(days=n // 2) if n < count - 3 else None for n in range(count)]
    rows = [
        Action(collectivity=collectivity, title=f"N{n:02}", type=kind("compagnonnages"), starts=day)
        for n, day in enumerate(days)
    ]
    return [row.title for row in Action.objects.bulk_create(rows)]


# Pages by key -----------------------------------------------------------------------------


def test_the_pages_show_every_action_once_in_order_and_lead_back(officer, short_pages):
    expected, seen, address = some(officer.collectivity, 14), [], LIST
    pages = []
    while address:
        response = officer.client.get(address)
        pages.append(titles(response))
        seen += pages[-1]
        query = key_of(response, "Suivante")
        address = f"{LIST}?{query}" if query else ""
    assert seen == expected
    assert [len(page) for page in pages] == [4, 4, 4, 2]
    for page in reversed(pages[:-1]):
        response = officer.client.get(f"{LIST}?{key_of(response, 'Précédente')}")
        assert titles(response) == page
    assert key_of(response, "Précédente") == ""


def test_a_page_keeps_the_filters_of_the_list(officer, short_pages):
    some(officer.collectivity, 9)
    ActionFactory(collectivity=officer.collectivity, title="Autre", type=kind("deplacements-entreprises"))
    response = officer.client.get(LIST, {"type": "compagnonnages"})
    query = key_of(response, "Suivante")
    assert parse_qs(query)["type"] == ["compagnonnages"]
    assert len(titles(officer.client.get(f"{LIST}?{query}"))) == 4


def test_a_key_still_marks_its_place_when_its_row_is_deleted(officer, short_pages):
    expected = some(officer.collectivity, 9)
    query = key_of(officer.client.get(LIST), "Suivante")
    Action.objects.get(title=expected[3]).delete()
    assert titles(officer.client.get(f"{LIST}?{query}")) == expected[4:8]


def test_a_page_that_emptied_meanwhile_is_the_first_page(officer, short_pages):
    expected = some(officer.collectivity, 5)
    query = key_of(officer.client.get(LIST), "Suivante")
    Action.objects.filter(title__in=expected[4:]).delete()
    assert titles(officer.client.get(f"{LIST}?{query}")) == expected[:4]


LIES = ["", "\x00", "🚀", "x" * 5000, "2026-05-01.3", "2026-05-01.3~faux", "~", "0001-01-01.1~", "<script>", "9" * 40]


@pytest.mark.parametrize("name", ["apres", "avant"])
@pytest.mark.parametrize(
    "key", [*LIES, pytest.param(Signer(salt="autre", sep="~").sign("2026-05-01.3"), id="other salt")]
)
def test_a_key_that_lies_opens_the_first_page(name, key, officer, short_pages):
    expected = some(officer.collectivity, 6)
    assert titles(officer.client.get(LIST, {name: key})) == expected[:4]


def test_a_key_of_another_collectivite_shows_only_our_own_rows(officer, stranger, short_pages):
    some(stranger.collectivity, 9)
    query = key_of(stranger.client.get(LIST), "Suivante")
    ActionFactory(collectivity=officer.collectivity, title="À nous")
    assert titles(officer.client.get(f"{LIST}?{query}")) == ["À nous"]


# Counts and totals ------------------------------------------------------------------------


def test_sys_09_one_action_per_category_gives_1_1_1(officer):
    for code in ("deplacements-entreprises", "compagnonnages"):
        ActionFactory(collectivity=officer.collectivity, type=kind(code))
    promotion = ActionType.objects.filter(purpose__category__code="promotion").first()
    ActionFactory(collectivity=officer.collectivity, type=promotion)
    page = words(officer.client.get(LIST))
    for category in ("Internationalisation", "Promotion", "Coopération"):
        assert f"{category} 1 action économique," in page
    assert "3 actions de la plus récente" in page


def test_past_the_bound_the_totals_are_not_given_rather_than_partial(officer, monkeypatch):
    monkeypatch.setattr(listings, "MOST_SUMMED", 2)
    some(officer.collectivity, 3)
    page = words(officer.client.get(LIST))
    assert "Les totaux par catégorie se lisent jusqu’à" in page
    assert "actions économiques" not in page
    assert "3 actions de la plus récente" in page
    assert "3 actions économiques" not in words(officer.client.get(LIST, {"q": "N00"}))
    assert "1 action économique," in words(officer.client.get(LIST, {"q": "N00"}))


def test_past_the_bound_the_count_says_more_than(officer, monkeypatch):
    monkeypatch.setattr(listings, "MOST_SUMMED", 1)
    monkeypatch.setattr(listings, "MOST_COUNTED", 2)
    some(officer.collectivity, 3)
    page = words(officer.client.get(LIST))
    assert "Plus de 2 actions" in page
    assert "plus de 2 lignes, filtres compris" in page
    assert len(titles(officer.client.get(LIST))) == 3


# Filters ----------------------------------------------------------------------------------


def test_each_new_filter_keeps_its_actions(officer):
    c = officer.collectivity
    tag = Tag.objects.create(collectivity=c, name="port")
    field, sdg, portfolio = EconomicField.objects.first(), Sdg.objects.get(number=8), ElectedPortfolio.objects.first()
    agreement = AgreementFactory(collectivity=c)
    full = {"expected_result": "Dix", "local_interest": "Emplois", "lead_service": InternalService.objects.first()}
    chosen = ActionFactory(
        collectivity=c, title="Choisie", elected_portfolio=portfolio, agreement=agreement, starts="2026-01-01", **full
    )
    chosen.tags.add(tag)
    chosen.fields.add(field)
    chosen.sdgs.add(sdg)
    IndicatorUseFactory(collectivity=c, action=chosen)
    bare = ActionFactory(collectivity=c, title="Nue")
    for query in (
        {"tag": tag.pk},
        {"field": field.code},
        {"sdg": 8},
        {"portfolio": portfolio.code},
        {"agreement": agreement.pk},
        {"tag": tag.pk, "sdg": 8},
    ):
        assert titles(officer.client.get(LIST, query)) == ["Choisie"], query
    for gap in ("resultat", "interet", "indicateur", "pilote", "dates", "odd"):
        assert titles(officer.client.get(LIST, {"lacking": gap})) == [bare.title], gap


def test_a_tag_of_another_collectivite_and_an_unknown_one_answer_alike(officer, stranger):
    tag = Tag.objects.create(collectivity=stranger.collectivity, name="secret")
    ActionFactory(collectivity=officer.collectivity)
    for number in (tag.pk, 999_999):
        page = officer.client.get(LIST, {"tag": number})
        assert "Filtre illisible" in words(page)
        assert "secret" not in words(page)


def test_the_words_find_the_title_the_result_the_type_and_the_territory(officer, stranger):
    c = officer.collectivity
    ActionFactory(collectivity=c, title="Salon du BOIS")
    ActionFactory(collectivity=c, title="b", expected_result="dix scieries équipées")
    ActionFactory(collectivity=c, title="c", territory=TerritoryFactory(collectivity=c, name="Piatra"))
    ActionFactory(collectivity=stranger.collectivity, title="bois étranger")
    for word, expected in (("bois", "Salon du BOIS"), ("scieries", "b"), ("piat", "c")):
        assert titles(officer.client.get(LIST, {"q": word})) == [expected]
    label = kind("deplacements-entreprises").label
    assert len(titles(officer.client.get(LIST, {"q": label}))) == 3


def test_many_territories_are_typed_and_the_export_reads_the_same_name(officer, monkeypatch):
    monkeypatch.setattr("typology.fields.LISTED", 1)
    places = [TerritoryFactory(collectivity=officer.collectivity, name=name) for name in ("Sfax", "Kobe")]
    for place in places:
        ActionFactory(collectivity=officer.collectivity, title=f"À {place.name}", territory=place)
    html = officer.client.get(LIST).content.decode()
    assert re.search(r'<input[^>]* type="text" name="territory"', html)
    assert titles(officer.client.get(LIST, {"territory": "Kobe"})) == ["À Kobe"]
    export = b"".join(officer.client.get("/actions/export.csv", {"territory": "Kobe"}).streaming_content).decode()
    assert "À Kobe" in export
    assert "À Sfax" not in export


def test_the_years_of_an_action_include_those_that_it_crosses(officer):
    ActionFactory(collectivity=officer.collectivity, title="Longue", starts="2019-06-01", ends="2023-01-15")
    ActionFactory(collectivity=officer.collectivity, title="Sans fin", starts="2022-01-01")
    for year, expected in ((2018, []), (2020, ["Longue"]), (2023, ["Sans fin", "Longue"]), (2024, ["Sans fin"])):
        assert titles(officer.client.get(LIST, {"year": year})) == expected


# Queries ----------------------------------------------------------------------------------


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", ["", "?status=prevue&lacking=resultat", "?q=filled"])
def test_the_list_takes_the_same_queries_for_1_and_30_actions(query, officer):
    def add(count: int) -> None:
        for _ in range(count):
            place = TerritoryFactory(collectivity=officer.collectivity)
            action = ActionFactory(collectivity=officer.collectivity, title="Filled", territory=place)
            BudgetLineFactory(collectivity=officer.collectivity, action=action)

    add(1)
    officer.client.get(LIST)
    one = queries_of(officer.client, LIST + query)
    add(29)
    assert queries_of(officer.client, LIST + query) == one
    # Session, person, collectivité; page, count, totals; the territories and the tags to choose; the two of a search.
    assert one <= (10 if "q=" in query else 8)


def test_an_elected_official_has_no_boxes_to_tick(elected, officer):
    ActionFactory(collectivity=elected.collectivity)
    assert 'name="action"' in officer.client.get(LIST).content.decode()
    assert 'name="action"' not in elected.client.get(LIST).content.decode()
