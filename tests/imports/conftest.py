"""What the tests of imports share: a file planned and written for one collectivité."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from aict.imports.book import Book
from aict.imports.planning import Plan, plan
from aict.imports.tables import Table, propose
from aict.imports.writing import write
from aict.ui import spreadsheets


@pytest.fixture
def planned(collectivity):
    """Plans a file: `planned(TERRITORIES, "Nom;Pays…")`."""

    def make(table: Table, content: bytes | str, tenant: Any = None, **choices: Any) -> Plan:
        content = content.encode() if isinstance(content, str) else content
        sheet = spreadsheets.read(content)
        return plan(sheet, propose(table, sheet.headings), table, Book(tenant or collectivity), **choices)

    return make


@pytest.fixture
def imported(planned, officer):
    """Plans a file and writes its accepted rows."""

    def make(table: Table, content: bytes | str, tenant: Any = None, **choices: Any) -> Plan:
        made = planned(table, content, tenant, **choices)
        write(made.drafts, author=officer.user)
        return made

    return make


def outcomes(made: Plan) -> list[str]:
    """What each row becomes, in order."""
    return [line.outcome.value for line in made.report.lines]


def reasons(made: Plan) -> list[str]:
    """Every reason, with plain spaces: « Pays (B2) : … »."""
    return [
        f"{one.column} ({one.cell}) : {one.text}".replace("\u00a0", " ")
        for line in made.report.lines
        for one in line.reasons
    ]


def packets(queries: int, rows: int) -> int:
    """The bound of an import's queries: on SQLite a table is written by packets of 999 values, about twenty rows."""
    return queries if connection.vendor == "postgresql" else queries + rows // 20
