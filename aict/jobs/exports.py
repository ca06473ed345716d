"""Exports of long registers: CSV as it is read; XLSX at once when it is short, else by the worker, with progress.

An app declares a `Register` that its views import; the page, the worker and the tests read the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from tempfile import TemporaryFile

from django.core.exceptions import BadRequest
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from aict.accounts.access import Access
from aict.accounts.enums import Ability
from aict.accounts.models import Membership
from aict.jobs.lease import Progress
from aict.jobs.models import ExportFile, Job
from aict.jobs.queue import request_job
from aict.jobs.registry import JobError
from aict.ui import bulk_exports, bulk_workbooks
from aict.ui.bulk_exports import Field
from aict.ui.exports import XLSX

JOB_KIND = "export"
AT_ONCE = 2000  # rows of a workbook that is made while the person waits: less than a second
LONGEST: int = ExportFile._meta.get_field("query").max_length or 0
READING, KEEPING = "Lecture des lignes", "Mise à disposition du fichier"


@dataclass(frozen=True)
class Register:
    """A register that is exported in bulk: `rows` gives what a reader sees through the filters of an address."""

    slug: str
    label: str
    nouns: str  # « action,actions »
    rows: Callable[[Access, QueryDict], QuerySet]
    fields: Sequence[Field]


_REGISTERS: dict[str, Register] = {}


def register(one: Register) -> Register:
    """Make a register known to the worker; called once by the app that owns it."""
    _REGISTERS[one.slug] = one
    return one


def answer(request: HttpRequest, one: Register, format: str) -> HttpResponseBase:
    """The file, or the page that proposes to have it made by the worker. Raises Http404 for another format.

    A POST asks the worker for it.
    """
    rows = one.rows(request.access, request.GET)
    if format == "csv":
        response = StreamingHttpResponse(
            bulk_exports.csv_blocks(rows, one.fields), content_type="text/csv; charset=utf-8"
        )
        return _attached(response, f"{one.slug}.csv")
    if format != "xlsx":
        raise Http404
    if request.method == "POST":
        query = request.GET.urlencode()
        if len(query) > LONGEST:
            raise BadRequest("Les filtres de cette adresse sont trop longs : reprenez-les depuis la liste.")
        return redirect(ask(one, access=request.access, query=query))
    count = rows.order_by().values("pk")[: AT_ONCE + 1].count()
    if count > AT_ONCE:
        return render(request, "jobs/export_ask.html", {"register": one, "at_once": AT_ONCE})
    file = BytesIO()
    bulk_workbooks.write(file, bulk_exports.lines(rows, one.fields), one.fields, sheet=one.label)
    return _attached(HttpResponse(file.getvalue(), content_type=XLSX), f"{one.slug}.xlsx")


def _attached(response: HttpResponseBase, filename: str) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


@transaction.atomic
def ask(one: Register, *, access: Access, query: str) -> Job:
    """Have the workbook made by the worker: the job to follow."""
    assert access.collectivity  # the door lets nobody in without one
    row = ExportFile.objects.create(
        collectivity=access.collectivity, register=one.slug, query=query, owner=access.user, filename=one.slug
    )
    return request_job(
        kind=JOB_KIND,
        label=f"Export : {one.label.lower()}",
        owner=access.user,
        collectivity=access.collectivity,
        target_id=row.pk,
    )


def make(job: Job, progress: Progress) -> str:
    """Write the workbook that a job asks for, once; the address of its download."""
    row = ExportFile.objects.for_collectivity(job.collectivity).filter(pk=job.target_id).first()
    one = _REGISTERS.get(row.register) if row else None
    if row is None or one is None:
        raise JobError("Cet export n’existe plus.", how="Ouvrez la liste et demandez un nouvel export.")
    if not row.file:
        rows = one.rows(_access_of(row), QueryDict(row.query))
        total = rows.order_by().count()
        with TemporaryFile() as file:
            try:
                row.count = bulk_workbooks.write(
                    file,
                    bulk_exports.lines(rows, one.fields),
                    one.fields,
                    sheet=one.label,
                    progress=lambda count: progress(min(95, 5 + 90 * count // max(total, 1)), READING),
                )
            except bulk_workbooks.TooManyRowsError as error:
                raise JobError(str(error), how="Choisissez une année, ou exportez en CSV.") from None
            progress(97, KEEPING)
            file.seek(0)
            row.file.save("", File(file), save=False)
        row.save(update_fields=["file", "count", "updated_at"])
    return row.get_absolute_url()


def _access_of(row: ExportFile) -> Access:
    """What the person who asked may read now. Raises JobError when it is nothing any more."""
    members = Membership.objects.for_collectivity(row.collectivity).able_to(Ability.EXPORT)
    member = members.filter(user=row.owner).select_related("user", "collectivity").first()
    if member is None:
        raise JobError("La personne qui a demandé cet export ne peut plus exporter.", how="Demandez-le de nouveau.")
    return Access.of(member)


def forget_old(*, now: datetime) -> int:
    """Remove the workbooks that are out of date; how many."""
    rows = list(ExportFile.objects.out_of_date(now))
    for row in rows:
        row.file.delete(save=False)
        row.save(update_fields=["file", "updated_at"])
    return len(rows)
