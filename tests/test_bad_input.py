"""Bad input, on every page that reads some: whatever is sent, no answer is a 5xx, nothing is run and no row crosses.

Fields are discovered on the pages themselves, so a new form or filter is covered as soon as its route has a line in
tests/test_access_matrix.py. What each form must *say* is tested beside that form.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Value
from django.test import Client
from django.urls import reverse

from aict.accounts.models import Collectivity
from aict.accounts.tenancy import TenantModel
from tests.access_routes import ROUTES
from tests.access_world import World
from tests.factories import ActionFactory
from tests.test_access_matrix import GROUPS, routes_of

pytestmark = pytest.mark.once

SCRIPT = "<script>alert(1)</script>"
BAD_VALUES = [
    "",
    "\x00",
    "a\x00b",
    "🚀🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "‮שלום עולם",
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:1 }}{% debug %}",
    "x" * 20_000,
    "99999999999999999999",
    "-99999999999999999999",
    "1e309",
    "NaN",
    "Infinity",
    "-1",
    "1 234,56 €",
    "31/02/2027",
    "0000-00-00",
    "9999-12-31",
    "../../etc/passwd",
    "'; DROP TABLE accounts_user; --",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
]
ROUNDS = 4
EXPECTED = {200, 302, 400, 403, 404, 409, 410, 429}
# Changing one's own access would close the other pages of the same run; they have their own tests.
NOT_HERE = {"account_logout", "account_login", "accounts:switch", "account_reset_password"}
# Addresses that no number ends.
WITHOUT_NUMBER = {"", "color", "csv", "json", "token", "feed", "indicator", "support_actor", "reset", "scheme"}


class FieldNames(HTMLParser):
    """The names of the fields of every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in ("input", "select", "textarea", "button") and name and name != "csrfmiddlewaretoken":
            self.names.add(name)


def bad(names: set[str], turn: int) -> dict[str, str]:
    """Another bad value in each field, others at each turn: all of them meet all kinds of fields across the site."""
    return {name: BAD_VALUES[(4 * turn + place) % len(BAD_VALUES)] for place, name in enumerate(sorted(names))}


def fields_of(response: Any) -> set[str]:
    if "html" not in response.headers.get("Content-Type", ""):
        return set()
    parser = FieldNames()
    parser.feed(response.content.decode())
    return parser.names


def send(client: Client, method: str, url: str, data: dict[str, Any]) -> Any:
    with transaction.atomic():
        response = getattr(client, method)(url, data)
        if response.streaming:
            response.getvalue()
        elif "html" in response.headers.get("Content-Type", ""):
            body = response.content.decode(errors="replace")
            assert SCRIPT not in body, "the script came back unescaped"
            assert "<img src=x" not in body, "the markup came back unescaped"
        transaction.set_rollback(True)
    return response


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("value", BAD_VALUES, ids=lambda value: ascii(value)[:20])
def test_any_value_is_survived_by_a_form_and_by_a_search(value, admin):
    """The same value in every field of one form and of one list: the rounds below mix them."""
    action = ActionFactory(collectivity=admin.collectivity)
    form, search = reverse("typology:action_edit", args=[action.pk]), reverse("typology:action_list")
    fields = fields_of(admin.client.get(form))
    assert len(fields) > 12
    assert send(admin.client, "post", form, dict.fromkeys(fields, value)).status_code in EXPECTED
    for names in (fields_of(admin.client.get(search)), {"q"}):
        assert send(admin.client, "get", search, dict.fromkeys(names, value)).status_code in EXPECTED


@pytest.fixture
def world(admin, settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return World(admin.collectivity, admin.user)


def readable(part: str, world: World) -> list[tuple[str, str]]:
    """Name and address of what the admin may read in this part of the site."""
    return [
        (name, reverse(name, kwargs=world.arguments(case.on)))
        for name, cases in routes_of(part)
        for case in cases
        if case.method == "GET" and case.expected["admin"] == 200
    ]


@pytest.mark.parametrize("part", GROUPS)
def test_any_filter_of_any_page_survives_any_value(part, admin, world, subtests):
    for name, url in readable(part, world):
        names = fields_of(admin.client.get(url)) | api_filters(name) | {"page", "q"}
        for turn in range(ROUNDS):
            with subtests.test(f"{name}, turn {turn}"):
                answer = send(admin.client, "get", url, bad(names, turn))
                assert answer.status_code in EXPECTED


def api_filters(name: str) -> set[str]:
    """The filters of a list of the API, that no page shows."""
    from tests.test_consistency import all_routes

    view = dict(all_routes())[name]
    filterset = getattr(getattr(view, "cls", None), "filterset_class", None)
    return set(filterset.base_filters) if filterset else set()


@pytest.mark.parametrize("part", GROUPS)
def test_any_form_survives_any_value(part, admin, world, subtests):
    for name, url, names in forms_of(part, admin, world):
        for turn in range(ROUNDS):
            with subtests.test(f"{name}, turn {turn}"):
                answer = send(admin.client, "post", url, bad(names, turn))
                assert answer.status_code in EXPECTED


def forms_of(part: str, admin: Any, world: World) -> list[tuple[str, str, set[str]]]:
    """Name, address and fields of each form that the admin may send in this part of the site."""
    found = []
    for name, cases in routes_of(part):
        for case in cases:
            if case.method == "POST" and case.expected["admin"] in (200, 302) and name not in NOT_HERE:
                url = reverse(name, kwargs=world.arguments(case.on))
                page = admin.client.get(url, {"ligne": "nouvelle"})
                names = fields_of(page) if page.status_code == 200 else set()
                found.append((name, url, names | {"role", "email", "version", "vers", "reason", "reprendre"}))
    return found


def test_every_form_of_the_site_was_found(admin, world):
    """The two tests above would be hollow if the pages showed no field."""
    counts = {name: len(names) for part in GROUPS for name, _, names in forms_of(part, admin, world)}
    for name in ("partners:agreement_create", "typology:action_edit", "evaluation:measure_create", "strategy:step"):
        assert counts[name] > 12, (name, counts[name])


@pytest.mark.parametrize("part", GROUPS)
def test_no_form_writes_a_row_that_points_at_another_collectivite(part, admin, stranger, world, subtests):
    foreign = World(stranger.collectivity, stranger.user, "ailleurs")
    kinds = ("territory", "agreement", "stakeholder", "action", "office", "strategy", "row")
    keys = {str(getattr(foreign, kind).pk) for kind in kinds}
    for name, url, names in forms_of(part, admin, world):
        for key in sorted(keys):
            with subtests.test(f"{name} with foreign {key}"), transaction.atomic():
                admin.client.post(url, plausible(names, key))
                assert not pointing_elsewhere(admin.collectivity)
                transaction.set_rollback(True)


def plausible(names: set[str], key: str) -> dict[str, str]:
    """What passes in most fields that are not choices, so that a foreign choice alone can stop the form."""
    values = dict.fromkeys(names, key)
    for name in names:
        if re.search(r"title|name|label|object|holder|place|unit|scope|topic|action_text", name):
            values[name] = "Un texte"
        elif re.search(r"_on$|date|start|end", name):
            values[name] = "2027-01-31"
        elif re.search(r"year", name):
            values[name] = "2027"
        elif re.search(r"amount|value|planned|spent", name):
            values[name] = "10"
    return values


def pointing_elsewhere(collectivity: Collectivity) -> list[str]:
    """Rows of this collectivité whose foreign key or many-to-many leads to another one; one query."""
    with connection.cursor() as cursor:
        cursor.execute(*_looking_elsewhere(collectivity.pk))
        return sorted({name for (name,) in cursor.fetchall()})


@cache
def _looking_elsewhere(collectivity: int) -> tuple[str, tuple[object, ...]]:
    queries = [
        model._base_manager.filter(collectivity=collectivity, **{f"{field.name}__isnull": False})
        .exclude(**{f"{field.name}__collectivity": collectivity})
        .order_by()
        .values_list(Value(f"{model.__name__}.{field.name}"))
        for model in apps.get_models()
        if issubclass(model, TenantModel)
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.is_relation and issubclass(field.related_model, TenantModel)
    ]
    sql, params = queries[0].union(*queries[1:], all=True).query.sql_with_params()
    return sql, tuple(params)


def test_the_check_of_rows_that_point_elsewhere_can_fail(admin, stranger, world):
    foreign = World(stranger.collectivity, stranger.user, "ailleurs")
    type(world.action).objects.filter(pk=world.action.pk).update(agreement=foreign.agreement)
    assert pointing_elsewhere(admin.collectivity) == ["Action.agreement"]


def test_an_impossible_number_in_an_address_answers_404(admin, world, subtests):
    for name in sorted(name for name, cases in ROUTES.items() if cases[0].on not in WITHOUT_NUMBER):
        arguments = world.arguments(ROUTES[name][0].on)
        numbers = {key: 99999999999999999999 if isinstance(value, int) else value for key, value in arguments.items()}
        with subtests.test(name):
            url = reverse(name, kwargs=numbers)
            assert str(99999999999999999999) in url
            assert {getattr(admin.client, method)(url).status_code for method in ("get", "post")} <= {404, 405}


@pytest.mark.parametrize("path", ["/%00", "/%FF%FE", "/partenaires/%00/", "/api/v1/%00/", "/" + "a" * 5000, "/‮/"])
def test_an_address_that_leads_nowhere_answers_404(admin, path):
    assert admin.client.get(path).status_code in (404, 301)


def test_an_export_asked_with_an_endless_address_is_refused(officer):
    assert officer.client.post(f"/actions/export.xlsx?q={'é' * 3000}").status_code == 400


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"null", b"[" * 5000, b'{"a":1}'])
@pytest.mark.parametrize("path", ["/partenaires/territoires/nouveau/", "/compte/connexion/", "/api/v1/territoires/"])
def test_a_body_of_another_type_is_refused_quietly(admin, path, body):
    response = admin.client.post(path, data=body, content_type="application/json")
    assert response.status_code in EXPECTED | {405, 415}
