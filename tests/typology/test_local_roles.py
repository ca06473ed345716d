"""Local roles (SYS-16): the matrix by territory and year, its comparison, its copy, its exports, its API."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from aict.accounts.models import Change
from partners.models import SupportActor
from tests.factories import LocalRoleFactory, StakeholderFactory, TerritoryFactory
from typology import local_roles
from typology.local_roles import Scope
from typology.models import ActionType, LocalRole

MATRIX = reverse("typology:local_role_matrix")
TYPE, OTHER = "deplacements-entreprises", "missions-prospection"


def actor(code: str) -> SupportActor:
    return SupportActor.objects.get(code=code)


def fill(who, year: int, code: str, *, territory=None, follow=False, **data):
    url = reverse("typology:local_role_edit", args=[year, code])
    return who.client.post(f"{url}?territory={territory.pk}" if territory else url, data, follow=follow)


def shown(who, **query):
    response = who.client.get(MATRIX, query)
    assert response.status_code == 200
    return response


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def line(response, code: str):
    return next(row for row in response.context["matrix"].lines if row.type.code == code)


def names(parts) -> list[str]:
    return [part.holder.name for part in parts]


@pytest.fixture
def types(db) -> list[str]:
    return [row.code for row in ActionType.objects.for_tree()]


# SYS-16 -----------------------------------------------------------------------------------


def test_sys_16_a_matrix_is_filled_for_two_years_and_compared(officer, types):
    first, second, third = types[:3]
    cluster = StakeholderFactory(collectivity=officer.collectivity, name="Grappe Aquatech")
    fill(officer, 2026, first, actors=[actor("business-france").pk, actor("cci").pk])
    fill(officer, 2026, second, own="on")
    fill(officer, 2027, first, actors=[actor("business-france").pk], stakeholders=[cluster.pk])
    fill(officer, 2027, second, own="on")
    fill(officer, 2027, third, own="on")

    response = shown(officer, year=2027, compare=2026)
    changed = line(response, first)
    assert names(changed.added) == ["Grappe Aquatech"]
    assert names(changed.removed) == ["CCI"]
    assert names(changed.kept) == ["Business France"]
    assert names(line(response, second).kept) == [officer.collectivity.name]
    assert response.context["matrix"].changes == {"added": 2, "removed": 1, "kept": 2}
    text = text_of(response)
    assert "2 rôles ajoutés, 1 rôle retiré, 2 rôles inchangés" in text.replace("\xa0", " ")
    assert re.search(r"Grappe Aquatech\s+ajouté", text) and re.search(r"CCI\s+retiré", text)


def test_sys_16_an_action_with_no_actor_is_listed_as_uncovered(officer, types):
    fill(officer, 2027, types[0], own="on")
    response = shown(officer, year=2027)
    uncovered = [row.type.code for row in response.context["matrix"].uncovered]
    assert uncovered == types[1:]
    assert len(uncovered) == 26
    listed = re.search(r'<ul class="uncovered">.*?</ul>', response.content.decode(), re.DOTALL)[0]
    assert re.findall(r'href="#([\w-]+)"', listed) == uncovered
    fill(officer, 2027, types[0])
    assert types[0] in [row.type.code for row in shown(officer, year=2027).context["matrix"].uncovered]


def test_sys_16_the_matrix_has_the_27_types_under_three_categories(elected):
    matrix = shown(elected).context["matrix"]
    assert sum(len(group.lines) for group in matrix.groups) == 27
    assert all(line.type.purpose.category == group.category for group in matrix.groups for line in group.lines)
    assert len(matrix.groups) == 3


def test_sys_16_the_four_fixed_points_of_the_guide_are_marked(officer, types):
    fill(officer, 2027, types[0], actors=[actor("direccte").pk, actor("afd").pk])
    fill(officer, 2027, types[1], actors=[actor("missions-economiques").pk])
    response = shown(officer, year=2027)
    points = {point.actor.code: point.types for point in response.context["fixed_points"]}
    # Fiche 1: « Business France avec les missions économiques » is one of the four.
    assert points == {"business-france": 1, "bpifrance": 0, "direccte": 1, "ministere-economie": 0}
    marked = {part.holder.name: part.holder.is_fixed_point for part in line(response, types[0]).now}
    assert marked == {"Direccte": True, "AFD": False}
    assert re.search(r"Direccte\s+point fixe", text_of(response))


def test_sys_16_roles_are_by_territory_and_those_without_territory_hold_everywhere(officer, types):
    sfax = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    fill(officer, 2027, types[0], own="on")
    fill(officer, 2027, types[1], territory=sfax, actors=[actor("afd").pk])
    here = shown(officer, year=2027, territory=sfax.pk)
    assert names(line(here, types[0]).now) == [officer.collectivity.name]
    assert line(here, types[0]).now[0].everywhere
    assert names(line(here, types[1]).now) == ["AFD"]
    everywhere = shown(officer, year=2027)
    assert line(everywhere, types[1]).is_uncovered
    assert "partout" in text_of(here)


# Writing ----------------------------------------------------------------------------------


def test_filling_a_line_writes_what_changed_and_its_history(economic, types):
    fill(economic, 2027, types[0], actors=[actor("afd").pk, actor("cci").pk])
    kept = LocalRole.objects.get(actor__code="afd")
    fill(economic, 2027, types[0], actors=[actor("afd").pk], own="on", **{f"note_{kept.pk}": "Prêts seulement"})
    assert LocalRole.objects.get(actor__code="afd").pk == kept.pk
    roles = LocalRole.objects.filter(collectivity=economic.collectivity)
    assert {(role.actor_id and role.actor.code, role.note) for role in roles} == {
        ("afd", "Prêts seulement"),
        (None, ""),
    }
    verbs = Change.objects.filter(model="typology.localrole").values_list("verb", flat=True)
    assert sorted(verbs) == ["created", "created", "created", "deleted", "updated"]
    assert "Prêts seulement" in text_of(shown(economic, year=2027))
    assert Change.objects.filter(author=economic.user).count() == 5


def test_the_same_line_sent_twice_changes_nothing(officer, types):
    for _ in range(2):
        fill(officer, 2027, types[0], own="on", actors=[actor("afd").pk])
    assert LocalRole.objects.count() == 2
    assert Change.objects.filter(model="typology.localrole").count() == 2


def test_last_years_matrix_is_copied_in_one_gesture_and_only_once(officer, types):
    gone = StakeholderFactory(collectivity=officer.collectivity)
    for code in types[:3]:
        fill(officer, 2026, code, own="on", actors=[actor("afd").pk])
    fill(officer, 2026, types[3], stakeholders=[gone.pk])
    officer.client.post(reverse("partners:stakeholder_delete", args=[gone.pk]))
    fill(officer, 2027, types[0], own="on")
    assert "Reprendre les rôles de 2026" in text_of(shown(officer, year=2027))
    url = reverse("typology:local_role_copy", args=[2027])
    response = officer.client.post(url, follow=True)
    assert "Rôles repris de 2026\xa0: 5" in response.content.decode().replace(" :", "\xa0:")
    assert LocalRole.objects.filter(year=2027).count() == 6  # the deleted stakeholder stays behind
    officer.client.post(url)
    assert LocalRole.objects.filter(year=2027).count() == 6
    assert LocalRole.objects.filter(year=2026).count() == 7


def test_nothing_to_copy_says_so(officer):
    response = officer.client.post(reverse("typology:local_role_copy", args=[2027]), follow=True)
    assert "Aucune année avant 2027" in text_of(response)


def test_a_role_of_another_collectivite_is_neither_seen_nor_touched(officer, stranger, types):
    theirs = StakeholderFactory(collectivity=stranger.collectivity, name="Canari")
    territory = TerritoryFactory(collectivity=stranger.collectivity, name="Canaville")
    LocalRoleFactory(collectivity=stranger.collectivity, stakeholder=theirs, territory=territory)
    assert "Canari" not in shown(officer, year=2027).content.decode()
    assert "Cana" not in shown(officer, year=2027, territory=territory.pk).content.decode()
    assert fill(officer, 2027, types[0], stakeholders=[theirs.pk]).status_code == 200
    assert fill(officer, 2027, types[0], territory=territory, own="on").status_code == 404
    url = reverse("typology:local_role_copy", args=[2028])
    assert officer.client.post(url, {"territory": territory.pk}).status_code == 404
    assert not LocalRole.objects.filter(collectivity=officer.collectivity).exists()
    with pytest.raises(ValidationError):
        local_roles.assign(
            collectivity=officer.collectivity,
            author=None,
            scope=Scope(None, 2027),
            type=ActionType.objects.get(code=types[0]),
            own=False,
            actors=[],
            stakeholders=[theirs],
        )


@pytest.mark.parametrize("year", [0, 1989, 2101, 99999999999999999999])
def test_a_year_out_of_bounds_answers_404(officer, types, year):
    assert officer.client.get(f"/appui/roles/{year}/{types[0]}/").status_code == 404
    assert officer.client.post(f"/appui/roles/{year}/reprendre/").status_code == 404


def test_an_elected_official_reads_the_matrix_and_cannot_fill_it(elected, types):
    assert fill(elected, 2027, types[0], own="on").status_code == 403
    assert "Remplir" not in text_of(shown(elected, year=2027))


def test_an_unreadable_year_is_named_and_the_current_one_shown(elected):
    response = shown(elected, year="dix", compare="-4")
    assert "Filtre illisible" in text_of(response)
    assert response.context["scope"].compared is None


def test_no_list_of_boxes_passes_300_options_and_a_search_finds_the_others(officer, types):
    StakeholderFactory.create_batch(310, collectivity=officer.collectivity)
    chosen = StakeholderFactory(collectivity=officer.collectivity, name="Aciérie du Port")
    url = reverse("typology:local_role_edit", args=[2027, types[0]])
    plain = officer.client.get(url).content.decode()
    assert plain.count('name="stakeholders"') < 300
    found = officer.client.get(url, {"q": "aciérie"}).content.decode()
    assert "Aciérie du Port" in found
    fill(officer, 2027, types[0], stakeholders=[chosen.pk])
    again = officer.client.get(url).content.decode()
    assert re.search(rf'value="{chosen.pk}"[^>]*checked', again)


def test_no_list_of_territories_passes_300_options(officer):
    TerritoryFactory.create_batch(305, collectivity=officer.collectivity)
    last = TerritoryFactory(collectivity=officer.collectivity, name="Zzz")
    page = shown(officer, territory=last.pk)
    assert page.content.decode().count("<option") <= 305
    assert page.context["scope"].territory == last


# Reading ----------------------------------------------------------------------------------


def test_the_cross_table_has_types_in_rows_and_the_actors_present_in_columns(officer, types):
    fill(officer, 2027, types[0], own="on", actors=[actor("afd").pk])
    fill(officer, 2027, types[1], actors=[actor("business-france").pk])
    response = shown(officer, year=2027, vue="croisee")
    page = response.content.decode()
    columns = re.findall(r'<th scope="col" role="columnheader">(.*?)</th>', page.split('class="data stack crossed"')[1])
    assert [re.sub(r"<.*", "", column) for column in columns[:4]] == [
        "Type d’action",
        officer.collectivity.name,
        "Business France",
        "AFD",
    ]
    crossed = {
        row.type.code: [bool(part) for part in cells]
        for _, rows in response.context["matrix"].crossed
        for row, cells in rows
    }
    assert len(crossed) == 27
    assert crossed[types[0]] == [True, False, True]
    assert crossed[types[1]] == [False, True, False]
    assert not any(crossed[types[2]])


def test_the_matrix_asks_as_many_queries_for_one_role_as_for_thirty(officer, types):
    counts = []
    for codes in (types[:1], types):
        for code in codes:
            fill(officer, 2027, code, own="on", actors=[actor("afd").pk])
        with CaptureQueriesContext(connection) as queries:
            shown(officer, year=2027, compare=2026)
        counts.append(len(queries))
    assert LocalRole.objects.count() > 30
    assert counts[0] == counts[1] <= 15


def test_the_export_has_a_line_by_holder_and_one_for_what_nobody_does(officer, types):
    fill(officer, 2026, types[0], actors=[actor("cci").pk])
    fill(officer, 2027, types[0], own="on", actors=[actor("direccte").pk])
    url = reverse("typology:local_role_export", args=["csv"])
    content = officer.client.get(url, {"year": 2027, "compare": 2026}).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    first = [(row["Acteur"], row["Point fixe du guide"], row["Depuis 2026"]) for row in rows[:3]]
    assert first == [
        (officer.collectivity.name, "non", "ajouté"),
        ("Direccte", "oui", "ajouté"),
        ("CCI", "non", "retiré"),
    ]
    assert len(rows) == 3 + 26
    assert {row["Acteur"] for row in rows[3:]} == {"Aucun acteur"}
    book = officer.client.get(reverse("typology:local_role_export", args=["xlsx"]), {"year": 2027})
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet.max_row == 1 + 2 + 26


def test_a_deleted_stakeholder_stays_in_the_matrix_and_is_said_to_be_deleted(officer, types):
    row = StakeholderFactory(collectivity=officer.collectivity, name="Grappe close")
    fill(officer, 2027, types[0], stakeholders=[row.pk])
    officer.client.post(reverse("partners:stakeholder_delete", args=[row.pk]))
    assert re.search(r"Grappe close\s+fiche supprimée", text_of(shown(officer, year=2027)))
    fill(officer, 2027, types[0], stakeholders=[row.pk], own="on")
    assert LocalRole.objects.filter(stakeholder=row).exists()


# API --------------------------------------------------------------------------------------


def test_the_api_gives_local_roles_to_members_and_not_to_networks(elected, network, stranger):
    LocalRoleFactory(collectivity=elected.collectivity, actor=actor("afd"), year=2026)
    LocalRoleFactory(collectivity=elected.collectivity, year=2027)
    found = elected.client.get("/api/v1/roles-locaux/", {"year": 2026, "actor": "afd"}).json()["results"]
    assert [(row["year"], row["type"], row["actor"], row["stakeholder"]) for row in found] == [
        (2026, TYPE, "afd", None)
    ]
    assert found[0]["category"] == "internationalisation"
    assert network.client.get("/api/v1/roles-locaux/").status_code == 403
    assert stranger.client.get("/api/v1/roles-locaux/").json()["results"] == []
    for query in ({"year": "x"}, {"type": "martien"}, {"territory": "99999999999999999999"}):
        assert elected.client.get("/api/v1/roles-locaux/", query).status_code == 400, query
