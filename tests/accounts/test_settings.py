"""Settings, logo, accent colour, and the two public pages."""

import zlib
from pathlib import Path
from struct import pack

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aict.accounts import history
from aict.accounts.models import Change, Membership
from aict.ui.colors import validate_accent
from tests.conftest import PASSWORD

PAGE = "/reglages/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8H0z"/></svg>'
FORM = {"name": "Métropole de Valmarée", "accent": "#7a1f4b", "website": "", "short_name": "", "seat": ""}


def png():
    def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"\x00\x00\x00\x00")
    header = pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def text_of(response):
    return response.content.decode()


def save(actor, logo=None, **fields):
    form = FORM | fields | ({"logo": SimpleUploadedFile(*logo)} if logo else {})
    response = actor.client.post(PAGE, form)
    actor.collectivity.refresh_from_db()
    return response


def test_the_admin_changes_name_site_and_colour_and_history_keeps_it(admin):
    response = save(admin, name="Métropole de Valmarée-Océan", website="https://valmaree.example", seat="Valmarée")
    assert response["Location"] == PAGE
    assert admin.collectivity.name == "Métropole de Valmarée-Océan"
    change = Change.objects.get(model="accounts.collectivity")
    assert change.collectivity == admin.collectivity
    assert change.author == admin.user
    assert change.fields["nom"] == ["Métropole de Valmarée", "Métropole de Valmarée-Océan"]
    assert "theme/7a1f4b.css" in text_of(admin.client.get("/"))


def test_settings_whose_history_cannot_be_written_are_not_saved(admin, monkeypatch):
    def fail(**_fields):
        raise RuntimeError("the history is full")

    monkeypatch.setattr(history, "record", fail)
    with pytest.raises(RuntimeError, match="full"):
        save(admin, name="Nom sans trace")
    admin.collectivity.refresh_from_db()
    assert admin.collectivity.name == "Métropole de Valmarée"


@pytest.mark.parametrize("role", ["officer", "economic", "elected", "network"])
def test_nobody_else_changes_them(role, request):
    actor = request.getfixturevalue(role)
    assert save(actor, name="Pris").status_code == 403
    assert actor.collectivity.name == "Métropole de Valmarée"


def test_an_admin_changes_only_the_current_collectivite(admin, stranger):
    save(admin, name="Nouveau nom", collectivity=stranger.collectivity.pk, pk=stranger.collectivity.pk)
    stranger.collectivity.refresh_from_db()
    assert stranger.collectivity.name == "Communauté de Rochebrune"


def test_siren_and_nature_are_not_changed_here(admin):
    save(admin, siren="200000024", kind="commune")
    assert (admin.collectivity.siren, admin.collectivity.kind) == ("200000016", "metropole")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 161),
        ("name", "\x00"),
        ("short_name", "x" * 61),
        ("website", "javascript:alert(1)"),
        ("website", "pas une adresse"),
        ("accent", ""),
        ("accent", "rouge"),
        ("accent", "#7A1F4"),
        ("accent", "#00a0d2"),
        ("accent", "#ffffff"),
        ("accent", "#7a1f4b;}body{display:none"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field_and_nothing_is_saved(admin, field, value):
    response = save(admin, **{field: value, "seat": "Ailleurs"})
    assert response.status_code == 200
    assert 'aria-invalid="true"' in text_of(response)
    assert f'id="id_{field}_error"' in text_of(response)
    assert admin.collectivity.seat == ""
    assert "Ailleurs" in text_of(response)


def test_a_refused_name_does_not_show_in_the_frame_of_the_page(admin):
    page = text_of(save(admin, name="Nom provisoire", accent="#ffffff"))
    assert "<b>Métropole de Valmarée</b>" in page


def test_a_pale_colour_is_refused_with_its_contrast(admin):
    assert "Contraste de 2,80 sur le fond des pages" in text_of(save(admin, accent="#00a0d2"))


def test_an_upper_case_colour_is_read(admin):
    save(admin, accent="#7A1F4B")
    assert admin.collectivity.accent == "#7a1f4b"


def test_a_colour_can_be_seen_before_it_is_kept(admin):
    page = text_of(save(admin, preview="1"))
    assert '<link rel="stylesheet" href="/theme/7a1f4b.css">' in page
    assert "rien n’est encore enregistré" in page
    assert admin.collectivity.accent == "#0b5d6b"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "🚀 Métropole", "עיריית חיפה", "L’Île « d’à côté »"])
def test_a_name_in_any_script_is_kept_and_escaped(admin, name):
    save(admin, name=name)
    assert admin.collectivity.name == name
    for path in ("/", PAGE, "/collectivites/", "/membres/"):
        assert "<script>alert" not in text_of(admin.client.get(path))


@pytest.mark.parametrize(("content", "kind"), [(png(), "image/png"), (SVG, "image/svg+xml")])
def test_a_logo_is_served_to_members_with_its_true_type_and_no_power(admin, elected, content, kind):
    assert save(admin, logo=("Logo été.EXE", content)).status_code == 302
    response = elected.client.get(admin.collectivity.logo_url)
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]
    assert admin.collectivity.logo_url in text_of(elected.client.get("/"))


def test_a_logo_is_not_served_to_anybody_else(admin, stranger, client):
    save(admin, logo=("l.svg", SVG))
    assert stranger.client.get(admin.collectivity.logo_url).status_code == 404
    assert client.get(admin.collectivity.logo_url).status_code == 302
    Membership.objects.create(collectivity=admin.collectivity, user=stranger.user, role="elected")
    assert stranger.client.get(admin.collectivity.logo_url).status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", b"ceci n'est pas une image"),
        ("logo.svg", SVG.replace(b"<path", b"<script>alert(1)</script><path")),
        ("logo.svg", SVG.replace(b"<path", b"<path onload='alert(1)'")),
        ("logo.png", png() + b"<html><script>alert(1)</script>"),
        ("logo.png", b"\x00" * (2 * 1024 * 1024 + 1)),
        ("logo.png", b""),
        ("x" * 200 + ".png", png()),
    ],
)
def test_a_file_that_is_not_a_harmless_image_is_refused(admin, media, name, content):
    response = save(admin, logo=(name, content))
    assert response.status_code == 200
    assert 'id="id_logo_error"' in text_of(response)
    assert not admin.collectivity.logo
    assert not list(media.rglob("*.*"))


def test_a_new_logo_has_a_new_address_and_erases_the_old_file(admin, media, django_capture_on_commit_callbacks):
    save(admin, logo=("a.svg", SVG))
    first = admin.collectivity.logo_url
    with django_capture_on_commit_callbacks(execute=True):
        save(admin, logo=("b.png", png()))
    assert admin.collectivity.logo_url != first
    assert [path.suffix for path in media.rglob("*.*")] == [".png"]


def test_a_logo_can_be_taken_away(admin, media, django_capture_on_commit_callbacks):
    save(admin, logo=("a.svg", SVG))
    url = admin.collectivity.logo_url
    with django_capture_on_commit_callbacks(execute=True):
        save(admin, remove_logo="on")
    assert not admin.collectivity.logo
    assert not list(media.rglob("*.*"))
    assert admin.client.get(url).status_code == 404


def test_saving_without_touching_the_logo_keeps_it(admin):
    save(admin, logo=("a.svg", SVG))
    name = admin.collectivity.logo.name
    save(admin, seat="Valmarée")
    assert admin.collectivity.logo.name == name


def test_a_logo_whose_file_is_lost_answers_404(admin):
    save(admin, logo=("a.svg", SVG))
    Path(admin.collectivity.logo.path).unlink()
    assert admin.client.get(admin.collectivity.logo_url).status_code == 404


@pytest.mark.parametrize("number", ["0", "99999999999999999999"])
def test_the_logo_of_an_impossible_number_answers_404(admin, number):
    assert admin.client.get(f"/logo/{number}/").status_code == 404


@pytest.mark.parametrize("color", ["7a1f4b", "0b5d6b", "000000"])
def test_a_readable_colour_has_its_stylesheet_cached_for_long(client, color):
    response = client.get(f"/theme/{color}.css")
    assert response.content.decode() == f":root{{--accent:#{color}}}\n"
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=31536000" in response["Cache-Control"]
    validate_accent(f"#{color}")


@pytest.mark.parametrize("color", ["ffffff", "00a0d2", "7A1F4B", "7a1f4", "7a1f4b0", "rouge", "7a1f4b-", "zzzzzz"])
def test_any_other_colour_answers_404(db, client, color):
    assert client.get(f"/theme/{color}.css").status_code == 404


def test_the_accessibility_statement_is_public_and_honest(db, client):
    page = text_of(client.get("/accessibilite/"))
    assert "non auditée à ce jour" in page
    assert "mailto:aict@localhost" in page
    assert "conforme" not in page.replace("mention «\u00a0partiellement conforme\u00a0»", "")


def test_the_privacy_sheet_is_public_and_says_how_long(db, client, settings):
    page = text_of(client.get("/donnees-personnelles/"))
    assert "sessionid" in page
    assert f"{settings.SESSION_COOKIE_AGE // 3600} heures" in page
    assert settings.SESSION_COOKIE_NAME == "sessionid"


def test_the_two_cookies_of_the_sheet_are_the_only_ones(admin):
    client = Client()
    client.get("/compte/connexion/")
    client.post("/compte/connexion/", {"login": admin.user.email, "password": PASSWORD})
    client.post(PAGE, FORM)
    assert set(client.cookies) == {"sessionid", "csrftoken"}
