"""Logging an action in five fields, and completing it later."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from aict.accounts.models import Change
from partners.models import InternalService
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    BudgetLineFactory,
    IndicatorUseFactory,
    OfficeFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from typology import completeness, fields
from typology.models import Action, ActionType, Sdg, Tag

CREATE = "/actions/nouvelle/"


def kind(code: str) -> ActionType:
    return ActionType.objects.get(code=code)


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def edit_page(action: Action) -> str:
    return f"/actions/{action.pk}/modifier/"


def full(action: Action, **values) -> dict:
    """What the full form posts for an action, changed by `values`."""
    posted = {"title": action.title, "type": action.type_id, "status": action.status, "initial-status": action.status}
    return {**posted, "economic_aim": "on", "economic_actors": "on", **values}


# Five fields ------------------------------------------------------------------------------


def test_the_quick_log_asks_for_five_fields_and_no_more(economic):
    html = economic.client.get(CREATE).content.decode()
    form = html[html.index("<main") : html.index("</main>")]
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', form)) - {"csrfmiddlewaretoken"}
    assert names == {"title", "type", "territory", "starts", "ends", "lead_service"}  # the dates are one field


def test_after_saving_the_page_of_the_action_lists_what_is_missing(economic):
    response = economic.client.post(CREATE, {"title": "Salon", "type": kind("compagnonnages").pk}, follow=True)
    page = words(response)
    assert "Action consignée : « Salon »" in page
    action = Action.objects.get()
    listed = page[page.index("À compléter") :]
    for what in ("Dates", "Service pilote", "Résultat attendu", "Intérêt local", "Indicateur", "Montant prévu"):
        assert what in listed
    assert f'href="{edit_page(action)}#id_starts"' in response.content.decode()


def test_what_the_type_implies_is_written_with_the_choice_and_shown_for_the_one_chosen(economic):
    aided = ActionType.objects.filter(may_be_state_aid=True).select_related("purpose__category").first()
    html = economic.client.get(f"{CREATE}?type={aided.code}").content.decode()
    shown = re.findall(r'data-shown-for="([\w-]+)"(?! hidden)', html)
    assert set(shown) - {f"category-{aided.purpose.category_id}"} == {f"purpose-{aided.purpose_id}", "aid"}
    option = re.search(rf'<option value="{aided.pk}"[^>]*>', html).group()
    assert f"purpose-{aided.purpose_id} category-{aided.purpose.category_id} aid" in option


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "À remplir."),
        ("type", "999999", "n’existe pas"),
        ("type", "", "À remplir."),
        ("territory", "9" * 30, "n’existe pas"),
        ("starts", "31/02/2027", "n’est pas une date du calendrier"),
        ("ends", "2020-01-01", "La fin précède le début"),
        ("lead_service", "sde", "n’existe pas"),
        ("agreement", "999999", "n’existe pas"),
    ],
)
def test_a_refused_quick_log_says_why_and_loses_nothing_typed(field, value, message, economic):
    form = {"title": "Salon d’été", "type": kind("compagnonnages").pk, "starts": "2027-05-02", field: value}
    response = economic.client.post(CREATE, form)
    assert message in words(response)
    assert not Action.objects.exists()
    bound = response.context["form"]
    for name, sent in form.items():
        assert str(bound[name].value()) == str(sent), name
    assert field == "title" or "Salon d’été" in response.content.decode()


def test_an_action_on_a_deleted_territory_is_refused(economic):
    gone = TerritoryFactory(collectivity=economic.collectivity, deleted_at=timezone.now(), name="Disparue")
    form = {"title": "Salon", "type": kind("compagnonnages").pk, "territory": gone.pk}
    assert "n’existe pas dans votre collectivité" in words(economic.client.post(CREATE, form))
    assert not Action.objects.exists()


def test_a_link_brings_an_agreement_and_an_office_without_asking_for_them(officer, stranger):
    c = officer.collectivity
    agreement, office = AgreementFactory(collectivity=c), OfficeFactory(collectivity=c)
    address = f"{CREATE}?agreement={agreement.pk}&territory={agreement.territory_id}&office={office.pk}"
    html = officer.client.get(address).content.decode()
    assert f'type="hidden" name="agreement" value="{agreement.pk}"' in html
    assert agreement.title in html
    form = {"title": "x", "type": kind("compagnonnages").pk, "agreement": agreement.pk, "office": office.pk}
    officer.client.post(CREATE, form)
    assert (Action.objects.get().agreement, Action.objects.get().office) == (agreement, office)
    foreign = AgreementFactory(collectivity=stranger.collectivity, title="Accord ailleurs")
    for value in (foreign.pk, "abc", "9" * 30, "\x00"):
        assert b'name="agreement"' not in officer.client.get(CREATE, {"agreement": value}).content


# Names typed rather than chosen -----------------------------------------------------------


@pytest.fixture
def long_lists(monkeypatch):
    monkeypatch.setattr(fields, "LISTED", 2)


def test_a_long_register_is_typed_and_no_page_holds_a_long_select(officer, long_lists):
    c = officer.collectivity
    places = [TerritoryFactory(collectivity=c, name=name) for name in ("Sfax", "Kaunas", "Phoenix")]
    actors = [StakeholderFactory(collectivity=c, name=name) for name in ("Chambre", "Pôle", "Université")]
    agreements = [AgreementFactory(collectivity=c, territory=places[0], title=f"Accord {n}") for n in range(3)]
    action = ActionFactory(collectivity=c, territory=places[0], agreement=agreements[1])
    action.stakeholders.set(actors[:2])
    html = officer.client.get(edit_page(action)).content.decode()
    for name in ("territory", "agreement", "stakeholders"):
        assert f'<select class="form-select" name="{name}"' not in html
    assert 'value="Sfax (Tunisie)"' in html
    assert 'value="Accord 1 (Sfax)"' in html
    assert re.search(r'<textarea[^>]*name="stakeholders"[^>]*>\s*Chambre\nPôle</textarea>', html)
    typed = {"territory": "kaunas", "agreement": "Accord 2 (Sfax)", "stakeholders": "pôle\r\n\r\nUniversité\r\npôle"}
    assert officer.client.post(edit_page(action), full(action, **typed)).status_code == 302
    action.refresh_from_db()
    assert (action.territory, action.agreement) == (places[1], agreements[2])
    assert sorted(row.name for row in action.stakeholders.all()) == ["Pôle", "Université"]


def test_a_name_that_is_unknown_or_borne_twice_is_told_and_what_was_typed_stays(officer, stranger, long_lists):
    c = officer.collectivity
    for name in ("Chambre de Sfax", "Pôle", "Pôle"):
        StakeholderFactory(collectivity=c, name=name)
    StakeholderFactory(collectivity=stranger.collectivity, name="Acteur étranger")
    action = ActionFactory(collectivity=c)
    response = officer.client.post(edit_page(action), full(action, stakeholders="Chambre\nPôle\nActeur étranger"))
    page = words(response)
    assert "Aucune fiche ne s’appelle « Chambre ». Noms proches : « Chambre de Sfax »" in page
    assert "Aucune fiche ne s’appelle « Acteur étranger »" in page
    told = re.search(r"Plusieurs fiches portent ce nom[^.]*\. « Pôle \(n° (\d+)\) »", page)
    assert "Chambre\nPôle\nActeur étranger</textarea>" in response.content.decode()
    chosen = f"Pôle (n° {told.group(1)})"
    assert officer.client.post(edit_page(action), full(action, stakeholders=chosen)).status_code == 302
    assert [row.pk for row in action.stakeholders.all()] == [int(told.group(1))]
    again = officer.client.get(edit_page(action)).content.decode().replace("\u00a0", " ")
    assert chosen in again  # a homonym is written with its number: saving the page again keeps it


# The full form ----------------------------------------------------------------------------


def test_the_full_form_keeps_what_nobody_else_asks(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    Tag.objects.create(collectivity=officer.collectivity, name="Filière vélo")
    typed = {
        "cost_estimate": "1 234,50 €",
        "is_template": "on",
        "tag_words": "filiere velo, Nouveau mot,, nouveau  mot",
    }
    assert officer.client.post(edit_page(action), full(action, **typed)).status_code == 302
    action.refresh_from_db()
    assert (str(action.cost_estimate), action.is_template) == ("1234.50", True)
    assert [tag.name for tag in action.tags.all()] == ["Filière vélo", "Nouveau mot"]
    assert Change.objects.about(action).get().fields["étiquettes"] == ["", "Filière vélo, Nouveau mot"]
    assert 'value="Filière vélo, Nouveau mot"' in officer.client.get(edit_page(action)).content.decode()


@pytest.mark.parametrize(
    ("value", "message"),
    [("x" * 41, "40 caractères au plus"), (",".join(f"mot {n}" for n in range(21)), "20 au plus")],
)
def test_tags_too_long_or_too_many_are_refused(value, message, officer):
    action = ActionFactory(collectivity=officer.collectivity)
    assert message in words(officer.client.post(edit_page(action), full(action, tag_words=value)))
    assert not Tag.objects.exists()


def test_two_collectivites_do_not_share_their_tags(officer, stranger):
    Tag.objects.create(collectivity=stranger.collectivity, name="Vélo d’ailleurs")
    action = ActionFactory(collectivity=officer.collectivity)
    assert "Vélo d’ailleurs" not in words(officer.client.get(edit_page(action)))
    officer.client.post(edit_page(action), full(action, tag_words="Vélo d’ailleurs"))
    assert action.tags.get().collectivity == officer.collectivity


# Completeness -----------------------------------------------------------------------------


def codes(action: Action) -> list[str]:
    return [gap.code for gap in completeness.gaps(Action.objects.for_detail().get(pk=action.pk))]


def test_each_gap_goes_when_it_is_mended_and_a_full_action_lacks_nothing(officer):
    c = officer.collectivity
    action = ActionFactory(collectivity=c, type=kind("compagnonnages"), territory=TerritoryFactory(collectivity=c))
    order = ["dates", "pilote", "resultat", "interet", "indicateur", "montant"]
    assert [code for code in codes(action) if code in order] == order
    agreement = AgreementFactory(collectivity=c, territory=action.territory)
    mends = {
        "dates": {"starts": "2027-01-01"},
        "pilote": {"lead_service": InternalService.objects.first()},
        "resultat": {"expected_result": "Dix contrats"},
        "interet": {"local_interest": "Des emplois"},
        "montant": {"cost_estimate": 0},
        "accord": {"agreement": agreement},
    }
    for code, values in mends.items():
        assert code in codes(action)
        Action.objects.filter(pk=action.pk).update(**values)
        assert code not in codes(action)
    IndicatorUseFactory(collectivity=c, action=action)
    action.stakeholders.add(StakeholderFactory(collectivity=c))
    action.sdgs.add(Sdg.objects.get(number=8))
    action.fields.add(Action._meta.get_field("fields").related_model.objects.first())
    action.associated_services.set(InternalService.objects.all())
    Action.objects.filter(pk=action.pk).update(partnership=True)
    assert codes(action) == []


def test_what_other_areas_know_is_gathered_too(officer):
    action = ActionFactory(collectivity=officer.collectivity, type=kind("compagnonnages"))
    assert {"siege-sri", "siege-st", "siege-sde", "classement"} <= set(codes(action))
    Action.objects.filter(pk=action.pk).update(economic_actors=False)
    assert "siege-sri" not in codes(action)


def test_an_amount_of_zero_is_an_amount(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    BudgetLineFactory(collectivity=officer.collectivity, action=action, planned=None, actual=3)
    assert "montant" in codes(action)
    BudgetLineFactory(collectivity=officer.collectivity, action=action, planned=0)
    assert "montant" not in codes(action)


def test_an_abandoned_action_lacks_nothing_and_a_reader_gets_no_link(officer, elected):
    action = ActionFactory(collectivity=officer.collectivity)
    html = elected.client.get(action.get_absolute_url()).content.decode()
    assert "À compléter" in html
    assert "/modifier/#id_" not in html
    Action.objects.filter(pk=action.pk).update(status="abandonnee")
    assert codes(action) == []


def test_an_action_in_course_that_has_not_begun_is_advice(officer):
    ahead, past = timezone.localdate() + timedelta(days=40), timezone.localdate() - timedelta(days=40)
    for status, starts, is_told in (("en-cours", ahead, True), ("en-cours", past, False), ("prevue", ahead, False)):
        action = ActionFactory(collectivity=officer.collectivity, status=status, starts=starts)
        page = officer.client.get(action.get_absolute_url()).content.decode()
        assert ("Début à venir" in page) is is_told
