"""Kinds of work that leave traces in the folder AICT_TEST_TRACES."""

import os
import signal
import time
from pathlib import Path

from aict.jobs.lease import Progress
from aict.jobs.models import Job
from aict.jobs.registry import job_kind


def trace(job: Job, word: str) -> None:
    """One more line in the trace of this job's object."""
    with (Path(os.environ["AICT_TEST_TRACES"]) / str(job.target_id)).open("a") as stream:
        stream.write(f"{word}\n")


@job_kind("test-slow", steps=("Un", "Deux", "Trois", "Quatre"))
def slow(job: Job, progress: Progress) -> str:
    """About a second of work, then a document deposited under its number: idempotent as every kind must be."""
    trace(job, "began")
    for number, step in enumerate(job.spec.steps):
        progress(25 * number, step)
        time.sleep(0.3)
    document = Path(os.environ["AICT_TEST_TRACES"]) / f"{job.target_id}.document"
    if not document.exists():
        document.touch()
        trace(job, "deposited")
    return f"/documents/{job.target_id}/"


@job_kind("test-deadly")
def deadly(job: Job, progress: Progress) -> str:
    """Always kills its worker outright."""
    trace(job, "began")
    progress(10, "Dernier souffle")
    os.kill(os.getpid(), signal.SIGKILL)
    return ""
