"""The gazetteer: every spelling finds its town, the country goes first, with or without a script."""

from __future__ import annotations

import csv
import gzip
import statistics
import time

import pytest
from django.conf import settings

from partners import gazetteer
from partners.models import Country, Territory
from tests.factories import TerritoryFactory

FOLDER = settings.BASE_DIR / "fixtures" / "reference"
NEW = "/partenaires/territoires/nouveau/"


def first(words: str, country: str = "") -> tuple[str, str]:
    place = gazetteer.search(words, country)[0]
    return place.name, place.country


@pytest.mark.parametrize(
    ("typed", "name", "country"),
    [
        ("Londres", "Londres", "gb"),
        ("london", "Londres", "gb"),
        ("genes", "Gênes", "it"),
        ("Genova", "Gênes", "it"),
        ("PEKIN", "Pékin", "cn"),
        ("le caire", "Le Caire", "eg"),
        ("caire", "Le Caire", "eg"),
        ("Varsovie", "Varsovie", "pl"),
        ("München", "Munich", "de"),
        ("munchen", "Munich", "de"),
        ("Łódź", "Lodz", "pl"),
        ("giessen", "Gießen", "de"),
        ("ouaga", "Ouagadougou", "bf"),
        ("  sfax  ", "Sfax", "tn"),
    ],
)
def test_a_town_is_found_however_it_is_written(typed, name, country):
    assert first(typed) == (name, country)


def test_every_french_name_finds_its_town_first():
    with (FOLDER / "exonyms.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert len(rows) > 200
    lost = [row["francais"] for row in rows if first(row["francais"], row["pays"]) != (row["francais"], row["pays"])]
    assert not lost


def test_the_other_name_that_matched_is_told():
    place = gazetteer.search("Londra")[0]
    assert (place.name, place.found_by) == ("Londres", "Londra")
    assert gazetteer.search("Londres")[0].found_by == ""


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        ("Tripoli", "", "ly"),
        ("Tripoli", "lb", "lb"),
        ("Tripoli, Liban", "", "lb"),
        ("Tripoli, liban", "ly", "lb"),
        ("Cordoba", "", "ar"),
        ("Cordoba", "es", "es"),
        ("Cordoba, Espagne", "", "es"),
        ("Tripoli, Nulle part", "lb", None),
    ],
)
def test_the_country_that_is_given_or_typed_goes_first(typed, country, expected):
    found = gazetteer.search(typed, country)
    assert [place.country for place in found][:1] == ([expected] if expected else [])


def test_whole_names_come_before_beginnings_and_beginnings_before_the_rest():
    names = [gazetteer._key(place.name) for place in gazetteer.search("york", "gb", limit=40) if place.country == "gb"]
    assert names[0] == "york"
    names = [gazetteer._key(one.name) for one in gazetteer.search("burg", "de", limit=60) if one.country == "de"]
    ranks = [name != "burg" + name.removeprefix("burg") for name in names if "burg" in name]
    assert ranks == sorted(ranks) and {True, False} == set(ranks)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sfax tunisie", ("Sfax", "tn")),
        ("Sfax en Tunisie", ("Sfax", "tn")),
        ("sfax tun", ("Sfax", "tn")),
        ("rabat au maroc", ("Rabat", "ma")),
        ("tripoli liban", ("Tripoli", "lb")),
        ("chicago aux états-unis", ("Chicago", "us")),
        ("séoul Corée du Sud", ("Séoul", "kr")),
        ("bata guinée équatoriale", ("Bata", "gq")),
    ],
)
def test_a_country_typed_without_a_comma_goes_first(typed, expected):
    assert first(typed) == expected


@pytest.mark.parametrize("typed", ["tunisie", "zzyzx tunisie", "sfax nulle part", "en tunisie", "a b c d e f"])
def test_last_words_that_help_nothing_find_nothing(typed):
    assert gazetteer.search(typed) == []


def test_a_town_that_bears_the_very_name_is_not_drowned_in_foreign_names():
    assert [place.name for place in gazetteer.search("Gênes")] == ["Gênes"]
    assert {gazetteer._key(place.name).split()[0] for place in gazetteer.search("springfield")} == {"springfield"}


def test_words_match_where_a_word_of_the_name_begins_never_in_its_middle():
    assert "New York" in [place.name for place in gazetteer.search("york", limit=40)]
    assert gazetteer.search("msterd") == []


def test_the_most_populous_of_a_name_comes_first():
    people = [place.population for place in gazetteer.search("springfield", "us") if place.name == "Springfield"]
    assert len(people) > 2 and people == sorted(people, reverse=True)


@pytest.mark.parametrize(
    "words", ["", "a", " ", ",", ", Tunisie", "\x00", "\n", "🚀", "<script>", "‮שלום", "%", "\\", "x" * 9999]
)
def test_words_that_are_no_name_find_nothing_and_break_nothing(words):
    assert gazetteer.search(words) == []


def test_the_limit_holds_and_no_town_comes_twice():
    found = gazetteer.search("sa", "tn", limit=8)
    assert len(found) == 8 == len({place.number for place in found})


def test_no_town_of_france_is_there_for_a_partner_is_abroad():
    assert not [place for place in gazetteer.search("marseille") if place.country == "fr"]


def test_a_number_gives_its_town_back_and_any_other_word_none():
    place = gazetteer.search("sfax")[0]
    assert gazetteer.place(str(place.number)).name == "Sfax"
    for odd in ("", "-1", "33314", "999999", "99999999999", "x", "1.5", "²", "\x00"):
        assert gazetteer.place(odd) is None


def test_the_file_is_what_its_documentation_says():
    path = FOLDER / "cities.csv.gz"
    assert path.stat().st_size <= 1_500_000
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = [line.rstrip("\n").split(";") for line in stream][1:]
    assert len(rows) == 33_314
    assert {len(row) for row in rows} == {6}
    assert all(-90 <= float(row[3]) <= 90 and -180 <= float(row[4]) <= 180 for row in rows)


@pytest.mark.django_db
def test_every_country_of_the_file_is_in_the_nomenclature():
    with gzip.open(FOLDER / "cities.csv.gz", "rt", encoding="utf-8") as stream:
        codes = {line.split(";")[1] for line in stream} - {"country"}
    assert codes <= set(Country.objects.values_list("code", flat=True))


def test_a_search_takes_a_few_hundredths_of_a_second():
    """30 ms at the median on the reference machine; the suite's machine is shared, so that three times is asserted."""
    words = ["londres", "sa", "zzzz", "san jose", "Córdoba, Argentine", "ouaga", "saint", "bethléem"]
    [gazetteer.search(word) for word in words]
    spent = []
    for word in words:
        start = time.process_time()
        gazetteer.search(word)
        spent.append(time.process_time() - start)
    assert statistics.median(spent) < 0.09


# The pages -------------------------------------------------------------------------------


def test_the_module_of_the_form_gets_towns_with_the_values_of_the_fields(officer):
    answer = officer.client.get("/partenaires/territoires/lieux/", {"q": "genova"})
    place = answer.json()["places"][0]
    italy = Country.objects.get(code="it")
    assert place["label"] == "Gênes, Italie" and "Genova" in place["detail"]
    expected = {"name": "Gênes", "name_en": "Genoa", "country": str(italy.pk)}
    expected |= {"latitude": "44,4048", "longitude": "8,9444", "population": "580097"}
    assert place["values"] == expected


def test_the_country_chosen_in_the_form_goes_first(officer):
    lebanon = Country.objects.get(code="lb")
    answer = officer.client.get("/partenaires/territoires/lieux/", {"q": "tripoli", "country": lebanon.pk})
    assert answer.json()["places"][0]["label"] == "Tripoli, Liban"


@pytest.mark.parametrize("country", ["", "x", "-1", "99999999999999999999", "²", "\x00"])
def test_an_odd_country_is_no_country(country, officer):
    answer = officer.client.get("/partenaires/territoires/lieux/", {"q": "sfax", "country": country})
    assert answer.json()["places"][0]["label"] == "Sfax, Tunisie"


def typed(**more) -> dict[str, str]:
    return {"name": "Ma saisie", "note": "À garder", "visibility": "internal", **more}


def test_without_a_script_the_form_comes_back_with_towns_and_all_that_was_typed(officer):
    page = officer.client.post(NEW, typed(lieu="genes", chercher="1")).content.decode()
    assert "Gênes, Italie" in page and 'value="Ma saisie"' in page and "À garder" in page
    assert "À corriger" not in page and Territory.objects.count() == 0


def test_without_a_script_the_chosen_town_fills_the_form_and_the_rest_is_kept(officer):
    number = gazetteer.search("genes")[0].number
    page = officer.client.post(NEW, typed(lieu="genes", choisir=str(number))).content.decode()
    for words in ('value="Gênes"', 'value="44,4048"', 'value="580097"', "À garder"):
        assert words in page
    assert Territory.objects.count() == 0


def test_enter_in_the_search_box_searches_once_then_saves(officer):
    commune = {"level": TerritoryFactory(collectivity=officer.collectivity).level_id}
    values = typed(country=Country.objects.get(code="it").pk, lieu="genes", **commune)
    assert officer.client.post(NEW, values).status_code == 200
    assert officer.client.post(NEW, values | {"lieu_vu": "genes"}).status_code == 302


def test_an_empty_search_saves_nothing_and_says_what_to_write(officer):
    page = officer.client.post(NEW, typed(chercher="1", lieu="")).content.decode()
    assert "Écrivez d’abord le nom d’une ville" in page and 'value="Ma saisie"' in page


def test_a_town_that_is_not_found_leaves_the_way_by_hand(officer):
    page = officer.client.post(NEW, typed(chercher="1", lieu="Zzyzx")).content.decode()
    assert "saisissez le lieu à la main" in page


def test_looking_for_a_town_takes_the_same_form_of_an_existing_territory(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Avant")
    address = f"{territory.get_absolute_url()}modifier/"
    number = gazetteer.search("sfax")[0].number
    page = officer.client.post(address, typed(choisir=str(number), lieu="")).content.decode()
    assert 'value="Sfax"' in page
    territory.refresh_from_db()
    assert territory.name == "Avant"
