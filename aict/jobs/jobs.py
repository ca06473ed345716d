"""The background work that every register may ask for."""

from __future__ import annotations

from aict.jobs import exports
from aict.jobs.lease import Progress
from aict.jobs.models import Job
from aict.jobs.registry import Words, job_kind


@job_kind(
    exports.JOB_KIND,
    steps=(exports.READING, exports.KEEPING),
    words=Words(
        waiting="L’export attend son tour",
        running="L’export se prépare",
        done="L’export est prêt",
        failed="L’export n’a pas pu être fait",
        result="Télécharger le classeur",
    ),
)
def export(job: Job, progress: Progress) -> str:
    """Make the workbook of an export, once; the address of its download."""
    return exports.make(job, progress)
