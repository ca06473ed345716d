"""The background work of actions."""

from __future__ import annotations

from aict.jobs.lease import Progress
from aict.jobs.models import Job
from aict.jobs.registry import Words, job_kind
from aict.ui.pdf import STEPS
from typology import attestations


@job_kind(
    attestations.JOB_KIND,
    steps=(attestations.READING, *STEPS, attestations.KEEPING),
    words=Words(
        waiting="L’attestation attend son tour",
        running="L’attestation se prépare",
        done="L’attestation est prête",
        failed="L’attestation n’a pas pu être faite",
        result="Télécharger l’attestation",
    ),
)
def aid_attestation(job: Job, progress: Progress) -> str:
    """Make the attestation of the aids to a firm, once; the address of its download."""
    return attestations.make(job, progress)
