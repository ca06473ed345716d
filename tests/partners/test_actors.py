"""The support system: directory of its actors (SYS-15), two-axis map (SYS-14), local corrections, API."""

from __future__ import annotations

import re

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aict.accounts.models import Change
from aict.ui.typography import fold
from partners import support_system
from partners.filters import ActorFilter
from partners.forms import ActorCorrectionForm
from partners.models import ActorCorrection, SupportActor
from partners.support_system import Position

LIST, MAP = reverse("partners:actor_list"), reverse("partners:actor_map")


def page(client, url: str, **query) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def rows(text: str) -> list[str]:
    """The rows of the first table of a page, without its tags."""
    body = re.search(r"<tbody.*?</tbody>", text, re.DOTALL)
    return [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr.*?</tr>", body[0], re.DOTALL)] if body else []


def zone(text: str, heading: str) -> str:
    """The cells of one column of the map."""
    return "".join(
        re.findall(rf'<td role="cell" data-l="{heading}".*?</td>', text.split("La même carte")[0], re.DOTALL)
    )


def correct(actor, code="afd", **values):
    data = {"sector": "public", "location": "les-deux", "note": "Agence locale ouverte ici", **values}
    return actor.client.post(reverse("partners:actor_correct", args=[code]), data)


@pytest.fixture
def shared_actors(shared_folder):
    return yaml.safe_load((shared_folder / "reference/actors.yaml").read_text(encoding="utf-8"))["actors"]


# SYS-15: the directory --------------------------------------------------------------------


def test_sys_15_searching_direccte_shows_the_note_of_its_replacement_in_2021(elected):
    found = rows(page(elected.client, LIST, q="Direccte"))
    assert len(found) == 1
    assert "2021" in found[0] and "DREETS" in found[0] and "Remplacé" in found[0]


def test_sys_15_searching_uccife_shows_its_new_name(elected):
    found = rows(page(elected.client, LIST, q="UCCIFE"))
    assert len(found) == 1
    assert "CCI France International" in found[0] and "Renommé" in found[0]


def test_sys_15_a_printed_site_is_a_text_with_a_warning_and_never_a_link(elected):
    with_site = list(SupportActor.objects.exclude(site_printed=""))
    assert len(with_site) == 9
    for actor in with_site:
        text = page(elected.client, actor.get_absolute_url())
        assert actor.site_printed in text
        assert "non vérifiée" in text
        assert not re.search(r'href="[^"]*' + re.escape(actor.site_printed.split("//")[-1].rstrip("/")), text)
    assert not re.search(r'href="https?://', page(elected.client, LIST))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("chambres consulaires franco-etrangeres", "ccife"),  # an alias, without accents
        ("CGPME", "cpme"),  # an old acronym
        ("DREETS", "direccte"),  # today's name
        ("MINISTÈRE DE L'ÉCONOMIE", "ministere-economie"),  # capitals, straight apostrophe
        ("ministère de l’économie", "ministere-economie"),  # typographic apostrophe
        ("services economiques", "missions-economiques"),  # the label of the map
        ("Frenchetch", "frenchtech-hub"),  # as misprinted
    ],
)
def test_sys_15_an_actor_is_found_by_any_of_its_names_accents_apart(elected, words, code):
    label = SupportActor.objects.get(code=code).label
    found = rows(page(elected.client, LIST, q=words))
    assert any(label in row for row in found), found
    assert len(found) < 5


def test_sys_15_the_sheet_shows_names_type_missions_categories_and_where_it_is_cited(elected):
    text = page(elected.client, reverse("partners:actor_detail", args=["cce"]))
    for said in ("CCEF", "Conseillers du Commerce Extérieur", "Bénévoles", "Internationalisation", "Fiche 1 – Qui"):
        assert said in text
    assert "notre déduction" in text


def test_sys_15_every_actor_and_every_printed_fact_is_that_of_the_source(db, shared_actors):
    assert len(shared_actors) == 75
    ours = {actor.code: actor for actor in SupportActor.objects.current()}
    assert ours.keys() == {row["code"] for row in shared_actors}
    for row in shared_actors:
        actor = ours[row["code"]]
        assert actor.names == list(dict.fromkeys(row["names_printed"] + row["aliases"]))
        assert (actor.sector, actor.sector_is_certain) == (row["sector"]["value"], row["sector"]["basis"] == "texte")
        assert (actor.location, actor.location_is_certain) == (row["location"]["value"], row["location"]["certain"])
        assert (actor.on_map, actor.map_label or None) == (row["on_map"], row["map_label_printed"])
        assert actor.categories == row["action_categories"]
        assert (actor.site_printed or None) == row["site_printed"]
        assert (actor.today_status, actor.today_is_checked) == (row["today"]["status"], row["today"]["checked"])


def test_the_four_printed_fixed_points_are_marked(elected):
    fixed = SupportActor.objects.filter(is_fixed_point=True)
    assert {actor.code for actor in fixed} == {"ministere-economie", "direccte", "business-france", "bpifrance"}
    assert "point fixe" in rows(page(elected.client, LIST, q="Direccte"))[0]
    assert "point fixe" not in rows(page(elected.client, LIST, q="UCCIFE"))[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"category": "promotion"}, lambda actor: "promotion" in actor.categories),
        ({"sector": "mixte"}, lambda actor: actor.sector == "mixte"),
        ({"location": "incertain"}, lambda actor: actor.location == "incertain"),
        ({"kind": "reseau"}, lambda actor: actor.kind == "reseau"),
        ({"since": "renomme"}, lambda actor: actor.today_status == "renomme"),
        ({"since": "change"}, lambda actor: actor.today_status in ("renomme", "remplace", "evolue")),
    ],
)
def test_the_directory_is_filtered(elected, query, expected):
    wanted = {actor.code for actor in SupportActor.objects.all() if expected(actor)}
    assert 0 < len(wanted) < 75
    found = elected.client.get(LIST, query).context["filters"].qs
    assert {actor.code for actor in found} == wanted


def test_the_directory_asks_as_many_queries_for_one_row_as_for_thirty(elected):
    counts = {}
    for query, at_least in (({"q": "UCCIFE"}, 1), ({"sector": "public"}, 30)):
        with CaptureQueriesContext(connection) as asked:
            assert len(rows(page(elected.client, LIST, **query))) >= at_least
        counts[at_least] = len(asked)
    assert counts[1] == counts[30] <= 8


def test_fold_takes_away_accents_capitals_ligatures_and_kinds_of_apostrophe():
    assert fold("  L’Œuvre\u00a0d’ÉTÉ ") == "l'oeuvre d'ete"


# SYS-14: the map --------------------------------------------------------------------------


def test_sys_14_every_actor_of_the_guides_map_is_displayed(elected):
    on_map = list(SupportActor.objects.filter(on_map=True))
    assert len(on_map) == 15
    text = page(elected.client, MAP)
    drawn = text.split("La même carte")[0]
    for actor in on_map:
        assert f'<a href="{actor.get_absolute_url()}">' in drawn
    assert (
        drawn.count('<li class="said">') + drawn.count('<li class="deduced">') == 15 + 2
    )  # the legend has one of each


def test_sys_14_actors_whose_place_is_lost_stand_in_the_zone_to_specify(elected):
    text = page(elected.client, MAP)
    lost = {actor.code for actor in SupportActor.objects.filter(on_map=True, location="incertain")}
    assert lost == {"cci-international", "afd", "accelerateurs"}
    assert set(re.findall(r"/appui/annuaire/([\w-]+)/", zone(text, "À préciser"))) == lost


def test_sys_14_a_position_is_said_deduced_or_lost_in_words_and_by_its_frame(elected):
    text = page(elected.client, MAP)
    marks = dict(re.findall(r'<li class="(?:\w+)"><a href="/appui/annuaire/([\w-]+)/">.*?</a>(.*?)</li>', text))
    assert "deduit" not in fold(marks["medef-international"])
    assert "lieu déduit" in marks["business-france"] and "secteur" not in marks["business-france"]
    assert "secteur déduit" in marks["ccife"]
    assert "secteur et lieu déduits" in marks["cce"]
    assert "lieu à préciser" in marks["afd"]
    assert re.search(r'<li class="deduced"><a href="/appui/annuaire/cce/">', text)
    assert re.search(r'<li class="said"><a href="/appui/annuaire/medef-international/">', text)


def test_sys_14_the_map_is_filtered_by_category_of_action(elected):
    found = {
        position.actor.code for position in elected.client.get(MAP, {"category": "promotion"}).context["positions"]
    }
    assert found == {
        actor.code for actor in SupportActor.objects.filter(on_map=True) if "promotion" in actor.categories
    }
    assert "business-france" in found and "afd" not in found


def test_sys_14_a_correction_is_kept_for_the_collectivite_and_survives_a_reload(officer, elected, stranger):
    assert "afd" in zone(page(elected.client, MAP), "À préciser")
    assert correct(officer).status_code == 302
    for _ in range(2):
        text = page(elected.client, MAP)
        assert "/afd/" in zone(text, "En France et à l’étranger")
        assert "/afd/" not in zone(text, "À préciser")
        assert "corrigé ici" in text
        assert "Agence locale ouverte ici" in text
    theirs = page(stranger.client, MAP)
    assert "/afd/" in zone(theirs, "À préciser")
    assert "corrigé ici" not in theirs.split("</ul>", 8)[-1] and "Agence locale" not in theirs
    assert SupportActor.objects.get(code="afd").location == "incertain"


def test_sys_14_a_correction_can_be_removed_and_the_guides_position_comes_back(officer):
    correct(officer)
    officer.client.post(reverse("partners:actor_uncorrect", args=["afd"]))
    assert not ActorCorrection.objects.exists()
    assert "/afd/" in zone(page(officer.client, MAP), "À préciser")
    verbs = Change.objects.filter(model="partners.actorcorrection").values_list("verb", flat=True)
    assert sorted(verbs) == ["created", "deleted"]


def test_a_corrected_actor_that_the_guide_did_not_draw_joins_the_map_here_alone(economic, stranger):
    assert "/cner/" not in page(economic.client, MAP)
    correct(economic, "cner", sector="prive", location="france")
    assert "/cner/" in zone(page(economic.client, MAP), "En France")
    assert "/cner/" not in page(stranger.client, MAP)


def test_correcting_twice_changes_the_same_correction_and_the_history_tells_it(officer):
    correct(officer)
    correct(officer, location="etranger")
    assert [row.location for row in ActorCorrection.objects.all()] == ["etranger"]
    text = page(officer.client, reverse("partners:actor_detail", args=["afd"]))
    assert "Historique" in text and "À l’étranger" in text


def test_two_people_who_correct_the_same_actor_at_once_get_a_sentence(officer):
    actor = SupportActor.objects.get(code="afd")
    correct(officer)
    data = {"sector": "prive", "location": "france"}
    form = ActorCorrectionForm(data, instance=ActorCorrection(actor=actor), access=officer.access)
    assert not form.is_valid()
    assert "déjà une correction" in str(form.errors)


def test_the_directory_filters_on_the_corrected_place(officer):
    correct(officer, location="etranger")
    assert "/afd/" in page(officer.client, LIST, location="etranger")
    assert "/afd/" not in page(officer.client, LIST, location="incertain")


def test_a_correction_of_a_wrong_place_is_refused_beside_its_field(officer):
    response = correct(officer, sector="martien")
    assert response.status_code == 200
    assert "sector" in response.context["form"].errors
    assert not ActorCorrection.objects.exists()


def test_an_elected_official_reads_the_map_and_cannot_correct_it(elected):
    assert correct(elected).status_code == 403
    assert "Corriger sa position" not in page(elected.client, reverse("partners:actor_detail", args=["afd"]))


def test_a_band_holds_each_position_once(db):
    positions = [Position.of(actor) for actor in SupportActor.objects.for_list().placed_for(None)]
    held = [
        place.actor.code for band in support_system.bands(positions) for cell in band.zones for place in cell.positions
    ]
    assert sorted(held) == sorted(position.actor.code for position in positions)
    assert len(held) == 75


def test_the_map_asks_as_many_queries_for_four_actors_as_for_fifteen(officer):
    asked = []
    for query in ({}, {"category": "promotion"}):
        with CaptureQueriesContext(connection) as queries:
            page(officer.client, MAP, **query)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 7


# API --------------------------------------------------------------------------------------


def test_the_api_lists_the_same_actors_for_members_and_networks_without_local_corrections(officer, network):
    correct(officer)
    answers = [actor.client.get("/api/v1/acteurs-appui/?q=AFD").json() for actor in (officer, network)]
    assert answers[0] == answers[1]
    afd = next(row for row in answers[0]["results"] if row["code"] == "afd")
    assert (afd["location"], afd["location_is_certain"]) == ("incertain", False)
    assert "Agence locale" not in str(answers)


def test_the_api_filters_actors_as_the_page_does(network):
    actors = SupportActor.objects.placed_for(None)
    for query in ({"category": "promotion"}, {"since": "change"}, {"sector": "mixte", "location": "les-deux"}):
        codes = {row["code"] for row in network.client.get("/api/v1/acteurs-appui/", query).json()["results"]}
        assert codes == {actor.code for actor in ActorFilter(query, actors).qs}
        assert codes
    assert network.client.get("/api/v1/acteurs-appui/", {"sector": "martien"}).status_code == 400
    assert network.client.get("/api/v1/acteurs-appui/direccte/").json()["today_status"] == "remplace"
