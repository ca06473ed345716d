"""Good practices (SYS-53): the focus items of the guide, the collectivité's own, and what networks read of them."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import ActionFactory, PracticeFactory, TerritoryFactory
from typology.models import Fiche, FocusPractice, Practice

LIST = "/appui/bonnes-pratiques/"
FORM = {"title": "Club export du littoral", "facts": "Douze PME préparées ensemble.", "visibility": "internal"}


def text_of(response) -> str:
    return response.content.decode()


# Acceptance -------------------------------------------------------------------------------


def test_sys_53_the_five_focus_items_load(officer):
    counts = Counter(FocusPractice.objects.current().values_list("fiche__code", flat=True))
    assert counts == {"fiche-1": 1, "fiche-2": 2, "fiche-3": 1, "fiche-c": 1}
    page = text_of(officer.client.get(LIST))
    for row in FocusPractice.objects.all():
        assert row.label in page
        assert row.facts
        assert row.facts[0].replace("'", "&#x27;") in page
    assert Practice.objects.count() == 0


def test_sys_53_a_user_entry_with_no_source_is_marked_non_verifie(economic, officer, collectivity):
    fiche = Fiche.objects.get(code="fiche-2")
    response = economic.client.post(f"{LIST}nouvelle/", FORM | {"fiche": fiche.pk})
    practice = Practice.objects.get()
    assert response["Location"] == practice.get_absolute_url()
    for url in (LIST, practice.get_absolute_url()):
        assert "Non vérifié" in text_of(officer.client.get(url))
    assert officer.client.get(f"/api/v1/bonnes-pratiques/{practice.pk}/").json()["is_verified"] is False
    assert "non vérifié" in officer.client.get(f"{LIST}export.csv").getvalue().decode()
    edit = reverse("typology:practice_edit", args=[practice.pk])
    economic.client.post(edit, FORM | {"fiche": fiche.pk, "source": "Bilan annuel du club"})
    for url in (LIST, practice.get_absolute_url()):
        page = text_of(officer.client.get(url))
        assert "Non vérifié" not in page
        assert "Source donnée" in page
    economic.client.post(edit, FORM | {"fiche": fiche.pk, "source": "   "})
    assert "Non vérifié" in text_of(officer.client.get(practice.get_absolute_url()))


# Register ---------------------------------------------------------------------------------


def test_figures_of_the_guide_are_exact():
    rows = {row["code"]: row for row in _fixture()}
    assert rows["bretagne-commerce-equitable"]["figures"] == [
        "8\u00a0pays de l’UEMOA associés au label",
        "appui suivi depuis 2006",
        "4\u00a0000 cotonculteurs du Mali et du Burkina Faso",
    ]
    assert all("figures" not in row for code, row in rows.items() if code != "bretagne-commerce-equitable")


def _fixture() -> list[dict]:
    from django.conf import settings

    from aict.accounts.reference import read_yaml

    return read_yaml(settings.FIXTURES_DIR / "reference" / "focus.yaml")["focus"]


def test_filters_hold_for_the_guide_and_for_the_collectivite(officer, collectivity):
    PracticeFactory(collectivity=collectivity, title="Stand mutualisé", fiche=Fiche.objects.get(code="fiche-2"))
    PracticeFactory(collectivity=collectivity, title="Club export", facts="Du coton et des voiles.")

    def shown(query: str) -> tuple[list[str], list[str]]:
        context = officer.client.get(f"{LIST}?{query}").context
        return [row.title for row in context["page"]], [row.code for row in context["focus"]]

    assert shown("fiche=fiche-2") == (["Stand mutualisé"], ["only-lyon", "invest-in-grenoble"])
    assert shown("q=COTON") == (["Club export"], ["bretagne-commerce-equitable"])
    assert shown("fiche=fiche-d") == ([], [])
    assert len(shown("fiche=inconnue")[1]) == 5
    assert "Filtre illisible" in text_of(officer.client.get(f"{LIST}?fiche=inconnue"))


def test_a_practice_is_deleted_and_restored(economic, collectivity):
    practice = PracticeFactory(collectivity=collectivity)
    economic.client.post(reverse("typology:practice_delete", args=[practice.pk]))
    assert not list(economic.client.get(LIST).context["page"])
    assert practice.title in text_of(economic.client.get(f"{LIST}?supprimes=1"))
    assert "Supprimé" in text_of(economic.client.get(practice.get_absolute_url()))
    economic.client.post(reverse("typology:practice_restore", args=[practice.pk]))
    assert Practice.objects.for_collectivity(collectivity).get() == practice


def test_a_practice_begins_from_an_action(economic, collectivity):
    action = ActionFactory(collectivity=collectivity)
    page = text_of(economic.client.get(f"{LIST}nouvelle/?action={action.pk}"))
    assert f'<option value="{action.pk}" selected>' in page


def test_the_action_of_another_collectivite_is_refused(economic, stranger):
    foreign = ActionFactory(collectivity=stranger.collectivity, title="Action étrangère")
    data = FORM | {"fiche": Fiche.objects.get(code="fiche-1").pk, "action": foreign.pk}
    response = economic.client.post(f"{LIST}nouvelle/", data)
    assert "action" in response.context["form"].errors
    assert "Action étrangère" not in text_of(response)
    assert not Practice.objects.exists()


@pytest.mark.parametrize("url", [LIST, "/api/v1/bonnes-pratiques/"])
def test_the_list_costs_the_same_with_1_and_30_practices(officer, collectivity, url, django_assert_num_queries):
    def practice() -> None:
        territory, action = TerritoryFactory(collectivity=collectivity), ActionFactory(collectivity=collectivity)
        PracticeFactory(collectivity=collectivity, territory=territory, action=action)

    practice()
    with CaptureQueriesContext(connection) as queries:
        officer.client.get(url)
        count = len(queries)
    for _ in range(29):
        practice()
    with django_assert_num_queries(count):
        officer.client.get(url)


# Networks ---------------------------------------------------------------------------------


def test_a_network_reads_what_is_shared_and_no_more(network, officer, collectivity):
    territory = TerritoryFactory(collectivity=collectivity, name="Territoire interne")
    action = ActionFactory(collectivity=collectivity, title="Action interne")
    shared = PracticeFactory(
        collectivity=collectivity, visibility="network", territory=territory, action=action, source="Note interne"
    )
    PracticeFactory(collectivity=collectivity, title="Gardée pour nous")
    answer = network.client.get("/api/v1/bonnes-pratiques/")
    assert [row["title"] for row in answer.json()["results"]] == [shared.title]
    row = answer.json()["results"][0]
    assert row["territory"]["name"] is None
    assert row["is_verified"] is True
    assert set(row) == {
        "id", "title", "fiche", "fiche_label", "holder", "place", "territory", "facts", "figures", "lesson",
        "is_verified", "visibility",
    }  # fmt: skip
    assert "Note interne" not in text_of(answer)
    assert network.client.get("/api/v1/bonnes-pratiques/?q=douze").json()["count"] == 1
    assert network.client.get("/api/v1/bonnes-pratiques/?q=note").json()["count"] == 0
    own = officer.client.get(f"/api/v1/bonnes-pratiques/{shared.pk}/").json()
    assert (own["action"], own["source"]) == (action.pk, "Note interne")
