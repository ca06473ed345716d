"""Measures: list, form, bounds, the life of their state, series, export."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aict.accounts.models import Change
from evaluation import states
from evaluation.models import Indicator, Measure
from tests.factories import ActionFactory, MeasureFactory, TerritoryFactory

LIST = "/evaluation/mesures/"
CREATE = "/evaluation/mesures/nouvelle/"
HOSTILE = ["\x00", "🚀", "\u202eabc", "<script>alert(1)</script>", "x" * 5000, "-1", "9" * 30]


def indicator(code: str) -> Indicator:
    return Indicator.objects.get(code=code)


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def filled(**values) -> dict:
    return {
        "indicator": indicator("f1-rendez-vous").pk,
        "year": "2026",
        "value": "12",
        "visibility": "internal",
        **values,
    }


def years(response) -> list[str]:
    return re.findall(r'data-l="Année" class="num half">(\d+)<', response.content.decode())


# Write ------------------------------------------------------------------------------------


def test_a_measure_takes_its_author_and_the_unit_of_its_indicator(economic):
    response = economic.client.post(CREATE, filled())
    measure = Measure.objects.get()
    assert response.url == measure.get_absolute_url()
    assert (measure.author, measure.unit, measure.state) == (economic.user, "rendez-vous", "draft")
    assert Change.objects.about(measure).get().verb == "created"


def test_the_author_and_the_state_cannot_be_posted(officer, economic):
    officer.client.post(CREATE, filled(author=economic.user.pk, state="validated", return_reason="x"))
    measure = Measure.objects.get()
    assert (measure.author, measure.state, measure.return_reason) == (officer.user, "draft", "")


def test_a_link_from_an_indicator_fills_the_unit(officer):
    html = officer.client.get(f"{CREATE}?indicator=f1-rendez-vous").content.decode()
    assert f'<option value="{indicator("f1-rendez-vous").pk}" selected>' in html
    assert 'name="unit" value="rendez-vous"' in html


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"value": "-1"}, "« −1 » est hors des bornes de l’indicateur : au moins 0 (rendez-vous)"),
        ({"value": "12,5"}, "nombres entiers"),
        ({"value": ""}, "À remplir."),
        ({"value": "douze"}, "« douze » n’est pas un nombre"),
        ({"value": "NaN"}, "nombre"),
        ({"value": "1" * 30}, "chiffres"),
        ({"value": "1\x002"}, "n’est pas un nombre"),
        ({"year": "1800"}, "1950"),
        ({"year": "99999999999999999999"}, "2100"),
        ({"year": "cette année"}, "nombre entier"),
        ({"measured_on": "31/02/2026"}, "n’est pas une date du calendrier"),
        ({"scope": "x" * 251}, "250"),
        ({"scope": "a\x00b"}, "caractère nul"),
        ({"indicator": "99999999"}, "n’existe pas"),
        ({"indicator": "-1"}, "n’existe pas"),
        ({"territory": "9" * 30}, "n’existe pas"),
    ],
)
def test_a_bad_measure_is_refused_with_its_reason_and_nothing_is_saved(form, message, officer):
    assert message in words(officer.client.post(CREATE, filled(**form)))
    assert not Measure.objects.exists()


def test_a_percentage_beyond_100_is_refused_and_100_is_not(officer):
    share = indicator("emploi-retour-mobilite").pk
    assert "de 0 à 100" in words(officer.client.post(CREATE, filled(indicator=share, value="100,01")))
    assert officer.client.post(CREATE, filled(indicator=share, value="100")).status_code == 302


def test_a_value_in_another_unit_escapes_the_bounds_of_the_indicator(officer):
    share = indicator("emploi-retour-mobilite").pk
    assert officer.client.post(CREATE, filled(indicator=share, value="250", unit="jeunes")).status_code == 302


@pytest.mark.parametrize("field", ["territory", "action"])
def test_a_row_of_another_collectivite_cannot_be_cited(field, officer, stranger):
    factory = {"territory": TerritoryFactory, "action": ActionFactory}[field]
    foreign = factory(collectivity=stranger.collectivity)
    page = words(officer.client.post(CREATE, filled(**{field: foreign.pk})))
    assert "n’existe pas dans votre collectivité" in page
    assert not Measure.objects.exists()


@pytest.mark.parametrize("scope", ["🚀 salon", "\u202eSfax", "<script>alert(1)</script>", "=1+1"])
def test_text_in_any_script_is_kept_and_escaped(scope, officer):
    officer.client.post(CREATE, filled(scope=scope))
    measure = Measure.objects.get()
    assert measure.scope == scope
    for address in (LIST, measure.get_absolute_url(), measure.indicator.get_absolute_url()):
        assert b"<script>alert" not in officer.client.get(address).content


def test_an_elected_official_reads_measures_and_writes_none(elected):
    measure = MeasureFactory(collectivity=elected.collectivity)
    assert elected.client.get(measure.get_absolute_url()).status_code == 200
    for end in ("modifier/", "supprimer/"):
        assert elected.client.get(f"{measure.get_absolute_url()}{end}").status_code == 403
    assert elected.client.get(CREATE).status_code == 403
    assert elected.client.post(f"{measure.get_absolute_url()}etat/soumettre/").status_code == 403


def test_a_measure_of_another_collectivite_answers_404_everywhere(officer, stranger):
    measure = MeasureFactory(collectivity=stranger.collectivity)
    for end in ("", "modifier/", "supprimer/"):
        assert officer.client.get(f"{measure.get_absolute_url()}{end}").status_code == 404
    for end in ("etat/soumettre/", "retablir/"):
        assert officer.client.post(f"{measure.get_absolute_url()}{end}").status_code == 404


def test_a_deleted_measure_leaves_the_list_and_comes_back(officer):
    measure = MeasureFactory(collectivity=officer.collectivity)
    officer.client.post(f"{measure.get_absolute_url()}supprimer/")
    assert years(officer.client.get(LIST)) == []
    officer.client.post(f"{measure.get_absolute_url()}retablir/")
    assert years(officer.client.get(LIST)) == ["2026"]


# State ------------------------------------------------------------------------------------


def move(actor, measure: Measure, code: str, **data):
    response = actor.client.post(f"{measure.get_absolute_url()}etat/{code}/", data, follow=True)
    measure.refresh_from_db()
    return response


def test_a_measure_is_submitted_then_validated_and_each_move_is_told(officer, economic):
    measure = MeasureFactory(collectivity=officer.collectivity)
    move(economic, measure, "soumettre")
    assert measure.state == "submitted"
    move(officer, measure, "valider")
    assert measure.state == "validated"
    changes = Change.objects.about(measure)
    assert [change.author for change in changes] == [officer.user, economic.user]
    assert changes[0].fields["état"] == ["Soumise", "Validée"]


def test_nobody_validates_their_own_value(officer, economic):
    measure = MeasureFactory(collectivity=officer.collectivity, state="submitted", author=economic.user)
    assert states.OWN_VALUE in words(move(economic, measure, "valider"))
    assert measure.state == "submitted"
    assert not Change.objects.about(measure).exists()
    move(officer, measure, "valider")
    assert measure.state == "validated"


def test_the_author_reads_why_there_is_no_button_and_a_colleague_has_it(officer, economic):
    measure = MeasureFactory(collectivity=officer.collectivity, state="submitted", author=economic.user)
    own, other = (actor.client.get(measure.get_absolute_url()).content.decode() for actor in (economic, officer))
    assert "etat/valider/" not in own
    assert "etat/renvoyer/" in own
    assert states.OWN_VALUE in own
    assert "etat/valider/" in other
    assert states.OWN_VALUE not in other


def test_a_return_needs_a_reason_that_outlives_the_next_submission(officer):
    measure = MeasureFactory(collectivity=officer.collectivity, state="submitted")
    assert "Écrivez pourquoi" in words(move(officer, measure, "renvoyer", reason="  "))
    assert measure.state == "submitted"
    move(officer, measure, "renvoyer", reason="Le périmètre exclut Grand-Mare.")
    assert measure.state == "returned"
    page = words(move(officer, measure, "soumettre"))
    assert measure.state == "submitted"
    assert "Renvoyée une fois. Le périmètre exclut Grand-Mare." in page


@pytest.mark.parametrize(
    ("state", "code"),
    [("draft", "valider"), ("draft", "renvoyer"), ("validated", "soumettre"), ("returned", "valider")],
)
def test_a_move_that_the_state_does_not_allow_is_refused_in_words(state, code, officer):
    measure = MeasureFactory(collectivity=officer.collectivity, state=state)
    assert "n’est plus possible" in words(move(officer, measure, code, reason="Motif"))
    assert measure.state == state


@pytest.mark.parametrize("reason", ["x" * 2001, "\x00", "\x00 \x00"])
def test_an_unreadable_reason_is_refused(reason, officer):
    measure = MeasureFactory(collectivity=officer.collectivity, state="submitted")
    assert move(officer, measure, "renvoyer", reason=reason).status_code == 200
    assert measure.state == "submitted"


def test_an_unknown_move_answers_404_and_a_move_is_never_a_link(officer):
    measure = MeasureFactory(collectivity=officer.collectivity)
    assert officer.client.post(f"{measure.get_absolute_url()}etat/adopter/").status_code == 404
    assert officer.client.get(f"{measure.get_absolute_url()}etat/soumettre/").status_code == 405


def test_every_state_can_be_left(db):
    origins = {origin for one in states.MOVES.values() for origin in one.origins}
    assert {state for state, _ in Measure._meta.get_field("state").choices} == {str(origin) for origin in origins}


def test_changing_a_validated_value_makes_it_a_draft_again(officer):
    measure = MeasureFactory(collectivity=officer.collectivity, state="validated")
    response = officer.client.post(f"{measure.get_absolute_url()}modifier/", filled(value="13"), follow=True)
    measure.refresh_from_db()
    assert (measure.value, measure.state) == (13, "draft")
    assert "redevient un brouillon" in words(response)


def test_changing_only_the_note_of_a_validated_value_keeps_its_state(officer):
    measure = MeasureFactory(collectivity=officer.collectivity, state="validated")
    form = filled(unit="rendez-vous", note="Une remarque.")
    officer.client.post(f"{measure.get_absolute_url()}modifier/", form)
    measure.refresh_from_db()
    assert (measure.note, measure.state) == ("Une remarque.", "validated")


# List, filters, export --------------------------------------------------------------------


def test_each_filter_keeps_its_measures(officer, stranger):
    c = officer.collectivity
    territory = TerritoryFactory(collectivity=c)
    MeasureFactory(
        collectivity=c,
        indicator=indicator("touristes"),
        year=2025,
        territory=territory,
        state="validated",
        scope="Nuitées marchandes",
        visibility="public",
    )
    MeasureFactory(collectivity=c, year=2024)
    MeasureFactory(collectivity=stranger.collectivity, year=2023)
    for query in (
        {"q": "nuitées"},
        {"indicator": "touristes"},
        {"table": "internationalisation"},
        {"territory": territory.pk},
        {"year": 2025},
        {"state": "validated"},
        {"visibility": "public"},
    ):
        assert years(officer.client.get(LIST, query)) == ["2025"], query
    assert years(officer.client.get(LIST)) == ["2025", "2024"]
    assert "2 mesures 1 validée, 0 à valider" in words(officer.client.get(LIST))


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_filters_never_break_the_list(value, officer):
    for name in ("q", "indicator", "table", "territory", "year", "state", "visibility", "page"):
        response = officer.client.get(LIST, {name: value})
        assert response.status_code == 200, name
        assert b"<script>alert" not in response.content


def test_missing_source_and_scope_are_shown_as_missing(officer):
    MeasureFactory(collectivity=officer.collectivity)
    html = officer.client.get(LIST).content.decode()
    assert '<span class="missing">Manquante</span>' in html
    assert '<span class="missing">Manquant</span>' in html


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", [LIST, "/referentiel/indicateurs/touristes/", "/referentiel/indicateurs/"])
def test_pages_take_the_same_queries_for_1_and_30_measures(address, officer):
    c = officer.collectivity

    def add(year: int) -> None:
        MeasureFactory(
            collectivity=c,
            indicator=indicator("touristes"),
            year=year,
            territory=TerritoryFactory(collectivity=c),
            action=ActionFactory(collectivity=c),
            author=officer.user,
        )

    add(1990)
    officer.client.get(address)
    one = queries_of(officer.client, address)
    for year in range(1991, 2020):
        add(year)
    assert queries_of(officer.client, address) == one
    assert one <= 10


def test_the_export_has_the_filtered_rows_and_no_live_formula(officer, stranger):
    MeasureFactory(collectivity=officer.collectivity, scope="=cmd()", year=2025)
    MeasureFactory(collectivity=officer.collectivity, year=2024)
    MeasureFactory(collectivity=stranger.collectivity, year=2025)
    response = officer.client.get("/evaluation/mesures/export.csv", {"year": 2025})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ";'=cmd();" in lines[1]
    assert officer.client.get("/evaluation/mesures/export.xlsx").content[:2] == b"PK"


# Series -----------------------------------------------------------------------------------


def test_the_page_of_an_indicator_draws_a_series_with_its_gaps_and_its_table(officer):
    for year, value in ((2022, 10), (2023, 14), (2025, 20)):
        MeasureFactory(collectivity=officer.collectivity, year=year, value=value)
    MeasureFactory(collectivity=officer.collectivity, year=2026, value=99, state="returned")
    html = officer.client.get("/referentiel/indicateurs/f1-rendez-vous/").content.decode()
    chart, rest = html.split('id="h-values"')
    assert 'role="img"' in chart
    assert "De 2022 à 2025, 3 valeurs connues, 1 années sans valeur" in chart.replace("\u00a0", " ")
    table = re.findall(r'<th scope="row"[^>]*>(\d{4})</th><td[^>]*>(.*?)</td>', chart)
    assert [(year, re.sub("<[^>]+>", "", value)) for year, value in table] == [
        ("2022", "10"),
        ("2023", "14"),
        ("2024", "Manquant"),
        ("2025", "20"),
    ]
    assert "99" in rest


def test_values_of_different_things_are_never_joined_in_one_curve(officer):
    c = officer.collectivity
    MeasureFactory(collectivity=c, year=2024, scope="Salon A")
    MeasureFactory(collectivity=c, year=2025, scope="Salon B")
    html = officer.client.get("/referentiel/indicateurs/f1-rendez-vous/").content.decode()
    assert 'id="h-serie-1"' not in html


def test_the_page_of_an_indicator_shows_our_measures_only(officer, stranger):
    MeasureFactory(collectivity=stranger.collectivity, scope="Secret d’ailleurs")
    page = words(officer.client.get("/referentiel/indicateurs/f1-rendez-vous/"))
    assert "Secret d’ailleurs" not in page
    assert "Aucune valeur" in page


def test_alone_in_a_collectivity_one_validates_what_one_wrote(officer):
    measure = MeasureFactory(collectivity=officer.collectivity, state="submitted", author=officer.user)
    officer.client.post(f"/evaluation/mesures/{measure.pk}/etat/valider/")
    measure.refresh_from_db()
    assert measure.state == "validated"
