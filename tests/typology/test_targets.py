"""Targets by mode (SYS-17): zones of the fiches, the form of one mode, the map, the two geographies, the advice."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aict.accounts.models import Change
from aict.accounts.reference import read_yaml
from partners.models import Country
from tests.factories import AgreementFactory, TargetFactory, TerritoryFactory
from typology import targeting
from typology.models import ActionCategory, Target, TargetZone

LIST = reverse("typology:target_list")
CREATE = reverse("typology:target_create")
OWN = "fiche-2-territoire"
SELDOM = "fiche-1-peu-ciblees"


def text_of(response) -> str:
    """The page's words, tags removed, spaces flattened."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def zone(code: str) -> TargetZone:
    return TargetZone.objects.get(code=code)


def target(collectivity, code: str, **values) -> Target:
    row = zone(code)
    return TargetFactory(collectivity=collectivity, category=row.category, zone=row, **values)


def country(code: str) -> Country:
    return Country.objects.get(code=code)


def post(actor, mode: str, **data):
    return actor.client.post(f"{CREATE}?category={mode}", data)


# Zones -----------------------------------------------------------------------------------


def test_every_zone_of_the_fiches_is_there_with_its_exact_words(db):
    printed = [
        (fiche["category"], group, row["label"], row.get("items", []))
        for fiche in read_yaml(settings.FIXTURES_DIR / "reference" / "fiches.yaml")["fiches"][:3]
        for section in fiche["sections"]
        if section["code"] == "ou"
        for group in ("heading", "zones", "vagues")
        for row in section["options"].get(group, [])
    ]
    loaded = [(row.category.code, row.group, row.label, row.items) for row in TargetZone.objects.current()]
    assert loaded == printed
    assert len(loaded) == 16
    assert [row.code for row in TargetZone.objects.filter(is_own_territory=True)] == [OWN]


# Acceptance ------------------------------------------------------------------------------


def test_sys_17_one_map_shows_the_targets_by_mode(elected):
    mine = elected.collectivity
    sfax = TerritoryFactory(collectivity=mine, name="Sfax", latitude=34.74, longitude=10.76)
    target(mine, "fiche-1-cibles-recurrentes", country=country("jp"))
    target(mine, "fiche-2-territoires-partenaires", territory=sfax, reason="partenaire")
    target(mine, "fiche-3-tout-territoire", territory=sfax, reason="partenaire")
    target(mine, "fiche-3-recente", reason="reseau")
    html = elected.client.get(LIST).content.decode()
    maps = re.findall(r'<svg class="map".*?</svg>', html, re.S)
    assert len(maps) == 1
    assert maps[0].count('class="n"') == 3  # two places for Sfax, one for Japan, none for a whole zone
    assert re.search(r"Internationalisation</dt><dd>1 Japon</dd>", html)
    assert re.search(r"Promotion</dt><dd>2 Sfax</dd>", html)
    assert re.search(r"Coopération</dt><dd>3 Sfax</dd>", html)
    assert "Zones visées sans lieu précis" in html
    assert "Plus récemment : pays de l’OCDE, pays émergents" in html
    for reason in ("Marché", "Territoire partenaire", "Réseau"):
        assert f'data-l="Raison">{reason}</td>' in html


def test_sys_17_fiche_2_accepts_the_own_territory(officer):
    form = officer.client.get(f"{CREATE}?category=promotion")
    assert "Territoire de la collectivité" in text_of(form)
    answer = post(officer, "promotion", zone=zone(OWN).pk, reason="propre-territoire")
    assert answer.status_code == 302
    saved = Target.objects.get()
    assert (saved.category.code, saved.zone.code, saved.collectivity) == ("promotion", OWN, officer.collectivity)


@pytest.mark.parametrize("mode", ["internationalisation", "cooperation"])
def test_sys_17_the_other_fiches_neither_propose_nor_accept_it(officer, mode):
    form = officer.client.get(f"{CREATE}?category={mode}")
    assert "Territoire de la collectivité" not in text_of(form)
    answer = post(officer, mode, zone=zone(OWN).pk, reason="marche")
    assert "Le territoire de la collectivité ne se vise que par la promotion (fiche 2)." in text_of(answer)
    answer = post(officer, mode, zone=zone(OWN).pk, reason="propre-territoire")
    assert "Cette raison va avec la zone" in text_of(answer)
    assert not Target.objects.exists()


# The form --------------------------------------------------------------------------------


def test_the_mode_is_chosen_first_with_three_links(officer):
    html = officer.client.get(CREATE).content.decode()
    assert re.findall(r'href="\?category=(\w+)"', html) == ["internationalisation", "promotion", "cooperation"]
    assert "<select" not in html
    assert "?category=cooperation" in officer.client.get(f"{CREATE}?category=autre").content.decode()


def test_a_form_proposes_the_zones_of_its_mode_only(officer):
    for category in ActionCategory.objects.current():
        html = officer.client.get(f"{CREATE}?category={category.code}").content.decode()
        select = re.search(r'<select[^>]*name="zone".*?</select>', html, re.S)[0]
        values = {int(value) for value in re.findall(r'value="(\d+)"', select)}
        assert values == set(category.zones.values_list("pk", flat=True))
        assert f"Ce que dit la fiche {category.fiches.get().number}" in html


def test_a_target_is_written_once_with_its_author(economic):
    data = {"zone": zone("fiche-1-cibles-recurrentes").pk, "country": country("jp").pk, "reason": "marche"}
    assert post(economic, "internationalisation", note="Photonique", **data).status_code == 302
    assert Change.objects.get(model="typology.target").author == economic.user
    assert "Cette cible est déjà enregistrée" in text_of(post(economic, "internationalisation", **data))
    assert Target.objects.count() == 1


def test_a_target_has_one_precise_place(officer):
    sfax = TerritoryFactory(collectivity=officer.collectivity)
    data = {"zone": zone("fiche-3-tout-territoire").pk, "reason": "partenaire"}
    answer = post(officer, "cooperation", territory=sfax.pk, country=country("tn").pk, **data)
    assert "Donnez un territoire ou un pays, pas les deux." in text_of(answer)


def test_the_own_territory_goes_with_its_zone_alone(officer):
    own = TerritoryFactory(collectivity=officer.collectivity, is_own=True, country=country("fr"))
    abroad = TerritoryFactory(collectivity=officer.collectivity)
    elsewhere = {"zone": zone("fiche-2-france-ocde").pk, "territory": own.pk, "reason": "marche"}
    assert "Votre propre territoire ne se vise que par la promotion" in text_of(post(officer, "promotion", **elsewhere))
    wrong = {"zone": zone(OWN).pk, "territory": abroad.pk, "reason": "propre-territoire"}
    assert "désigne votre territoire : laissez ce champ vide" in text_of(post(officer, "promotion", **wrong))
    forged = {"zone": zone("fiche-1-tous").pk, "territory": own.pk, "reason": "marche"}
    assert "Votre propre territoire ne se vise que" in text_of(post(officer, "internationalisation", **forged))
    right = {"zone": zone(OWN).pk, "territory": own.pk, "reason": "propre-territoire"}
    assert post(officer, "promotion", **right).status_code == 302


def test_the_rules_hold_without_a_form(officer):
    row = Target(
        collectivity=officer.collectivity,
        category=ActionCategory.objects.get(code="internationalisation"),
        zone=zone(OWN),
        reason="marche",
    )
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert set(refusal.value.message_dict) == {"zone"}


def test_another_collectivites_territory_is_refused(officer, stranger):
    theirs = TerritoryFactory(collectivity=stranger.collectivity, name="Kaolack")
    data = {"zone": zone("fiche-3-tout-territoire").pk, "reason": "partenaire"}
    answer = post(officer, "cooperation", territory=theirs.pk, **data)
    assert answer.status_code == 200
    assert "Kaolack" not in answer.content.decode()
    assert not Target.objects.exists()


def test_beyond_300_territories_the_name_is_typed(officer):
    for number in range(301):
        TerritoryFactory(collectivity=officer.collectivity, name=f"Ville {number}")
    TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    TerritoryFactory(collectivity=officer.collectivity, name="Alger", country=country("dz"))
    TerritoryFactory(collectivity=officer.collectivity, name="Alger", country=country("ca"))
    html = officer.client.get(f"{CREATE}?category=cooperation").content.decode()
    assert 'name="territory"' in html
    assert html.count("<option") < 300
    data = {"zone": zone("fiche-3-tout-territoire").pk, "reason": "partenaire"}
    assert "Noms proches : « Sfax (Tunisie) »" in text_of(post(officer, "cooperation", territory="Sfa", **data))
    assert "Aucune fiche ne s’appelle « Zzz »" in text_of(post(officer, "cooperation", territory="Zzz", **data))
    assert "Plusieurs fiches portent ce nom" in text_of(post(officer, "cooperation", territory="alger", **data))
    assert post(officer, "cooperation", territory="\x00", **data).status_code in (200, 302)
    assert post(officer, "cooperation", territory="Alger (Algérie)", **data).status_code == 302
    saved = Target.objects.get(territory__name="Alger")
    assert saved.territory.country.code == "dz"
    edit = officer.client.get(reverse("typology:target_edit", args=[saved.pk])).content.decode()
    assert 'value="Alger (Algérie)"' in edit


def test_a_target_is_modified_then_deleted_and_told_in_the_history(officer):
    row = target(officer.collectivity, "fiche-1-cibles-recurrentes", country=country("jp"))
    edit = reverse("typology:target_edit", args=[row.pk])
    data = {"zone": row.zone.pk, "country": country("kr").pk, "reason": "reseau", "note": ""}
    assert officer.client.post(edit, data).status_code == 302
    row.refresh_from_db()
    assert (row.country.code, row.reason) == ("kr", "reseau")
    delete = reverse("typology:target_delete", args=[row.pk])
    assert "Supprimer cette cible" in text_of(officer.client.get(delete))
    assert Target.objects.exists()
    assert officer.client.post(delete).status_code == 302
    assert not Target.objects.exists()
    assert Change.objects.filter(model="typology.target", verb=Change.Verb.DELETED).exists()


# The page --------------------------------------------------------------------------------


def test_two_geographies_say_who_aims_where(officer):
    mine = officer.collectivity
    sfax = TerritoryFactory(collectivity=mine, name="Sfax")
    ouaga = TerritoryFactory(collectivity=mine, name="Ouagadougou", country=country("bf"))
    own = TerritoryFactory(collectivity=mine, name="Valmarée", country=country("fr"), is_own=True)
    target(mine, "fiche-3-tout-territoire", territory=sfax)
    target(mine, "fiche-2-territoires-partenaires", territory=sfax)
    target(mine, "fiche-3-tout-territoire", territory=ouaga)
    target(mine, "fiche-1-tous", country=country("bf"))
    target(mine, "fiche-1-tous", country=country("us"))
    target(mine, "fiche-3-recente", country=country("am"))
    target(mine, OWN, territory=own)
    found = {row.country.code: (row.use, row.words) for row in targeting.page(mine).crossings}
    assert found == {
        "tn": ("both", "Les deux, au même lieu"),
        "bf": ("both", "Les deux, au même pays"),
        "us": ("prospection", "Prospection seule"),
        "am": ("cooperation", "Coopération seule"),
    }
    assert list(found)[:2] == ["bf", "tn"]  # the shared ones first
    text = text_of(officer.client.get(LIST))
    for words in ("Les deux, au même lieu", "Les deux, au même pays", "Prospection seule", "Coopération seule"):
        assert words in text


def test_a_seldom_aimed_zone_asks_for_a_cooperation_and_finds_it(officer):
    mine = officer.collectivity
    AgreementFactory(
        collectivity=mine, territory=TerritoryFactory(collectivity=mine, name="Bobo-Dioulasso", country=country("bf"))
    )
    target(mine, SELDOM, country=country("bf"))
    target(mine, SELDOM, country=country("in"))
    target(mine, SELDOM)
    target(mine, "fiche-1-cibles-recurrentes", country=country("jp"))
    page = targeting.page(mine)
    advice = {str(row.target.place): row.advice for item in page.modes for row in item.rows}
    assert "Vous y coopérez déjà (Bobo-Dioulasso)" in advice["Burkina Faso"]
    assert "aucune coopération n’est enregistrée avec ce pays : Inde" in advice["Inde"]
    assert "Précisez le pays" in advice["None"]
    assert advice["Japon"] == ""
    assert text_of(officer.client.get(LIST)).count("À savoir.") == 3
    seldom = Target.objects.get(country__code="in")
    form = reverse("typology:target_edit", args=[seldom.pk])
    assert "aucune coopération n’est enregistrée" in text_of(officer.client.get(form))
    target(mine, "fiche-3-recente", territory=TerritoryFactory(collectivity=mine, name="Pune", country=country("in")))
    assert "Vous y coopérez déjà (Pune)" in text_of(officer.client.get(form))


def test_a_place_without_coordinates_is_listed_and_not_drawn(officer):
    sfax = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    target(officer.collectivity, "fiche-3-tout-territoire", territory=sfax)
    html = officer.client.get(LIST).content.decode()
    assert '<svg class="map"' not in html
    assert "coordonnées manquantes" in html


def test_an_elected_official_reads_and_is_offered_no_gesture(elected):
    target(elected.collectivity, "fiche-1-tous", country=country("jp"))
    html = elected.client.get(LIST).content.decode()
    assert "Japon" in html
    assert "Ajouter une cible" not in html
    assert "/modifier/" not in html


def test_an_empty_page_says_what_to_do(officer, elected):
    assert "Aucune cible pour ce mode" in text_of(officer.client.get(LIST))
    assert "Les services les saisissent ici" in text_of(elected.client.get(LIST))


def test_the_number_of_queries_does_not_grow_with_the_targets(officer):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.client.get(LIST).status_code == 200
        return len(queries)

    mine = officer.collectivity
    target(mine, SELDOM, territory=TerritoryFactory(collectivity=mine, latitude=1, longitude=1))
    count()
    one = count()
    for number in range(29):
        place = TerritoryFactory(collectivity=mine, latitude=number, longitude=number)
        target(mine, SELDOM if number % 2 else "fiche-3-tout-territoire", territory=place)
    assert count() == one
    assert one <= 16


def test_nothing_of_another_collectivite_shows(officer, stranger):
    theirs = TerritoryFactory(collectivity=stranger.collectivity, name="Kaolack", latitude=14, longitude=-16)
    row = target(stranger.collectivity, "fiche-3-tout-territoire", territory=theirs)
    assert "Kaolack" not in officer.client.get(LIST).content.decode()
    assert officer.client.get(reverse("typology:target_edit", args=[row.pk])).status_code == 404


def test_hostile_words_are_shown_as_words(officer):
    place = TerritoryFactory(collectivity=officer.collectivity, name="<script>x</script>", latitude=3, longitude=3)
    target(officer.collectivity, "fiche-3-tout-territoire", territory=place, note="<b>gras</b>")
    html = officer.client.get(LIST).content.decode()
    assert "<script>x" not in html
    assert "&lt;b&gt;gras" in html


# API -------------------------------------------------------------------------------------


def test_the_api_gives_the_targets_to_members_in_the_same_words(elected, network, stranger):
    mine = elected.collectivity
    sfax = TerritoryFactory(collectivity=mine, name="Sfax")
    target(mine, "fiche-3-tout-territoire", territory=sfax, reason="partenaire")
    target(mine, "fiche-1-cibles-recurrentes", country=country("jp"))
    target(stranger.collectivity, "fiche-1-cibles-recurrentes", country=country("kr"))
    rows = elected.client.get("/api/v1/cibles/").json()["results"]
    assert [(row["category"], row["zone"], row["country"]) for row in rows] == [
        ("internationalisation", "fiche-1-cibles-recurrentes", "jp"),
        ("cooperation", "fiche-3-tout-territoire", None),
    ]
    assert rows[1]["territory"] == {"id": sfax.pk, "name": "Sfax", "country": "tn"}
    filtered = elected.client.get("/api/v1/cibles/", {"category": "cooperation", "reason": "partenaire"}).json()
    assert [row["zone_label"] for row in filtered["results"]] == ["Tout territoire"]
    assert elected.client.get("/api/v1/cibles/", {"zone": "inconnue"}).status_code == 400
    assert network.client.get("/api/v1/cibles/").status_code == 403
