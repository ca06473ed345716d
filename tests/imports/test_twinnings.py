"""Twinnings of many communes in one file: keyed by SIREN, conflicts and homonyms told, nothing twice."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aict.accounts.models import Change, Collectivity
from aict.imports.tables import recognised
from aict.ui import spreadsheets
from partners import standing
from partners.import_tables import TWINNINGS
from partners.models import Agreement, Country, Territory
from tests.imports.conftest import outcomes, packets, reasons

FILE = Path(__file__).parent / "jumelages.csv"


@pytest.fixture
def content() -> bytes:
    return FILE.read_bytes()


def run(path: Path = FILE, **options: bool) -> list[str]:
    out = io.StringIO()
    call_command("import_partners", str(path), stdout=out, **options)
    return out.getvalue().replace("\u00a0", " ").splitlines()


def notes(made) -> str:
    return " ".join(note for line in made.report.lines for note in line.notes).replace("\u00a0", " ")


def test_the_format_is_recognised_by_its_headings(content, officer, economic):
    headings = spreadsheets.read(content).headings
    assert recognised(headings, officer.access.abilities) is TWINNINGS
    assert recognised(headings, economic.access.abilities) is None
    assert recognised(("Nom", "Pays"), officer.access.abilities) is None


def test_the_rows_of_one_collectivite_are_read_and_the_others_set_aside(content, imported, collectivity):
    made = imported(TWINNINGS, content)
    created, refused, aside = "created", "refused", "aside"
    assert outcomes(made) == [created, created, "unchanged", refused, created, refused, *[aside] * 7, refused]
    agreement = Agreement.objects.for_collectivity(collectivity).get(title="Jumelage avec Port-Soleil")
    assert (agreement.form, agreement.validity, agreement.amount) == ("jumelage", "sans-duree", None)
    assert agreement.nature == "fait"
    assert "jumelages" in agreement.source
    assert str(agreement.territory.latitude) == "34.74060"
    assert outcomes(imported(TWINNINGS, content)).count("created") == 0


def test_what_the_source_does_not_know_is_a_finding(content, imported, collectivity):
    imported(TWINNINGS, content)
    agreement = Agreement.objects.for_list(timezone.localdate()).get(title="Jumelage avec Port-Soleil")
    said = " ".join(str(finding) for finding in standing.findings(agreement, timezone.localdate()))
    assert "montant" in said.lower()


def test_conflicts_and_homonyms_are_told(content, planned):
    made = planned(TWINNINGS, content)
    said = " ".join(reasons(made))
    assert "Pays (H7)" in said or "code_pays (G7) : Le pays et le code pays ne désignent pas le même pays" in said
    assert "Homonyme : « Blancmont (Allemagne) » porte déjà l’identifiant Q900002, la ligne donne Q900003" in said
    assert "Un territoire partenaire est à l’étranger" in said
    assert "Pays et coordonnées à vérifier : le fichier place au même endroit « Rio Alto » (Q900006)" in notes(made)
    assert "Répète la ligne 3." in notes(made)
    assert any("mêmes coordonnées" in notice for notice in made.report.notices)
    assert not any("Halte" in notice for notice in made.report.notices), "other collectivités' homonyms are theirs"


def test_what_the_register_says_otherwise_is_kept_and_told(content, imported, collectivity):
    imported(TWINNINGS, content)
    row = Territory.objects.get(wikidata="Q900004")
    row.country = Country.objects.get(code="ps")
    row.save()
    again = imported(TWINNINGS, content)
    assert "created" not in outcomes(again)
    assert "« Deux-Rives » (Q900004) est enregistré dans le pays" in notes(again)
    row.refresh_from_db()
    assert row.country.code == "ps"


def test_the_command_refuses_unknown_sirens_unless_it_may_open_them(collectivity, other_collectivity):
    said = run()
    assert said[-1] == "Total : 4 lignes créées, 0 modifiée, 1 inchangée, 9 refusées."
    assert any("Aucune collectivité de cette installation n’a le SIREN 732829320" in line for line in said)
    assert Collectivity.objects.count() == 2


def test_the_command_opens_collectivites_and_creates_nothing_the_second_time(db):
    said = run(create_collectivities=True)
    assert said[-1] == "Total : 6 lignes créées, 0 modifiée, 1 inchangée, 7 refusées."
    assert "Collectivités ouvertes : 3." in said
    opened = Collectivity.objects.get(siren="732829320")
    assert (opened.name, opened.kind, opened.department, opened.population) == ("Montfauve", "commune", "98", 58300)
    assert Change.objects.for_collectivity(opened).about(opened).count() == 1
    written = {Territory: Territory.objects.count(), Agreement: Agreement.objects.count()}
    again = run(create_collectivities=True)
    assert again[-1] == "Total : 0 ligne créée, 0 modifiée, 7 inchangées, 7 refusées."
    assert written == {Territory: Territory.objects.count(), Agreement: Agreement.objects.count()}
    text = " ".join(said)
    assert "Le fichier place Q900007 dans plusieurs pays : Pologne, Tchéquie" in text
    assert "Homonymes : « Halte » est cité dans plusieurs pays : Pologne, Tchéquie" in text
    assert "« 123456789 » n’est pas un SIREN" in text
    assert "Le SIREN de la collectivité manque" in text


def test_a_file_that_is_not_one_of_twinnings_is_refused(tmp_path, db):
    other = tmp_path / "autre.csv"
    other.write_text("Nom;Pays\nSfax;Tunisie\n", encoding="utf-8")
    with pytest.raises(CommandError, match="siren, ville_partenaire et code_pays"):
        run(other)
    with pytest.raises(CommandError, match="ne se lit pas"):
        run(tmp_path / "absent.csv")


def test_the_real_file_is_imported_once(shared_folder, db, django_assert_max_num_queries):
    path = shared_folder / "data" / "jumelages.csv"
    with django_assert_max_num_queries(packets(120, 1670)):
        said = run(path, create_collectivities=True)
    assert said[-1] == "Total : 1670 lignes créées, 0 modifiée, 2 inchangées, 7 refusées."
    assert Territory.objects.count() == Agreement.objects.count() == 1670
    assert any("Bethlehem" in line and "« Belém » (Q47593)" in line for line in said)
    assert (
        run(path, create_collectivities=True)[-1] == "Total : 0 ligne créée, 0 modifiée, 1672 inchangées, 7 refusées."
    )
