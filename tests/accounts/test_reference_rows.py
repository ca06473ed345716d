"""Rows of the nomenclatures kept in each process: read once, read again after a load."""

import re
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aict.accounts import reference_rows
from aict.accounts.reference_rows import ReferenceRows
from typology.filters import ActionFilter
from typology.models import Action, ActionCategory

pytestmark = pytest.mark.django_db


@pytest.fixture
def categories() -> ReferenceRows:
    return ReferenceRows(ActionCategory.objects.current())


def labels(rows: ReferenceRows) -> list[str]:
    return [row.label for row in rows.all()]


def test_rows_are_read_once(categories):
    with CaptureQueriesContext(connection) as queries:
        first = labels(categories)
        assert labels(categories) == first
    assert len(first) == 3
    assert sum("actioncategory" in query["sql"] for query in queries) == 1


def test_a_load_of_the_nomenclatures_shows_at_once(categories):
    ActionCategory.objects.filter(code="promotion").update(label="Avant")
    assert "Avant" in labels(categories)
    call_command("load_reference", verbosity=0)
    assert "Avant" not in labels(categories)


def test_a_load_by_another_process_shows_within_the_minute(categories, monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(reference_rows.time, "monotonic", lambda: clock.now)
    labels(categories)
    ActionCategory.objects.filter(code="promotion").update(label="Neuf")
    cache.set(reference_rows._VERSION, "autre processus", None)
    clock.now += reference_rows.CHECK_SECONDS - 1
    assert "Neuf" not in labels(categories)
    clock.now += 2
    assert "Neuf" in labels(categories)


def test_choosing_a_kept_row_takes_no_query(officer):
    rows, asked = Action.objects.for_collectivity(officer.collectivity), {"category": "promotion", "sdg": "8"}
    warm = ActionFilter(asked, rows, request=SimpleNamespace(access=officer.access)).form
    assert warm.is_valid()
    assert str(warm["type"])
    with CaptureQueriesContext(connection) as queries:
        form = ActionFilter(asked, rows, request=SimpleNamespace(access=officer.access)).form
        assert form.is_valid()
        assert form.cleaned_data["category"].code == "promotion"
        assert form.cleaned_data["sdg"].number == 8
        assert "<optgroup" in str(form["type"])
    assert len(queries) == 0


@pytest.mark.parametrize("lie", ["inconnue", "\x00", "🚀", "1", "<script>", "9" * 40])
def test_a_key_that_is_no_row_is_refused(lie, officer):
    rows = Action.objects.for_collectivity(officer.collectivity)
    form = ActionFilter({"category": lie}, rows, request=SimpleNamespace(access=officer.access)).form
    assert not form.is_valid()
    assert list(form.errors) == ["category"]


def test_a_lean_select_is_the_select_of_the_template(officer, settings):
    from django import forms

    from aict.ui.fields import LeanSelect

    choices = [("", "Toutes"), ("a&b", "Léon <b>"), ("Groupe « x »", [(1, "Un"), ("2", "Deux")])]
    for value in ("", None, "a&b", 1, "2", "absent"):
        written = [
            kind(choices=choices, attrs={"data-x": "y", "hidden": True, "class": "z"}).render("n", value, {"id": "i"})
            for kind in (forms.Select, LeanSelect)
        ]
        plain, lean = (re.sub(r"\s+", " ", text).strip() for text in written)
        assert lean == plain, value
