"""The main job from end to end: sign in, open the strategy, walk its eight steps, write, download the document."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page

CODES = ["A1", "A2", "B1", "B2", "C1", "C2", "C3", "D1"]
DOCUMENT_SECONDS = 60
FIRST_TEXT = "#ligne .fields input[type=text], #ligne .fields textarea"


def open_the_draft(page: Page, address: str) -> None:
    """From the first page to the strategy that is being written, by its links."""
    page.goto(address + "/")
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Stratégie").click()
    paths = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for path in dict.fromkeys(path for path in paths if re.fullmatch(r"/strategies/\d+/", path)):
        page.goto(address + path)
        if page.get_by_role("button", name="Passer en relecture").count():
            return
    raise AssertionError("no strategy is being written")


def walk_the_steps(page: Page) -> None:
    """Open each of the eight steps from the one before, by the list of steps."""
    links = page.get_by_role("link", name=re.compile(r"\bA1\b")).first
    links.click()
    seen = []
    for code in CODES:
        if code != "A1":
            page.locator("main a[href*='/etapes/']").filter(has_text=code).first.click()
        seen.append(page.locator("main h1").inner_text().split(".")[0])
    assert seen == CODES


def write_in_a_row(page: Page, text: str) -> None:
    """Open a row of step A1, write, save by going on to A2, come back and find the text."""
    page.locator("main a[href*='/etapes/']").filter(has_text="A1").first.click()
    step = page.url
    page.locator("form[data-wizard] a.head").first.click()
    row = page.url
    page.locator(FIRST_TEXT).first.fill(text)
    page.get_by_role("button", name="Enregistrer et aller à A2").click()
    assert page.locator("main h1").inner_text().startswith("A2.")
    page.goto(row)
    assert page.locator(FIRST_TEXT).first.input_value() == text
    page.goto(step)


def ask_for_the_document(page: Page) -> list[str]:
    """Ask for the PDF and wait for it; the states of progress that the page showed, in order."""
    page.get_by_role("button", name="Faire le PDF").click()
    assert "/traitements/" in page.url
    shown: list[str] = []
    deadline = time.monotonic() + DOCUMENT_SECONDS
    while time.monotonic() < deadline:
        state = page.locator("#traitement").get_attribute("data-state")
        if state == "done":
            return shown
        assert state in ("waiting", "running"), page.locator("main").inner_text()
        bar = page.locator("#traitement progress")
        if bar.count():
            value = bar.get_attribute("value", timeout=2000) or ""
            if value not in shown[-1:]:
                shown.append(value)
        page.wait_for_timeout(100)
    raise AssertionError(f"no document after {DOCUMENT_SECONDS} s: {page.locator('main').inner_text()}")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_officer_walks_the_eight_steps_writes_and_downloads_the_document(browser, site, javascript):
    state = site.storage_state(browser, "officer")
    with browser.new_context(
        storage_state=state, java_script_enabled=javascript, viewport={"width": 1280, "height": 900}
    ) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        open_the_draft(page, site.address)
        strategy = page.url
        walk_the_steps(page)
        write_in_a_row(page, f"Mobilisable deux jours par semaine, script : {javascript}.")
        page.goto(strategy)
        shown = ask_for_the_document(page)
        assert shown == sorted(shown, key=int)
        if javascript:
            assert len(shown) >= 3
        path = page.locator("#traitement a.btn-main").get_attribute("href")
        answer = context.request.get(f"{site.address}{path}")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF-")
        assert len(answer.body()) > 50_000
