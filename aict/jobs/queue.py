"""Asking for background work: a row in the caller's transaction, then a ring once it is committed."""

from __future__ import annotations

import logging
import threading
from functools import partial

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone

from aict.accounts.models import Collectivity, User
from aict.jobs.models import Job

RUN_JOB = "aict.jobs.tasks.run_job"  # by name: the tasks import this module to ring again
PATIENCE = 2  # seconds; the sockets themselves give up at about the same time

logger = logging.getLogger(__name__)


def request_job(*, kind: str, label: str, owner: User | None, collectivity: Collectivity, target_id: int) -> Job:
    """The job of this kind on this object: the one already waiting or running, else a new one.

    Rings the worker after the commit. A broker that is down delays the work, and never fails the request.
    """
    same = Job.objects.for_collectivity(collectivity).filter(kind=kind, target_id=target_id).active()
    if (job := same.first()) is not None:
        return job
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind, label=label[:200], owner=owner, collectivity=collectivity, target_id=target_id
            )
    except IntegrityError:
        # Somebody asked for the same thing at the same moment; the constraint let one row in.
        if (job := same.first()) is not None:
            return job
        raise
    transaction.on_commit(partial(_ring_briefly, job.pk))
    return job


def retry_job(*, job: Job) -> Job:
    """A failed job waits again with all its attempts; the job already under way on the same object, if any."""
    same = Job.objects.for_collectivity(job.collectivity).filter(kind=job.kind, target_id=job.target_id).active()
    try:
        with transaction.atomic():
            if Job.objects.filter(pk=job.pk).restart(timezone.now()):
                transaction.on_commit(partial(_ring_briefly, job.pk))
    except IntegrityError:
        return same.first() or job
    return job


def ring(pk: int) -> bool:
    """Tell a worker that this job waits; whether the broker took the message.

    The row is the truth: when the broker refuses or stays silent, the sweeper rings again later.
    """
    try:
        current_app.send_task(RUN_JOB, (pk,), retry=False)
    except Exception as error:  # every broker has its own family of errors, and none may reach the page
        logger.warning("broker unreachable, job %s waits for the sweeper: %s", pk, error)
        return False
    return True


def _ring_briefly(pk: int) -> None:
    """Ring, and let the page go on after PATIENCE whatever the broker does. A healthy one takes milliseconds."""
    thread = threading.Thread(target=ring, args=(pk,), name=f"ring-{pk}", daemon=True)
    thread.start()
    thread.join(PATIENCE)
