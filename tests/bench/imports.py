"""Times an import of 10,000 rows, on a PostgreSQL of its own: `./run bench imports [ROWS]`.

Prints, for each register, the seconds of the preview, of the write and of the same file again, the queries of each, and
the peak memory of the process. It is for reading: it prints, and fails nothing.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook

GOALS = "preview 15 s, write 20 s, 300 MB"


def territories(rows: int) -> bytes:
    """Sound territories, as CSV."""
    heads = "Nom;Pays;Échelon;Latitude;Longitude;Population;Remarques;Référence\n"
    lines = (f"Ville {n};Tunisie;Commune;34,{n % 90:02};10,5;{n};Note {n};ville-{n}\n" for n in range(rows))
    return (heads + "".join(lines)).encode()


def agreements(rows: int) -> bytes:
    """One agreement with each of these territories."""
    heads = "Territoire;Pays;Intitulé;Forme;Validité;Porteur;Objet;Montant;Début;Fin\n"
    end = "Convention générale;Révisable à échéance;Métropole;Eau et assainissement;1 234,50;01/01/2024;31/12/2027\n"
    return (heads + "".join(f"Ville {n};Tunisie;Convention {n};{end}" for n in range(rows))).encode()


def stakeholders(rows: int) -> bytes:
    """Stakeholders, each present in one of these territories."""
    heads = "Nom;Type;Champs économiques;Territoires;Remarques\n"
    lines = (f"Acteur {n};Clusters et pôles de compétitivité;;Ville {n} (Tunisie);Note\n" for n in range(rows))
    return (heads + "".join(lines)).encode()


def actions(rows: int) -> bytes:
    """Actions with what a service fills in a spreadsheet: place, dates, state, services, fields, goals."""
    heads = "Titre;Code du type;Territoire;Début;Fin;État;Service pilote;Champs économiques;ODD;Résultat attendu;"
    heads += "Référence\n"
    types = ("deplacements-entreprises", "accueil-delegations", "echanges-experience")
    states = ("prévue", "en cours", "terminée")
    lines = (
        f"Mission {n};{types[n % 3]};Ville {n % 200} (Tunisie);{n % 28 + 1:02}/03/2026;;{states[n % 3]};"
        f"Service du protocole;Tourisme;ODD 8;Dix entreprises accompagnées;mission-{n}\n"
        for n in range(rows)
    )
    return (heads + "".join(lines)).encode()


def malformed(rows: int) -> bytes:
    """Rows that are all wrong, each in its way."""
    wrong = ("Lyon {n};France;Commune;;", "V {n};Atlantide;Commune;;", "V {n};Tunisie;Village {n};;")
    wrong += ("V {n};Tunisie;Commune;91;{n}", ";Tunisie;Commune;;", "V {n};Tunisie;Commune;abc;def")
    lines = (wrong[n % len(wrong)].format(n=n) + "\n" for n in range(rows))
    return ("Nom;Pays;Échelon;Latitude;Longitude\n" + "".join(lines)).encode()


def as_xlsx(content: bytes) -> bytes:
    """The same rows as a workbook."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for line in content.decode().splitlines():
        page.append(line.split(";"))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def timed(work: Callable[[], Any]) -> tuple[Any, str]:
    """The result of a work, and its seconds and queries in words."""
    from django.db import connection

    counted = 0

    def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        started = time.perf_counter()
        result = work()
        spent = time.perf_counter() - started
    return result, f"{spent:5.2f} s, {counted:3} queries"


def measure(rows: int) -> None:
    """Preview, write and preview again, register by register."""
    from aict.accounts.models import Collectivity
    from aict.imports.book import Book
    from aict.imports.planning import plan
    from aict.imports.tables import propose
    from aict.imports.writing import write
    from aict.ui import spreadsheets
    from partners.import_tables import AGREEMENTS, STAKEHOLDERS, TERRITORIES
    from typology.import_tables import ACTIONS

    tenant = Collectivity.objects.create(name="Mesure", siren="200000016", kind="metropole")

    def planned(table: Any, content: bytes) -> Any:
        sheet = spreadsheets.read(content)
        return plan(sheet, propose(table, sheet.headings), table, Book(tenant))

    def full(table: Any, content: bytes) -> None:
        made, preview = timed(lambda: planned(table, content))
        _, written = timed(lambda: write(made.drafts, author=None))
        said = made.report.tally()
        made = None
        again, same = timed(lambda: planned(table, content))
        print(f"{table.slug:18} preview {preview} | write {written} | again {same} | {peak()}")
        print(f"{'':18} {said} | {again.report.tally()}")

    def preview_only(name: str, content: bytes) -> None:
        made, preview = timed(lambda: planned(TERRITORIES, content))
        counts = made.report.counts
        reasons = sum(bool(line.reasons) for line in made.report.lines)
        kept = counts["created"] + counts["updated"]
        print(f"{name:18} preview {preview} | {reasons} rows with a reason, {kept} to write | {peak()}")

    in_a_process_of_its_own(lambda: full(TERRITORIES, territories(rows)))
    in_a_process_of_its_own(lambda: full(AGREEMENTS, agreements(rows)))
    in_a_process_of_its_own(lambda: full(STAKEHOLDERS, stakeholders(rows)))
    in_a_process_of_its_own(lambda: full(ACTIONS, actions(rows)))
    in_a_process_of_its_own(lambda: print(f"{'':18} staging by COPY {timed(lambda: staged(tenant, actions(rows)))[1]}"))
    workbook = as_xlsx(territories(rows))
    in_a_process_of_its_own(lambda: preview_only("XLSX", workbook))
    in_a_process_of_its_own(lambda: preview_only("malformed", malformed(rows)))


def staged(tenant: Any, content: bytes) -> None:
    """The floor of an import of actions: the file by COPY into a table of text, then joins into the registers.

    No preview, no reason, no recognised row: what the database alone does for the same actions, links and history.
    """
    from django.db import connection, transaction

    head, _, body = content.decode().partition("\n")
    names = [f"c{place}" for place, _ in enumerate(head.split(";"))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE staging (n serial, {', '.join(f'{name} text' for name in names)}) ON COMMIT DROP"
        )
        cursor.copy_expert(
            f"COPY staging ({', '.join(names)}) FROM STDIN WITH (FORMAT csv, DELIMITER ';')", io.StringIO(body)
        )
        cursor.execute(_STAGED_ACTIONS, [tenant.pk])
        cursor.execute(_STAGED_FIELDS, [tenant.pk])
        cursor.execute(_STAGED_GOALS, [tenant.pk])
        cursor.execute(_STAGED_CHANGES, [tenant.pk])
        transaction.set_rollback(True)


# Columns without a default in the database are given one: the models hold theirs in Python.
_STAGED_ACTIONS = """
INSERT INTO typology_action (collectivity_id, created_at, updated_at, ref, visibility, nature, source, assumed, title,
  type_id, territory_id, status, status_reason, timing, starts, lead_service_id, is_template, economic_aim,
  economic_actors, expected_result, local_interest, gate_override_reason, risk_waiver)
SELECT %s, now(), now(), 'copie-' || s.c10, 'internal', '', '', '[]', s.c0, t.id, p.id,
  CASE s.c5 WHEN 'prévue' THEN 'prevue' WHEN 'en cours' THEN 'en-cours' ELSE 'terminee' END, '', 'ponctuel',
  to_date(s.c3, 'DD/MM/YYYY'), v.id, false, true, true, s.c9, '', '', ''
FROM staging s JOIN typology_actiontype t ON t.code = s.c1
LEFT JOIN partners_territory p ON p.collectivity_id = (SELECT min(collectivity_id) FROM partners_territory)
  AND p.name = split_part(s.c2, ' (', 1)
LEFT JOIN partners_internalservice v ON v.label = s.c6"""
_STAGED_FIELDS = """
INSERT INTO typology_action_fields (action_id, economicfield_id)
SELECT a.id, f.id FROM staging s JOIN typology_action a ON a.ref = 'copie-' || s.c10 AND a.collectivity_id = %s
JOIN partners_economicfield f ON f.label = s.c7"""
_STAGED_GOALS = """
INSERT INTO typology_action_sdgs (action_id, sdg_id)
SELECT a.id, g.id FROM staging s JOIN typology_action a ON a.ref = 'copie-' || s.c10 AND a.collectivity_id = %s
JOIN typology_sdg g ON 'ODD ' || g.number = s.c8"""
_STAGED_CHANGES = """
INSERT INTO accounts_change (collectivity_id, created_at, updated_at, verb, model, object_id, object_label, fields)
SELECT a.collectivity_id, now(), now(), 'created', 'typology.action', a.id, a.title, '{}'
FROM typology_action a WHERE a.collectivity_id = %s AND a.ref LIKE 'copie-%%'"""


def peak() -> str:
    """The most memory that this process has held."""
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"


def in_a_process_of_its_own(work: Callable[[], None]) -> None:
    """So that the memory of one register is not counted with another's."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        work()
        sys.stdout.flush()
        connections.close_all()
        os._exit(0)
    os.waitpid(child, 0)


def main() -> None:
    import tests.real_servers  # noqa: F401 (starts PostgreSQL and names it in the environment)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("load_reference", verbosity=0)
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    sys.stdout.flush()
    measure(rows)
    print(f"{connection.vendor}, {rows} rows; goals: {GOALS}")


if __name__ == "__main__":
    main()
