"""From a strategy to its document: freeze, request, make."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse

from aict.accounts.models import User
from aict.jobs.models import Job, JobState
from aict.jobs.queue import request_job
from aict.ui.pdf import Pdf, render_pdf
from strategy import document, life_cycle, snapshots
from strategy.models import Strategy, StrategyVersion
from strategy.snapshots import Snapshot

JOB_KIND = "strategy-pdf"
READING, BUILDING, KEEPING = "Lecture des données figées", "Composition du document", "Enregistrement"
Progress = Callable[[int, str], None]


@transaction.atomic
def freeze(*, strategy: Strategy, author: User | None, on: date) -> StrategyVersion:
    """The version that holds the strategy as it is on a day: the existing one for the same data, else the next."""
    locked = Strategy.objects.select_for_update(of=("self",)).select_related("collectivity").get(pk=strategy.pk)
    snapshot = snapshots.take(locked, on)
    digest = snapshots.sha256(snapshot)
    versions = StrategyVersion.objects.for_collectivity(locked.collectivity).filter(strategy=locked)
    if (same := versions.filter(sha256=digest).first()) is not None:
        return same
    last = versions.aggregate(last=Max("number"))["last"] or 0
    return StrategyVersion.objects.create(
        collectivity=locked.collectivity,
        strategy=locked,
        number=last + 1,
        sha256=digest,
        snapshot=snapshot,
        author=author,
    )


@transaction.atomic
def request_document(*, strategy: Strategy, author: User, on: date) -> Job:
    """Freeze the strategy and ask for its PDF, in one transaction. Asking twice gives the same job."""
    return _request(freeze(strategy=strategy, author=author, on=on), author)


@transaction.atomic
def adopt_and_request(
    *, strategy: Strategy, author: User, deliberation_number: str, on: date, today: date
) -> StrategyVersion:
    """Record the vote of day `on`, freeze what was voted as of `today` with it, and ask for its PDF.

    Raises ValidationError when the strategy is not in review; nothing is then frozen nor asked for.
    """
    adopted = life_cycle.adopt(strategy=strategy, author=author, deliberation_number=deliberation_number, on=on)
    version = freeze(strategy=adopted, author=author, on=today)
    StrategyVersion.objects.filter(pk=version.pk).update(is_adopted=True)
    _request(version, author)
    return version


def make_pdf(version: StrategyVersion, progress: Progress) -> None:
    """Give the version its PDF. Does nothing when it has one: a job that starts again makes no second document."""
    if version.pdf:
        return
    pdf = render(version.snapshot, number=version.number, progress=progress)
    progress(98, KEEPING)
    stored = version.pdf.field.generate_filename(version, "document.pdf")
    stored = version.pdf.storage.save(stored, ContentFile(pdf.content))
    first = StrategyVersion.objects.filter(pk=version.pk, pdf="").update(pdf=stored, pages=pdf.pages)
    if not first:
        version.pdf.storage.delete(stored)  # another worker was faster
    version.refresh_from_db(fields=["pdf", "pages"])


def render(snapshot: Snapshot, *, number: int, progress: Progress | None = None) -> Pdf:
    """The PDF of a snapshot. Same snapshot and number, same bytes. Raises PdfError."""
    tell = progress or (lambda percent, step: None)
    tell(1, READING)
    logo = snapshots.logo(snapshot)
    tell(3, BUILDING)
    built = document.build(snapshot, number=number)
    name = snapshot["collectivity"]["logo"]["path"].rsplit("/", 1)[-1] if logo else ""
    html = render_to_string("strategy/pdf/document.html", {"document": built, "logo": f"/files/{name}" if logo else ""})
    files = {"layout.css": _layout(built).encode()} | ({name: logo} if logo else {})
    return render_pdf(
        html,
        title=built.title,
        author=built.organisation,
        files=files,
        progress=lambda percent, step: tell(8 + percent * 90 // 100, step),
    )


def _layout(built: document.Document) -> str:
    """The part of the stylesheet that depends on the document: accent and column widths."""
    widths = "".join(f".w{width}{{width:{width}%}}" for width in built.widths)
    return f":root{{--accent:{built.accent}}}{widths}"


def _request(version: StrategyVersion, author: User) -> Job:
    """The finished job of a version that has its PDF, else the one under way, else a new one."""
    if version.pdf:
        done = Job.objects.for_collectivity(version.collectivity).filter(kind=JOB_KIND, target_id=version.pk)
        if (job := done.filter(state=JobState.DONE).order_by("-pk").first()) is not None:
            return job
    return request_job(
        kind=JOB_KIND,
        label=f"PDF de la stratégie « {version.strategy.title} », version {version.number}",
        owner=author,
        collectivity=version.collectivity,
        target_id=version.pk,
    )


def download_url(version: StrategyVersion) -> str:
    """Where the PDF of a version is downloaded."""
    return reverse("strategy:download", args=[version.strategy_id, version.number])
