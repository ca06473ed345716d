"""The attestation of aids to a firm: a letter fit to be signed, made in the worker, kept under its job's number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from aict.accounts.models import Collectivity, User
from aict.jobs.models import Job, JobState
from aict.jobs.queue import request_job
from aict.ui.pdf import Pdf, render_pdf
from partners.models import Stakeholder
from typology import aid_ledger
from typology.aid_ledger import Standing
from typology.state_aid import Window, window

JOB_KIND = "aid-attestation"
# The reserve of the pages, turned to whoever reads the letter: the firm, and the next public funder.
RESERVE = (
    "Cette attestation ne compte que les aides enregistrées par la collectivité dans son outil de suivi. Le cumul de "
    "tous les financeurs publics se vérifie sur la plateforme nationale des aides d’État ; l’entreprise reste tenue de "
    "déclarer les aides de minimis qu’elle a reçues d’eux."
)
READING, KEEPING = "Lecture du registre", "Enregistrement"
SHOWN = 5  # attestations listed on the page of a firm
Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Letter:
    """What the letter says: who attests to whom, over which three years, with which figures."""

    collectivity: Collectivity
    standing: Standing
    window: Window
    reserve: str
    logo: str

    @property
    def title(self) -> str:
        return f"Attestation des aides octroyées à {self.standing.firm}"

    @property
    def place(self) -> str:
        """« Fait à Valmarée, le »."""
        return f"Fait à {self.collectivity.seat}, le" if self.collectivity.seat else "Le"


def request_attestation(*, firm: Stakeholder, author: User) -> Job:
    """Ask for the attestation of a firm as of today; asking again while it is under way gives the same job."""
    return request_job(
        kind=JOB_KIND,
        label=f"Attestation des aides à « {firm} »",
        owner=author,
        collectivity=firm.collectivity,
        target_id=firm.pk,
    )


def make(job: Job, progress: Progress) -> str:
    """Make the letter of a job, once, and give the address of its download. Raises PdfError."""
    firm = Stakeholder.objects.with_deleted_of(job.collectivity).select_related("group").get(pk=job.target_id)
    if not default_storage.exists(path(job)):
        progress(2, READING)
        pdf = render(firm, job.collectivity, on=timezone.localdate(job.created_at), progress=progress)
        progress(98, KEEPING)
        default_storage.save(path(job), ContentFile(pdf.content))
    return reverse("typology:aid_attestation", args=[firm.pk, job.pk])


def render(firm: Stakeholder, collectivity: Collectivity, *, on: date, progress: Progress | None = None) -> Pdf:
    """The letter as a tagged PDF. Raises PdfError."""
    logo = _logo(collectivity)
    files = {"layout.css": f":root{{--accent:{collectivity.accent}}}".encode()} | logo
    letter = Letter(
        collectivity=collectivity,
        standing=aid_ledger.standing(firm, collectivity, on=on),
        window=window(on),
        reserve=RESERVE,
        logo="".join(f"/files/{name}" for name in logo),
    )
    html = render_to_string("typology/pdf/attestation.html", {"letter": letter})
    return render_pdf(html, title=letter.title, author=collectivity.name, files=files, progress=progress)


def made_for(firm: Stakeholder, collectivity: Collectivity) -> Sequence[Job]:
    """The latest attestations of a firm, ready or under way."""
    jobs = Job.objects.for_collectivity(collectivity).filter(kind=JOB_KIND, target_id=firm.pk)
    return list(jobs.exclude(state=JobState.FAILED).order_by("-pk")[:SHOWN])


def download(job: Job) -> FileResponse:
    """The letter of a job. Raises Http404 while it is not made."""
    try:
        content = default_storage.open(path(job), "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{slugify(job.label)[:80]}-{job.created_at:%Y-%m-%d}.pdf"
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def path(job: Job) -> str:
    """Where the letter of a job is kept, in the storage of files."""
    return f"attestations/{job.collectivity_id}/{job.pk}.pdf"


def _logo(collectivity: Collectivity) -> dict[str, bytes]:
    """The logo under a name of its own; nothing when there is none, or when its file is gone."""
    stored = collectivity.logo.name
    if not stored or not default_storage.exists(stored):
        return {}
    with default_storage.open(stored) as stream:
        content = stream.read()
    return {f"{hashlib.sha256(content).hexdigest()[:16]}.{stored.rsplit('.', 1)[-1]}": content}
