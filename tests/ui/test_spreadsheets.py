"""Tables that people bring: every encoding and separator is read, everything else is refused with its reason."""

import io
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from aict.ui import spreadsheets
from aict.ui.spreadsheets import MAX_ROWS, Reading, RefusedFileError, letter, read

TEXT = "Nom;Pays\r\nSfax;Tunisie\r\n« L’Été » à Córdoba;Côte d’Ivoire\r\n"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def workbook(*rows, change=None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, data: bytes | str) -> bytes:
    """The same workbook, one of its parts replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, data)
    return buffer.getvalue()


def rows(content: bytes, **asked) -> list[tuple]:
    return [line.cells for line in read(content, Reading(**asked)).lines]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_a_csv_is_read_in_the_encoding_of_every_tool(encoding, told):
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    sheet = read(mark + TEXT.encode(encoding))
    assert sheet.headings == ("Nom", "Pays")
    assert [line.cells for line in sheet.lines] == [("Sfax", "Tunisie"), ("« L’Été » à Córdoba", "Côte d’Ivoire")]
    assert [line.number for line in sheet.lines] == [2, 3]
    assert sheet.reading.encoding == told


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_found_and_told(separator):
    content = f'Nom{separator}Remarque\nSfax{separator}"une; deux, trois\nquatre"\n'.encode()
    sheet = read(content)
    assert sheet.reading.separator == separator
    assert sheet.lines[0].cells == ("Sfax", "une; deux, trois\nquatre")


def test_what_was_guessed_can_be_asked_for_instead():
    content = b"a,b;c\n1,2;3\n"
    assert read(content, Reading(separator=",")).headings == ("a", "b;c")
    assert read(content, Reading(separator=";")).headings == ("a,b", "c")
    assert read("é;b\n1;2\n".encode(), Reading(encoding="cp1252")).headings[0] == "Ã©"


def test_a_title_above_the_headings_is_skipped_and_another_line_can_be_asked_for():
    content = b"Registre des partenaires;;\n;;\nNom;Pays;Note\nSfax;Tunisie;\n"
    sheet = read(content)
    assert (sheet.headings, sheet.reading.headings, sheet.lines[0].number) == (("Nom", "Pays", "Note"), 3, 4)
    assert read(content + b"a;b;c\n", Reading(headings=4)).headings == ("Sfax", "Tunisie")


def test_a_workbook_gives_real_dates_and_numbers():
    content = workbook(["Nom", "Début", "Montant", "SIREN"], ["Sfax", date(2024, 1, 31), 1234.56, 200000016])
    assert rows(content) == [("Sfax", date(2024, 1, 31), Decimal("1234.56"), Decimal("200000016"))]
    assert spreadsheets.shown(Decimal("200000016")) == "200000016"


def test_a_second_sheet_can_be_asked_for():
    book = Workbook()
    book.active.title = "Lisez-moi"
    book.create_sheet("Accords").append(["Intitulé"])
    book["Accords"].append(["Jumelage"])
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = read(buffer.getvalue())
    assert (sheet.sheets, sheet.reading.sheet, sheet.headings) == (("Lisez-moi", "Accords"), "Accords", ("Intitulé",))


def test_duplicate_headings_merged_cells_and_formulas_are_told_with_their_cell():
    def change(page):
        page.merge_cells("A3:A4")
        page["B3"] = "=1+1"

    content = workbook(["Nom", "Nom", "Note"], ["a", "b", "c"], ["d", "", "e"], ["", "g", "h"], change=change)
    sheet = read(content)
    assert sheet.headings == ("Nom", "Nom", "Note")
    assert "(A, B)" in sheet.notices[0]
    assert "B3" in sheet.notices[1]
    assert "formule sans résultat" in sheet.lines[1].unreadable[1]
    assert "fusionnée avec A3" in sheet.lines[2].unreadable[0]
    assert sheet.lines[0].unreadable == {}


def test_a_formula_with_a_recorded_result_is_read_as_its_result():
    content = workbook(["Nom", "Montant"], ["a", 1])
    text = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    cells = f'<row r="1">{text.format("A1", "Nom")}{text.format("B1", "Montant")}</row>'
    cells += f'<row r="2">{text.format("A2", "a")}<c r="B2"><f>20+22</f><v>42</v></c></row>'
    sheet = read(with_part(content, "xl/worksheets/sheet1.xml", SHEET.format(cells)))
    assert sheet.lines[0].cells == ("a", Decimal(42))
    assert sheet.lines[0].unreadable == {}
    assert "B2" in sheet.notices[0]


def test_a_cell_beyond_the_headings_makes_its_row_unreadable():
    assert "au-delà des en-têtes" in read(b"a;b\n1;2;3\n").lines[0].unreadable[2]


def test_the_export_guard_is_taken_away():
    assert rows(b"Nom;Note\n'=1+1;'-a\n") == [("=1+1", "-a")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "est vide"),
        (b"\xef\xbb\xbf\r\n \r\n", "est vide"),
        (b"Nom;Pays\n", "que des en-têtes"),
        (b"%PDF-1.7 x", "un PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "une image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "ancien classeur"),
        (b"<!DOCTYPE html><table>", "page HTML"),
        (b"a;b\n1;\x002\n", "octets nuls"),
        (b"\x00\x01\x02\x03" * 50, "octets nuls"),
        (b"\xff\xfea", "UTF-16"),
        (b"a;\x81\x8d\n1;2\n", "Windows-1252"),
        (b'a;b\n"jamais refermee;2\n' + b"x" * 200_000, "guillemet"),
        (b"PK\x03\x04 rien", "abîmé"),
        (b"x" * (20 * 1024 * 1024 + 1), "20 Mo"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content, reason):
    with pytest.raises(RefusedFileError) as refused:
        read(content)
    assert reason in str(refused.value).replace("\u00a0", " ")


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_x", ".x"), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("../evil.xml", b"<a/>", "sort du classeur"),
        ("/etc/x.xml", b"<a/>", "sort du classeur"),
        ("xl/sharedStrings.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><sst>&b;</sst>', "DOCTYPE"),
        ("xl/worksheets/sheet1.xml", b'<?xml version="1.0" encoding="utf-16"?><worksheet/>', ""),
        ("xl/worksheets/sheet1.xml", b"<worksheet>", "mal formé"),
        (
            "xl/worksheets/sheet1.xml",
            SHEET.format('<row r="1"><c r="A1"/></row><row r="1048576"><c r="A1048576"/></row>').encode(),
            "lignes",
        ),
        ("xl/worksheets/sheet1.xml", SHEET.format('<row r="1"><c r="XFD1"/></row>').encode(), "colonnes"),
        ("xl/worksheets/sheet1.xml", SHEET.format('<row r="1"><c r="A&#49;"/><c r="99"/></row>').encode(), "adresse"),
        (
            "xl/worksheets/sheet1.xml",
            b'<worksheet><mergeCells><mergeCell ref="A1:Z9999"/></mergeCells></worksheet>',
            "fusionnées",
        ),
        ("xl/elsewhere.xml", SHEET.format('<row r="1048576"/>').encode(), "lignes"),
    ],
)
def test_a_trapped_workbook_is_refused_before_any_parser_sees_it(name, data, reason, monkeypatch):
    monkeypatch.setattr(spreadsheets.python_calamine, "load_workbook", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(RefusedFileError) as refused:
        read(with_part(workbook(["a"], ["b"]), name, data))
    assert reason in str(refused.value).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"content_xml": b"<a/>", "mimetype": b"x"}, "OpenDocument"),
        ({"lisez.txt": b"bonjour"}, "archive ZIP"),
        ({"xl__workbook.bin": b"x"}, "XLSB"),
    ],
)
def test_another_kind_of_archive_is_named(parts, reason):
    with pytest.raises(RefusedFileError, match=reason):
        read(archive(**parts))


def test_a_workbook_with_a_password_is_refused():
    content = bytearray(workbook(["a"], ["b"]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        content[place + offset] |= 1
    with pytest.raises(RefusedFileError, match="mot de passe"):
        read(bytes(content))


def test_a_million_rows_are_refused_quickly_with_the_limit_said():
    content = b"a;b\n" + b"1;2\n" * 1_048_576
    started = time.process_time()
    with pytest.raises(RefusedFileError) as refused:
        read(content)
    assert time.process_time() - started < 1
    assert "20 000 lignes" in str(refused.value).replace("\u00a0", " ")
    assert len(read(b"a;b\n" + b"1;2\n" * MAX_ROWS).lines) == MAX_ROWS


def bomb(declared: int | None = None) -> bytes:
    """A workbook whose sheet swells to 200 MB; its headers may say otherwise."""
    content = with_part(workbook(["a"]), "xl/worksheets/sheet1.xml", b"")
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = b"".join(engine.compress(b" " * 1024 * 1024) for _ in range(200)) + engine.flush()
    size = 200 * 1024 * 1024 if declared is None else declared
    name = b"xl/worksheets/big.xml"
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, 0, len(raw), size, len(name), 0)
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer) as sound:
        parts, start = sound.infolist(), sound.start_dir
    local, central = content[:start], content[start : content.rfind(b"PK\x05\x06")]
    here = len(local)
    local += b"PK\x03\x04" + head + name + raw
    central += b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, here) + name
    end = struct.pack("<HHHHIIH", 0, 0, len(parts) + 1, len(parts) + 1, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


# What the reading of a bomb costs: the peak before and after, in the same process, and the time.
MEASURE = """
import resource, sys, time
from aict.ui.spreadsheets import RefusedFileError, read
content = open(sys.argv[1], "rb").read()
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
try:
    read(content)
except RefusedFileError as refused:
    print(round(time.perf_counter() - started, 3), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, refused)
"""


@pytest.mark.parametrize(
    "declared", [None, 1000, 40 * 1024 * 1024], ids=["honest", "lies small", "lies below the limit"]
)
def test_a_bomb_is_refused_in_less_than_a_second_and_50_mb(declared, tmp_path):
    """Measured in a process of its own: whatever ran before here has already taken memory."""
    file = tmp_path / "bombe.xlsx"
    file.write_bytes(bomb(declared))
    assert file.stat().st_size < 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kilobytes, reason = done.stdout.split(" ", 2)
    assert float(seconds) < 1
    assert int(kilobytes) < 50 * 1024
    assert "classeur" in reason.lower()


class Stream(io.RawIOBase):
    """A place that is written once, as a server does that sends a workbook while it makes it."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        self.content += bytes(some)
        return len(some)


def test_a_workbook_written_as_a_stream_is_read():
    """Its entries give their sizes after their content, as those of online spreadsheets do."""
    stream = Stream()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["Nom"], ["Sfax"]))) as sound,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in sound.infolist():
            made.writestr(part.filename, sound.read(part))
    assert stream.content[6] & 0x8
    assert rows(stream.content) == [("Sfax",)]


def test_honest_repetition_is_not_a_bomb():
    assert len(rows(workbook(["Nom", "Note"], *[["Sfax", "x" * 200]] * 3000))) == 3000


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("count", [1_000, 1_000_000])
def test_a_line_of_separators_takes_no_time(count):
    """Trimming empty headings one by one would take an hour."""
    start = time.perf_counter()
    found = read(f"Nom;Pays{';' * count}\nSfax;Tunisie\n".encode())
    assert found.headings == ("Nom", "Pays")
    assert time.perf_counter() - start < 2


def test_a_file_of_separators_alone_is_refused_at_once():
    start = time.perf_counter()
    with pytest.raises(RefusedFileError, match="200 colonnes"):
        read(b"Nom;Pays" + b";" * 10_000_000 + b"\nSfax;Tunisie\n")
    assert time.perf_counter() - start < 2


def test_a_cell_far_to_the_right_is_refused_not_lost():
    with pytest.raises(RefusedFileError, match="200 colonnes"):
        read(f"Nom;Pays\nSfax;Tunisie{';' * 300}perdu\n".encode())


@pytest.mark.parametrize("number", ["1e400", "-1e400", "nan"])
def test_a_number_that_no_tool_writes_is_read_as_text(number):
    sheet = SHEET.format(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Nom</t></is></c></row>'
        f'<row r="2"><c r="A2"><v>{number}</v></c></row>'
    )
    assert isinstance(rows(with_part(workbook(["Nom"], [1]), "xl/worksheets/sheet1.xml", sheet))[0][0], str)
