"""The life of an import: its file is read, checked into a report, written or forgotten."""

from __future__ import annotations

import hashlib
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
ALREADY = "Ce fichier est déjà écrit, ou retiré : son import ne change plus."
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


def _hold(row: ImportFile) -> ImportFile:
    """The import as it is now, kept from every other gesture until the transaction ends.

    Two tabs of one import: the first writes or abandons it, the second must not bring it back.
    Raises NotWrittenError when it is written or gone.
    """
    fresh = ImportFile.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if fresh is None or fresh.is_written:
        raise NotWrittenError(ALREADY)
    return fresh


@transaction.atomic
def reread(*, row: ImportFile, reading: Reading) -> None:
    """Read the file otherwise, and propose its columns again. Raises NotWrittenError once it is written or gone."""
    _hold(row)
    row.reading = asdict(reading)
    sheet = sheet_of(row)
    row.reading, row.mapping = asdict(sheet.reading), propose(table_of(row.register), sheet.headings)
    row.state, row.summary = ImportState.UPLOADED, {}
    row.save(update_fields=["reading", "mapping", "state", "summary", "updated_at"])


@transaction.atomic
def check(*, row: ImportFile, mapping: Sequence[str], blanks_erase: bool = False) -> None:
    """Plan everything, write nothing, keep the report. Raises NotWrittenError once it is written or gone."""
    _hold(row)
    row.mapping, row.blanks_erase, row.state = list(mapping), blanks_erase, ImportState.CHECKED
    made = _planned(row)
    _keep_report(row, made)


def _planned(row: ImportFile, *, lock: bool = False) -> Plan:
    book = Book(row.collectivity, lock=lock)
    return plan(sheet_of(row), row.mapping, table_of(row.register), book, blanks_erase=row.blanks_erase)


def _keep_report(row: ImportFile, made: Plan) -> None:
    lines = "\n".join(json.dumps(line.as_json(), ensure_ascii=False) for line in made.report.lines)
    if row.report:
        row.report.delete(save=False)
    row.report.save("", ContentFile(lines.encode()), save=False)
    row.summary = {"counts": _counts(made), "notices": made.report.notices[:200], "plan": _fingerprint(row, made)}
    row.save(update_fields=["mapping", "blanks_erase", "state", "summary", "report", "updated_at"])


def _counts(made: Plan) -> dict[str, int]:
    counts = made.report.counts
    return {outcome.value: counts[outcome] for outcome in Outcome}


def _fingerprint(row: ImportFile, made: Plan) -> str:
    """What the reader of a preview agrees to: which column fills what, what each row becomes, each value replaced."""
    shown = [
        [line.number, line.outcome, [[c.column, c.before, c.after] for c in line.changes]] for line in made.report.lines
    ]
    agreed = [row.mapping, row.reading, row.blanks_erase, shown]
    return hashlib.sha256(json.dumps(agreed, sort_keys=True).encode()).hexdigest()


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
        row.refresh_from_db()
        _keep_report(row, stale)
        raise NotWrittenError(CHANGED)


@transaction.atomic
def _run(row: ImportFile, author: User, only_good: bool, at: datetime) -> Plan | None:
    """Write, and nothing to answer; or the new plan when it is not the one that was shown."""
    # Two imports of one collectivité, or a double click: one after the other, the second sees what the first wrote.
    # Of the collectivité no key is held: what colleagues save meanwhile, which cites it, does not wait.
    Collectivity.objects.select_for_update(no_key=True).get(pk=row.collectivity_id)
    fresh = ImportFile.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if fresh is None:
        raise NotWrittenError(ALREADY)
    if fresh.is_written:
        return None
    made = _planned(fresh, lock=True)
    if _fingerprint(fresh, made) != fresh.summary.get("plan"):
        return made
    refused = made.report.counts[Outcome.REFUSED]
    if refused and not only_good:
        what = f"{refused} lignes sont refusées" if refused > 1 else "une ligne est refusée"
        raise NotWrittenError(
            f"Rien n’a été écrit : {what}. Corrigez le fichier, ou choisissez d’écrire les seules lignes acceptées."
        )
    write(made.drafts, author=author)
    fresh.state, fresh.written_at = ImportState.WRITTEN, at
    fresh.save(update_fields=["state", "written_at", "updated_at"])
    transaction.on_commit(fresh.forget_file)
    return None


@transaction.atomic
def discard(*, row: ImportFile) -> None:
    """Forget a file that is not written. Raises NotWrittenError when it is written already."""
    fresh = _hold(row)
    fresh.forget_all()
    fresh.delete()


def forget_old(*, now: datetime) -> int:
    """Remove the files and reports of imports that are out of date; how many."""
    rows = list(ImportFile.objects.out_of_date(now))
    for row in rows:
        row.forget_all()
    return len(rows)


def counted(row: ImportFile) -> Counter[Outcome]:
    """The counts of the report."""
    return Counter({Outcome(name): count for name, count in row.summary.get("counts", {}).items()})
