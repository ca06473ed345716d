"""The real site for browser tests: what `./run demo` starts, on a free port, with its own data."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from strategy.demo import ACCOUNTS, PASSWORD
from tests.e2e.crawl import Found, crawl

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)  # before pytest reads `-m`
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).is_relative_to(ROOT / "tests" / "e2e"):
            item.add_marker(pytest.mark.e2e)


@dataclass
class Site:
    """A running demonstration."""

    address: str
    started_in: float
    states: dict[str, dict] = field(default_factory=dict)
    crawls: dict[str, Found] = field(default_factory=dict)

    def storage_state(self, browser: Browser, role: str) -> dict:
        """The cookies of somebody with this role, who signed in through the page; none for "anonymous"."""
        if role == "anonymous":
            return {}
        if role not in self.states:
            with browser.new_context() as context:
                context.set_default_timeout(10_000)
                page = context.new_page()
                page.goto(self.address + "/")
                page.fill("input[type=email]", ACCOUNTS[role][0])
                page.fill("input[type=password]", PASSWORD)
                page.press("input[type=password]", "Enter")
                page.wait_for_url(lambda url: "/compte/" not in url)
                self.states[role] = context.storage_state()
        return self.states[role]

    def crawl(self, browser: Browser, role: str) -> Found:
        """Every page that this role reaches from the first one; crawled once."""
        if role not in self.crawls:
            with browser.new_context(storage_state=self.storage_state(browser, role)) as context:
                self.crawls[role] = crawl(context.request, self.address + "/")
        return self.crawls[role]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        reason = "Chromium is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which(path), args=ARGUMENTS)
        yield chromium
        chromium.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(process: subprocess.Popen, log: Path) -> None:
    """Return once the demo says that the site is open; fail with what it printed otherwise."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if "Le site est ouvert" in log.read_text():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the demo did not open the site:\n{log.read_text()}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, started as anyone starts it: SQLite, a folder as broker, a real worker."""
    place = tmp_path_factory.mktemp("site")
    ours = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "AICT_TEST_SQLITE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    # Empty rather than unset: a .env file must not bring another database in.
    environment |= {"AICT_VAR_DIR": str(place / "var"), "REDIS_URL": "", "AICT_DEMO": "1", "PYTHONUNBUFFERED": "1"}
    environment["DATABASE_URL"] = f"sqlite:///{place}/var/aict.sqlite3"
    port, log = _free_port(), place / "demo.log"
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "aict.demo", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_open(process, log)
        yield Site(address=f"http://127.0.0.1:{port}", started_in=time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture
def officer_context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser where the international-relations officer is signed in."""
    state = site.storage_state(browser, "officer")
    with browser.new_context(storage_state=state, viewport={"width": 1280, "height": 900}) as context:
        yield context
