"""Every page that a person can reach, looked at by a browser: accessible, light, alone, without JavaScript, narrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Site
from tests.e2e.crawl import Found

WIDTHS = [1280, 390]
MOST_BYTES = 300 * 1024
MOST_REQUESTS = 25


@dataclass
class Visit:
    """What one page did in the browser."""

    path: str
    violations: list[str]
    foreign_requests: list[str]
    console: list[str]
    transferred: int
    requests: int


@dataclass
class Account:
    """The pages of one role, crawled then visited."""

    role: str
    found: Found
    visits: list[Visit]


def describe(violation: dict[str, Any]) -> str:
    targets = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}) on {targets}"


def violations_at(page: Page, width: int) -> list[str]:
    """What axe reports at this width; the page is not loaded again."""
    page.set_viewport_size({"width": width, "height": 900})
    results = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [f"{width} px: {describe(violation)}" for violation in results["violations"]]


def visit(page: Page, network: Any, address: str, site: Site) -> Visit:
    """Load one page with an empty cache, and note all that it does."""
    sizes: list[int] = []
    foreign: list[str] = []
    console: list[str] = []

    def on_request(request: Any) -> None:
        if urlsplit(request.url).scheme != "data" and not request.url.startswith(site.address + "/"):
            foreign.append(request.url)

    def on_console(message: Any) -> None:
        if message.type in ("error", "warning"):
            console.append(message.text)

    def on_error(error: Any) -> None:
        console.append(str(error))

    def on_size(event: dict[str, Any]) -> None:
        sizes.append(int(event["encodedDataLength"]))

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", on_error)
    network.on("Network.loadingFinished", on_size)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(address, wait_until="load")
    page.evaluate("document.fonts.ready")
    transferred, requests = sum(sizes), len(sizes)
    page.evaluate(Axe().axe_script)
    violations = [text for width in WIDTHS for text in violations_at(page, width)]
    network.remove_listener("Network.loadingFinished", on_size)
    page.remove_listener("request", on_request)
    page.remove_listener("console", on_console)
    page.remove_listener("pageerror", on_error)
    return Visit(urlsplit(address).path, violations, foreign, console, transferred, requests)


def none(faults: dict[str, Any]) -> None:
    """Fail with one line for each page at fault, whole: a truncated report would hide the next one to mend."""
    if faults:
        pytest.fail("\n".join(f"{path}: {fault}" for path, fault in faults.items()), pytrace=False)


@pytest.fixture(scope="class")
def account(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Account]:
    """A role crawls the site from its first page, then looks at all it finds."""
    role = request.cls.role
    with browser.new_context(storage_state=site.storage_state(browser, role)) as context:
        found = site.crawl(browser, role)
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        yield Account(role, found, [visit(page, network, address, site) for address in request.cls.share(found.pages)])


class Pages:
    """What holds for every page that a role reaches. One class for a role, or half of one: two processes share them."""

    role = ""
    at_least = 15
    half = slice(None)

    @classmethod
    def share(cls, pages: list[str]) -> list[str]:
        """The pages that this class looks at."""
        return pages[cls.half]

    def test_every_link_leads_somewhere(self, account):
        assert not account.found.broken
        assert len(account.found.pages) >= self.at_least

    def test_axe_finds_no_violation_on_any_page(self, account):
        none({visit.path: visit.violations for visit in account.visits if visit.violations})

    def test_no_page_asks_another_host_for_anything(self, account):
        none({visit.path: visit.foreign_requests for visit in account.visits if visit.foreign_requests})

    def test_the_console_stays_silent_so_no_policy_is_violated(self, account):
        none({visit.path: visit.console for visit in account.visits if visit.console})

    def test_the_first_view_of_a_page_is_light(self, account):
        none(
            {
                visit.path: (visit.transferred, visit.requests)
                for visit in account.visits
                if visit.transferred > MOST_BYTES or visit.requests > MOST_REQUESTS
            }
        )
        assert all(visit.transferred > 1000 for visit in account.visits), "sizes were not measured"


class NarrowPages(Pages):
    """And what holds without JavaScript; an elected official reads the pages of an officer, with fewer gestures."""

    def test_every_page_works_without_javascript_and_fits_in_320_pixels(self, browser, site):
        state, faults = site.storage_state(browser, self.role), {}
        narrow = {"width": 320, "height": 800}
        with browser.new_context(storage_state=state, java_script_enabled=False, viewport=narrow) as context:
            page = context.new_page()
            for address in self.share(site.crawl(browser, self.role).pages):
                answer = page.goto(address)
                heading = page.locator("main h1")
                if answer is None or answer.status != 200 or heading.count() != 1 or not heading.inner_text().strip():
                    faults[address] = "no single heading"
                width = page.evaluate("document.documentElement.scrollWidth")
                if width > 320:
                    faults[address] = f"{width} px wide"
        none(faults)


class TestOfficer(NarrowPages):
    role = "officer"
    half = slice(0, None, 2)


class TestElected(Pages):
    role = "elected"


class TestOfficerToo(NarrowPages):
    role = "officer"
    half = slice(1, None, 2)


class TestAnonymous(NarrowPages):
    role = "anonymous"
    at_least = 3


def test_a_page_that_does_not_exist_says_so_in_french_and_accessibly(officer_context, site):
    page = officer_context.new_page()
    answer = page.goto(site.address + "/nulle-part/")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("main h1").inner_text()
    page.evaluate(Axe().axe_script)
    assert violations_at(page, 390) == []
