"""One person across everything: found, handed over, erased, history and files included; the act kept, unnamed."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection, models
from django.http import QueryDict
from django.utils import timezone

from aict.accounts import personal_data
from aict.accounts.enums import Fate
from aict.accounts.mentions import ERASED, Wording
from aict.accounts.models import Change, Invitation, Notice
from aict.jobs.models import Job
from aict.ui.typography import long_day
from partners.models import Contact, Document, Stakeholder
from strategy.models import StrategyVersion
from tests.access_world import World
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    ContactFactory,
    DocumentFactory,
    StakeholderFactory,
    StrategyFactory,
    TerritoryFactory,
)

PAGE, ERASE = "/partenaires/personne/", "/partenaires/personne/effacer/"
NAME = "Kxqzbert Vlimbourg"  # nobody's
ADDRESS = "kxqzbert.vlimbourg@example.org"


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def find(collectivity, *terms):
    return personal_data.find(terms or [NAME], collectivity)


def everything_ticked(collectivity, *terms) -> dict:
    keys = [hit.key for hit in find(collectivity, *terms).erasable]
    return {"terms": "\n".join(terms or [NAME]), "hit": keys, "file": keys, "sure": "1"}


def erase_all(actor, *terms):
    """As the page does it, with every box ticked; files go once the transaction holds."""
    return actor.client.post(ERASE, everything_ticked(actor.collectivity, *terms), follow=True)


def left_in_the_database(word: str) -> list[str]:
    """Every table, every column, read from the database itself: no model, no queryset hides anything."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found += [
                    f"{table}.{name}" for name, value in zip(names, row, strict=True) if word in str(value).lower()
                ]
    return sorted(set(found))


def left_in_files(folder: Path, word: str) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes().lower()]


def plant(collectivity) -> set:
    """The name in every text of every row of the collectivité; the models that it was written in."""
    planted = set()
    for model in personal_data.tenant_models():
        for column in personal_data.text_fields(model):
            for row in model._base_manager.filter(collectivity=collectivity):
                value = planted_value(column, row.pk)
                if value is not None:
                    model._base_manager.filter(pk=row.pk).update(**{column.attname: value})
                    planted.add(model)
    return planted


def planted_value(column: models.Field, number: int):
    if isinstance(column, models.JSONField):
        return {"Nom": ["", NAME], NAME: [{"plus bas": f"vu avec {NAME.upper()}"}]}
    if isinstance(column, models.EmailField):
        return f"{number}{ADDRESS}" if column.unique else ADDRESS
    if isinstance(column, models.URLField):
        return f"https://example.org/kxqzbert-vlimbourg/{number}"
    if isinstance(column, models.SlugField):
        return f"kxqzbert-vlimbourg-{number}"
    text = f"{NAME} {number}"
    return text if (column.max_length or 99) >= len(text) else None


# Words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Vu avec Éléonore Dûçà hier",
        "ELEONORE DUCA",
        "eleonore-duca.pdf",
        "compte_rendu_Eleonore_Duca_2026.pdf",
        "E\u0301le\u0301onore\u00a0Du\u0302ça\u0300",
        "Éléonore\n  Dûçà",
        "Éléo\u200bnore Dûçà",
        "eleonore.duca@example.org",
        "‮Éléonore Dûçà‬",
    ],
)
def test_a_name_is_found_however_it_is_written_and_nothing_of_it_is_left(text):
    wording = Wording(["Éléonore Dûçà"])
    assert wording.is_in(text)
    redacted = wording.redacted(text)
    assert ERASED in redacted and not wording.is_in(redacted)
    assert "duca" not in redacted.lower() and "Dû" not in redacted and "u\u0302" not in redacted


@pytest.mark.parametrize("text", ["politique", "La Lille", "Lilas", "", "\x00", "😀"])
def test_a_name_is_a_whole_word(text):
    assert not Wording(["Lil"]).is_in(text)


def test_the_rest_of_a_text_is_untouched():
    assert (
        Wording([NAME]).redacted(f"Été 2026 : {NAME}, « élue », répond.") == f"Été 2026 : {ERASED}, « élue », répond."
    )


def test_the_longest_way_to_write_a_name_goes_first():
    assert Wording(["Vlimbourg", NAME]).redacted(f"{NAME} et M. Vlimbourg") == f"{ERASED} et M. {ERASED}"


def test_a_term_of_signs_is_looked_for_as_it_is():
    assert Wording(["a+b(c"]).redacted("voir a+b(c ici") == f"voir {ERASED} ici"


# Introspection --------------------------------------------------------------------------


def test_every_text_of_every_model_is_searched_but_those_listed_here():
    """A new text field is searched at once; one left out must be added here, knowingly."""
    left_out = {
        f"{model._meta.label}.{column.name}"
        for model in personal_data.tenant_models()
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField) and not column.choices
        if column not in personal_data.text_fields(model)
    }
    assert left_out == {
        "accounts.CalendarFeed.token",
        "accounts.Change.model",
        "accounts.Invitation.token",
        "accounts.Notice.tone",
        "imports.ImportFile.register",
        "jobs.ExportFile.register",
        "jobs.Job.kind",
        "partners.Document.content_type",
        "partners.Document.sha256",
        "strategy.StepState.slug",
        "strategy.StrategyVersion.sha256",
        "typology.ActionDocument.content_type",
        "typology.ActionDocument.sha256",
        "typology.RelationGraph.example",
    }


# Finding --------------------------------------------------------------------------------


def test_a_person_is_found_in_contacts_texts_history_invitations_notices_jobs_and_documents(admin):
    mine = {"collectivity": admin.collectivity}
    contact = ContactFactory(name=NAME, **mine)
    deleted = TerritoryFactory(note=f"Accueil par {NAME}.", deleted_at="2026-01-01T00:00Z", **mine)
    change = Change.objects.create(
        verb="updated", model="x.y", object_id=1, object_label="Objet", fields={"note": ["", f"avec {NAME}"]}, **mine
    )
    invitation = Invitation.objects.create(email=ADDRESS, role="elected", **mine)
    notice = Notice.objects.create(membership=admin.membership, key="k", title="Titre", text=NAME, **mine)
    job = Job.objects.create(kind="essai", label=f"Rapport pour {NAME}", target_id=1, **mine)
    document = DocumentFactory(agreement=AgreementFactory(**mine), title=f"CV de {NAME}", **mine)
    rows = {hit.row for hit in find(admin.collectivity).hits}
    assert rows == {contact, deleted, change, invitation, notice, job, document}
    page = text_of(admin.client.post(PAGE, {"terms": NAME.upper()}))
    for words in ("Accueil par", "7 lignes trouvées", "Rapport pour", "CV de"):
        assert words in page
    assert f"{PAGE}?" not in page, "a name never travels in an address"


def test_the_rows_of_another_collectivite_are_neither_found_nor_erased(admin, stranger):
    contact = ContactFactory(collectivity=stranger.collectivity, name=NAME)
    assert not find(admin.collectivity).hits
    data = {"terms": NAME, "hit": f"partners.contact:{contact.pk}", "sure": "1"}
    assert "Effacement fait. Fiches supprimées : 0" in text_of(admin.client.post(ERASE, data, follow=True))
    assert Contact.objects.filter(name=NAME).exists()


@pytest.mark.parametrize("who", ["officer", "economic", "elected", "network"])
def test_only_the_administration_handles_the_rights_of_a_person(who, request):
    actor = request.getfixturevalue(who)
    assert actor.client.get(PAGE).status_code == 403
    for address in (PAGE, ERASE, f"{PAGE}export.json"):
        assert actor.client.post(address, {"terms": NAME}).status_code == 403


def test_the_search_takes_the_same_number_of_queries_for_1_and_30_rows(admin):
    from django.test.utils import CaptureQueriesContext

    def grow(count: int) -> int:
        for _ in range(count):
            ContactFactory(collectivity=admin.collectivity, name=NAME)
            ActionFactory(collectivity=admin.collectivity, title=NAME)
        with CaptureQueriesContext(connection) as queries:
            assert admin.client.post(PAGE, {"terms": NAME}).status_code == 200
        return len(queries)

    assert grow(1) == grow(29)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("", "Donnez au moins un nom"),
        ("ab", "trop court"),
        ("-.-", "trop court"),
        ("x" * 121, "trop long"),
        ("\n".join(f"nom {n} long" for n in range(11)), "donnez-en 10 au plus"),
        ("a\x00bcd", "caractère"),
        ("<script>alert(1)</script>", "Rien dans l’outil"),
        ("😀😀😀 ‮abc", "Rien dans l’outil"),
    ],
)
def test_a_search_that_cannot_work_says_why(admin, terms, message):
    answer = admin.client.post(PAGE, {"terms": terms})
    assert answer.status_code == 200 and message in text_of(answer)
    assert "<script>alert" not in answer.content.decode()


def test_the_other_coordinates_of_a_contact_are_offered_to_the_search(admin):
    ContactFactory(collectivity=admin.collectivity, name=NAME, email="direction@example.org", phone="+216 74 111 222")
    page = text_of(admin.client.post(PAGE, {"terms": NAME}))
    assert '<span class="chip">direction@example.org</span>' in page and "+216 74 111 222" in page


def test_the_page_of_a_contact_starts_the_search_with_its_name_never_in_an_address(admin, officer):
    contact = ContactFactory(collectivity=admin.collectivity, name=NAME, email=ADDRESS)
    page = text_of(admin.client.get(contact.get_absolute_url()))
    form = page.split(f'method="post" action="{PAGE}"')[1].split("</form>")[0]
    assert f'name="terms" value="{NAME}&#10;{ADDRESS}"' in form and f"{PAGE}?" not in page
    assert "1 ligne trouvée" in text_of(admin.client.post(PAGE, {"terms": f"{NAME}\n{ADDRESS}"}))
    assert f'action="{PAGE}"' not in text_of(officer.client.get(contact.get_absolute_url()))


def test_a_member_is_pointed_out_and_left_alone(admin, officer):
    officer.user.label = NAME
    officer.user.save()
    page = text_of(admin.client.post(PAGE, {"terms": NAME}))
    assert "Cette personne a un compte" in page and f"/membres/{officer.membership.pk}/" in page


@pytest.mark.parametrize("kind", ["text", "utf-16", "docx", "json"])
def test_the_text_of_a_document_is_read(admin, kind):
    note = f"Reçu de {NAME}é ce jour, puis {NAME}."
    content = {
        "text": note.encode("cp1252"),
        "utf-16": note.encode("utf-16"),
        "docx": docx(NAME),
        "json": json.dumps({"nom": NAME}).encode(),
    }[kind]
    document = DocumentFactory(
        agreement=AgreementFactory(collectivity=admin.collectivity), collectivity=admin.collectivity
    )
    document.file.save("x", ContentFile(content))
    assert [hit.row for hit in find(admin.collectivity).hits] == [document]


def docx(text: str) -> bytes:
    """A name cut in two by a change of style."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f"<w:p><w:t>Avec {text[:3]}</w:t><w:b/><w:t>{text[3:]}, hier</w:t></w:p>")
    return buffer.getvalue()


def test_a_broken_archive_and_a_lost_file_are_survived(admin):
    mine = {"collectivity": admin.collectivity}
    for content in (b"PK\x03\x04rien", docx(NAME)[:60]):
        DocumentFactory(agreement=AgreementFactory(**mine), **mine).file.save("x", ContentFile(content))
    lost = DocumentFactory(agreement=AgreementFactory(**mine), title=NAME, **mine)
    Path(lost.file.path).unlink()
    assert [hit.row for hit in find(admin.collectivity).hits] == [lost]


# Handing over ---------------------------------------------------------------------------


def test_everything_found_is_handed_over_in_one_file(admin):
    mine = {"collectivity": admin.collectivity}
    ContactFactory(name=NAME, phone="+216 74 111 222", source="Carte de visite", **mine)
    TerritoryFactory(note=f"<b>Accueil</b> par {NAME}.", **mine)
    answer = admin.client.post(f"{PAGE}export.json", {"terms": NAME})
    assert "personne.json" in answer["Content-Disposition"]
    lines = {line["nature"]: line["champs"] for line in json.loads(answer.content)["lignes"]}
    assert lines["contact"]["Téléphone"] == "+216 74 111 222" and lines["contact"]["Origine des données"]
    assert lines["territoire"] == {"remarques": f"<b>Accueil</b> par {NAME}."}
    page = admin.client.post(f"{PAGE}export.html", {"terms": NAME})
    assert "attachment" in page["Content-Disposition"] and "&lt;b&gt;Accueil" in text_of(page)
    today = long_day(timezone.localdate()).replace("\u00a0", " ")
    assert f", le {today} à " in text_of(page) and f"<h2>Contact, enregistrement du {today}</h2>" in text_of(page)
    assert not re.search(r"\d{4}-\d\d-\d\dT|numéro \d", text_of(page)), "dates and titles are for a reader"
    Change.objects.create(verb="updated", model="x.y", object_id=535, object_label=NAME, **mine)
    assert f"<h2>Changement du {today}</h2>" in text_of(admin.client.post(f"{PAGE}export.html", {"terms": NAME}))
    assert admin.client.post(f"{PAGE}export.pdf", {"terms": NAME}).status_code == 404
    assert admin.client.get(f"{PAGE}export.json").status_code == 405


# Erasing --------------------------------------------------------------------------------


def test_an_erased_person_is_nowhere_in_any_table_nor_in_any_file(
    admin, officer, media, django_capture_on_commit_callbacks
):
    world = World(admin.collectivity, admin.user)
    world.document.file.save("x", ContentFile(f"Lettre de {NAME}".encode()))
    world.version.pdf.save("strategie.pdf", ContentFile(f"%PDF-1.7 {NAME}".encode()))
    officer.client.post(f"{world.contact.get_absolute_url()}contacte/")
    planted = plant(admin.collectivity)
    assert len(planted) >= 25, "the world of the test is too small to prove anything"
    found = find(admin.collectivity, NAME, ADDRESS)
    assert {type(hit.row) for hit in found.hits} == planted
    assert left_in_the_database("vlimbourg") and left_in_files(media, "vlimbourg")

    with django_capture_on_commit_callbacks(execute=True):
        answer = erase_all(admin, NAME, ADDRESS)
    assert "Effacement fait" in text_of(answer)
    assert left_in_the_database("vlimbourg") == [] and left_in_the_database("kxqzbert") == []
    assert left_in_files(media, "vlimbourg") == []
    assert not find(admin.collectivity, NAME, ADDRESS).hits


def test_the_fact_of_the_erasure_is_kept_without_the_name(admin):
    ContactFactory(collectivity=admin.collectivity, name=NAME)
    StakeholderFactory(collectivity=admin.collectivity, note=f"Voir {NAME}")
    page = text_of(erase_all(admin))
    act = Change.objects.get(verb="erased")
    assert act.author == admin.user and act.fields == {"fiches supprimées": ["", "1"], "fiches masquées": ["", "1"]}
    assert "fiches supprimées : 1" in page and NAME not in f"{act.object_label}{act.fields}"


def test_a_contact_goes_whole_and_a_mention_is_masked(admin):
    mine = {"collectivity": admin.collectivity}
    ContactFactory(name=NAME, **mine)
    other = ContactFactory(name="Un autre poste", source=f"Donné par {NAME}", **mine)
    stakeholder = StakeholderFactory(note=f"Réunion avec {NAME} à Sfax.", website="https://a.example/", **mine)
    erase_all(admin)
    assert list(Contact.objects.all()) == [other]
    other.refresh_from_db()
    stakeholder.refresh_from_db()
    assert other.source == f"Donné par {ERASED}" and stakeholder.note == f"Réunion avec {ERASED} à Sfax."
    assert stakeholder.website == "https://a.example/"


def test_a_namesake_unticked_is_left_alone(admin):
    mine = {"collectivity": admin.collectivity}
    person, namesake = (ContactFactory(name=NAME, **mine) for _ in "ab")
    data = {"terms": NAME, "hit": f"partners.contact:{person.pk}", "sure": "1"}
    page = text_of(admin.client.post(ERASE, data))
    assert list(Contact.objects.all()) == [namesake]
    assert f'value="partners.contact:{namesake.pk}"' in page, "what is left is shown again"


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"sure": ""}, "Cochez cette case pour effacer"), ({"hit": []}, "Aucune ligne n’est cochée")],
)
def test_nothing_is_erased_without_a_tick_and_an_assurance(admin, changes, message):
    contact = ContactFactory(collectivity=admin.collectivity, name=NAME)
    page = text_of(admin.client.post(ERASE, everything_ticked(admin.collectivity) | changes))
    assert "Rien n’est effacé" in page and message in page
    assert Contact.objects.get() == contact and not Change.objects.filter(verb="erased").exists()


@pytest.mark.parametrize("key", ["", "x", "partners.contact:", "auth.user:1", "accounts.user:1", "\x00", "a:b:c"])
def test_a_forged_choice_touches_nothing(admin, key):
    ContactFactory(collectivity=admin.collectivity, name=NAME)
    data = {"terms": NAME, "hit": key, "file": key, "sure": "1"}
    assert admin.client.post(ERASE, data).status_code == 200
    assert Contact.objects.count() == 1


def test_a_document_goes_with_its_file_when_it_is_ticked_and_else_loses_its_name(
    admin, media, django_capture_on_commit_callbacks
):
    mine = {"collectivity": admin.collectivity}
    gone, kept = (DocumentFactory(agreement=AgreementFactory(**mine), title=f"CV de {NAME}", **mine) for _ in "ab")
    Document.objects.update(filename="kxqzbert_vlimbourg.pdf")
    data = everything_ticked(admin.collectivity) | {"file": [f"partners.document:{gone.pk}"]}
    with django_capture_on_commit_callbacks(execute=True):
        admin.client.post(ERASE, data)
    assert not Path(gone.file.path).exists() and Path(kept.file.path).exists()
    kept = Document.objects.get()
    assert (kept.title, kept.filename) == (f"CV de {ERASED}", f"{ERASED}.pdf")


def test_a_file_stays_until_the_erasure_holds_and_while_another_row_keeps_it(admin, django_capture_on_commit_callbacks):
    mine = {"collectivity": admin.collectivity}
    named = DocumentFactory(agreement=AgreementFactory(**mine), title=NAME, **mine)
    twin = DocumentFactory(agreement=AgreementFactory(**mine), **mine)
    Document.objects.filter(pk=twin.pk).update(file=named.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        erase_all(admin)
    assert list(Document.objects.all()) == [twin] and Path(named.file.path).exists()


def test_an_adopted_strategy_is_an_archive_and_a_working_version_is_not(admin):
    mine = {"collectivity": admin.collectivity}
    strategy = StrategyFactory(**mine)
    snapshot = {"author": NAME}
    adopted = StrategyVersion.objects.create(
        strategy=strategy, number=1, sha256="1" * 64, snapshot=snapshot, is_adopted=True, **mine
    )
    StrategyVersion.objects.create(strategy=strategy, number=2, sha256="2" * 64, snapshot=snapshot, **mine)
    assert [hit.fate for hit in find(admin.collectivity).hits] == [Fate.KEEP, Fate.DELETE]
    page = text_of(admin.client.post(PAGE, {"terms": NAME}))
    assert "Ce qui reste, et pourquoi" in page and "Code du patrimoine" in page
    data = everything_ticked(admin.collectivity)
    data["hit"].append(f"strategy.strategyversion:{adopted.pk}")  # asked for all the same
    admin.client.post(ERASE, data)
    kept = StrategyVersion.objects.get()
    assert kept == adopted and kept.snapshot == snapshot


def test_the_history_of_an_erased_contact_keeps_no_value_at_all(admin, officer):
    contact = ContactFactory(collectivity=admin.collectivity, name=NAME, phone="+216 74 111 222")
    officer.client.post(f"{contact.get_absolute_url()}contacte/")
    Change.objects.about(contact).update(fields={"téléphone": ["+216 74 111 222", "autre"]})
    erase_all(admin)
    change = Change.objects.about(contact).get()
    assert change.author == officer.user and (change.object_label, change.fields) == (ERASED, {})


def test_two_names_that_had_to_differ_still_do_once_masked(admin):
    from partners.models import FirmGroup

    for term in (NAME, NAME.upper()):
        FirmGroup.objects.create(collectivity=admin.collectivity, name=term)
    erase_all(admin)
    names = list(FirmGroup.objects.values_list("name", flat=True))
    assert len(set(names)) == 2 and all(name.startswith(ERASED) for name in names)


def test_a_masked_text_fits_its_column(admin):
    limit = Stakeholder._meta.get_field("name").max_length
    row = StakeholderFactory(collectivity=admin.collectivity, name=("Zqx " * 60)[:limit].strip())
    erase_all(admin, "Zqx")
    row.refresh_from_db()
    assert len(row.name) <= limit and row.name.startswith(ERASED) and "Zqx" not in row.name


def test_the_privacy_sheet_names_contacts_and_how_long_they_are_kept(admin, client):
    page = text_of(client.get("/donnees-personnelles/"))
    assert "Contacts : nom, fonction" in page and "trois ans sans échange" in page and PAGE not in page
    assert PAGE in text_of(admin.client.get("/donnees-personnelles/"))


def test_ticked_boxes_are_read_from_the_form(admin):
    from partners.forms.persons import ErasureForm

    form = ErasureForm(QueryDict(f"terms={NAME}&hit=a:1&hit=b:2&file=b:2&sure=1"))
    assert form.is_valid() and (form.keys, form.file_keys) == ({"a:1", "b:2"}, {"b:2"})
