"""Exports: French values, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from aict.ui.exports import Column, csv_response, file_response, guard, unguard, xlsx_bytes, xlsx_response
from partners.models import Country

DANGEROUS = [
    "=1+1",
    "+33 6",
    "-1+2",
    "@SUM(A1)",
    "|calc",
    "%0A",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u202f@x",
    "\u200b=1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "｜x",
    "％x",
    "﹦1",
    "\x00=1",
    "=cmd|' /C calc'!A0",
    "\tx",
    "\rx",
    "\nx",
]
CELL = [Column("Valeur", lambda row: row)]


def csv_rows(rows, columns=CELL):
    raw = b"".join(csv_response(rows, columns, "essai.csv").streaming_content)
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))


def xlsx_cells(rows, columns=CELL):
    sheet = load_workbook(io.BytesIO(xlsx_bytes(rows, columns, "Essai"))).active
    return [list(line) for line in sheet.iter_rows()]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_dangerous_text_is_active_in_csv(text):
    cell = csv_rows([text])[1][0]
    assert cell.startswith("'")
    assert "\x00" not in cell


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_dangerous_text_is_active_in_xlsx(text):
    cell = xlsx_cells([text])[1][0]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_dangerous_heading_is_guarded_too(text):
    columns = [Column(text, lambda row: row)]
    assert csv_rows([], columns)[0][0].startswith("'")
    assert xlsx_cells([], columns)[0][0].value.startswith("'")


@pytest.mark.parametrize("text", ["Sfax", "l’Île-de-France", "100 %", "a=b", "« = »", "'citation'", "صفاقس", "😀", ""])
def test_ordinary_text_is_left_as_it_is(text):
    assert guard(text) == text


def test_a_real_negative_number_stays_a_number():
    assert csv_rows([-5, Decimal("-1234.50"), -0.5])[1:] == [["-5"], ["-1234,50"], ["-0,5"]]
    numbers = [line[0].value for line in xlsx_cells([-5, Decimal("-1234.50")])[1:]]
    assert numbers == [-5, -1234.5]


def test_text_that_looks_like_an_error_stays_text_in_xlsx():
    cell = xlsx_cells(["#N/A"])[1][0]
    assert (cell.data_type, cell.value) == ("s", "#N/A")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn"])))
def test_an_export_read_back_gives_the_same_text(text):
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["'=1", "''+", "'", "\t'x", "'l", "=", "-"])
def test_apostrophes_of_the_author_survive_an_export_read_back(text):
    assert unguard(guard(text)) == text


def test_values_are_french_in_csv():
    rows = [None, True, False, 1234567, Decimal("1234.50"), date(2027, 1, 31), datetime(2027, 7, 1, 10, 0, tzinfo=UTC)]
    cells = [line[0] if line else "" for line in csv_rows(rows)[1:]]
    assert cells == ["", "oui", "non", "1234567", "1234,50", "31/01/2027", "01/07/2027 12:00"]


def test_values_are_typed_in_xlsx():
    rows = [7, Decimal("1.5"), date(2027, 1, 31), datetime(2027, 7, 1, 10, 0, tzinfo=UTC), True]
    cells = [line[0] for line in xlsx_cells(rows)[1:]]
    assert [cell.value for cell in cells[:2]] == [7, 1.5]
    assert cells[2].is_date
    assert cells[2].value.date() == date(2027, 1, 31)
    assert cells[3].value == datetime(2027, 7, 1, 12, 0)
    assert cells[4].value == "oui"


def test_infinite_huge_and_ancient_values_do_not_break_the_workbook():
    cells = [
        line[0].value
        for line in xlsx_cells([float("nan"), Decimal("Infinity"), 10**30, date(1648, 10, 24), "x" * 40_000])[1:]
    ]
    assert cells[:4] == [None, None, str(10**30), "24/10/1648"]
    assert len(cells[4]) == 32_767


def test_the_csv_opens_in_a_french_spreadsheet():
    columns = [Column("A", lambda row: row[0]), Column("B", lambda row: row[1])]
    response = csv_response([("é;«", "ligne 1\nligne 2")], columns, "été.csv")
    raw = b"".join(response.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbfA;B\r\n")
    assert raw.endswith(b"\r\n")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9t%C3%A9.csv"
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_the_workbook_keeps_its_bold_headings_in_view():
    response = xlsx_response([1], CELL, "essai.xlsx", "Accords : 2027/2032 [tous] et même au-delà")
    book = load_workbook(io.BytesIO(response.content))
    sheet = book.active
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert len(sheet.title) <= 31


def test_a_queryset_is_streamed_in_one_query(django_assert_num_queries, db):
    with django_assert_num_queries(1):
        rows = csv_rows(Country.objects.all(), [Column("Pays", str)])
    assert len(rows) == Country.objects.count() + 1


def test_a_file_takes_its_name_and_sheet_from_its_rows_and_an_unknown_format_does_not_exist():
    columns = [Column("Nom", str)]
    text = file_response(["Sfax"], columns, "parties-prenantes", "csv")
    assert b"".join(text.streaming_content).decode("utf-8-sig") == "Nom\r\nSfax\r\n"
    assert 'filename="parties-prenantes.csv"' in text["Content-Disposition"]
    book = file_response(["Sfax"], columns, "parties-prenantes", "xlsx")
    assert 'filename="parties-prenantes.xlsx"' in book["Content-Disposition"]
    assert load_workbook(io.BytesIO(book.content)).sheetnames == ["Parties prenantes"]
    for format in ("pdf", "CSV", ""):
        with pytest.raises(Http404):
            file_response([], columns, "actions", format)
