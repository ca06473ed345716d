"""Asking for work: one row, one ring after the commit, and a page that never waits for a broker."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from aict.celery import app
from aict.jobs import queue, tasks
from aict.jobs.models import Job, JobState
from aict.jobs.queue import request_job, retry_job
from tests.jobs.conftest import make_job


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    numbers: list[int] = []
    monkeypatch.setattr(queue, "ring", numbers.append)
    return numbers


def ask(actor, **changes) -> Job:
    order = {"kind": "essai", "label": "PDF", "owner": actor.user, "collectivity": actor.collectivity, "target_id": 7}
    return request_job(**(order | changes))


def test_the_worker_is_rung_once_and_only_after_the_commit(officer, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        job = ask(officer)
        assert rung == []
    assert (len(callbacks), rung) == (1, [job.pk])
    assert (job.state, job.owner, job.collectivity) == (JobState.WAITING, officer.user, officer.collectivity)


def test_a_double_click_gives_the_same_job(officer, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first, second = ask(officer), ask(officer)
    assert first == second
    assert rung == [first.pk]
    Job.objects.update(state=JobState.RUNNING)
    assert ask(officer) == first


def test_a_finished_job_another_object_or_another_collectivite_is_another_job(officer, stranger, rung):
    first = ask(officer)
    assert ask(officer, target_id=8) != first
    assert ask(officer, kind="autre") != first
    assert ask(stranger) != first
    Job.objects.filter(pk=first.pk).update(state=JobState.DONE)
    assert ask(officer) != first


def test_nothing_is_left_of_a_request_that_is_rolled_back(officer, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        try:
            with transaction.atomic():
                ask(officer)
                raise RuntimeError
        except RuntimeError:
            pass
    assert (Job.objects.count(), rung) == (0, [])


def test_a_label_longer_than_its_column_is_cut(officer, rung):
    assert ask(officer, label="é" * 500).label == "é" * 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a database in memory is not shared between threads")
def test_two_people_at_the_same_instant_get_one_job(reference_afterwards, transactional_db, officer, rung):
    gate, found, errors = threading.Barrier(4), set(), []

    def person():
        try:
            for number in range(5):
                gate.wait()
                found.add((number, ask(officer, target_id=number).pk))
        except Exception as error:
            errors.append(error)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=person) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(found) == Job.objects.count() == 5
    assert len(rung) == 5


def test_a_failed_job_waits_again_with_all_its_attempts(officer, rung, django_capture_on_commit_callbacks):
    job = make_job(officer.collectivity, state=JobState.FAILED, attempts=3, error="a\nb\nc", percent=40, step="Page")
    with django_capture_on_commit_callbacks(execute=True):
        assert retry_job(job=job) == job
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error, job.percent, job.step) == (JobState.WAITING, 0, "", 0, "")
    assert rung == [job.pk]


def test_trying_again_what_is_already_under_way_leads_to_the_job_under_way(officer, rung):
    failed = make_job(officer.collectivity, state=JobState.FAILED)
    running = make_job(officer.collectivity, state=JobState.RUNNING)
    assert retry_job(job=failed) == running
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


def test_a_job_that_is_done_is_not_done_again(officer, rung, django_capture_on_commit_callbacks):
    job = make_job(officer.collectivity, state=JobState.DONE, result_url="/documents/7/")
    with django_capture_on_commit_callbacks(execute=True):
        retry_job(job=job)
    job.refresh_from_db()
    assert (job.state, job.result_url, rung) == (JobState.DONE, "/documents/7/", [])


# The broker ---------------------------------------------------------------------------------
@pytest.fixture
def broker_at(monkeypatch):
    """`broker_at(url)`: the web process speaks to that broker until the end of the test."""
    usual = app.conf.broker_url

    def connect(url: str) -> None:
        app.conf.broker_url = app.conf.broker_write_url = url
        app._pool = app.amqp._producer_pool = None

    monkeypatch.setitem(app.conf.broker_transport_options, "socket_timeout", 2)
    monkeypatch.setitem(app.conf.broker_transport_options, "socket_connect_timeout", 1)
    yield connect
    connect(usual)


@pytest.fixture
def silent_server():
    """Accepts connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def request_with_a_dead_broker(officer, capture) -> tuple[Job, float]:
    began = time.monotonic()
    with capture(execute=True):
        job = ask(officer)
    return job, time.monotonic() - began


def assert_that_the_sweeper_recovers(job: Job, kind, monkeypatch) -> None:
    """The broker is back: the sweep rings, the worker that hears does the job, once."""
    kind(lambda job, progress: "/documents/7/")
    Job.objects.filter(pk=job.pk).update(updated_at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(tasks, "ring", lambda pk: tasks.run_job(pk) or True)
    tasks.sweep()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_redis_that_refuses_delays_the_job_and_not_the_page(
    officer, broker_at, kind, monkeypatch, django_capture_on_commit_callbacks
):
    broker_at("redis://127.0.0.1:1/0")
    job, seconds = request_with_a_dead_broker(officer, django_capture_on_commit_callbacks)
    assert seconds <= 3
    assert job.state == JobState.WAITING
    assert_that_the_sweeper_recovers(job, kind, monkeypatch)


def test_a_redis_that_accepts_and_never_answers_delays_the_job_and_not_the_page(
    officer, broker_at, silent_server, kind, monkeypatch, django_capture_on_commit_callbacks
):
    broker_at(silent_server)
    job, seconds = request_with_a_dead_broker(officer, django_capture_on_commit_callbacks)
    assert seconds <= 3
    assert job.state == JobState.WAITING
    assert_that_the_sweeper_recovers(job, kind, monkeypatch)


def test_the_broker_of_the_suite_hears_the_ring(officer, django_capture_on_commit_callbacks):
    """The ring works at all, or the silence above would prove nothing."""
    job = make_job(officer.collectivity)
    with app.connection_for_read() as wire:
        bell = wire.SimpleQueue("celery")
        bell.clear()
        assert queue.ring(job.pk) is True
        message = bell.get(timeout=5)
        message.ack()
        bell.close()
    assert message.headers["task"] == "aict.jobs.tasks.run_job"
    assert message.payload[0] == [job.pk]
