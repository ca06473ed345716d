"""A real worker in its own process, killed outright in the middle of a job."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from aict.jobs.models import Job
from aict.jobs.queue import request_job

ROOT = Path(__file__).parents[2]


class Workers:
    """`./manage.py work` as an operator runs it, with a short lease and a short sweep."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.traces = folder / "traces"
        self.traces.mkdir()
        self._log = (folder / "worker.log").open("ab")
        self._processes: list[subprocess.Popen] = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
            "AICT_VAR_DIR": str(folder),
            "AICT_TEST_TRACES": str(self.traces),
            "JOB_LEASE": "2",
            "JOB_SWEEP": "1",
            **environment,
        }

    def manage(self, *command: str) -> subprocess.Popen:
        line = [sys.executable, "manage.py", *command]
        process = subprocess.Popen(line, cwd=ROOT, env=self.environment, stdout=self._log, stderr=self._log)
        self._processes.append(process)
        return process

    def start(self) -> subprocess.Popen:
        return self.manage("work", "--loglevel=INFO")

    def trace(self, target: int) -> list[str]:
        path = self.traces / str(target)
        return path.read_text().split() if path.exists() else []

    def end(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self._log.close()


def until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds} s: {what}"
        time.sleep(0.05)


def kill(worker: subprocess.Popen) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()


@pytest.fixture
def workers(tmp_path) -> Iterator[Workers]:
    if connection.vendor != "postgresql":
        pytest.skip("the database of the suite is in memory: the test of the embedded default covers SQLite")
    place = settings.DATABASES["default"]
    url = f"postgres://{place['USER']}@/{place['HOST']}/{place['NAME']}"
    team = Workers(tmp_path, DATABASE_URL=url)
    yield team
    team.end()


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing_and_makes_no_second_document(
    reference_afterwards, transactional_db, collectivity, workers
):
    def ask(kind: str, target: int) -> Job:
        return request_job(kind=kind, label=kind, owner=None, collectivity=collectivity, target_id=target)

    worker = workers.start()
    jobs = [ask("test-slow", number) for number in range(3)]
    until(lambda: workers.trace(0) == ["began"], seconds=60, what="the first job has not begun")
    kill(worker)
    assert Job.objects.get(pk=jobs[0].pk).state == "running"
    workers.start()
    until(lambda: Job.objects.active().count() == 0, seconds=60, what="jobs are not final")
    for job in jobs:
        job.refresh_from_db()
        assert (job.state, job.result_url) == ("done", f"/documents/{job.target_id}/")
        assert Counter(workers.trace(job.target_id))["deposited"] == 1
    assert [job.attempts for job in jobs] == [2, 1, 1]
    assert [label for label, _ in jobs[0].steps] == ["Un", "Deux", "Trois", "Quatre"]


def test_the_embedded_default_does_a_job_that_nobody_rang_even_after_a_kill(tmp_path):
    """SQLite, a folder as broker, the clock inside the worker: the sweep alone finds the job.

    The kill is left to the test above when the suite runs on PostgreSQL, for two starts are long.
    """
    team = Workers(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/aict.sqlite3", REDIS_URL="")
    attempts = 1
    try:
        assert team.manage("migrate", "jobs", "--skip-checks", "-v0").wait(60) == 0
        with sqlite3.connect(tmp_path / "aict.sqlite3", timeout=20) as rows:
            fill(rows, "accounts_collectivity", id=1, name="Valmarée", siren="200000016", kind="metropole")
            fill(rows, "jobs_job", id=1, collectivity_id=1, kind="test-slow", target_id=1)
        rows.close()
        worker = team.start()
        until(lambda: team.trace(1) == ["began"], seconds=60, what="the sweep did not find the job")
        if connection.vendor != "postgresql":
            kill(worker)
            team.start()
            attempts = 2
        until(lambda: states(tmp_path) == [("done", attempts)], seconds=60, what="the job is not done")
        assert Counter(team.trace(1))["deposited"] == 1
    finally:
        team.end()


def states(folder: Path) -> list[tuple[str, int]]:
    rows = sqlite3.connect(folder / "aict.sqlite3", timeout=20)
    try:
        return rows.execute("SELECT state, attempts FROM jobs_job ORDER BY id").fetchall()
    finally:
        rows.close()


def fill(rows: sqlite3.Connection, table: str, **values: object) -> None:
    """A row whose other mandatory columns are empty."""
    for _, name, kind, mandatory, default, _ in rows.execute(f"PRAGMA table_info({table})").fetchall():
        if mandatory and default is None and name not in values:
            empty = {"datetime": datetime.now(UTC).replace(tzinfo=None).isoformat(" ")}
            values[name] = empty.get(kind, 0 if "int" in kind.lower() else "")
    if table == "jobs_job":
        values |= {"state": "waiting", "label": "Essai", "steps": "[]", "updated_at": "2026-01-01 00:00:00"}
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    rows.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
