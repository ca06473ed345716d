"""A partner that may be there already: named while one types and once saved, and never a block."""

from __future__ import annotations

import statistics
import time
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import similarity
from partners.models import Country, FormerName, TerritorialLevel, Territory
from partners.similarity import similar
from tests.factories import TerritoryFactory
from tests.partners.test_forms import said

ADDRESS = "/partenaires/territoires/semblables/"


def country(code: str) -> Country:
    return Country.objects.get(code=code)


@pytest.fixture
def sfax(collectivity) -> Territory:
    return TerritoryFactory(collectivity=collectivity, name="Sfax", name_local="صفاقس")


def found(collectivity, name: str, **options) -> list[str]:
    return [one.name for one in similar(Territory.objects.for_collectivity(collectivity), name, **options)]


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("SFAX", "Sfax"),
        ("sfâx", "Sfax"),
        ("Commune de Sfax", "Sfax"),
        ("Gouvernorat de Sfax", "Sfax"),
        ("صفاقس", "Sfax"),
        ("Saxe-Anhalt", "Land de Saxe-Anhalt"),
        ("Anhalt, Saxe", "Land de Saxe-Anhalt"),
        ("Saxe Anhal", "Land de Saxe-Anhalt"),
        ("Göteborg", "Goteborg"),
        ("Gotebrog", "Goteborg"),
        ("Gothenburg", "Goteborg"),
        ("Thiès", "Ville de Thies"),
    ],
)
def test_a_name_written_otherwise_is_the_same_partner(collectivity, sfax, typed, known):
    for name, other in (("Land de Saxe-Anhalt", ""), ("Goteborg", "Gothenburg"), ("Ville de Thies", "")):
        TerritoryFactory(collectivity=collectivity, name=name, name_en=other)
    assert found(collectivity, typed) == [known]


@pytest.mark.parametrize(
    "typed", ["", "  ", "S", "Sf", "Sousse", "Dresde", "Région de", "Saint", "🚀🚀🚀", "\x00", "’’’"]
)
def test_another_name_resembles_nothing(collectivity, sfax, typed):
    TerritoryFactory(collectivity=collectivity, name="Saint-Louis")
    TerritoryFactory(collectivity=collectivity, name="Région de Kayes")
    assert found(collectivity, typed) == []


def test_a_former_name_still_points_at_the_partner(collectivity):
    chemnitz = TerritoryFactory(collectivity=collectivity, name="Chemnitz")
    FormerName.objects.create(
        territory=chemnitz, name="Karl-Marx-Stadt", until=date(1990, 6, 1), collectivity=collectivity
    )
    [one] = similar(Territory.objects.for_collectivity(collectivity), "karl marx stadt")
    assert (one.name, one.reason) == (
        "Chemnitz",
        "même nom\u00a0: «\u00a0Karl-Marx-Stadt\u00a0», autre nom ou ancien nom",
    )


def test_the_country_weighs(collectivity, sfax):
    spain = TerritoryFactory(collectivity=collectivity, name="Valence", country=country("es"))
    TerritoryFactory(collectivity=collectivity, name="Valence", country=country("ve"))
    rows = Territory.objects.for_collectivity(collectivity)
    first, second = similar(rows, "Valence", country=country("es").pk)
    assert (first.pk, first.reason, second.reason) == (spain.pk, "même nom", "même nom, dans un autre pays")
    assert found(collectivity, "Sfaxe", country=country("tn").pk) == ["Sfax"]
    assert found(collectivity, "Sfaxe", country=country("ma").pk) == [], "a letter apart, elsewhere, is another town"
    assert found(collectivity, "Sfaxe") == ["Sfax"], "while no country is chosen, a close spelling is enough"


def test_at_most_three_are_named_and_never_the_one_being_edited(collectivity):
    rows = [TerritoryFactory(collectivity=collectivity, name="Porto") for _ in range(6)]
    assert len(found(collectivity, "Porto")) == similarity.MOST == 3
    assert rows[0].pk not in {
        one.pk for one in similar(Territory.objects.for_collectivity(collectivity), "Porto", but=rows[0].pk)
    }


def test_a_thousand_territories_are_compared_in_one_query_and_twenty_milliseconds(collectivity):
    tunisia, level = country("tn"), TerritorialLevel.objects.get(code="commune")
    Territory.objects.bulk_create(
        Territory(
            collectivity=collectivity,
            name=f"Gouvernorat {chr(97 + n % 26) * 3}{n:04d}ville",
            name_en=f"{n:04d} city" if n % 3 else "",
            country=tunisia,
            level=level,
        )
        for n in range(1000)
    )
    rows = Territory.objects.for_collectivity(collectivity)
    similar(rows, "Sfax")
    took = []
    for typed in ("Sfax-ville", "Gouvernorat ddd0003vile", "Saint-Louis du Sénégal", "Karlsruhe", "ooo0014ville"):
        with CaptureQueriesContext(connection) as queries:
            start = time.perf_counter()
            similar(rows, typed)
            took.append(time.perf_counter() - start)
        assert len(queries) == 1
    assert statistics.median(took) < 0.06, "20 ms alone on the machine; three times that with the others at work"


def test_the_fragment_names_what_resembles_and_offers_to_merge_what_is_edited(officer, sfax):
    page = said(officer.client.get(ADDRESS, {"name": "sfax", "country": sfax.country_id, "but": ""}))
    assert f'<a href="/partenaires/territoires/{sfax.pk}/">Sfax (Tunisie)</a>' in page
    assert 'role="status"' in page
    assert "Fusionner" not in page, "a row that is not saved cannot be merged"
    other = TerritoryFactory(collectivity=officer.collectivity, name="Sfaxe")
    page = said(officer.client.get(ADDRESS, {"name": "Sfaxe", "country": sfax.country_id, "but": other.pk}))
    assert f'href="/partenaires/territoires/{other.pk}/fusionner/?avec={sfax.pk}"' in page
    assert "base.html" not in [template.name for template in officer.client.get(ADDRESS).templates]


def test_the_fragment_says_nothing_of_another_collectivite_nor_of_what_is_deleted(officer, stranger, sfax):
    theirs = TerritoryFactory(collectivity=stranger.collectivity, name="Kayes")
    TerritoryFactory(collectivity=officer.collectivity, name="Kayes", deleted_at="2026-01-01T00:00Z")
    TerritoryFactory(collectivity=officer.collectivity, name="Kayes", is_own=True)
    assert "Kayes" not in said(officer.client.get(ADDRESS, {"name": "Kayes"}))
    assert "Fusionner" not in said(officer.client.get(ADDRESS, {"name": "Sfax", "but": theirs.pk}))


@pytest.mark.parametrize("value", ["x", "-1", "99999999999999999999", "9" * 4000, "\x00", "१२"])
def test_any_number_is_survived_by_the_fragment(officer, sfax, value):
    answer = officer.client.get(ADDRESS, {"name": "Sfax", "country": value, "but": value})
    assert answer.status_code == 200


def test_a_territory_that_resembles_another_is_saved_and_then_the_other_is_named(officer, sfax):
    values = {"name": "SFAX", "country": sfax.country_id, "level": sfax.level_id, "visibility": "internal"}
    page = said(officer.client.post("/partenaires/territoires/nouveau/", values, follow=True))
    assert Territory.objects.for_collectivity(officer.collectivity).filter(name="SFAX").exists()
    assert "Ce territoire ressemble à « Sfax (Tunisie) » (même nom)" in page
    assert "« Fusionner… »" in page
    page = said(officer.client.post("/partenaires/territoires/nouveau/", {**values, "name": "Kairouan"}, follow=True))
    assert "ressemble" not in page


def test_the_form_has_a_place_for_the_warning_and_the_module_that_fills_it(officer):
    page = said(officer.client.get("/partenaires/territoires/nouveau/"))
    assert f'data-similar="{ADDRESS}"' in page
    assert "js/similar" in page
