"""One attempt at a job: the lease that holds it, its heart-beat, its visible progress.

A claim gives the worker LEASE seconds. A thread renews it while the work runs, so that only a dead worker
loses it. Whoever lost the lease learns it at the next step and stops without touching the row.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from aict.jobs.models import Job

DETAIL = "\u00a0: "  # « Mise en page : page 17 »: what follows is the detail of the same step
QUIET = 0.25  # seconds between two writes of the same step

logger = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Another worker took this job over: stop, and change nothing."""


def lease() -> timedelta:
    """How long a job stays with a worker that gives no sign of life."""
    return timedelta(seconds=settings.JOB_LEASE)


def claim(pk: int) -> Job | None:
    """Take this job for one attempt, or None when it is final, held by another, or out of attempts."""
    if not Job.objects.filter(pk=pk).claim(timezone.now(), lease=lease()):
        return None
    return Job.objects.select_related("collectivity", "owner").get(pk=pk)


class Progress:
    """`progress(58, "Mise en page : page 17")`: writes what the page shows, and renews the lease.

    A new step is always written; the same step at most four times a second. The percentage never goes down.
    Raises LeaseLostError when another worker has taken the job over.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._written = self._began = time.monotonic()

    def __call__(self, percent: int, step: str) -> None:
        label, _, detail = step.partition(DETAIL)
        now = time.monotonic()
        if label == self._job.step and now - self._written < QUIET:
            return
        if label != self._job.step:
            if self._job.step:
                self._job.steps.append([self._job.step, round(now - self._began, 1)])
            self._began = now
        self._written = now
        self._job.percent = max(self._job.percent, min(percent, 99))
        self._job.step, self._job.step_detail = label[:120], detail[:60]
        self._write()

    def between(self, low: int, high: int) -> Callable[[int, str], None]:
        """A progress from 0 to 100 that fills this one from `low` to `high`: for a part of the work."""
        return lambda percent, step: self(low + (high - low) * percent // 100, step)

    def close(self) -> None:
        """The last step is done too."""
        if self._job.step:
            self._job.steps.append([self._job.step, round(time.monotonic() - self._began, 1)])
            self._job.step = self._job.step_detail = ""
            self._write()

    def _write(self) -> None:
        now, job = timezone.now(), self._job
        held = Job.objects.held_by(job).update(
            percent=job.percent,
            step=job.step,
            step_detail=job.step_detail,
            steps=job.steps,
            lease_until=now + lease(),
            updated_at=now,
        )
        if not held:
            raise LeaseLostError(f"job {job.pk}, attempt {job.attempts}")


class HeartBeat:
    """Renews the lease from a thread while a step is long. It decides nothing: only Progress learns of a loss."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(settings.JOB_LEASE / 4):
                try:
                    Job.objects.held_by(self._job).update(lease_until=timezone.now() + lease())
                except Error:
                    logger.warning("heart-beat of job %s missed", self._job.pk, exc_info=True)
                    connection.close()
        finally:
            connection.close()
