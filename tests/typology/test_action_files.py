"""The register of actions as a file: streamed CSV, workbooks at once or by the worker, and the way back in."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from aict.imports import runs
from aict.imports.models import ImportFile
from aict.imports.tables import table_of
from aict.jobs import exports, tasks
from aict.jobs.models import ExportFile, Job
from aict.ui import bulk_exports
from aict.ui.bulk_exports import Field, csv_blocks, lines
from aict.ui.exports import ACTIVE, INVISIBLE, guard, unguard
from partners.models import EconomicField
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    BudgetLineFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from tests.ui.test_exports import DANGEROUS
from typology import action_register
from typology.models import Action, ActionType, FicheOption, Sdg, Tag, TargetZone


def kind(code: str) -> ActionType:
    return ActionType.objects.get(code=code)


def filled(collectivity) -> Action:
    """An action with something in every column."""
    territory = TerritoryFactory(collectivity=collectivity, name="Sfax ; « port »")
    action = ActionFactory(
        collectivity=collectivity,
        title='Mission "export" ; filière\nmer',
        type=kind("deplacements-entreprises"),
        territory=territory,
        agreement=AgreementFactory(collectivity=collectivity, territory=territory),
        status="suspendue",
        status_reason="=Salon reporté",
        timing="recurrent",
        starts="2026-03-01",
        ends="2026-03-31",
        partnership=False,
        cost_estimate="1234.50",
        expected_result="Dix PME\r\nde la filière",
        local_interest="+ d’emplois",
        zone=TargetZone.objects.get(code="fiche-1-cibles-recurrentes"),
        ref="mission-2026",
        source="Bilan & rapport <2026>",
    )
    action.fields.set(EconomicField.objects.order_by("order")[:2])
    action.sdgs.set(Sdg.objects.filter(number__in=[8, 9]))
    action.stakeholders.set([StakeholderFactory(collectivity=collectivity, name=name) for name in ("Pôle mer", "CCI")])
    action.tags.set([Tag.objects.create(collectivity=collectivity, name=name) for name in ("mer", "priorité")])
    action.answers.set(FicheOption.objects.filter(section__fiche__code="fiche-1", group="formats")[:2])
    BudgetLineFactory(collectivity=collectivity, action=action, planned="1000.50", actual=None)
    return action


def read_csv(response) -> list[list[str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def read_xlsx(content: bytes) -> list[list[object]]:
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


# Exports -----------------------------------------------------------------------------------


def test_every_column_of_the_file_holds_what_the_action_says(officer):
    filled(officer.collectivity)
    head, row = read_csv(officer.client.get("/actions/export.csv"))
    cells = dict(zip(head, row, strict=True))
    assert cells["Titre"] == 'Mission "export" ; filière\nmer'
    assert cells["Catégorie"] == ActionType.objects.get(code="deplacements-entreprises").purpose.category.label
    assert (cells["État"], cells["Rythme"]) == ("Suspendue", "Récurrent")
    assert (cells["Début"], cells["Fin"]) == ("01/03/2026", "31/03/2026")
    assert cells["Motif de la suspension ou de l’abandon"] == "'=Salon reporté"
    assert cells["Intérêt local"] == "'+ d’emplois"
    assert cells["Partenariat entre territoires"] == "non"
    assert cells["Coût total estimé (€)"] == "1234,50"
    assert cells["Montant prévu, tous financeurs (€)"] == "1000,50"
    assert cells["Montant réalisé, tous financeurs (€)"] == ""
    assert sorted(cells["ODD"].split(" ; ")) == ["ODD 8", "ODD 9"]
    assert sorted(cells["Étiquettes"].split(" ; ")) == ["mer", "priorité"]
    assert sorted(cells["Parties prenantes"].split(" ; ")) == ["CCI", "Pôle mer"]
    assert cells["Source"] == "Bilan & rapport <2026>"


def test_the_workbook_says_what_the_csv_says_with_real_days_and_numbers(officer):
    filled(officer.collectivity)
    head, row = read_csv(officer.client.get("/actions/export.csv"))
    sheet = read_xlsx(officer.client.get("/actions/export.xlsx").content)
    assert sheet[0] == head
    cells = dict(zip(sheet[0], sheet[1], strict=True))
    assert f"{cells['Début']:%d/%m/%Y}" == "01/03/2026"
    assert cells["Coût total estimé (€)"] == 1234.5
    same = [name for name in head if isinstance(cells[name], str)]
    told = dict(zip(head, row, strict=True))
    assert {name: str(cells[name]).replace("\r\n", "\n") for name in same} == {
        name: told[name].replace("\r\n", "\n") for name in same
    }


@pytest.mark.parametrize("text", [text for text in DANGEROUS if "\x00" not in text])
def test_no_text_of_an_action_is_active_in_either_file(text, officer):
    ActionFactory(collectivity=officer.collectivity, title="Sûre", expected_result=text)
    rows = Action.objects.for_collectivity(officer.collectivity)
    fields = [Field("Titre", "title"), Field("Résultat", "expected_result")]
    told = next(
        csv.reader(io.StringIO(b"".join(list(csv_blocks(rows, fields))[1:]).decode(), newline=""), delimiter=";")
    )
    assert told == ["Sûre", guard(text)]
    assert [list(row) for row in lines(rows, fields)] == [["Sûre", text]]


def test_every_sign_that_the_guard_fears_is_seen_by_the_fast_look():
    """The block is only looked at byte by byte: no sign of Unicode passes that `guard` would stop."""
    missed = [
        sign
        for sign in map(chr, range(1, sys.maxunicode + 1))
        if not 0xD800 <= ord(sign) <= 0xDFFF
        and (unicodedata.normalize("NFKC", sign)[:1] in ACTIVE or sign.isspace() or ord(sign) in INVISIBLE)
        and guard(f"{sign}=1") != f"{sign}=1"
        and not bulk_exports._needs_guard(f";{sign}=1".encode())
        and sign not in "\r\n"
    ]
    assert missed == []
    assert bulk_exports._needs_guard(b";Titre ; avec;=1")
    assert not bulk_exports._needs_guard(";Titre;« Autre » ; un plan;12".encode())


def test_the_export_keeps_to_the_collectivite_and_to_the_filters(officer, stranger):
    ActionFactory(collectivity=officer.collectivity, title="Ici", status="en-cours")
    ActionFactory(collectivity=officer.collectivity, title="Terminée", status="terminee")
    ActionFactory(collectivity=stranger.collectivity, title="Ailleurs", status="en-cours")
    rows = read_csv(officer.client.get("/actions/export.csv", {"status": "en-cours"}))
    assert [row[0] for row in rows[1:]] == ["Ici"]


def test_the_file_takes_the_same_queries_for_one_and_thirty_actions(officer):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read_csv(officer.client.get("/actions/export.csv"))
        return len(queries)

    filled(officer.collectivity)
    one = count()
    ActionFactory.create_batch(29, collectivity=officer.collectivity)
    assert count() == one


def test_a_long_workbook_is_made_by_the_worker_for_whoever_asked(
    officer, admin, stranger, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    ActionFactory.create_batch(3, collectivity=officer.collectivity, status="en-cours")
    ActionFactory(collectivity=officer.collectivity, status="terminee")
    address = "/actions/export.xlsx?status=en-cours"
    assert "Préparer le classeur" in officer.client.get(address).content.decode()
    response = officer.client.post(address)
    job = Job.objects.get()
    assert response.url == job.get_absolute_url()
    tasks.run_job(job.pk)
    job.refresh_from_db()
    row = ExportFile.objects.get()
    assert (job.state, row.count, job.result_url) == ("done", 3, row.get_absolute_url())
    got = officer.client.get(job.result_url)
    assert len(read_xlsx(b"".join(got.streaming_content))) == 4
    assert stranger.client.get(job.result_url).status_code == 404
    assert exports.forget_old(now=timezone.now() + timedelta(days=8)) == 1
    assert officer.client.get(job.result_url).status_code == 404


def test_a_workbook_is_not_made_for_somebody_who_left(officer):
    job = exports.ask(action_register.ACTIONS, access=officer.access, query="")
    type(officer.access.user).objects.filter(pk=officer.user.pk).update(is_active=False)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "ne peut plus exporter" in job.error
    assert not ExportFile.objects.get().file


# Imports -----------------------------------------------------------------------------------


def imported(person, text: str) -> ImportFile:
    table = table_of("actions")
    row = runs.take(
        content=text.encode(),
        filename="actions.csv",
        table=table,
        owner=person.user,
        collectivity=person.collectivity,
        abilities=person.access.abilities,
    )
    runs.check(row=row, mapping=row.mapping)
    return row


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_an_export_read_back_changes_nothing(officer):
    filled(officer.collectivity)
    ActionFactory(collectivity=officer.collectivity, type=kind("echanges-experience"))
    text = b"".join(officer.client.get("/actions/export.csv").streaming_content).decode("utf-8-sig")
    row = imported(officer, text)
    assert row.summary["counts"] == {"created": 0, "updated": 0, "unchanged": 2, "refused": 0, "aside": 0}, (
        runs.report_of(row)
    )


def test_an_export_read_in_another_collectivite_makes_the_same_actions(officer, stranger):
    filled(officer.collectivity)
    head, told = read_csv(officer.client.get("/actions/export.csv"))
    place = TerritoryFactory(collectivity=stranger.collectivity, name="Sfax ; « port »")
    AgreementFactory(collectivity=stranger.collectivity, territory=place, title=told[head.index("Accord")])
    for name in ("Pôle mer", "CCI"):
        StakeholderFactory(collectivity=stranger.collectivity, name=name)
    text = b"".join(officer.client.get("/actions/export.csv").streaming_content).decode("utf-8-sig")
    row = imported(stranger, text)
    assert row.summary["counts"]["created"] == 1, runs.report_of(row)
    runs.run(row=row, author=stranger.user, only_good=True, at=timezone.now())
    again = read_csv(stranger.client.get("/actions/export.csv"))[1]
    gone = {"Montant prévu, tous financeurs (€)"}  # budget lines are not in this file
    assert {n: v for n, v in zip(head, again, strict=True) if n not in gone} == {
        n: v for n, v in zip(head, told, strict=True) if n not in gone
    }


def test_each_bad_line_is_refused_where_it_fails_and_the_others_are_ready(officer):
    gone = TerritoryFactory(collectivity=officer.collectivity, name="Ville fermée", deleted_at=timezone.now())
    text = "\n".join(
        [
            "Titre;Type;Territoire;Début;Fin;État;Coût total estimé (€);Étiquettes",
            'Bonne;deplacements-entreprises;;2026-01-10;2026-01-12;prévue;1200,50;"mer ; Mer"',
            "Type inconnu;voyages divers;;;;prévue;;",
            f"Territoire supprimé;deplacements-entreprises;{gone.name};;;prévue;;",
            "Dates;deplacements-entreprises;;2026-02-10;2026-02-01;prévue;;",
            "Coût;deplacements-entreprises;;;;prévue;-5;",
            "Programmée;deplacements-entreprises;;;;programmée;;",
            'Bonne;deplacements-entreprises;;2026-01-10;2026-01-12;prévue;1200,50;"mer ; Mer"',
        ]
    )
    row = imported(officer, text)
    told = runs.report_of(row)
    assert [line.outcome for line in told] == ["created", *["refused"] * 5, "unchanged"]
    assert row.summary["counts"] == {"created": 1, "updated": 0, "unchanged": 1, "refused": 5, "aside": 0}
    places = {line.number: line.reasons[0].cell for line in told if line.outcome == "refused"}
    assert (places[3], places[4], places[6], places[7]) == ("B3", "C4", "G6", "F7")
    runs.run(row=row, author=officer.user, only_good=True, at=timezone.now())
    assert [tag.name for tag in Action.objects.get().tags.all()] == ["mer"]


def test_one_bad_type_in_the_middle_is_told_and_the_queries_are_counted(officer):
    head = "Titre;Code du type;Début;Champs économiques;ODD"
    goods = [f"Action {n};deplacements-entreprises;2026-01-{n % 28 + 1:02};;ODD 8" for n in range(300)]
    goods[150] = "Action 150;type-inconnu;2026-01-01;;ODD 8"
    with CaptureQueriesContext(connection) as queries:
        row = imported(officer, "\n".join([head, *goods]))
    assert row.summary["counts"] == {"created": 299, "updated": 0, "unchanged": 0, "refused": 1, "aside": 0}
    assert len(queries) <= 30
    with CaptureQueriesContext(connection) as queries:
        runs.run(row=row, author=officer.user, only_good=True, at=timezone.now())
    assert Action.objects.count() == 299
    assert len(queries) <= 40 if connection.vendor == "sqlite" else len(queries) <= 30


def test_the_page_of_imports_proposes_actions(economic):
    page = economic.client.get("/imports/").content.decode()
    assert "Actions" in page
    file = SimpleUploadedFile("a.csv", b"Titre;Type\nUne;deplacements-entreprises")
    assert economic.client.post("/imports/", {"register": "actions", "file": file}).status_code in (200, 302)


def test_the_rows_of_the_worker_are_those_of_the_page(officer):
    ActionFactory(collectivity=officer.collectivity, title="Une", status="en-cours")
    ActionFactory(collectivity=officer.collectivity, title="Deux", status="terminee")
    rows = action_register.rows(officer.access, QueryDict("status=terminee"))
    assert [row.title for row in rows] == ["Deux"]
    assert unguard(guard("=1")) == "=1"
