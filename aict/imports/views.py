"""The pages of an import: upload, columns, preview, result. Nothing is written before the last gesture.

The economic service writes stakeholders, the officer all three registers: the door lets both in, and the register of
the file decides.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.accounts.registers import PAGE_SIZE, page_of
from aict.imports import runs
from aict.imports.forms import MappingForm, ReadingForm, UploadForm, WriteForm
from aict.imports.models import KEPT_DAYS, ImportFile
from aict.imports.report import Outcome
from aict.imports.report import refusals as reasons_of
from aict.imports.tables import Table, table_of, tables_for
from aict.ui.exports import Column, csv_response
from aict.ui.workbooks import RefusedFileError

REFUSALS = [
    Column("Ligne", lambda one: one[0]),
    Column("Colonne", lambda one: one[1]),
    Column("Cellule", lambda one: one[2]),
    Column("Valeur", lambda one: one[3]),
    Column("Motif", lambda one: one[4]),
]
# Look, word of a line, word of several; the past tense waits until something is written.
OUTCOMES = {
    Outcome.REFUSED: ("danger", "Refusée", "Refusées"),
    Outcome.CREATED: ("ok", "Créée", "Créées"),
    Outcome.UPDATED: ("info", "Modifiée", "Modifiées"),
    Outcome.UNCHANGED: ("mute", "Inchangée", "Inchangées"),
    Outcome.ASIDE: ("mute", "Mise de côté", "Mises de côté"),
}
TO_COME = {
    Outcome.CREATED: ("ok", "À créer", "À créer"),
    Outcome.UPDATED: ("info", "À modifier", "À modifier"),
}


def _of(request: HttpRequest, pk: int) -> tuple[ImportFile, Table]:
    """An import of this collectivité and its register; 403 when the register is not this person's to write."""
    row = get_owned_or_404(request, ImportFile.objects, pk=pk)
    table = table_of(row.register)
    if not request.access.may(table.ability):
        raise PermissionDenied
    return row, table


@requires(Ability.EDIT_STAKEHOLDERS)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a register and a file; the imports of these last days are listed below."""
    access = request.access
    tables = tables_for(access.abilities)
    slugs = [table.slug for table in tables_for(access.abilities, formats=True)]
    asked = request.POST.get("register") or request.GET.get("registre")
    table = next((table for table in tables if table.slug == asked), tables[0])
    initial = {"register": table.slug}
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent, access=access, initial=initial)
    if form.is_valid() and (row := _taken(request, form)):
        return redirect(row)
    rows = ImportFile.objects.for_collectivity(access.collectivity).for_list(slugs)
    context = {"form": form, "table": table, "page": page_of(request, rows), "days": KEPT_DAYS, "labels": tables}
    return render(request, "imports/upload.html", context)


def _taken(request: HttpRequest, form: UploadForm) -> ImportFile | None:
    """The file, kept; or its refusal beside the field."""
    file, access = form.cleaned_data["file"], request.access
    try:
        return runs.take(
            content=file.read(),
            filename=file.name,
            table=form.table,
            owner=access.user,
            collectivity=access.collectivity,
            abilities=access.abilities,
        )
    except RefusedFileError as refused:
        form.add_error("file", str(refused))
        return None


@requires(Ability.EDIT_STAKEHOLDERS)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column fills, how the file is read; then the check of every row."""
    row, table = _of(request, pk)
    if row.is_written:
        return redirect(row)
    try:
        sheet = runs.sheet_of(row)
        reading = ReadingForm(request.POST if "relire" in request.POST else None, sheet=sheet)
        form = MappingForm(request.POST if "verifier" in request.POST else None, sheet=sheet, table=table, row=row)
        if reading.is_valid():
            runs.reread(row=row, reading=reading.reading)
            return redirect("imports:columns", pk)
        if form.is_valid():
            runs.check(row=row, mapping=form.mapping, blanks_erase=form.blanks_erase)
            return redirect("imports:preview", pk)
    except runs.NotWrittenError as refused:
        messages.error(request, str(refused))
        return redirect("imports:upload")
    except RefusedFileError as refused:
        messages.error(request, str(refused))
        return redirect("imports:columns", pk) if request.method == "POST" else redirect("imports:upload")
    context = {"row": row, "table": table, "sheet": sheet, "form": form, "reading": reading}
    return render(request, "imports/columns.html", context)


@requires(Ability.EDIT_STAKEHOLDERS)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The report, row by row, then the write."""
    row, table = _of(request, pk)
    if row.is_written or not row.summary:
        return redirect(row)
    refused = runs.counted(row)[Outcome.REFUSED]
    initial = {"mode": WriteForm.GOOD if refused else WriteForm.ALL}  # all or nothing could only fail
    form = WriteForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            runs.run(row=row, author=request.access.user, only_good=form.only_good, at=timezone.now())
            return redirect("imports:result", pk)
        except (runs.NotWrittenError, RefusedFileError) as refused:
            form.add_error(None, str(refused))
    return render(request, "imports/preview.html", _report_context(request, row, table) | {"form": form})


@require_safe
@requires(Ability.EDIT_STAKEHOLDERS)
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What was written."""
    row, table = _of(request, pk)
    if not row.is_written:
        return redirect(row)
    return render(request, "imports/result.html", _report_context(request, row, table))


def _report_context(request: HttpRequest, row: ImportFile, table: Table) -> dict[str, Any]:
    counts, words = runs.counted(row), OUTCOMES if row.is_written else OUTCOMES | TO_COME
    asked = request.GET.get("lignes", "")
    only = asked if asked in OUTCOMES else ""
    page = Paginator(runs.report_of(row, only), PAGE_SIZE).get_page(request.GET.get("page"))
    refused = counts[Outcome.REFUSED]
    return {
        "row": row,
        "table": table,
        "page": page,
        "lines": [{"line": line, "kind": words[line.outcome][0], "word": words[line.outcome][1]} for line in page],
        "shown": only,
        "tabs": [(outcome.value, many, counts[outcome], kind) for outcome, (kind, _, many) in words.items()],
        "total": counts.total(),
        "refused": refused,
        "to_write": counts[Outcome.CREATED] + counts[Outcome.UPDATED],
        "notices": row.summary.get("notices", []),
    }


@require_safe
@requires(Ability.EDIT_STAKEHOLDERS)
def refusals(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every reason, as CSV: line, column, cell, value, reason."""
    row, _ = _of(request, pk)
    return csv_response(reasons_of(runs.report_of(row, Outcome.REFUSED)), REFUSALS, "refus.csv")


@require_POST
@requires(Ability.EDIT_STAKEHOLDERS)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file that is not written."""
    row, _ = _of(request, pk)
    if row.is_written:
        return redirect(row)
    row.forget_all()
    row.delete()
    messages.success(request, f"Import abandonné : « {row.filename} » est retiré. Rien n’a été écrit.")
    return redirect("imports:upload")
