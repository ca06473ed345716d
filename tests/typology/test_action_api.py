"""The API of actions: its pages by key."""

from urllib.parse import urlsplit

import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aict.accounts.key_pages import KeyPagination
from tests.factories import ActionFactory
from tests.typology.test_action_list import LIES, some

ACTIONS = "/api/v1/actions/"


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr(KeyPagination, "page_size", 4)


def page(actor, address: str, query=None) -> dict:
    response = actor.client.get(address, query)
    assert response.status_code == 200, response.content[:300]
    return response.json()


def local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def titles(answer: dict) -> list[str]:
    return [row["title"] for row in answer["results"]]


def test_the_pages_give_every_action_once_in_order_and_lead_back(elected, short_pages):
    expected, seen, pages = some(elected.collectivity, 14), [], []
    answer = page(elected, ACTIONS)
    pages.append(titles(answer))
    while answer["next"]:
        answer = page(elected, local(answer["next"]))
        pages.append(titles(answer))
    seen = [title for one in pages for title in one]
    assert seen == expected
    assert [len(one) for one in pages] == [4, 4, 4, 2]
    for one in reversed(pages[:-1]):
        answer = page(elected, local(answer["previous"]))
        assert titles(answer) == one
    assert answer["previous"] is None
    assert set(answer) == {"next", "previous", "results"}


def test_a_page_keeps_the_filters_and_no_query_counts(elected, short_pages):
    some(elected.collectivity, 9)
    ActionFactory(collectivity=elected.collectivity, title="Autre", status="suspendue")
    page(elected, ACTIONS, {"status": "prevue"})
    with CaptureQueriesContext(connection) as queries:
        answer = page(elected, ACTIONS, {"status": "prevue"})
    assert not any("COUNT(*)" in query["sql"].upper() for query in queries)
    assert "status=prevue" in answer["next"]
    found = titles(answer)
    while answer["next"]:
        answer = page(elected, local(answer["next"]))
        found += titles(answer)
    assert len(found) == 9
    assert "Autre" not in found


@pytest.mark.parametrize("name", ["apres", "avant"])
@pytest.mark.parametrize("key", [lie for lie in LIES if "\x00" not in lie])
def test_a_key_that_lies_opens_the_first_page(name, key, elected, short_pages):
    expected = some(elected.collectivity, 6)
    assert titles(page(elected, ACTIONS, {name: key})) == expected[:4]


def test_a_key_of_another_collectivite_shows_only_our_own_rows(elected, stranger, short_pages):
    some(stranger.collectivity, 9)
    key = urlsplit(page(stranger, ACTIONS)["next"]).query
    ActionFactory(collectivity=elected.collectivity, title="À nous")
    assert titles(page(elected, f"{ACTIONS}?{key}")) == ["À nous"]


def test_the_deep_page_takes_as_many_queries_as_the_first(elected, short_pages):
    some(elected.collectivity, 14)
    first = page(elected, ACTIONS)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(elected, address)
        return len(captured)

    assert queries(local(first["next"])) == queries(ACTIONS)


def test_the_description_names_the_keys_and_no_page_number(tmp_path):
    path = tmp_path / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    description = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = {one["name"] for one in description["paths"][ACTIONS]["get"]["parameters"]}
    assert {"apres", "avant", "q"} <= names
    assert "page" not in names
    assert "count" not in description["components"]["schemas"]["PaginatedActionList"]["properties"]
    assert "count" in description["components"]["schemas"]["PaginatedOfficeList"]["properties"]
