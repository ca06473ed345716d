"""The pages of an import: four steps, nothing written before the last, nothing chosen lost on an error."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Change
from aict.imports import runs
from aict.imports.models import ImportFile
from aict.imports.tasks import forget_imports
from aict.ui.spreadsheets import Reading
from partners.models import Agreement, Stakeholder, Territory
from tests.factories import TerritoryFactory
from tests.imports.test_twinnings import FILE
from tests.ui.test_spreadsheets import with_part, workbook

GOOD = "Nom;Pays;Échelon\nSfax;Tunisie;Commune\nHalle;Allemagne;Commune\n"
MIXED = GOOD + "Nulle part;Atlantide;Commune\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(actor, content=GOOD, register="territoires", name="registre.csv"):
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return actor.client.post(reverse("imports:upload"), {"register": register, "file": file})


def checked(actor, content=GOOD, **changes) -> ImportFile:
    """A file taken as far as its preview, with the columns proposed."""
    assert upload(actor, content).status_code == 302
    row = ImportFile.objects.latest("pk")
    data = {f"col{place}": key for place, key in enumerate(row.mapping)} | {"verifier": "1"} | changes
    response = actor.client.post(reverse("imports:columns", args=[row.pk]), data)
    assert response.status_code == 302, response.content.decode()
    row.refresh_from_db()
    return row


def write(actor, row, mode="tout"):
    return actor.client.post(reverse("imports:preview", args=[row.pk]), {"mode": mode}, follow=True)


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def test_a_file_goes_from_its_upload_to_the_register(officer, media):
    row = checked(officer)
    assert not Territory.objects.exists()
    page = text(officer.client.get(reverse("imports:preview", args=[row.pk])))
    assert "2 lignes à écrire" in page
    assert "À créer" in page
    assert "Créée" not in page
    result = write(officer, row)
    assert "Import terminé" in text(result)
    assert "Créées <b>2</b>" in text(result)
    assert "À créer" not in text(result)
    assert Territory.objects.for_collectivity(officer.collectivity).count() == 2
    assert Change.objects.filter(author=officer.user).count() == 2


CHANGED = GOOD.replace("Commune", "Région", 1)


def test_a_preview_says_what_will_be_and_the_result_what_is_done(officer):
    write(officer, checked(officer))
    row = checked(officer, CHANGED + "Nulle part;Atlantide;Commune\n")
    page = text(officer.client.get(reverse("imports:preview", args=[row.pk])))
    assert all(f"{words} <b>1</b>" in page for words in ("Refusées", "À modifier", "Inchangées"))
    assert "Modifiée" not in page
    result = text(write(officer, row, "acceptees"))
    assert all(f"{words} <b>1</b>" in result for words in ("Refusées", "Modifiées", "Inchangées"))
    assert "À modifier" not in result


POPULATED = "Nom;Pays;Échelon;Population\nSfax;Tunisie;Commune;\n"


def test_what_blank_cells_do_is_chosen_with_the_columns_kept_and_shown(officer):
    sfax = TerritoryFactory(collectivity=officer.collectivity, name="Sfax", population=265131)
    row = checked(officer, POPULATED)
    columns, preview = (reverse(f"imports:{step}", args=[row.pk]) for step in ("columns", "preview"))
    box = r'<input[^>]*name="blanks_erase"[^>]*>'
    assert "checked" not in re.search(box, text(officer.client.get(columns)))[0]
    page = text(officer.client.get(preview))
    assert "Les cellules vides laissent ce qui est enregistré" in page
    assert "Rien à écrire" in page
    row = checked(officer, POPULATED, blanks_erase="on")
    columns, preview = (reverse(f"imports:{step}", args=[row.pk]) for step in ("columns", "preview"))
    assert "checked" in re.search(box, text(officer.client.get(columns)))[0]
    page = text(officer.client.get(preview))
    assert "Les cellules vides effacent ce qui est enregistré" in page
    assert "265131" in page.replace("\u202f", "").replace(" ", "")
    write(officer, row)
    sfax.refresh_from_db()
    assert sfax.population is None


def test_a_choice_on_blank_cells_made_in_another_tab_is_shown_before_it_is_written(officer):
    TerritoryFactory(collectivity=officer.collectivity, name="Sfax", population=265131)
    row = checked(officer, POPULATED.replace("Commune;", "Région;"))
    seen = ImportFile.objects.get(pk=row.pk)
    ImportFile.objects.filter(pk=row.pk).update(blanks_erase=True)
    with pytest.raises(runs.NotWrittenError, match="a changé"):
        runs.run(row=seen, author=officer.user, only_good=False, at=timezone.now())
    assert Territory.objects.get().population == 265131


@pytest.mark.parametrize("name", ["territory", "agreement", "stakeholder"])
def test_the_button_that_imports_shows_an_arrow_going_in(name, officer):
    page = text(officer.client.get(reverse(f"partners:{name}_list")))
    assert re.search(r"#i-up\"/></svg>Importer", page)


def test_the_file_is_removed_once_it_is_written(officer, media, django_capture_on_commit_callbacks):
    row = checked(officer)
    with django_capture_on_commit_callbacks(execute=True):
        write(officer, row)
    row.refresh_from_db()
    assert not row.file
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1, "the report alone"


def test_a_file_that_nobody_writes_is_removed_after_seven_days(officer, media):
    row = checked(officer)
    assert forget_imports() == 0
    ImportFile.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert forget_imports() == 1
    assert forget_imports() == 0
    assert not [path for path in media.rglob("*") if path.is_file()]
    page = officer.client.get(reverse("imports:columns", args=[row.pk]), follow=True)
    assert "n’est plus conservé" in text(page)


def test_all_or_nothing_or_the_good_rows_alone(officer):
    row = checked(officer, MIXED)
    refused = write(officer, row)
    assert "une ligne est refusée" in text(refused)
    assert not Territory.objects.exists()
    assert "2 lignes écrites" in text(write(officer, row, "acceptees"))
    assert Territory.objects.count() == 2


def test_a_refusal_says_its_line_column_value_and_reason_on_the_page_and_in_csv(officer):
    row = checked(officer, MIXED)
    page = text(officer.client.get(reverse("imports:preview", args=[row.pk]), {"lignes": "refused"}))
    assert "Atlantide" in page
    assert "Sfax" not in page
    sheet = officer.client.get(reverse("imports:refusals", args=[row.pk])).getvalue().decode("utf-8-sig")
    assert sheet.splitlines()[0] == "Ligne;Colonne;Cellule;Valeur;Motif"
    assert sheet.splitlines()[1].startswith("4;Pays;B4;Atlantide;")


def test_a_register_that_changed_since_the_preview_is_shown_again(officer):
    row = checked(officer)
    TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    assert "le registre a changé depuis la vérification" in text(write(officer, row))
    assert Territory.objects.count() == 1
    write(officer, row)
    assert Territory.objects.count() == 2


def test_a_second_click_writes_nothing_more(officer):
    row = checked(officer)
    write(officer, row)
    runs.run(row=ImportFile.objects.get(pk=row.pk), author=officer.user, only_good=False, at=timezone.now())
    assert Territory.objects.count() == 2
    assert "Import terminé" in text(write(officer, row))


def test_a_mapping_is_proposed_and_an_impossible_one_comes_back_as_it_was_chosen(officer):
    upload(officer, "Ville partenaire;Etat;Échelon;Nom local\nSfax;Tunisie;Commune;صفاقس\n")
    row = ImportFile.objects.get()
    assert row.mapping == ["name", "country_name", "level", "name_local"]
    url = reverse("imports:columns", args=[row.pk])
    page = officer.client.post(url, {"col0": "name", "col1": "name", "col2": "", "verifier": "1"})
    assert "est déjà rempli par la colonne A" in text(page)
    assert "Indiquez la colonne « Pays » ou « Code pays »" in text(page)
    assert text(page).count('value="name" selected') == 2


def test_the_reading_can_be_changed(officer):
    upload(officer, "Nom,Pays;Échelon\nSfax,Tunisie;Commune\nHalle,Allemagne;Commune\n")
    row = ImportFile.objects.get()
    url = reverse("imports:columns", args=[row.pk])
    data = {"lecture-separator": "virgule", "lecture-encoding": "utf-8", "lecture-headings": "1", "relire": "1"}
    assert officer.client.post(url, data).status_code == 302
    row.refresh_from_db()
    assert row.mapping[0] == "name"
    assert row.reading["separator"] == ","
    wrong = officer.client.post(url, data | {"lecture-headings": "99"})
    assert "Trop grand" in text(wrong)


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "vide"), ("%PDF-1.4 bonjour", "un PDF"), ("Nom;Pays\n", "que des en-têtes"), (b"PK\x03\x04", "abîmé")],
)
def test_what_is_no_table_is_refused_beside_its_field_and_the_register_stays_chosen(content, reason, officer):
    response = upload(officer, content, register="accords")
    assert response.status_code == 200
    assert reason in text(response)
    assert re.search(r'<input[^>]*value="accords"[^>]*checked', text(response))
    assert not ImportFile.objects.exists()


def test_the_economic_service_imports_stakeholders_and_nothing_else(economic, officer):
    page = text(economic.client.get(reverse("imports:upload")))
    assert 'value="parties-prenantes"' in page
    assert 'value="territoires"' not in page
    assert upload(economic, register="territoires").status_code == 200
    assert not ImportFile.objects.exists()
    content = "Nom;Type\nPôle Eau;Clusters et pôles de compétitivité\n"
    assert upload(economic, content, register="parties-prenantes").status_code == 302
    row = ImportFile.objects.get()
    economic.client.post(reverse("imports:columns", args=[row.pk]), {"col0": "name", "col1": "type", "verifier": "1"})
    write(economic, row)
    assert Stakeholder.objects.get().name == "Pôle Eau"


def test_the_twinnings_of_ones_own_collectivite_are_imported_from_the_screen(officer):
    row = checked(officer, FILE.read_bytes())
    assert row.register == "jumelages"
    page = text(officer.client.get(reverse("imports:preview", args=[row.pk])))
    assert "Mises de côté" in page
    assert "cellules vides" not in page, "nothing recorded is changed by such a file"
    write(officer, row, "acceptees")
    assert Agreement.objects.for_collectivity(officer.collectivity).count() == 3


def test_an_import_can_be_abandoned(officer, media):
    row = checked(officer)
    assert officer.client.post(reverse("imports:discard", args=[row.pk])).status_code == 302
    assert not ImportFile.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_hostile_headings_and_values_are_shown_as_text(officer):
    script = "<script>alert(1)</script>"
    upload(officer, f"Nom;{script};Échelon\n{script};Tunisie;Commune\n", name=f"{script}.csv")
    row = ImportFile.objects.get()
    page = officer.client.get(reverse("imports:columns", args=[row.pk]))
    assert script not in text(page)
    assert "&lt;script&gt;" in text(page)


@pytest.mark.parametrize("count", [1, 30])
def test_the_preview_asks_a_constant_number_of_queries(count, officer, django_assert_max_num_queries):
    content = "Nom;Pays;Échelon\n" + "".join(f"Ville {n};Tunisie;Commune\n" for n in range(count))
    row = checked(officer, content)
    with django_assert_max_num_queries(7):
        officer.client.get(reverse("imports:preview", args=[row.pk]))


def test_a_value_changed_by_a_colleague_since_the_preview_is_shown_before_it_is_replaced(officer):
    """The numbers of rows are the same; what would be lost is not."""
    sfax = TerritoryFactory(collectivity=officer.collectivity, name="Sfax", note="Première note")
    row = checked(officer, "Nom;Pays;Échelon;Remarques\nSfax;Tunisie;Commune;Note du fichier\n")
    Territory.objects.filter(pk=sfax.pk).update(note="Note d’une collègue")
    page = text(write(officer, row))
    assert "le registre a changé depuis la vérification" in page
    assert "Note d’une collègue" in page
    sfax.refresh_from_db()
    assert sfax.note == "Note d’une collègue"
    assert "Import terminé" in text(write(officer, row))
    sfax.refresh_from_db()
    assert sfax.note == "Note du fichier"


def test_columns_chosen_otherwise_in_another_tab_are_shown_before_they_are_written(officer):
    """The rows would be created all the same, with other values than those that were agreed to."""
    row = checked(officer, "Nom;Pays;Échelon;Remarques\nSfax;Tunisie;Commune;Une note\n")
    seen = ImportFile.objects.get(pk=row.pk)
    ImportFile.objects.filter(pk=row.pk).update(mapping=[*row.mapping[:3], "name_en"])
    with pytest.raises(runs.NotWrittenError, match="a changé"):
        runs.run(row=seen, author=officer.user, only_good=False, at=timezone.now())
    assert not Territory.objects.exists()


@pytest.mark.parametrize("gesture", ["check", "reread", "discard"])
def test_a_tab_that_was_open_before_the_write_does_not_undo_it(officer, gesture):
    seen = checked(officer)
    write(officer, seen)
    gestures = {
        "check": lambda: runs.check(row=seen, mapping=seen.mapping),
        "reread": lambda: runs.reread(row=seen, reading=Reading(separator=";")),
        "discard": lambda: runs.discard(row=seen),
    }
    with pytest.raises(runs.NotWrittenError):
        gestures[gesture]()
    assert ImportFile.objects.get(pk=seen.pk).is_written


def test_an_import_abandoned_in_another_tab_is_not_written(officer):
    row = checked(officer)
    seen = ImportFile.objects.get(pk=row.pk)
    runs.discard(row=row)
    with pytest.raises(runs.NotWrittenError):
        runs.run(row=seen, author=officer.user, only_good=False, at=timezone.now())
    assert not Territory.objects.exists()


@pytest.mark.parametrize("number", [b"1e400", b"nan", b"-inf"])
def test_a_forged_number_of_a_workbook_is_a_reason_and_no_failure(officer, number):
    """In a column of dates too, where a number is told as a day."""
    book = workbook(["Territoire", "Intitulé", "Début"], ["Sfax", "Convention", 43210.5])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b"43210.5", number)
    assert number in sheet
    TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    assert upload(officer, with_part(book, "xl/worksheets/sheet1.xml", sheet), "accords").status_code == 302
    row = ImportFile.objects.latest("pk")
    runs.check(row=row, mapping=["territory_name", "title", "starts"])
    assert row.summary["counts"]["refused"] == 1


def test_what_a_colleague_saves_during_an_import_does_not_wait_for_its_end(officer):
    """A row being inserted takes a shared lock on the key of its collectivité: a full lock would hold everybody."""
    row = checked(officer)
    with CaptureQueriesContext(connection) as queries:
        write(officer, row)
    locks = [query["sql"] for query in queries if "FOR " in query["sql"] and "UPDATE" in query["sql"]]
    tenants = [sql for sql in locks if "accounts_collectivity" in sql or "partners_territory" in sql]
    assert len(tenants) >= 2 or connection.vendor == "sqlite"
    assert all("FOR NO KEY UPDATE" in sql for sql in tenants)


def test_lines_refused_make_the_accepted_ones_the_choice_proposed(officer):
    page = text(officer.client.get(reverse("imports:preview", args=[checked(officer, MIXED).pk])))
    assert re.search(r'value="acceptees"[^>]*checked', page)
    assert not re.search(r'value="tout"[^>]*checked', page)


def test_the_upload_page_leads_back_to_its_register_and_orders_what_its_reader_may_import(officer, economic):
    page = text(officer.client.get(reverse("imports:upload"), {"registre": "actions"}))
    crumbs = page[page.index("crumbs") : page.index("<h1")]
    assert reverse("typology:action_list") in crumbs
    assert "territoires, parties prenantes, accords, actions." in page
    page = text(economic.client.get(reverse("imports:upload"), {"registre": "territoires"}))
    crumbs = page[page.index("crumbs") : page.index("<h1")]
    assert reverse("partners:stakeholder_list") in crumbs, "the first register of this person"
    assert "dans cet ordre : parties prenantes, actions." in page


def test_the_list_of_actions_leads_to_its_import(economic, elected):
    link = f"{reverse('imports:upload')}?registre=actions"
    assert link in text(economic.client.get(reverse("typology:action_list")))
    assert link not in text(elected.client.get(reverse("typology:action_list")))


def test_an_unknown_type_of_action_says_where_the_types_are(officer):
    upload(officer, "Titre;Type d’action\nVoyage;Safari photo\n", register="actions")
    row = ImportFile.objects.get()
    data = {f"col{place}": key for place, key in enumerate(row.mapping)} | {"verifier": "1"}
    officer.client.post(reverse("imports:columns", args=[row.pk]), data)
    page = text(officer.client.get(reverse("imports:preview", args=[row.pk])))
    assert f"Les 27 types et leurs codes : {reverse('typology:tree')}" in page
