"""Export → import: 0 differences, in the same collectivité and in an empty one."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from aict.accounts.models import Change
from partners.import_tables import AGREEMENTS, STAKEHOLDERS, TERRITORIES
from partners.models import (
    Agreement,
    AgreementParty,
    Amendment,
    Country,
    EconomicField,
    FirmGroup,
    NafSection,
    StakeholderType,
    Territory,
)
from tests.conftest import make_actor
from tests.factories import AgreementFactory, StakeholderFactory, TerritoryFactory
from tests.imports.conftest import outcomes, reasons

HOSTILE = ["=1+1", "-2", "@cmd", "'=déjà", 'a;b"c\nd', "<b>x</b> 🚀 ‮", "+33 1", "Ligne 1\r\nLigne 2"]
REGISTERS = {TERRITORIES: "territory", AGREEMENTS: "agreement", STAKEHOLDERS: "stakeholder"}


def export(actor: Any, table: Any, form: str) -> bytes:
    response = actor.client.get(reverse(f"partners:{REGISTERS[table]}_export", args=[form]))
    return response.getvalue()


@pytest.fixture
def registers(collectivity):
    """Rows with every column filled, rows with none, and text that a spreadsheet would run."""
    mine = {"collectivity": collectivity}
    japan = Country.objects.get(code="jp")
    own = TerritoryFactory(name="Métropole", country=Country.objects.get(code="fr"), is_own=True, **mine)
    full = TerritoryFactory(
        name="Tsukuba",
        name_en="Tsukuba City",
        name_local="つくば市",
        country=japan,
        latitude="36.08333",
        longitude="140.1",
        population=241656,
        wikidata="Q204479",
        links="https://example.org/a\r\nhttps://example.org/b",
        note=HOSTILE[4],
        visibility="network",
        nature="fait",
        source="Source",
        ref="tsukuba",
        **mine,
    )
    twins = [TerritoryFactory(name="Halle", country=Country.objects.get(code="de"), note=text, **mine) for text in "ab"]
    sfax = TerritoryFactory(name="Sfax", **mine)
    for text in HOSTILE:
        TerritoryFactory(name=text.replace("\r\n", " ").replace("\n", " "), note=text, **mine)
    pole = StakeholderFactory(
        name="Pôle Eau", name_local="水", siren="732829320", website="https://example.org", note=HOSTILE[7], **mine
    )
    pole.fields.set(EconomicField.objects.all()[:3])
    pole.territories.set([full, sfax])
    firm = StakeholderFactory(
        name="=Entreprise",
        type=StakeholderType.objects.get(code="entreprise"),
        group=FirmGroup.objects.create(name="Groupe", **mine),
        naf=NafSection.objects.first(),
        **mine,
    )
    deal = AgreementFactory(
        territory=full,
        title="Convention",
        starts=date(2020, 1, 1),
        ends=date(2022, 12, 31),
        signed_on=date(2019, 12, 1),
        deliberation_on=date(2019, 11, 1),
        transmitted_on=date(2019, 11, 15),
        amount="503845.55",
        object=HOSTILE[4],
        ref="convention",
        visibility="public",
        **mine,
    )
    renewed = AgreementFactory(territory=full, title="Convention", starts=date(2023, 1, 1), predecessor=deal, **mine)
    AgreementFactory(territory=sfax, title="Jumelage", form="jumelage", validity="sans-duree", amount=None, **mine)
    AgreementFactory(territory=sfax, title=HOSTILE[1], signed_year=1976, denounced_on=date(2020, 1, 1), **mine)
    for party in ({"territory": sfax}, {"stakeholder": pole}, {"name": "Une fondation"}):
        AgreementParty.objects.create(agreement=renewed, **party, **mine)
    Amendment.objects.create(agreement=deal, title="Avenant 1", effective_on=date(2022, 1, 1), amount=1, **mine)
    return {"own": own, "twins": twins, "firm": firm}


@pytest.mark.parametrize("erase", [False, True], ids=["blanks leave", "blanks erase"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("table", REGISTERS, ids=lambda table: table.slug)
def test_importing_an_export_changes_nothing(table, form, erase, registers, officer, imported):
    before = Change.objects.count()
    made = imported(table, export(officer, table, form), blanks_erase=erase)
    assert len(outcomes(made)) >= 2
    assert set(outcomes(made)) == {"unchanged"}, [*reasons(made), *(line.changes for line in made.report.lines)]
    assert Change.objects.count() == before


def test_an_export_imported_elsewhere_gives_the_same_export(registers, officer, other_collectivity, imported):
    elsewhere = make_actor(other_collectivity, "officer")
    for row in registers["twins"][1:]:  # two rows that nothing tells apart cannot both be created
        row.delete()
    # What is recorded without amount or review stays in its collectivité; as a new row the rules of entry refuse it.
    Agreement.objects.filter(amount=None).update(amount=0)
    Agreement.objects.filter(ends=None).update(review_on=date(2030, 1, 1))
    FirmGroup.objects.create(name="Groupe", collectivity=other_collectivity)
    for table in (TERRITORIES, STAKEHOLDERS, AGREEMENTS):
        content = export(officer, table, "csv")
        made = imported(table, content, other_collectivity)
        assert set(outcomes(made)) == {"created"}, reasons(made)
        there = export(elsewhere, table, "csv")
        assert comparable(there, table) == comparable(content, table)
    assert Territory.objects.for_collectivity(other_collectivity).filter(is_own=True).count() == 1


def comparable(content: bytes, table: Any) -> list[list[str]]:
    """The rows of an export, in any order, without what is computed or left out of the files."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    known = {column.header for column in table.columns if column.key}
    kept = [place for place, heading in enumerate(rows[0]) if heading in known]
    return sorted([row[place].replace("\r\n", "\n") for place in kept] for row in rows)


@pytest.mark.parametrize("table", REGISTERS, ids=lambda table: table.slug)
def test_every_heading_of_an_export_is_read_back_or_declared_as_computed(table, officer, registers):
    headings = export(officer, table, "csv").decode("utf-8-sig").splitlines()[0].split(";")
    declared = {column.header for column in table.columns}
    unknown = [heading for heading in headings if re.sub(r" au \d.*", "", heading) not in declared]
    assert not unknown
    missing = {column.header for column in table.columns if column.key} - set(headings)
    assert not missing, "a column can be imported and is not exported"
