"""Writing the partners' registers: what is asked, what is refused, in words that help; and SYS-26."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Change
from partners.models import Agreement, Country, EconomicField, Stakeholder, StakeholderType, TerritorialLevel, Territory
from tests.factories import ActionFactory, AgreementFactory, StakeholderFactory, TerritoryFactory


def said(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


@pytest.fixture
def territory(collectivity) -> Territory:
    return TerritoryFactory(collectivity=collectivity, name="Sfax")


@pytest.fixture
def agreement_data(territory) -> dict:
    return {
        "territory": territory.pk,
        "title": "Convention de coopération",
        "form": "convention-generale",
        "validity": "revisable",
        "holder": "Métropole de Valmarée",
        "object": "Économie et formation",
        "amount": "0",
        "transmitted_on": "2025-02-01",
        "ends": "2099-12-31",
        "visibility": "internal",
    }


@pytest.fixture
def territory_data(db) -> dict:
    return {
        "name": "Halle (Saale)",
        "country": Country.objects.get(code="de").pk,
        "level": TerritorialLevel.objects.get(code="commune").pk,
        "visibility": "internal",
    }


@pytest.fixture
def stakeholder_data(db) -> dict:
    return {
        "name": "Pôle énergie",
        "type": StakeholderType.objects.get(code="cluster").pk,
        "visibility": "internal",
    }


def add_agreement(actor, data, **changes):
    return actor.client.post("/partenaires/accords/nouveau/", data | changes)


# What works ------------------------------------------------------------------------------


def test_an_agreement_is_added_with_a_message_and_a_line_of_history(officer, agreement_data):
    answer = officer.client.post("/partenaires/accords/nouveau/", agreement_data, follow=True)
    agreement = Agreement.objects.get()
    assert answer.redirect_chain == [(agreement.get_absolute_url(), 302)]
    assert "Accord ajouté : « Convention de coopération »." in said(answer)
    assert (agreement.amount, agreement.collectivity) == (Decimal(0), officer.collectivity)
    (change,) = Change.objects.for_collectivity(officer.collectivity).about(agreement)
    assert (change.verb, change.author) == ("created", officer.user)


def test_an_edit_tells_in_the_history_what_changed(officer, agreement_data):
    add_agreement(officer, agreement_data)
    agreement = Agreement.objects.get()
    officer.client.post(f"{agreement.get_absolute_url()}modifier/", agreement_data | {"title": "Autre intitulé"})
    newest = Change.objects.for_collectivity(officer.collectivity).about(agreement)[0]
    assert newest.fields == {"intitulé": ["Convention de coopération", "Autre intitulé"]}
    page = said(officer.client.get(agreement.get_absolute_url()))
    assert "Convention de coopération" in page and "Poste officer" in page


def test_a_territory_and_a_stakeholder_are_added(officer, economic, territory_data, stakeholder_data):
    answer = officer.client.post(
        "/partenaires/territoires/nouveau/", territory_data | {"latitude": "51,48", "longitude": "11,97"}
    )
    territory = Territory.objects.get()
    assert answer.url == territory.get_absolute_url() and territory.latitude == Decimal("51.48")
    field = EconomicField.objects.get(code="recherche")
    answer = economic.client.post(
        "/partenaires/acteurs/nouveau/", stakeholder_data | {"fields": [field.pk], "territories": [territory.pk]}
    )
    stakeholder = Stakeholder.objects.get()
    assert answer.url == stakeholder.get_absolute_url()
    assert list(stakeholder.fields.all()) == [field] and list(stakeholder.territories.all()) == [territory]


def test_the_form_of_a_new_agreement_proposes_the_territory_of_the_address_and_the_holder(officer, territory):
    page = said(officer.client.get(f"/partenaires/accords/nouveau/?territory={territory.pk}"))
    assert f'value="{territory.pk}" selected' in page
    assert "Métropole de Valmarée" in page.split("<main")[1]


# SYS-26 ----------------------------------------------------------------------------------


def test_sys_26_an_agreement_without_end_date_asks_for_a_review_date(officer, agreement_data):
    answer = add_agreement(officer, agreement_data, ends="")
    assert not Agreement.objects.exists()
    assert "Sans date de fin, donnez une date de révision" in said(answer)
    assert add_agreement(officer, agreement_data, ends="", review_on="2099-01-01").status_code == 302


def test_sys_26_an_imported_agreement_without_end_nor_review_is_shown_as_to_review(officer):
    twinning = AgreementFactory(collectivity=officer.collectivity, form="jumelage", signed_year=1976, amount=None)
    listed = said(officer.client.get("/partenaires/accords/"))
    assert "Révision à fixer" in listed and "1 à revoir" in listed
    page = said(officer.client.get(twinning.get_absolute_url()))
    assert "Sans date de fin : fixez une date de révision" in page
    assert f"{twinning.get_absolute_url()}modifier/#id_review_on" in page
    assert "Montant prévisionnel manquant" in page


def test_sys_26_an_agreement_past_its_end_date_is_listed_as_expired_and_its_actions_remain_visible(officer):
    yesterday = timezone.localdate() - timedelta(days=1)
    agreement = AgreementFactory(
        collectivity=officer.collectivity, transmitted_on=date(2020, 1, 1), ends=yesterday, title="Convention close"
    )
    action = ActionFactory(
        collectivity=officer.collectivity, agreement=agreement, title="Mission d’entreprises", status="en-cours"
    )
    listed = said(officer.client.get("/partenaires/accords/", {"status": "expire"}))
    assert "Convention close" in listed and "Expiré depuis 1 jour" in listed
    assert "1 action en cours sans couverture" in listed
    page = said(officer.client.get(agreement.get_absolute_url()))
    assert "Mission d’entreprises" in page and action.get_absolute_url() in page
    assert "Terminé le" in page and "il ne couvre plus aucune action" in page


@pytest.mark.parametrize(
    "form", ["convention-generale", "accord-projet", "non-contractualise", "intermediaire", "jumelage"]
)
@pytest.mark.parametrize("validity", ["sans-duree", "revisable", "accord-projet"])
def test_sys_26_agreements_are_stored_by_form_and_validity(officer, agreement_data, form, validity):
    assert add_agreement(officer, agreement_data, form=form, validity=validity).status_code == 302
    assert Agreement.objects.filter(form=form, validity=validity).exists()


def test_an_edit_never_drops_a_territory_that_was_deleted_meanwhile(
    officer, agreement_data, stakeholder_data, territory
):
    add_agreement(officer, agreement_data)
    agreement = Agreement.objects.get()
    stakeholder = StakeholderFactory(collectivity=officer.collectivity)
    stakeholder.territories.add(territory)
    territory.deleted_at = timezone.now()
    territory.save()
    answer = officer.client.post(f"{agreement.get_absolute_url()}modifier/", agreement_data | {"title": "Suite"})
    assert answer.status_code == 302
    assert "Sfax" in said(officer.client.get(f"{stakeholder.get_absolute_url()}modifier/"))
    officer.client.post(
        f"{stakeholder.get_absolute_url()}modifier/", stakeholder_data | {"territories": [territory.pk]}
    )
    assert list(stakeholder.territories.all()) == [territory]
    assert "Sfax" not in said(officer.client.get("/partenaires/accords/nouveau/"))


# What is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("1 234,56 €", "1234.56"), ("1\u202f234,56\u00a0€", "1234.56"), ("1234.56", "1234.56"), ("0", "0"), ("12", "12")],
)
def test_an_amount_is_read_as_french_users_write_it(officer, agreement_data, typed, stored):
    add_agreement(officer, agreement_data, amount=typed)
    assert Agreement.objects.get().amount == Decimal(stored)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": ""}, "Donnez le montant prévisionnel ; 0 si rien n’est engagé."),
        ({"amount": "-1"}, "Un montant ne peut pas être négatif"),
        ({"amount": "1e9"}, "n’est pas un nombre"),
        ({"amount": "beaucoup"}, "« beaucoup » n’est pas un nombre"),
        ({"amount": "NaN"}, "un nombre"),
        ({"amount": "1" * 40}, "chiffres"),
        ({"ends": "31/02/2027"}, "« 31/02/2027 » n’est pas une date du calendrier"),
        ({"ends": "0207-01-01"}, "L’année 207 ne convient pas"),
        ({"starts": "2030-01-01", "ends": "2029-01-01"}, "La fin précède le début"),
        ({"deliberation_on": "2026-01-01"}, "La transmission précède la délibération"),
        ({"signed_on": "2024-05-01", "signed_year": "2023"}, "n’est pas celle de la date de signature"),
        ({"signed_year": "99999999999999"}, "2200 au plus"),
        ({"title": ""}, "À remplir."),
        ({"title": "x" * 251}, "250"),
        ({"title": "nul\x00"}, "nul"),
        ({"object": "nul\x00"}, "nul"),
        ({"form": "troc"}, "Sélectionnez un choix valide"),
        ({"territory": "abc"}, "un autre territoire que le vôtre"),
        ({"territory": "99999999999999999999999"}, "un autre territoire que le vôtre"),
        ({"territory": "\x00"}, "nul"),
    ],
)
def test_a_bad_value_is_refused_with_a_message_and_nothing_is_lost(officer, agreement_data, changes, message):
    answer = add_agreement(officer, agreement_data, **changes)
    assert answer.status_code == 200
    assert message in said(answer)
    assert "Économie et formation" in said(answer) or "object" in changes
    assert not Agreement.objects.exists()


def test_emoji_right_to_left_text_and_script_are_kept_as_typed(officer, agreement_data):
    title = "Énergie ☀️😀 صفاقس <script>alert(1)</script>"
    add_agreement(officer, agreement_data, title=title)
    agreement = Agreement.objects.get()
    assert agreement.title == title
    assert "<script>alert" not in said(officer.client.get(agreement.get_absolute_url()))


def test_the_territory_of_another_collectivity_and_an_unknown_one_are_refused_alike(
    officer, agreement_data, other_collectivity
):
    foreign = TerritoryFactory(collectivity=other_collectivity, name="Secret voisin")
    answers = [said(add_agreement(officer, agreement_data, territory=pk)) for pk in (foreign.pk, 987654321)]
    for answer in answers:
        assert "un autre territoire que le vôtre" in answer and "Secret voisin" not in answer
    assert not Agreement.objects.exists()
    assert "Secret voisin" not in said(officer.client.get("/partenaires/accords/nouveau/"))


def test_an_agreement_with_the_own_territory_is_refused(officer, agreement_data):
    own = TerritoryFactory(collectivity=officer.collectivity, is_own=True)
    assert "un autre territoire que le vôtre" in said(add_agreement(officer, agreement_data, territory=own.pk))


def test_an_agreement_with_a_state_needs_an_exception_and_its_reference(officer, agreement_data):
    state = TerritoryFactory(collectivity=officer.collectivity, level=TerritorialLevel.objects.get(code="pays"))
    data = agreement_data | {"territory": state.pk}
    assert "interdit (CGCT, art. L.1115-5)" in said(add_agreement(officer, data))
    assert "référence du texte" in said(add_agreement(officer, data, state_exception="loi"))
    allowed = add_agreement(officer, data, state_exception="loi", state_exception_reference="Loi n° 2000-1")
    assert allowed.status_code == 302


def test_the_territories_of_another_collectivity_are_refused_for_a_stakeholder(
    officer, stakeholder_data, other_collectivity
):
    foreign = TerritoryFactory(collectivity=other_collectivity)
    answer = officer.client.post("/partenaires/acteurs/nouveau/", stakeholder_data | {"territories": [foreign.pk]})
    assert "n’existe pas dans votre collectivité" in said(answer)
    assert not Stakeholder.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"siren": "123456789"}, "n’est pas un SIREN"),
        ({"website": "javascript:alert(1)"}, "URL valide"),
        ({"type": "99999999999999999999"}, "n’existe pas"),
        ({"name": "x" * 201}, "200"),
    ],
)
def test_a_bad_stakeholder_is_refused(officer, stakeholder_data, changes, message):
    answer = officer.client.post("/partenaires/acteurs/nouveau/", stakeholder_data | changes)
    assert message in said(answer) and not Stakeholder.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"latitude": "48"}, "la latitude et la longitude ensemble"),
        ({"latitude": "91", "longitude": "0"}, "90 au plus"),
        ({"wikidata": "Sfax"}, "n’est pas un identifiant Wikidata"),
        ({"population": "-5"}, "Un nombre ne peut pas être négatif"),
        ({"population": "9" * 30}, "au plus"),
        ({"country": "tn"}, "n’existe pas"),
    ],
)
def test_a_bad_territory_is_refused(officer, territory_data, changes, message):
    answer = officer.client.post("/partenaires/territoires/nouveau/", territory_data | changes)
    assert message in said(answer) and not Territory.objects.exists()


def test_a_refused_edit_keeps_the_saved_name_in_the_heading(officer, territory_data):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Nom enregistré")
    page = said(officer.client.post(f"{territory.get_absolute_url()}modifier/", territory_data | {"country": ""}))
    assert "<h1>Modifier « Nom enregistré »</h1>" in page and "Halle (Saale)" in page


def test_no_select_holds_more_than_300_options(officer):
    StakeholderFactory(collectivity=officer.collectivity)
    for register in ("territoires", "accords", "acteurs"):
        for end in ("", "nouveau/"):
            page = said(officer.client.get(f"/partenaires/{register}/{end}"))
            assert max((part.count("<option") for part in page.split("</select>")), default=0) <= 300


def test_an_end_before_the_start_is_marked_on_the_field_of_the_end(officer, agreement_data):
    answer = add_agreement(officer, agreement_data, starts="2030-01-01", ends="2029-01-01")
    form = answer.context["form"]
    assert form.errors == {"ends": ["La fin précède le début : corrigez l’une des deux dates."]}
    assert '<a href="#id_ends">Fin</a> : La fin précède le début' in said(answer)
    assert Agreement.objects.count() == 0


def test_the_other_parties_stay_open_when_they_hold_something(officer, agreement_data):
    def is_open(answer) -> bool:
        return {section.legend: is_open for section, _, is_open in answer.context["form"].sections()}["Autres parties"]

    assert not is_open(officer.client.get("/partenaires/accords/nouveau/"))
    assert not is_open(add_agreement(officer, agreement_data, title=""))
    refused = add_agreement(officer, agreement_data, title="", party_names="Agence du port")
    assert is_open(refused)
    add_agreement(officer, agreement_data, party_names="Agence du port")
    assert is_open(officer.client.get(f"/partenaires/accords/{Agreement.objects.get().pk}/modifier/"))


@pytest.mark.parametrize("address", ["typology:action_create", "partners:territory_create", "typology:event_create"])
def test_a_text_too_long_is_told_and_kept_never_cut_by_the_browser(address, officer):
    url = reverse(address)
    name = "name" if address.startswith("partners") else "title"
    [box] = re.findall(rf'<input[^>]* name="{name}"[^>]*>', officer.client.get(url).content.decode())
    assert "maxlength" not in box
    page = officer.client.post(url, {name: "x" * 300}).content.decode().replace("\u00a0", " ")
    assert "Trop long : 300 caractères" in page
    assert "x" * 300 in page
