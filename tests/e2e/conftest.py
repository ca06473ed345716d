"""The real site for browser tests: what `./run demo` starts, on a free port, with its own data."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

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
    accounts: dict[str, str]  # role: e-mail address
    password: str
    started_in: float
    states: dict[str, dict] = field(default_factory=dict)

    def storage_state(self, browser: Browser, role: str) -> dict:
        """The cookies of somebody with this role, who signed in through the page; none for "anonymous"."""
        if role == "anonymous":
            return {}
        if role not in self.states:
            with browser.new_context() as context:
                page = context.new_page()
                page.goto(self.address + "/")
                page.fill("input[type=email]", self.accounts[role])
                page.fill("input[type=password]", self.password)
                page.click("main button[type=submit]")
                page.wait_for_url(lambda url: "/compte/" not in url)
                self.states[role] = context.storage_state()
        return self.states[role]


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


def _wait_until_open(process: subprocess.Popen, log: Path) -> str:
    """What the demo printed once it says that the site is open."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        output = log.read_text()
        if "Le site est ouvert" in output:
            return output
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the demo did not open the site:\n{log.read_text()}")


def _accounts(database: Path) -> dict[str, str]:
    """One address for each role, read beside the site."""
    query = (
        "SELECT role, email FROM accounts_membership JOIN accounts_user ON accounts_user.id = user_id "
        "ORDER BY accounts_membership.id DESC"
    )
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return dict(connection.execute(query).fetchall())
    finally:
        connection.close()


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
        printed = _wait_until_open(process, log)
        password = re.search(r"mot de passe\s*:?\s*«?\s*([^\s»]+)", printed, re.IGNORECASE)
        assert password, f"the demo prints no password:\n{printed}"
        yield Site(
            address=f"http://127.0.0.1:{port}",
            accounts=_accounts(place / "var" / "aict.sqlite3"),
            password=password[1],
            started_in=time.monotonic() - began,
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture
def officer_context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser where the international-relations officer is signed in."""
    state = site.storage_state(browser, "officer")
    with browser.new_context(storage_state=state, viewport={"width": 1280, "height": 900}) as context:
        yield context
