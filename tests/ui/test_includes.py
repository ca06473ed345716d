"""The small includes that list, detail and form pages share."""

import django_filters
import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from aict.accounts.history import record, state_of
from aict.accounts.models import Change
from partners.models import Country, Territory
from tests.factories import TerritoryFactory


class TerritoryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Nom")
    country = django_filters.ModelChoiceFilter(queryset=Country.objects.all(), label="Pays")
    visibility = django_filters.MultipleChoiceFilter(
        choices=[("internal", "Interne"), ("network", "Réseaux")], label="Visibilité"
    )
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label="Créé")

    class Meta:
        model = Territory
        fields: list[str] = []


def render_filters(address: str) -> str:
    request = RequestFactory().get(address)
    form = TerritoryFilter(request.GET, queryset=Territory.objects.none()).form
    return render_to_string("ui/filters.html", {"form": form, "label": "Filtrer les territoires"}, request)


def test_an_active_choice_comes_back_as_a_link_that_removes_only_it(db):
    html = render_filters("/?q=Sfax&visibility=internal&visibility=network&page=3")
    assert 'href="?visibility=internal&amp;visibility=network"' in html
    assert 'href="?q=Sfax&amp;visibility=network"' in html
    assert "Visibilité : Interne" in html
    assert "page=3" not in html
    assert 'href="?">Tout effacer' in html


def test_a_chosen_row_is_shown_by_its_name(db):
    country = Country.objects.get(code="tn")
    assert f"Pays : {country}" in render_filters(f"/?country={country.pk}")


def test_a_range_of_dates_is_one_chip(db):
    html = render_filters("/?created_after=2026-01-01&created_before=2026-12-31")
    assert html.count('class="chip"') == 1
    assert "01/01/2026 – 31/12/2026" in html


def test_an_unreadable_filter_is_explained_and_can_be_removed(db):
    html = render_filters("/?country=abc")
    assert "Filtre illisible" in html
    assert 'class="chip" href="?"' in html


def test_hostile_text_in_a_filter_is_escaped(db):
    html = render_filters("/?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_no_filter_shows_no_chip(db):
    assert "Filtres actifs" not in render_filters("/")


@pytest.mark.parametrize(
    ("severity", "css", "word"),
    [("blocage", "danger", "Bloquant."), ("alerte", "warn", "Alerte."), ("info", "info", "À savoir.")],
)
def test_a_finding_says_its_severity_in_a_word(severity, css, word):
    html = render_to_string("ui/finding.html", {"severity": severity, "text": "<b>x</b>", "url": "/a/#id_b"})
    assert f'class="note {css}"' in html
    assert word in html
    assert "&lt;b&gt;x" in html
    assert '<a href="/a/#id_b">Aller au champ</a>' in html


def test_a_finding_without_address_has_no_link():
    assert "<a " not in render_to_string("ui/finding.html", {"severity": "info", "text": "x"})


def test_the_stepper_marks_the_open_step_and_repeats_each_state_in_words():
    steps = [
        {"code": "A1", "label": "Moyens", "state": "complete", "word": "Complète", "url": "/a1/", "current": False},
        {"code": "B1", "label": "Acteurs", "state": "incomplete", "word": "1 blocage", "url": "/b1/", "current": True},
        {
            "code": "C1",
            "label": "Priorités",
            "state": "not-started",
            "word": "À faire",
            "url": "/c1/",
            "current": False,
        },
    ]
    html = render_to_string("ui/stepper.html", {"steps": steps})
    assert html.count('aria-current="step"') == 1
    assert '<li class="done"><a href="/a1/">' in html
    assert '<li class="half"><a href="/b1/" aria-current="step">' in html
    assert '<li><a href="/c1/">' in html
    assert "1 blocage" in html


def test_a_missing_fact_is_shown_as_missing_and_zero_is_kept():
    html = render_to_string("ui/facts.html", {"rows": [("Pays", None), ("Montant", 0), ("Note", "")]})
    assert html.count('<span class="missing">Manquant</span>') == 2
    assert "<dd>0</dd>" in html


def test_history_shows_who_changed_what_before_and_after(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    before = state_of(territory)
    territory.name = "Sfax <script>"
    territory.save()
    record(instance=territory, author=officer.user, before=before)
    html = render_to_string("ui/history.html", {"changes": Change.objects.about(territory).select_related("author")})
    assert "<del>Sfax</del>" in html
    assert "<ins>Sfax &lt;script&gt;</ins>" in html
    assert str(officer.user) in html


def test_an_empty_history_says_so(db):
    assert "Aucun changement" in render_to_string("ui/history.html", {"changes": []})
