"""The component page: everything at once, strict about undefined variables, and only in DEBUG."""

import re
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import include, path

from aict.ui.colors import PALETTE
from aict.urls import urlpatterns as real_urlpatterns

ROOT = Path(__file__).resolve().parent.parent.parent
# Parts of the frame, of a field or of another component; whole pages.
ELSEWHERE = {
    "account_links", "nav_links", "topbar", "attrs", "field", "form", "form_errors", "folded_checkboxes", "components",
    "confirm_delete", "confirm_removal", "deleted_rows", "filter_cell", "key_pager",
}  # fmt: skip
urlpatterns = [*real_urlpatterns, path("_ui/", include("aict.ui.urls"))]


@pytest.fixture
def page(db) -> str:
    with override_settings(ROOT_URLCONF=__name__):
        response = Client().get("/_ui/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_component_page_does_not_exist_outside_debug(db):
    assert Client().get("/_ui/").status_code == 404


def test_the_component_page_shows_charts_map_and_forms(page):
    for text in ("acteurs-t", "frise-gap", "entreprises-t", "carte-t", "couverture-t", "31/02/2027", "Filtres actifs"):
        assert text in page


def test_every_component_is_on_the_page():
    source = (ROOT / "templates" / "ui" / "components.html").read_text(encoding="utf-8")
    names = {file.stem for file in (ROOT / "templates" / "ui").glob("*.html")} - ELSEWHERE
    assert {name for name in names if f'"ui/{name}.html"' not in source} == set()


def test_ids_are_unique_on_the_page(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_page_needs_neither_inline_style_nor_script_nor_another_host(page):
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", page)
    assert not re.search(r'(?:href|src)="https?:', page)


def test_the_page_stays_under_300_kilobytes(page):
    assert len(page.encode()) < 300_000


def test_the_palette_of_drawings_is_that_of_the_tokens():
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    written = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", tokens))
    for name, value in PALETTE.items():
        assert written[name] in (value, "#" + value[1:7:2])
