"""The wizard in pages: saving, moving, two people on one step, what the registers give, who may write."""

from __future__ import annotations

import pytest

from aict.accounts.models import Change
from partners.models import EconomicField
from strategy.models import ExpectedResult, InternationalLink, Priority, StepState, Strategy
from strategy.steps import BY_SLUG, C1, D1, STEPS
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    IndicatorUseFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from tests.strategy.builders import complete_strategy, empty_strategy, row

C1_URL = "/strategies/{}/etapes/c-1-priorisation/"


@pytest.fixture
def strategy(collectivity) -> Strategy:
    return empty_strategy(collectivity)


def post(actor, strategy, slug="c-1-priorisation", **data):
    state = StepState.objects.get(strategy=strategy, slug=slug)
    data = {"version": state.version, "ligne": "nouvelle", "aller": "rester"} | data
    return actor.client.post(f"/strategies/{strategy.pk}/etapes/{slug}/", data)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.code)
def test_every_step_opens_empty_with_a_new_row_and_with_rows(officer, strategy, step):
    ActionFactory(collectivity=officer.collectivity)
    url = f"/strategies/{strategy.pk}/etapes/{step.slug}/"
    assert officer.client.get(url).status_code == 200
    page = officer.client.get(f"{url}?ligne=nouvelle")
    for spec in step.fields:
        assert f'name="{spec.name}"' in page.content.decode(), spec.name
    full = complete_strategy(officer.collectivity)
    opened = step.model.objects.of(full).first()
    page = officer.client.get(f"/strategies/{full.pk}/etapes/{step.slug}/?ligne={opened.pk}")
    assert page.status_code == 200
    assert str(opened) in page.content.decode()


def test_the_guide_stands_beside_the_form(officer, strategy):
    page = officer.client.get(C1_URL.format(strategy.pk)).content.decode()
    assert "Les territoires de coopération et les cibles de prospection peuvent différer." in page


def test_a_row_is_saved_incomplete_and_the_page_says_what_lacks(officer, strategy):
    response = post(officer, strategy, place="Kaunas (Lituanie)", level="4")
    priority = Priority.objects.get(strategy=strategy)
    assert (priority.place, priority.level) == ("Kaunas (Lituanie)", 4)
    assert response.status_code == 302
    page = officer.client.get(C1_URL.format(strategy.pk)).content.decode()
    assert "6\u00a0champs à remplir" in page


def test_choosing_a_territory_of_the_register_names_the_place(officer, strategy):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    post(officer, strategy, territory=territory.pk)
    assert Priority.objects.get(strategy=strategy).place == "Sfax (Tunisie)"


def test_moving_to_another_row_saves_what_was_typed(officer, strategy):
    other = row(Priority, strategy, place="Phoenix")
    response = post(officer, strategy, place="Essen", aller=str(other.pk))
    assert response.url.endswith(f"?ligne={other.pk}#ligne")
    assert Priority.objects.filter(strategy=strategy, place="Essen").exists()


def test_adding_a_row_saves_the_open_one_first(officer, strategy):
    response = post(officer, strategy, place="Essen", aller="nouvelle")
    assert response.url.endswith("?ligne=nouvelle#ligne")
    assert Priority.objects.filter(strategy=strategy, place="Essen").exists()


def test_a_new_row_left_blank_is_not_saved(officer, strategy):
    response = post(officer, strategy, aller="suivante")
    assert "c-2-confiance" in response.url
    assert not Priority.objects.filter(strategy=strategy).exists()


def test_saving_a_blank_new_row_says_that_there_is_nothing_to_save(officer, strategy):
    response = post(officer, strategy, aller="rester")
    assert response.url.endswith("?ligne=nouvelle#ligne")
    assert "la ligne est vide" in officer.client.get(response.url).content.decode()
    assert not Priority.objects.filter(strategy=strategy).exists()


def test_saving_and_going_on_leads_to_the_next_step_and_after_the_last_to_the_strategy(officer, strategy):
    assert "c-2-confiance" in post(officer, strategy, place="Essen", aller="suivante").url
    last = post(officer, strategy, slug="d-1-resultats", expected_result="Dix.", aller="suivante")
    assert last.url == strategy.get_absolute_url()


def test_many_valued_fields_are_saved(officer, strategy):
    fields = list(EconomicField.objects.filter(in_fiche_b=True).values_list("pk", flat=True))
    post(officer, strategy, place="Essen", fields=fields, supports=["opportunite", "partie-prenante"])
    priority = Priority.objects.get(strategy=strategy)
    assert priority.fields.count() == 4
    assert priority.supports == ["opportunite", "partie-prenante"]


def test_the_holder_of_a_link_is_an_actor_or_a_type(officer, strategy):
    from partners.models import SupportActor

    actor = SupportActor.objects.get(code="regions")
    post(officer, strategy, slug="a-2-etat-des-lieux", place="Monde", holder=f"acteur:{actor.pk}")
    link = InternationalLink.objects.get(strategy=strategy)
    assert (link.holder_actor, link.holder_type) == (actor, None)


# Bad input ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("slug", "data", "said"),
    [
        ("c-3-financer", {"need": "Stand", "amount": "-1"}, "Un montant ne peut pas être négatif"),
        ("c-3-financer", {"need": "Stand", "amount": "douze"}, "« douze » n’est pas un nombre"),
        ("c-3-financer", {"need": "Stand", "deadline": "31/02/2027"}, "« 31/02/2027 » n’est pas une date"),
        ("c-3-financer", {"need": "Stand", "amount": "9" * 40}, "chiffres"),
        ("a-2-etat-des-lieux", {"place": "X", "starts": "2027-05-01", "ends": "2027-04-01"}, "précède le début"),
        ("a-2-etat-des-lieux", {"place": "X", "holder": "acteur:99999999999999999999"}, "choix"),
        ("c-1-priorisation", {"place": "X" * 300}, "200"),
        ("c-1-priorisation", {"place": "A\x00B"}, "nul"),
        ("c-1-priorisation", {"place": "X", "level": "6"}, "choix"),
        ("c-1-priorisation", {"place": "X", "supports": "inconnu"}, "inconnu"),
        ("b-1-parties-prenantes", {"name": "X", "local_impact": "deux"}, "choix"),
    ],
)
def test_bad_input_is_refused_with_a_reason_and_nothing_typed_is_lost(officer, strategy, slug, data, said):
    response = post(officer, strategy, slug=slug, **data)
    page = response.content.decode()
    assert response.status_code == 200
    assert "À corriger avant d’enregistrer" in page
    assert said in page
    assert not BY_SLUG[slug].model.objects.of(strategy).exists()
    assert next(iter(data.values())).replace("\x00", "") in page.replace("\x00", "")


@pytest.mark.parametrize("amount", ["1 234,56 €", "1234.56", "1\u202f234,56", "1\u00a0234,56\u00a0€"])
def test_french_amounts_are_read(officer, strategy, amount):
    post(officer, strategy, slug="c-3-financer", need="Stand", amount=amount)
    assert str(strategy_rows("c-3-financer", strategy)[0].amount) == "1234.56"


def strategy_rows(slug, strategy):
    return list(BY_SLUG[slug].model.objects.of(strategy))


@pytest.mark.parametrize("text", ["🚢🇹🇳 fret", "‏صفاقس", "<script>alert(1)</script>"])
def test_any_text_is_kept_and_shown_escaped(officer, strategy, text):
    post(officer, strategy, place=text)
    assert Priority.objects.get(strategy=strategy).place == text
    page = officer.client.get(C1_URL.format(strategy.pk)).content.decode()
    assert "<script>alert" not in page


def test_a_row_of_another_collectivite_cannot_be_cited(officer, strategy, other_collectivity):
    foreign = TerritoryFactory(collectivity=other_collectivity, name="Ailleurs")
    page = officer.client.get(f"{C1_URL.format(strategy.pk)}?ligne=nouvelle").content.decode()
    assert "Ailleurs" not in page
    response = post(officer, strategy, place="X", territory=foreign.pk)
    assert "n’existe pas dans votre collectivité" in response.content.decode()
    assert not Priority.objects.filter(strategy=strategy).exists()


def test_a_row_of_another_strategy_is_not_found(officer, strategy):
    foreign = row(Priority, empty_strategy(officer.collectivity), place="Autre")
    assert officer.client.get(f"{C1_URL.format(strategy.pk)}?ligne={foreign.pk}").status_code == 404
    assert officer.client.get(f"{C1_URL.format(strategy.pk)}?ligne=abc").status_code == 404


def test_a_stranger_finds_nothing(stranger, strategy):
    assert stranger.client.get(C1_URL.format(strategy.pk)).status_code == 404
    assert post(stranger, strategy, place="X").status_code == 404


# Two people --------------------------------------------------------------------------------
def test_two_people_on_one_step_the_second_gets_409_and_sees_both_texts(officer, economic, strategy):
    shared = row(Priority, strategy, place="Sfax", objective="Premier texte.")
    post(officer, strategy, ligne=shared.pk, place="Sfax", objective="Texte de l’officier.")
    late = post(economic, strategy, ligne=shared.pk, version=0, place="Sfax", objective="Texte de l’économie.")
    page = late.content.decode()
    assert late.status_code == 409
    assert "Texte de l’officier." in page
    assert page.count("Texte de l’économie.") == 2  # in the comparison and in the form
    shared.refresh_from_db()
    assert shared.objective == "Texte de l’officier."
    again = post(economic, strategy, ligne=shared.pk, place="Sfax", objective="Texte de l’économie.")
    assert again.status_code == 302
    shared.refresh_from_db()
    assert shared.objective == "Texte de l’économie."


def test_a_row_deleted_meanwhile_is_told_and_nothing_typed_is_lost(officer, economic, strategy):
    shared = row(Priority, strategy, place="Sfax")
    officer.client.post(f"{C1_URL.format(strategy.pk)}{shared.pk}/supprimer/", {"version": 0})
    late = post(economic, strategy, ligne=shared.pk, version=0, place="Sfax", objective="Ma phrase.")
    assert late.status_code == 409
    assert "Ma phrase." in late.content.decode()
    assert "supprimée" in late.content.decode()


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30])
def test_a_forged_version_is_stale(officer, strategy, version):
    assert post(officer, strategy, version=version, place="X").status_code == 409


def test_deleting_asks_first_and_stays_in_the_history(officer, strategy):
    doomed = row(Priority, strategy, place="Sfax")
    url = f"{C1_URL.format(strategy.pk)}{doomed.pk}/supprimer/"
    assert "Supprimer « Sfax »" in officer.client.get(url).content.decode()
    assert Priority.objects.filter(pk=doomed.pk).exists()
    officer.client.post(url, {"version": 0})
    assert not Priority.objects.filter(pk=doomed.pk).exists()
    assert Change.objects.filter(verb="deleted", object_label="Sfax").count() == 1


def test_every_save_is_in_the_history(officer, strategy):
    post(officer, strategy, place="Essen")
    priority = Priority.objects.get(strategy=strategy)
    post(officer, strategy, ligne=priority.pk, place="Essen", objective="Une filière.")
    change = Change.objects.for_collectivity(officer.collectivity).about(priority).first()
    assert change.author == officer.user
    assert change.fields == {"objectif": ["", "Une filière."]}


# Roles -------------------------------------------------------------------------------------
def test_an_elected_official_writes_the_vision_and_nothing_else(elected, strategy):
    assert post(elected, strategy, place="X").status_code == 403
    assert post(elected, strategy, slug="b-2-vision-politique", long_term_vision="En 2032…").status_code == 302
    page = elected.client.get(C1_URL.format(strategy.pk)).content.decode()
    assert "En lecture" in page
    assert "savebar" not in page


def test_a_strategy_in_review_refuses_writing(officer, strategy):
    Strategy.objects.filter(pk=strategy.pk).update(status="in-review")
    assert post(officer, strategy, place="X").status_code == 403
    assert "Étape close" in officer.client.get(C1_URL.format(strategy.pk)).content.decode()


# Registers ---------------------------------------------------------------------------------
def take_over(actor, strategy, slug):
    page = actor.client.get(f"/strategies/{strategy.pk}/etapes/{slug}/").content.decode()
    keys = [part.split('"')[0] for part in page.split('name="reprendre" value="')[1:]]
    version = StepState.objects.get(strategy=strategy, slug=slug).version
    actor.client.post(f"/strategies/{strategy.pk}/etapes/{slug}/reprendre/", {"reprendre": keys, "version": version})
    return keys


def test_agreements_and_actions_feed_the_inventory(officer, strategy):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    AgreementFactory(collectivity=officer.collectivity, territory=territory)
    from typology.models import ActionType

    ActionFactory(
        collectivity=officer.collectivity,
        territory=territory,
        type=ActionType.objects.get(code="cooperation-ecosystemes"),
    )
    assert len(take_over(officer, strategy, "a-2-etat-des-lieux")) == 2
    kinds = set(InternationalLink.objects.filter(strategy=strategy).values_list("kind", flat=True))
    assert kinds == {"accord-cooperation", "projet-collaboratif"}
    assert take_over(officer, strategy, "a-2-etat-des-lieux") == []


def test_stakeholders_feed_b1_and_agreements_feed_c2(officer, strategy):
    StakeholderFactory(collectivity=officer.collectivity, name="Pôle énergie")
    AgreementFactory(collectivity=officer.collectivity)
    take_over(officer, strategy, "b-1-parties-prenantes")
    take_over(officer, strategy, "c-2-confiance")
    assert [r.name for r in strategy_rows("b-1-parties-prenantes", strategy)] == ["Pôle énergie"]
    assert len(strategy_rows("c-2-confiance", strategy)) == 1


def test_actions_and_their_indicators_feed_d1(officer, strategy):
    action = ActionFactory(collectivity=officer.collectivity, expected_result="Dix.", local_interest="Emplois.")
    use = IndicatorUseFactory(collectivity=officer.collectivity, action=action, baseline=2, target=10)
    take_over(officer, strategy, "d-1-resultats")
    result = ExpectedResult.objects.get(strategy=strategy)
    assert (result.expected_result, result.local_interest, result.target) == ("Dix.", "Emplois.", 10)
    assert list(result.indicators.all()) == [use.indicator]


# Figures -----------------------------------------------------------------------------------
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.code)
def test_a_step_with_fifty_rows_needs_at_most_25_queries(officer, strategy, step, django_assert_max_num_queries):
    full = complete_strategy(officer.collectivity)
    for number in range(50 - step.model.objects.of(full).count()):
        row(step.model, full, position=number + 10)
    opened = step.model.objects.of(full).first()
    with django_assert_max_num_queries(25):
        page = officer.client.get(f"/strategies/{full.pk}/etapes/{step.slug}/?ligne={opened.pk}")
    assert page.content.decode().count('class="item') == 50


def test_findings_link_to_the_field_that_mends_them(officer, strategy):
    weak = row(Priority, strategy, place="Sfax", supports=["opportunite"])
    page = officer.client.get(C1_URL.format(strategy.pk)).content.decode()
    assert f"/strategies/{strategy.pk}/etapes/{C1.slug}/?ligne={weak.pk}#id_supports" in page
    assert D1.code in page


def test_a_row_cited_stays_a_choice_though_deleted_or_retired_since(officer, strategy):
    from django.utils import timezone

    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    field = EconomicField.objects.get(code="tourisme")
    cited = row(Priority, strategy, place="Sfax", territory=territory, fields=[field])
    type(territory).objects.filter(pk=territory.pk).update(deleted_at=timezone.now())
    EconomicField.objects.filter(pk=field.pk).update(retired=True)
    post(officer, strategy, ligne=cited.pk, place="Sfax", territory=territory.pk, fields=[field.pk], objective="Suite.")
    cited.refresh_from_db()
    assert (cited.objective, cited.territory) == ("Suite.", territory)
    assert list(cited.fields.all()) == [field]
    page = officer.client.get(f"{C1_URL.format(strategy.pk)}?ligne=nouvelle").content.decode()
    assert ">Sfax</option>" not in page


# What a colleague does meanwhile ------------------------------------------------------------
def test_nothing_is_written_into_a_strategy_adopted_since_the_page_was_read(officer, strategy):
    from django.core.exceptions import ValidationError

    from strategy import writing
    from strategy.forms import row_form

    form = row_form(C1)({"place": "Essen"}, access=officer.access, strategy=strategy)
    assert form.is_valid()
    Strategy.objects.filter(pk=strategy.pk).update(status="adopted")
    with pytest.raises(ValidationError, match="adoptée"):
        writing.save_row(form=form, expected_version=0, author=officer.user)
    assert not Priority.objects.filter(strategy=strategy).exists()


def test_a_double_click_takes_nothing_over_twice(officer, strategy):
    StakeholderFactory(collectivity=officer.collectivity, name="Pôle énergie")
    url = f"/strategies/{strategy.pk}/etapes/b-1-parties-prenantes/"
    key = officer.client.get(url).content.decode().split('name="reprendre" value="')[1].split('"')[0]
    officer.client.post(f"{url}reprendre/", {"reprendre": key, "version": 0})
    late = officer.client.post(f"{url}reprendre/", {"reprendre": key, "version": 0}, follow=True)
    assert len(strategy_rows("b-1-parties-prenantes", strategy)) == 1
    assert "choisi" in late.content.decode() or "a changé" in late.content.decode()


def test_a_stale_take_over_is_told_and_adds_nothing(officer, strategy):
    for name in ("Un", "Deux"):
        StakeholderFactory(collectivity=officer.collectivity, name=name)
    url = f"/strategies/{strategy.pk}/etapes/b-1-parties-prenantes/"
    page = officer.client.get(url).content.decode()
    keys = [part.split('"')[0] for part in page.split('name="reprendre" value="')[1:]]
    officer.client.post(f"{url}reprendre/", {"reprendre": keys[:1], "version": 0})
    late = officer.client.post(f"{url}reprendre/", {"reprendre": keys[1:], "version": 0}, follow=True)
    assert "Cette étape a changé" in late.content.decode()
    assert len(strategy_rows("b-1-parties-prenantes", strategy)) == 1


def test_the_longest_names_of_the_registers_are_taken_over(officer, strategy):
    from partners.models import Country

    longest = max(Country.objects.all(), key=lambda country: len(country.label))
    territory = TerritoryFactory(collectivity=officer.collectivity, name="N" * 160, country=longest)
    AgreementFactory(collectivity=officer.collectivity, territory=territory)
    take_over(officer, strategy, "a-2-etat-des-lieux")
    assert len(strategy_rows("a-2-etat-des-lieux", strategy)) == 1


def test_the_history_keeps_what_a_deleted_row_said(officer, strategy):
    doomed = row(Priority, strategy, place="Sfax", objective="Une longue phrase.")
    officer.client.post(f"{C1_URL.format(strategy.pk)}{doomed.pk}/supprimer/", {"version": 0})
    assert Change.objects.get(verb="deleted").fields["objectif"] == ["Une longue phrase.", ""]
