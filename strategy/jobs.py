"""The background work of strategies."""

from __future__ import annotations

from aict.jobs.lease import Progress
from aict.jobs.models import Job
from aict.jobs.registry import JobError, Words, job_kind
from aict.ui.pdf import STEPS
from strategy import documents
from strategy.models import StrategyVersion


@job_kind(
    documents.JOB_KIND,
    steps=(documents.READING, documents.BUILDING, *STEPS, documents.KEEPING),
    words=Words(
        waiting="Le document attend son tour",
        running="Le document se prépare",
        done="Le document est prêt",
        failed="Le document n’a pas pu être fait",
        result="Télécharger le PDF",
    ),
)
def strategy_pdf(job: Job, progress: Progress) -> str:
    """Make the PDF of a frozen version, once; the address of its download."""
    version = (
        StrategyVersion.objects.for_collectivity(job.collectivity)
        .select_related("strategy")
        .filter(pk=job.target_id)
        .first()
    )
    if version is None:
        raise JobError(
            "La version de la stratégie n’existe plus.", how="Ouvrez la stratégie et demandez un nouveau document."
        )
    documents.make_pdf(version, progress)
    return documents.download_url(version)
