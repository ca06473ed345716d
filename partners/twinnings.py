"""Twinnings of many collectivités in one file, keyed by SIREN: the gesture of the instance's administrator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from aict.accounts.enums import CollectivityKind
from aict.accounts.models import Change, Collectivity, User
from aict.imports.book import Book
from aict.imports.planning import Draft
from aict.imports.report import LineReport, Report
from aict.imports.tables import Table, propose
from aict.imports.writing import write
from aict.ui.spreadsheets import Sheet, shown
from partners.import_tables import AGREEMENTS, TERRITORIES
from partners.import_tables.twinnings import TWINNINGS, Reader, Twin, Twinner, siren_problem

UNKNOWN = (
    "Aucune collectivité de cette installation n’a le SIREN {siren}. Ouvrez-la, ou relancez avec "
    "--create-collectivities."
)


@dataclass
class Outcomes:
    """What the import of a whole file did."""

    report: Report = field(default_factory=Report)
    opened: list[Collectivity] = field(default_factory=list)
    territories: int = 0
    drafts: list[Draft] = field(default_factory=list)


@transaction.atomic
def import_all(*, sheet: Sheet, create: bool, author: User | None) -> Outcomes:
    """Write the rows of every collectivité that is known, or opened with `create`; all or nothing on an error."""
    shared: dict[Any, Any] = {}
    reader = Reader(sheet, propose(TWINNINGS, sheet.headings), Book(Collectivity(), shared=shared))
    reading = reader.read()
    done = Outcomes()
    groups: dict[str, list[Twin]] = {}
    for twin in reading.twins:
        groups.setdefault(twin.siren, []).append(twin)
    tenants = {one.siren: one for one in Collectivity.objects.filter(siren__in=groups).select_for_update(no_key=True)}
    if create:
        done.opened = _open(reader, {siren: twins for siren, twins in groups.items() if siren not in tenants}, author)
        tenants |= {one.siren: one for one in done.opened}
    rows = {table.slug: _rows_by_tenant(table, tenants.values()) for table in (TERRITORIES, AGREEMENTS)}
    for siren, twins in groups.items():
        if siren in tenants:
            mine = {slug: found.get(tenants[siren].pk, []) for slug, found in rows.items()}
            twinner = Twinner(Book(tenants[siren], shared=shared), reader, reading, mine)
            for twin in twins:
                twinner.add(twin)
            done.report.lines += twinner.plan.report.lines
            done.drafts += twinner.plan.drafts
        else:
            done.report.lines += [_unknown(reader, twin) for twin in twins]
    done.report.lines += reading.refused
    done.report.lines.sort(key=lambda line: line.number)
    done.report.notices = [*sheet.notices, *(text for text, _ in reading.notices)]
    done.drafts.sort(key=lambda draft: draft.table.slug, reverse=True)  # territories first: agreements cite them
    write(done.drafts, author=author)
    done.territories = sum(draft.table.slug == "territoires" for draft in done.drafts)
    return done


def _rows_by_tenant(table: Table, tenants: Iterable[Collectivity]) -> dict[int, list[Any]]:
    """The rows of a register of many collectivités, locked until the end: a few queries for all of them."""
    found: dict[int, list[Any]] = {}
    rows = (
        table.model.objects.filter(collectivity__in=list(tenants))
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    for row in table.load(rows):
        found.setdefault(row.collectivity_id, []).append(row)
    return found


def _unknown(reader: Reader, twin: Twin) -> LineReport:
    return reader.refused(twin.line, "siren", siren_problem(twin.siren) or UNKNOWN.format(siren=twin.siren))


def _open(reader: Reader, groups: dict[str, list[Twin]], author: User | None) -> list[Collectivity]:
    """Open the collectivités of the file that have a sound SIREN, described by their first row."""
    opened = [_described(reader, siren, twins) for siren, twins in groups.items() if not siren_problem(siren)]
    Collectivity.objects.bulk_create(opened, batch_size=500)
    Change.objects.bulk_create(
        Change(
            collectivity=one,
            author=author,
            verb=Change.Verb.CREATED,
            model=one._meta.label_lower,
            object_id=one.pk,
            object_label=str(one),
        )
        for one in opened
    )
    return opened


def _described(reader: Reader, siren: str, twins: Sequence[Twin]) -> Collectivity:
    cells, places = twins[0].line.cells, reader.places

    def said(key: str) -> str:
        return shown(cells[places[key]]).strip() if key in places else ""

    population = said("population").replace(" ", "")
    return Collectivity(
        siren=siren,
        name=said("collectivity")[:160] or f"Collectivité {siren}",
        kind=CollectivityKind.COMMUNE,
        department=said("department")[:3],
        population=int(population) if population.isascii() and population.isdigit() and len(population) < 9 else None,
    )
