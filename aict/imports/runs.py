"""The life of an import: its file is read, checked into a report, written or forgotten."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from aict.accounts.models import Collectivity, User
from aict.imports.book import Book
from aict.imports.models import ImportFile, ImportState
from aict.imports.planning import Plan, plan
from aict.imports.report import LineReport, Outcome
from aict.imports.tables import Table, propose, recognised, table_of
from aict.imports.writing import write
from aict.ui import spreadsheets
from aict.ui.spreadsheets import Reading, Sheet


class NotWrittenError(Exception):
    """Nothing was written; the message says why and what to do, in French."""


GONE = "Ce fichier n’est plus conservé : déposez-le de nouveau."
CHANGED = (
    "Rien n’a été écrit : le registre a changé depuis la vérification. Le rapport ci-dessous est à jour ; relisez-le, "
    "puis recommencez."
)
AT_ONCE = "Rien n’a été écrit : une autre personne a modifié les mêmes fiches au même moment. Recommencez."


def take(
    *, content: bytes, filename: str, table: Table, owner: User, collectivity: Collectivity, abilities: Any
) -> ImportFile:
    """Keep an uploaded file, with the columns proposed. Raises RefusedFileError when it is not a table."""
    sheet = spreadsheets.read(content)
    table = recognised(sheet.headings, abilities) or table
    row = ImportFile(collectivity=collectivity, owner=owner, register=table.slug, filename=filename[-200:])
    row.reading, row.mapping = asdict(sheet.reading), propose(table, sheet.headings)
    row.file.save("", ContentFile(content), save=False)
    row.save()
    return row


def sheet_of(row: ImportFile) -> Sheet:
    """The file read again. Raises RefusedFileError when it is gone, or not readable in the way that was asked."""
    try:
        with row.file.open("rb") as stream:
            content = stream.read()
    except (FileNotFoundError, ValueError):
        raise spreadsheets.RefusedFileError(GONE) from None
    return spreadsheets.read(content, Reading(**row.reading))


def reread(*, row: ImportFile, reading: Reading) -> None:
    """Read the file otherwise, and propose its columns again."""
    row.reading = asdict(reading)
    sheet = sheet_of(row)
    row.reading, row.mapping = asdict(sheet.reading), propose(table_of(row.register), sheet.headings)
    row.state, row.summary = ImportState.UPLOADED, {}
    row.save(update_fields=["reading", "mapping", "state", "summary", "updated_at"])


def check(*, row: ImportFile, mapping: Sequence[str]) -> None:
    """Plan everything, write nothing, keep the report."""
    row.mapping, row.state = list(mapping), ImportState.CHECKED
    made = plan(sheet_of(row), row.mapping, table_of(row.register), Book(row.collectivity))
    _keep_report(row, made)


def _keep_report(row: ImportFile, made: Plan) -> None:
    lines = "\n".join(json.dumps(line.as_json(), ensure_ascii=False) for line in made.report.lines)
    if row.report:
        row.report.delete(save=False)
    row.report.save("", ContentFile(lines.encode()), save=False)
    row.summary = {"counts": _counts(made), "notices": made.report.notices[:200]}
    row.save(update_fields=["mapping", "state", "summary", "report", "updated_at"])


def _counts(made: Plan) -> dict[str, int]:
    counts = made.report.counts
    return {outcome.value: counts[outcome] for outcome in Outcome}


def report_of(row: ImportFile, only: str = "") -> list[LineReport]:
    """The lines of the report, of one outcome when it is given; empty once they are forgotten."""
    try:
        with row.report.open("rb") as stream:
            lines = [json.loads(line) for line in stream.read().decode().splitlines()]
    except (FileNotFoundError, ValueError):
        return []
    return [LineReport.of_json(line) for line in lines if not only or line[1] == only]


def run(*, row: ImportFile, author: User, only_good: bool, at: datetime) -> None:
    """Write what was checked, in one transaction. Raises NotWrittenError when nothing can be written."""
    try:
        stale = _run(row, author, only_good, at)
    except IntegrityError:
        raise NotWrittenError(AT_ONCE) from None
    if stale:
        _keep_report(row, stale)
        raise NotWrittenError(CHANGED)


@transaction.atomic
def _run(row: ImportFile, author: User, only_good: bool, at: datetime) -> Plan | None:
    """Write, and nothing to answer; or the new plan when it is not the one that was shown."""
    # Two imports of one collectivité, or a double click: one after the other, the second sees what the first wrote.
    Collectivity.objects.select_for_update().get(pk=row.collectivity_id)
    fresh = ImportFile.objects.get(pk=row.pk)
    if fresh.is_written:
        return None
    made = plan(sheet_of(fresh), fresh.mapping, table_of(fresh.register), Book(fresh.collectivity, lock=True))
    if _counts(made) != fresh.summary.get("counts"):
        return made
    refused = made.report.counts[Outcome.REFUSED]
    if refused and not only_good:
        what = f"{refused} lignes sont refusées" if refused > 1 else "une ligne est refusée"
        raise NotWrittenError(
            f"Rien n’a été écrit : {what}. Corrigez le fichier, ou choisissez d’écrire les seules lignes acceptées."
        )
    write(made.drafts, author=author)
    row.state, row.written_at = ImportState.WRITTEN, at
    row.save(update_fields=["state", "written_at", "updated_at"])
    transaction.on_commit(row.forget_file)
    return None


def forget_old(*, now: datetime) -> int:
    """Remove the files and reports of imports that are out of date; how many."""
    rows = list(ImportFile.objects.out_of_date(now))
    for row in rows:
        row.forget_all()
    return len(rows)


def counted(row: ImportFile) -> Counter[Outcome]:
    """The counts of the report."""
    return Counter({Outcome(name): count for name, count in row.summary.get("counts", {}).items()})
