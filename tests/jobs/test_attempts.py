"""One job from claim to end: what each attempt may change, and what the sweep mends."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aict.jobs import lease, tasks
from aict.jobs.lease import LeaseLostError, Progress, claim
from aict.jobs.models import MAX_ATTEMPTS, Job, JobState
from aict.jobs.registry import JobError, job_kind
from aict.ui.errors import ReadableError
from tests.jobs.conftest import make_job


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    """The jobs that the sweep rang for."""
    numbers: list[int] = []
    monkeypatch.setattr(tasks, "ring", lambda pk: numbers.append(pk) or True)
    return numbers


def expire(job: Job) -> None:
    """As if the worker that holds this job had died."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_runs_once_and_keeps_its_result_and_the_time_of_each_step(job, kind):
    runs = []

    def run(job, progress):
        runs.append(job.pk)
        progress(10, "Copie figée des données")
        progress(60, "Mise en page")
        return "/documents/7/"

    kind(run)
    tasks.run_job(job.pk)
    tasks.run_job(job.pk)  # a second ring for the same job
    job.refresh_from_db()
    assert runs == [job.pk]
    assert (job.state, job.percent, job.result_url, job.attempts) == (JobState.DONE, 100, "/documents/7/", 1)
    assert [label for label, _ in job.steps] == ["Copie figée des données", "Mise en page"]
    assert job.finished_at >= job.started_at
    assert job.lease_until is None
    assert job.seconds == 1


def test_a_failure_the_user_can_read_is_final_and_says_what_where_and_how(job, kind):
    def run(job, progress):
        progress(40, "Couverture")
        raise JobError("Le logo est vide.", how="Déposez un logo PNG.\nPuis relancez.")

    kind(run)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert job.failure == {
        "what": "Le logo est vide.",
        "where": "Couverture",
        "how": "Déposez un logo PNG. Puis relancez.",
    }


def test_a_readable_error_of_the_toolkit_is_shown_as_well(job, kind):
    def run(job, progress):
        raise ReadableError("Trop lourd.", where="Mise en page")

    kind(run)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure["what"], job.failure["where"]) == (JobState.FAILED, "Trop lourd.", "Mise en page")
    assert "administrateur" in job.failure["how"]


def test_an_unforeseen_error_is_tried_three_times_then_fails_without_showing_a_trace(job, kind, rung):
    def run(job, progress):
        raise ZeroDivisionError("secret")

    kind(run)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.state == (JobState.FAILED if attempt == MAX_ATTEMPTS else JobState.WAITING)
    assert "secret" not in job.error
    assert "trois fois" in job.failure["what"]
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.attempts == MAX_ATTEMPTS


def test_a_kind_that_no_longer_exists_fails_readably(job):
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, "n’existe plus" in job.error) == (JobState.FAILED, True)


def test_a_worker_asked_to_stop_gives_the_job_back_without_using_an_attempt(job, kind):
    def run(job, progress):
        raise SystemExit

    kind(run)
    with pytest.raises(SystemExit):
        tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.WAITING, 0)


def test_a_claimed_job_is_not_claimed_again_before_its_lease_ends(job):
    assert claim(job.pk).attempts == 1
    assert claim(job.pk) is None
    expire(job)
    assert claim(job.pk).attempts == 2


def test_whoever_lost_the_lease_changes_nothing(job, kind, settings):
    """A worker that slept too long wakes up after another has taken the job and finished it."""

    def run(job, progress):
        expire(job)
        other = claim(job.pk)
        Job.objects.held_by(other).finish(timezone.now(), result_url="/documents/other/")
        progress(90, "Trop tard")
        raise AssertionError("the late worker went on")

    kind(run)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result_url, job.attempts) == (JobState.DONE, "/documents/other/", 2)


def test_a_late_result_does_not_replace_the_other_workers_job(job, kind):
    def run(job, progress):
        expire(job)
        claim(job.pk)
        return "/documents/late/"

    kind(run)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result_url) == (JobState.RUNNING, "")


def test_an_attempt_of_before_a_restart_is_not_mistaken_for_the_new_one(job):
    """Same number of attempts, but not the same claim."""
    old = claim(job.pk)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    Job.objects.filter(pk=job.pk).restart(timezone.now())
    new = claim(job.pk)
    assert (old.attempts, new.attempts) == (1, 1)
    with pytest.raises(LeaseLostError):
        Progress(old)(10, "Revenant")
    Progress(new)(10, "Vivant")


def test_a_job_that_always_kills_its_worker_fails_after_three_attempts(job, rung):
    for attempt in range(1, MAX_ATTEMPTS + 1):
        held = claim(job.pk)
        assert held.attempts == attempt
        Progress(held)(30, "Mise en page")
        expire(job)
        tasks.sweep()
    assert rung == [job.pk] * (MAX_ATTEMPTS - 1)
    job.refresh_from_db()
    assert (job.state, job.failure["where"]) == (JobState.FAILED, "Mise en page")
    assert claim(job.pk) is None


def test_the_sweep_rings_for_what_waits_unheard_and_leaves_the_rest_alone(collectivity, rung, settings):
    now = timezone.now()
    old = now - timedelta(seconds=settings.JOB_SWEEP + 1)
    waiting, fresh, running, stale, done = (make_job(collectivity, target_id=number) for number in range(5))
    Job.objects.filter(pk=waiting.pk).update(updated_at=old)
    claim(running.pk)
    claim(stale.pk)
    expire(stale)
    Job.objects.filter(pk=done.pk).update(state=JobState.DONE, updated_at=old)
    tasks.sweep()
    assert rung == [waiting.pk, stale.pk]
    fresh.refresh_from_db()
    assert fresh.state == JobState.WAITING


def test_the_sweep_stops_at_the_first_ring_that_a_dead_broker_refuses(collectivity, monkeypatch):
    old = timezone.now() - timedelta(hours=1)
    for number in range(3):
        make_job(collectivity, target_id=number)
    Job.objects.update(updated_at=old)
    tried = []
    monkeypatch.setattr(tasks, "ring", lambda pk: tried.append(pk))
    tasks.sweep()
    assert len(tried) == 1


def test_a_four_second_job_shows_at_least_five_steps_and_writes_sparingly(
    job, monkeypatch, django_assert_max_num_queries
):
    clock = iter(n / 100 for n in range(100_000))
    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    held = claim(job.pk)
    seen = set()
    progress = Progress(held)
    with django_assert_max_num_queries(20):
        for tick in range(400):  # four seconds of one step, a hundred pages a second
            progress(tick // 4, f"Mise en page\u00a0: page\u00a0{tick}")
            seen.add((held.percent, held.step_detail))
    assert 5 <= len(seen) <= 20
    assert held.step == "Mise en page"


def test_progress_never_goes_back_and_reaches_100_only_at_the_end(job):
    held = claim(job.pk)
    progress = Progress(held)
    progress.between(20, 80)(50, "Une partie")
    assert held.percent == 50
    progress(30, "Une autre")
    assert held.percent == 50
    progress(100, "La dernière")
    assert held.percent == 99


def test_progress_extends_the_lease(job):
    held = claim(job.pk)
    expire(job)
    Progress(held)(5, "Long")
    job.refresh_from_db()
    assert job.lease_until > timezone.now() + lease.lease() / 2


def test_two_functions_may_not_share_the_name_of_a_kind(kind):
    kind(lambda job, progress: "")
    with pytest.raises(ValueError, match="essai"):
        job_kind("essai")(lambda job, progress: "")


def test_the_database_refuses_a_second_active_job_on_the_same_object(job):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_job(job.collectivity)
    Job.objects.update(state=JobState.DONE)
    make_job(job.collectivity)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time: nothing to race")
def test_two_workers_rung_at_once_claim_the_job_once(reference_afterwards, transactional_db, collectivity):
    jobs = [make_job(collectivity, target_id=number) for number in range(10)]
    gate, won = threading.Barrier(4), []

    def worker():
        try:
            for job in jobs:
                gate.wait()
                if claim(job.pk):
                    won.append(job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [job.pk for job in jobs]
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a database in memory is not shared between threads")
def test_the_heart_beat_keeps_the_lease_of_a_long_step(
    reference_afterwards, transactional_db, collectivity, kind, settings
):
    settings.JOB_LEASE = 0.4
    job = make_job(collectivity)
    stolen = []

    def run(job, progress):
        for _ in range(10):  # a second without a word
            threading.Event().wait(0.1)
            stolen.append(claim(job.pk))
        return "/documents/7/"

    kind(run)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert stolen == [None] * 10
    assert (job.state, job.attempts) == (JobState.DONE, 1)
