"""Documents of agreements, territories and actions: what is accepted, who reads it, what becomes of the file."""

from __future__ import annotations

import io
import struct
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from aict.accounts import history
from aict.accounts.models import Change
from aict.ui import archives, document_files, upload_bound
from aict.ui.document_files import download_name, judge
from aict.ui.typography import file_size
from partners.models import Document
from tests.factories import ActionFactory, AgreementFactory, TerritoryFactory
from typology.models import ActionDocument

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="x"><Override PartName="/p" '
    'ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/>{}</Types>'
)
OOXML = {"docx": "wordprocessingml.document", "xlsx": "spreadsheetml.sheet", "pptx": "presentationml.presentation"}
ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def office(kind: str = "docx", more: str = "", **parts: bytes) -> bytes:
    return zipped({"[Content_Types].xml": TYPES.format(OOXML[kind], more), "p": b"<p/>", **parts})


def odf(kind: str, **parts: bytes) -> bytes:
    return zipped(
        {"mimetype": f"application/vnd.oasis.opendocument.{ODF[kind]}", "content.xml": b"<x/>", **parts},
        zipfile.ZIP_STORED,
    )


def picture(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "#0b5d6b").save(stream, kind)
    return stream.getvalue()


def upload(content: bytes, name: str = "fichier") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def judged(content: bytes, name: str = "fichier"):
    return judge(upload(content, name))


def refused(content: bytes, name: str = "fichier") -> ValidationError:
    with pytest.raises(ValidationError) as refusal:
        judged(content, name)
    return refusal.value


def post(actor, route: str, pk: int, content: bytes = PDF, name: str = "convention.pdf", **fields):
    return actor.client.post(reverse(route, args=[pk]), {"file": upload(content, name), **fields})


def attach(actor, agreement, content: bytes = PDF, name: str = "convention.pdf", **fields) -> Document:
    fields = {"kind": "texte-signe", "title": "Texte signé", **fields}
    response = post(actor, "partners:document_add_agreement", agreement.pk, content, name, **fields)
    assert response.status_code == 302, response.context["form"].errors
    return Document.objects.latest("pk")


@pytest.fixture
def agreement(collectivity):
    return AgreementFactory(collectivity=collectivity)


# What is accepted ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (PDF, "convention", "convention.pdf"),
        (PDF, "convention.exe", "convention.pdf"),
        (picture("PNG"), "photo.html", "photo.png"),
        (picture("JPEG"), "photo.jpeg", "photo.jpg"),
        (picture("JPEG") + b"trailer of a phone" * 50, "photo.jpg", "photo.jpg"),
        (office("docx"), "note.docx", "note.docx"),
        (office("xlsx"), "budget.docx", "budget.xlsx"),
        (office("pptx"), "séance", "séance.pptx"),
        (odf("odt"), "note.odt", "note.odt"),
        (odf("ods"), "note.ods", "note.ods"),
        (odf("odp"), "note.odp", "note.odp"),
        ("Été à Sfax".encode(), "notes.txt", "notes.txt"),
        ("Été;à;Sfax".encode("cp1252"), "tableau.csv", "tableau.csv"),
        ("Été;à;Sfax".encode("utf-16"), "tableau.CSV", "tableau.csv"),
        (b"\xef\xbb\xbfa;b", "sans extension", "sans extension.txt"),
    ],
)
def test_a_file_is_what_its_content_says_whatever_its_name(content, name, kept):
    found = judged(content, name)
    assert (found.filename, found.size) == (kept, len(content))
    assert len(found.sha256) == 64


HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MACRO_TYPE = '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (HTML, "page.pdf", "type"),
        (b"Bonjour <script>alert(1)</script>", "notes.txt", "type"),
        (HTML.decode().encode("utf-16"), "notes.txt", "type"),
        (SVG, "logo.svg", "type"),
        (b"#!/bin/sh\nrm -rf /", "notes.txt", "type"),
        (b"format c:", "notes.bat", "type"),
        (b"MsgBox 1", "notes.vbs", "type"),
        (b"{\\rtf1 ole}", "notes.txt", "type"),
        (b"MZ\x90\x00" + b"\x00" * 60, "programme.pdf", "type"),
        (b"\x7fELF" + b"\x00" * 60, "notes.txt", "type"),
        (b"a\x00b", "notes.txt", "type"),
        (b"\x81\x8d", "notes.txt", "type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "vieux.doc", "old-office"),
        (b"%PDF-1.7\nrien", "coupé.pdf", "broken"),
        (PDF + HTML, "deux.pdf", "polyglot"),
        (b"%PDF-1.7\n<script>alert(1)</script>" + PDF, "deux.pdf", "polyglot"),
        (PDF + zipped({"a": b"a"}), "deux.pdf", "polyglot"),
        (PDF + zipped({"a": b"a"}) + b"%%EOF", "deux.pdf", "polyglot"),
        (picture("PNG") + zipped({"a": b"a"}), "deux.png", "polyglot"),
        (picture("JPEG") + zipped({"a": b"a"}), "deux.jpg", "polyglot"),
        (picture("JPEG") + HTML, "deux.jpg", "polyglot"),
        (picture("PNG")[:-20], "coupé.png", "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 90, "faux.png", "broken"),
        (office(**{"word/vbaProject.bin": b"x"}), "note.docx", "macros"),
        (office(more=MACRO_TYPE), "note.docx", "macros"),
        (office(more=MACRO_TYPE.replace("macroE", "macro&#69;")), "note.docx", "macros"),
        (office(**{"word/activeX/activeX1.xml": b"x"}), "note.docx", "macros"),
        (odf("odt", **{"Basic/Standard/Module1.xml": b"x"}), "note.odt", "macros"),
        (zipped({"a.txt": b"a"}), "archive.zip", "type"),
        (zipped({"META-INF/MANIFEST.MF": b"a"}), "programme.jar", "type"),
        (zipped({"mimetype": b"application/epub+zip", "content.xml": b"a"}), "livre.odt", "type"),
        (zipped({"[Content_Types].xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), "note.docx", "broken"),
        (zipped({"[Content_Types].xml": b"not xml"}), "note.docx", "broken"),
        (office()[:-30], "coupé.docx", "broken"),
        (office() + b"suite", "suite.docx", "polyglot"),
        (b"PK\x03\x04" + office(), "avant.docx", "polyglot"),
    ],
)
def test_what_is_not_a_plain_document_is_refused(content, name, code):
    refusal = refused(content, name)
    assert refusal.code == code
    if code == "type":
        assert "Types acceptés\u00a0: PDF" in refusal.message


def test_an_archive_with_an_encrypted_entry_is_refused():
    content = bytearray(office())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    assert refused(bytes(content)).code == "encrypted"


def measured(content: bytes) -> tuple[str, float, float]:
    """Code of the refusal, seconds, megabytes at most."""
    file = upload(content, "bombe.docx")
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(ValidationError) as refusal:
        judge(file)
    seconds = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return refusal.value.code, seconds, peak


@pytest.mark.parametrize(
    "parts",
    [
        {"big": b"0" * 60_000_000},  # over 50 MB, and over 100 times its size
        {f"p{number}": bytes([number]) * 400_000 for number in range(20)},  # under 50 MB, over 100 times its size
        {f"p{number}": b"" for number in range(6_000)},  # too many entries
    ],
    ids=["50 MB", "ratio", "entries"],
)
def test_a_bomb_is_refused_in_less_than_a_second_and_50_megabytes(parts):
    code, seconds, peak = measured(office(**parts))
    assert code == "bomb"
    assert seconds < 1
    assert peak < 50


def test_an_entry_that_holds_more_than_it_declares_is_a_bomb():
    content = bytearray(office(big=b"0" * 60_000_000))
    place = content.rindex(b"PK\x01\x02") + 24
    assert struct.unpack_from("<L", content, place)[0] == 60_000_000
    struct.pack_into("<L", content, place, 1000)
    code, seconds, peak = measured(bytes(content))
    assert code == "bomb"
    assert seconds < 1
    assert peak < 50


def test_entries_that_share_their_bytes_are_a_bomb():
    content = bytearray(office(a=b"1" * 500, b=b"1" * 500))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    struct.pack_into("<L", content, second + 20, 4000)
    assert refused(bytes(content)).code == "bomb"


def test_two_entries_of_one_name_are_refused():
    content = zipped({"word/a.xml": b"1", "word/A.xml": b"2"})
    assert refused(content).code == "polyglot"


def test_an_archive_is_left_at_its_start_for_whoever_saves_it():
    file = upload(office())
    archives.check_archive(file)
    judge(file)
    assert file.tell() == 0


def test_over_20_megabytes_a_file_is_refused_before_it_is_read():
    class Heavy:
        size, name = document_files.MAX_BYTES + 1, "lourd.pdf"

        def read(self, *_):
            raise AssertionError("read")

    with pytest.raises(ValidationError, match="dépasse 20"):
        judge(Heavy())


def test_an_empty_file_is_refused(officer, agreement):
    assert refused(b"").code == "empty"
    response = post(officer, "partners:document_add_agreement", agreement.pk, b"", kind="autre")
    assert "Ce fichier est vide" in response.content.decode()


def test_no_upload_writes_more_than_the_bound_to_the_disk():
    handler = upload_bound.BoundedUploadHandler()
    assert handler.receive_data_chunk(b"x", upload_bound.BOUND) == b"x"
    assert handler.receive_data_chunk(b"x", upload_bound.BOUND + 1) is None
    assert upload_bound.BOUND > document_files.MAX_BYTES


# Names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\accord signé.pdf", "accord signé.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        ("accord 🤝🏽 final.pdf", "accord 🤝🏽 final.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ('a"; filename="b.exe', "a__ filename=_b.pdf"),
        ("v1.2 du 3.11.2026", "v1.2 du 3.11.2026.pdf"),
        ("\ud800.pdf", "document.pdf"),
        ("صفاقس.pdf", "صفاقس.pdf"),
    ],
)
def test_a_hostile_name_becomes_a_safe_one(name, kept):
    assert download_name(name, "pdf") == kept


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 octet"),
        (640, "640 octets"),
        (2048, "2 Ko"),
        (48_200, "47 Ko"),
        (1_887_437, "1,8 Mo"),
        (20 << 20, "20 Mo"),
    ],
)
def test_a_size_is_said_in_the_usual_units(count, said):
    assert file_size(count) == said.replace(" ", "\u00a0")


# Adding ----------------------------------------------------------------------------------


def test_the_officer_attaches_a_document_to_an_agreement_and_everybody_reads_it(officer, elected, agreement, media):
    document = attach(officer, agreement, title="")
    assert document.title == "convention"
    assert document.kind == "texte-signe"
    assert document.added_by == officer.user
    assert Path(document.file.path).read_bytes() == PDF
    assert "convention" not in document.file.name
    page = elected.client.get(agreement.get_absolute_url()).content.decode()
    assert document.get_absolute_url() in page
    assert document.sha256 in page
    assert Change.objects.get(model="partners.document").verb == "created"


def test_a_territory_and_an_action_take_documents_too(officer, economic, collectivity):
    territory, action = TerritoryFactory(collectivity=collectivity), ActionFactory(collectivity=collectivity)
    first = post(officer, "partners:document_add_territory", territory.pk, kind="bilan", title="Mission")
    second = post(economic, "typology:document_add", action.pk, title="Programme")
    assert first["Location"] == f"{territory.get_absolute_url()}#documents"
    assert second["Location"] == f"{action.get_absolute_url()}#documents"
    for row, title in ((territory, "Mission"), (action, "Programme")):
        assert title in officer.client.get(row.get_absolute_url()).content.decode()


def test_a_territory_is_not_offered_the_kinds_of_an_agreement(officer, collectivity):
    territory = TerritoryFactory(collectivity=collectivity)
    response = post(officer, "partners:document_add_territory", territory.pk, kind="deliberation")
    assert "kind" in response.context["form"].errors
    assert not Document.objects.exists()


def test_the_step_of_the_checklist_that_leads_here_comes_chosen(officer, agreement):
    url = reverse("partners:document_add_agreement", args=[agreement.pk])
    page = officer.client.get(f"{url}?kind=deliberation").content.decode()
    assert '<option value="deliberation" selected>' in page
    for other in ("", "?kind=%00x", "?kind=inconnue"):
        assert '<option value="autre" selected>' in officer.client.get(url + other).content.decode()


def test_a_refused_file_says_why_beside_the_field_and_leaves_nothing(officer, agreement, media):
    response = post(officer, "partners:document_add_agreement", agreement.pk, HTML, "page.pdf", title="Ma page")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="id_file_error"' in page
    assert "Ma page" in page
    assert not Document.objects.exists()
    assert not list(media.rglob("*")) if media.exists() else True


def test_the_same_file_is_not_attached_twice_to_one_row(officer, agreement, collectivity):
    attach(officer, agreement)
    response = post(officer, "partners:document_add_agreement", agreement.pk, kind="autre")
    assert "déjà joint ici, sous l’intitulé «\u00a0Texte signé\u00a0»" in response.content.decode()
    attach(officer, AgreementFactory(collectivity=collectivity))
    assert Document.objects.count() == 2


def test_a_file_whose_row_cannot_be_written_leaves_the_disk(officer, agreement, media, monkeypatch):
    def fail(**_fields):
        raise RuntimeError("the history is full")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError, match="full"):
        attach(officer, agreement)
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_very_long_or_turned_name_is_kept_as_a_safe_one(officer, agreement):
    document = attach(officer, agreement, name="\u202e" + "é🤝" * 100 + ".pdf", title="")
    assert len(document.filename) <= 200
    assert "\u202e" not in document.filename + document.title


# The scanner -----------------------------------------------------------------------------


def scanner(tmp_path: Path, code: str) -> str:
    script = tmp_path / "scanner.py"
    script.write_text(f"import sys, time\n{code}\n")
    return f"{sys.executable} {script}"


SEES = "sys.exit(1 if b'infected' in open(sys.argv[1], 'rb').read() else 0)"


def test_a_clean_file_passes_the_scanner(officer, agreement, settings, tmp_path):
    settings.UPLOAD_SCANNER = scanner(tmp_path, SEES)
    assert attach(officer, agreement).size == len(PDF)


@pytest.mark.parametrize(
    ("code", "content", "said"),
    [
        (SEES, PDF.replace(b"Catalog", b"infected"), "programme malveillant"),
        ("sys.exit(2)", PDF, "L’antivirus ne répond pas"),
        ("time.sleep(30)", PDF, "L’antivirus ne répond pas"),
        (None, PDF, "L’antivirus ne répond pas"),
    ],
    ids=["infected", "at a loss", "slow", "absent"],
)
def test_a_file_that_the_scanner_does_not_clear_is_refused(
    code, content, said, officer, agreement, settings, tmp_path, monkeypatch
):
    monkeypatch.setattr("aict.ui.virus_scan.TIME_LIMIT", 1.5)
    settings.UPLOAD_SCANNER = scanner(tmp_path, code) if code else "/nowhere/scanner --fast"
    response = post(officer, "partners:document_add_agreement", agreement.pk, content, kind="autre")
    assert said in response.content.decode()
    assert not Document.objects.exists()


# Reading ---------------------------------------------------------------------------------


def test_a_document_is_always_a_download_that_can_do_nothing(officer, agreement):
    document = attach(officer, agreement, name="Convention signée 🤝.pdf")
    response = officer.client.get(document.get_absolute_url())
    assert response.streaming
    assert response.getvalue() == PDF
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Convention%20sign")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


def test_nobody_else_reads_it(officer, stranger, network, client, agreement):
    url = attach(officer, agreement).get_absolute_url()
    assert stranger.client.get(url).status_code == 404
    assert network.client.get(url).status_code == 403
    assert client.get(url).status_code == 302


def test_the_documents_of_a_deleted_agreement_stay_readable_and_do_not_change(officer, agreement):
    document = attach(officer, agreement)
    officer.client.post(reverse("partners:agreement_delete", args=[agreement.pk]))
    assert officer.client.get(document.get_absolute_url()).getvalue() == PDF
    page = officer.client.get(agreement.get_absolute_url()).content.decode()
    assert document.get_absolute_url() in page
    assert reverse("partners:document_delete", args=[document.pk]) not in page
    for route in ("partners:document_edit", "partners:document_delete"):
        assert officer.client.post(reverse(route, args=[document.pk])).status_code == 404
    assert post(officer, "partners:document_add_agreement", agreement.pk).status_code == 404


def test_a_file_gone_from_the_disk_is_told_in_french(officer, agreement):
    document = attach(officer, agreement)
    Path(document.file.path).unlink()
    response = officer.client.get(document.get_absolute_url())
    assert response.status_code == 404
    assert "n’est plus sur le serveur" in response.content.decode()


def test_the_page_of_an_agreement_costs_the_same_with_1_and_30_documents(officer, agreement, django_assert_num_queries):
    attach(officer, agreement, PDF + b"\n")
    with CaptureQueriesContext(connection) as queries:
        officer.client.get(agreement.get_absolute_url())
        count = len(queries)
    for number in range(29):
        attach(officer, agreement, PDF.replace(b"Catalog", b"Catalog%d" % number))
    with django_assert_num_queries(count):
        officer.client.get(agreement.get_absolute_url())


# Correcting and deleting -----------------------------------------------------------------


def test_title_and_kind_are_corrected_the_file_never(officer, agreement):
    document = attach(officer, agreement)
    data = {"title": "Délibération du 3 mars", "kind": "deliberation", "file": upload(HTML)}
    response = officer.client.post(reverse("partners:document_edit", args=[document.pk]), data)
    assert response["Location"] == f"{agreement.get_absolute_url()}#documents"
    document.refresh_from_db()
    assert (document.title, document.kind) == ("Délibération du 3 mars", "deliberation")
    assert Path(document.file.path).read_bytes() == PDF


@pytest.mark.django_db(transaction=True)
def test_a_deleted_document_leaves_the_disk_and_its_twin_elsewhere_stays(transactional_reference, officer):
    first, second = (AgreementFactory(collectivity=officer.collectivity) for _ in range(2))
    document, twin = attach(officer, first), attach(officer, second)
    assert document.sha256 == twin.sha256
    path = Path(document.file.path)
    response = officer.client.post(reverse("partners:document_delete", args=[document.pk]))
    assert response["Location"] == f"{first.get_absolute_url()}#documents"
    assert not path.exists()
    assert officer.client.get(twin.get_absolute_url()).getvalue() == PDF
    told = Change.objects.get(model="partners.document", verb="deleted")
    assert told.fields["empreinte"] == [document.sha256, ""]
    assert told.author == officer.user


@pytest.mark.django_db(transaction=True)
def test_a_file_that_a_copied_row_still_names_stays_on_the_disk(transactional_reference, officer):
    document = attach(officer, AgreementFactory(collectivity=officer.collectivity))
    copy = Document.objects.get(pk=document.pk)
    copy.pk = None
    copy.save()
    officer.client.post(reverse("partners:document_delete", args=[document.pk]))
    assert officer.client.get(copy.get_absolute_url()).getvalue() == PDF


def test_a_deletion_that_fails_keeps_the_file(officer, agreement, monkeypatch):
    document = attach(officer, agreement)

    def fail(*_args, **_fields):
        raise RuntimeError("the database is full")

    monkeypatch.setattr(Document, "delete", fail)
    with pytest.raises(RuntimeError, match="full"):
        officer.client.post(reverse("partners:document_delete", args=[document.pk]))
    assert Path(document.file.path).exists()
    assert not Change.objects.filter(verb="deleted").exists()


def test_the_economic_service_writes_documents_of_actions_not_of_agreements(economic, officer, agreement, collectivity):
    action = ActionFactory(collectivity=collectivity)
    assert post(economic, "typology:document_add", action.pk).status_code == 302
    assert post(economic, "partners:document_add_agreement", agreement.pk).status_code == 403
    document = ActionDocument.objects.get()
    assert economic.client.post(reverse("typology:document_delete", args=[document.pk])).status_code == 302
    assert not ActionDocument.objects.exists()
