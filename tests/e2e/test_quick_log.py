"""The quick log on a telephone: five fields, counted in clicks, fills and key presses."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

MOST = 12  # interactions
SECONDS = 60


class Hand:
    """A person's gestures on a page: each click, fill or key press counts one."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def click(self, place: Locator) -> None:
        self.count += 1
        place.click()

    def fill(self, place: Locator, text: str) -> None:
        self.count += 1
        place.fill(text)

    def press(self, place: Locator, key: str) -> None:
        self.count += 1
        place.press(key)

    def choose(self, place: Locator, index: int) -> None:
        """Open a native list, and choose in it: two gestures on a telephone."""
        self.count += 2
        place.select_option(index=index)


def log_an_action(hand: Hand, *, typed: bool) -> None:
    """All five fields, the territory and the type found by typing when the page has its script."""
    page = hand.page
    hand.fill(page.get_by_label("Titre"), "Délégation au salon de Phoenix")
    kind, territory = page.locator("#id_type"), page.locator("#id_territory")
    if typed:
        hand.fill(kind, "salons etranger")  # no accent, words in any order of the label and of its heading
        hand.press(kind, "Enter")
        hand.fill(territory, "sfa")
        hand.press(territory, "Enter")
    else:
        hand.choose(kind, 3)
        hand.choose(territory, 1)
    hand.fill(page.get_by_label("Début"), "2027-10-12")
    hand.fill(page.get_by_label("Fin"), "2027-10-14")
    hand.choose(page.get_by_label("Service pilote"), 1)
    hand.click(page.get_by_role("button", name="Enregistrer l’action", exact=True))


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_sys_09_the_quick_log_takes_twelve_gestures_at_most_on_a_telephone(browser, site, javascript):
    state = site.storage_state(browser, "economic")
    with browser.new_context(
        storage_state=state, java_script_enabled=javascript, viewport={"width": 390, "height": 844}
    ) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto(site.address + "/actions/nouvelle/")
        hand, began = Hand(page), time.monotonic()
        log_an_action(hand, typed=javascript)
        assert page.locator("main h1").inner_text() == "Délégation au salon de Phoenix"
        assert time.monotonic() - began < SECONDS
        assert hand.count == 10 <= MOST  # a list on a telephone counts two: open it, choose
        facts = page.locator("main").inner_text()
        assert "12/10/2027 – 14/10/2027" in facts.replace("\u00a0", " ")
        assert "À compléter" in facts
        if javascript:
            assert "Sfax (Tunisie)" in facts.replace("\u00a0", " ")


def test_the_type_is_found_by_keyboard_and_tells_what_it_implies(browser, site):
    state = site.storage_state(browser, "economic")
    with browser.new_context(storage_state=state, viewport={"width": 390, "height": 844}) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto(site.address + "/actions/nouvelle/")
        box = page.get_by_role("combobox", name=re.compile("^Type d’action"))
        options = page.get_by_role("listbox", name="Type d’action").get_by_role("option")
        expect(options).to_have_count(0)
        box.press("ArrowDown")
        expect(options).to_have_count(27)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        box.fill("compagnonnage")
        expect(options).to_have_count(1)
        expect(box).to_have_attribute("aria-activedescendant", re.compile("combobox"))
        box.press("Escape")
        expect(options).to_have_count(0)
        box.press("ArrowDown")
        box.press("ArrowDown")
        box.press("Tab")
        expect(box).to_have_value("Compagnonnages")
        expect(page.locator(".implied .cat:visible")).to_have_text("Coopération")
        box.fill("sal")
        expect(options.first).to_contain_text("salons")  # the start of a word comes before its inside
        box.press("ArrowDown")  # to the first line, not past it
        box.press("Enter")
        expect(box).to_have_value("Organisation de foires, salons, congrès et expositions")
        box.fill("licorne")
        page.get_by_label("Titre").fill("Salon")
        expect(page.get_by_text("« licorne » ne correspond à aucun type")).to_be_visible()
        page.get_by_role("button", name="Enregistrer l’action", exact=True).click()
        expect(box).to_have_value("licorne")  # not sent as an empty field: what was typed stays
        assert page.url.endswith("/actions/nouvelle/")
        box.fill("")
        page.get_by_role("button", name="Enregistrer l’action", exact=True).click()
        expect(page.locator("#erreurs")).to_contain_text("Type d’action")
        expect(page.get_by_label("Titre")).to_have_value("Salon")
