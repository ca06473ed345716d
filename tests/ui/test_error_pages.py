"""Error pages: in French, in the look, saying what happened and what to do."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.views import defaults
from django.views.csrf import csrf_failure

from aict.urls import urlpatterns as real_urlpatterns


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret of the machine")


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("secret of the machine")


urlpatterns = [*real_urlpatterns, path("panne/", broken), path("louche/", suspicious)]


def test_an_unknown_address_says_what_to_do(officer):
    response = officer.client.get("/nulle-part/<script>/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "Cette page n’existe pas" in html
    assert officer.collectivity.name in html
    assert "<script>/" not in html


def test_an_unknown_address_is_explained_to_a_visitor_too(db):
    response = Client().get("/nulle-part/")
    assert response.status_code == 404
    assert "Se connecter" in response.content.decode()


@pytest.mark.parametrize("address", ["/membres/inviter/", "/strategies/1/document/", "/traitements/1/relancer/"])
def test_an_address_that_only_receives_a_gesture_says_so(admin, address):
    response = admin.client.get(address)
    html = response.content.decode()
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "Cette adresse n’a pas de page à montrer" in html
    assert "Content-Security-Policy" in response


def test_the_api_keeps_its_own_refusal_of_a_method(admin):
    response = admin.client.post("/api/v1/schema/")
    assert response.status_code == 405
    assert response["Content-Type"].startswith("application/")
    assert "<html" not in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_a_breakdown_answers_500_without_a_word_of_the_machine(officer):
    officer.client.raise_request_exception = False
    response = officer.client.get("/panne/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "Le site a rencontré une erreur" in html
    assert "secret" not in html


def test_the_breakdown_page_needs_neither_database_nor_request_nor_static_manifest():
    with override_settings(STATIC_URL="/elsewhere/"):
        assert "Le site a rencontré une erreur" in render_to_string("500.html")


@override_settings(ROOT_URLCONF=__name__)
def test_a_suspicious_request_answers_400_in_french(officer):
    response = officer.client.get("/louche/")
    assert response.status_code == 400
    assert "La demande n’a pas pu être lue" in response.content.decode()


def test_an_expired_form_says_that_nothing_was_saved():
    response = csrf_failure(RequestFactory().post("/"))
    assert response.status_code == 403
    assert "rien n’a été enregistré" in response.content.decode()


def test_a_real_form_without_its_token_gets_that_page(db):
    response = Client(enforce_csrf_checks=True).post("/compte/connexion/", {"login": "a@example.org"})
    assert response.status_code == 403
    assert "Le formulaire a expiré" in response.content.decode()


@pytest.mark.parametrize("view", [defaults.bad_request, defaults.server_error])
def test_pages_rendered_without_context_are_in_the_look(view):
    html = view(RequestFactory().get("/"), *([Exception()] if view is defaults.bad_request else [])).content.decode()
    assert 'lang="fr"' in html
    assert 'class="plate key narrow"' in html
