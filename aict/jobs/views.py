"""The pages of background work: the list, one job in its three states, its live part, « Relancer »."""

from __future__ import annotations

from datetime import timedelta

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.accounts.registers import page_of
from aict.jobs.models import ExportFile, Job
from aict.jobs.queue import retry_job
from aict.ui.exports import XLSX

DAYS = 30


@require_safe
@requires(Ability.VIEW)
def job_list(request: HttpRequest) -> HttpResponse:
    """What was asked for in the last DAYS days."""
    since = timezone.now() - timedelta(days=DAYS)
    jobs = Job.objects.for_collectivity(request.access.collectivity).since(since).for_list()
    return render(request, "jobs/job_list.html", {"page": page_of(request, jobs), "days": DAYS})


@never_cache
@require_safe
@requires(Ability.VIEW)
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job. Without JavaScript the page comes back by itself until the job is final."""
    job = get_owned_or_404(request, Job.objects.for_list(), pk=pk)
    return render(request, "jobs/job_detail.html", {"job": job})


@never_cache
@require_safe
@requires(Ability.VIEW)
def job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The plate of job_detail alone: static/js/job.js asks for it while the job runs."""
    job = get_owned_or_404(request, Job.objects.for_list(), pk=pk)
    return render(request, "jobs/_state.html", {"job": job})


@require_POST
@requires(Ability.MAKE_DOCUMENT)
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a failed job again."""
    job = get_owned_or_404(request, Job.objects, pk=pk)
    return redirect(retry_job(job=job))


@never_cache
@require_safe
@requires(Ability.EXPORT)
def export_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A workbook that the worker made, as long as it is kept."""
    row = get_owned_or_404(request, ExportFile.objects, pk=pk)
    if not row.file:
        raise Http404
    return FileResponse(row.file.open(), as_attachment=True, filename=f"{row.filename}.xlsx", content_type=XLSX)
