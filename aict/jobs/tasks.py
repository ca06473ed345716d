"""What the worker does when it is rung, and the sweep that mends what was not heard."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from aict.jobs import exports
from aict.jobs.lease import HeartBeat, LeaseLostError, Progress, claim
from aict.jobs.models import MAX_ATTEMPTS, NO_RESULT, Job
from aict.jobs.queue import ring
from aict.jobs.registry import JobError
from aict.ui.errors import ReadableError

logger = logging.getLogger(__name__)


@shared_task
def run_job(pk: int) -> None:
    """Do this job if it is free. Idempotent: a ring heard twice does the work once."""
    job = claim(pk)
    if job is None:
        return
    try:
        with HeartBeat(job):
            _attempt(job)
    except LeaseLostError:
        logger.warning("job %s was taken over by another worker", pk)
    except (SystemExit, KeyboardInterrupt):
        # The worker is asked to stop: the attempt does not count.
        Job.objects.held_by(job).give_back(timezone.now(), refund=True)
        raise


def _attempt(job: Job) -> None:
    progress = Progress(job)
    try:
        run = job.spec.run
        if run is None:
            raise JobError("Ce type de traitement n’existe plus dans cette version du logiciel.")
        result_url = run(job, progress)
        progress.close()
        Job.objects.held_by(job).finish(timezone.now(), result_url=result_url)
    except LeaseLostError:
        raise
    except ReadableError as error:
        Job.objects.held_by(job).fail(timezone.now(), error, step=job.step)
    except Exception:
        # A bug, or the database gone for a moment: the sweeper gives it another attempt, a few seconds later.
        logger.exception("job %s, attempt %s", job.pk, job.attempts)
        held, now = Job.objects.held_by(job), timezone.now()
        if job.attempts < MAX_ATTEMPTS:
            held.give_back(now, refund=False)
        else:
            held.fail(
                now, JobError("Le travail s’est arrêté sur une erreur imprévue, trois fois de suite."), step=job.step
            )


@shared_task
def sweep() -> None:
    """Fail what is out of attempts, ring again for what nobody heard: a lost message, a killed worker."""
    now = timezone.now()
    for job in Job.objects.exhausted(now):
        Job.objects.held_by(job).fail(now, JobError(NO_RESULT), step=job.step)
    patience = timedelta(seconds=settings.JOB_SWEEP)
    for pk in Job.objects.unheard(now, patience=patience).order_by("created_at").values_list("pk", flat=True):
        if not ring(pk):
            return  # the broker is down: no need to wait for it once per job


@shared_task
def forget_exports() -> int:
    """Remove the workbooks older than seven days. Idempotent."""
    return exports.forget_old(now=timezone.now())
