"""Who gets what: every route of the resolver and of the router × every actor × its methods.

The statuses are written here, never computed from the code under test. The table that they follow is ABILITIES
(aict/accounts/enums.py): the elected official reads and gives the vision; the economic service also writes
stakeholders, actions, measures and the strategy; the officer also partners, agreements and the adoption; the admin
everything; a network reads the API alone. The stranger is an admin of another collectivité.

A new route: add one line to ROUTES. Its object, when it needs one, is made by `World`.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.access_routes import ROUTES
from tests.access_world import LOGIN, Case, World

pytestmark = pytest.mark.once


def route_names() -> set[str]:
    """Every named address, with its namespace; an address without a name is given by its pattern."""

    def walk(resolver: Any, namespace: str) -> set[str]:
        names: set[str] = set()
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                names.add(f"{namespace}{pattern.name or pattern.pattern}")
            else:
                names |= walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        return names

    return walk(get_resolver(), "")


def test_every_route_has_its_line():
    undeclared = sorted(route_names() - ROUTES.keys())
    assert not undeclared, f"routes without a line in ROUTES: {', '.join(undeclared)}"


def test_every_line_has_its_route():
    stale = sorted(ROUTES.keys() - route_names())
    assert not stale, f"lines of ROUTES whose route is gone: {', '.join(stale)}"


@pytest.fixture
def clients(stranger, elected, economic, officer, admin, network) -> dict[str, Client]:
    cast = {"stranger": stranger, "elected": elected, "economic": economic, "officer": officer}
    cast |= {"admin": admin, "network": network}
    return {"anonymous": Client()} | {name: actor.client for name, actor in cast.items()}


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of expected refusals: only errors are worth reading."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(admin, settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return World(admin.collectivity, admin.user)


def ask(client: Client, method: str, url: str, data: dict[str, str] | None = None) -> Any:
    """One request, whose writes are undone, so that each actor finds the same world."""
    cookies = client.cookies.copy()  # signing out would last otherwise
    with transaction.atomic():
        options = {} if method in ("GET", "HEAD", "POST") else {"content_type": "application/json"}
        response = getattr(client, method.lower())(url, data=data or {}, **options)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def group(name: str) -> str:
    """The part of the site that a route belongs to: one test each, none so long that a process waits for it."""
    app, _, rest = name.partition(":")
    if app == "typology":
        return next(f"{app} to {last}" for last in "adoz" if rest[0] <= last)
    return app if rest else ("api" if name.endswith(("-list", "-detail")) else "frame")


GROUPS = sorted({group(name) for name in ROUTES})


def routes_of(part: str) -> list[tuple[str, list[Case]]]:
    return [(name, cases) for name, cases in ROUTES.items() if group(name) == part]


@pytest.mark.parametrize("part", GROUPS)
def test_each_actor_gets_what_the_matrix_says(part, clients, world, subtests):
    for name, cases in routes_of(part):
        for case in cases:
            url = reverse(name, kwargs=world.arguments(case.on))
            with subtests.test(f"{case.method} {name} {case.on}"):
                answers = {actor: ask(client, case.method, url, dict(case.data)) for actor, client in clients.items()}
                assert {actor: answer.status_code for actor, answer in answers.items()} == case.expected
                if case.expected["anonymous"] == 302 and not name.startswith("account_log"):
                    assert answers["anonymous"]["Location"].startswith(LOGIN)


@pytest.mark.parametrize("part", GROUPS)
def test_no_other_method_breaks_a_route_or_opens_it(part, clients, world, subtests):
    for name, cases in routes_of(part):
        url = reverse(name, kwargs=world.arguments(cases[0].on))
        others = [method for method in ("POST", "PUT", "DELETE", "OPTIONS") if method not in {c.method for c in cases}]
        for actor in ("anonymous", "stranger", "network", "admin"):
            is_open = any(case.expected[actor] == 200 or case.expected["anonymous"] == 200 for case in cases)
            for method in others:
                with subtests.test(f"{method} {name} as {actor}"):
                    answer = ask(clients[actor], method, url)
                    assert answer.status_code < 500
                    assert is_open or answer.status_code >= 300 or not answer.content
