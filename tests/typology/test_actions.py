"""Actions: list, filters, totals, form, detail, gate, budget, deletion, export."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aict.accounts.models import Change
from evaluation.models import Indicator, IndicatorUse
from partners.models import InternalService
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    BudgetLineFactory,
    IndicatorUseFactory,
    MeasureFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from typology.counts import COUNTERS
from typology.models import Action, ActionType, BudgetLine

LIST = "/actions/"
CREATE = "/actions/nouvelle/"
HOSTILE = ["\x00", "🚀", "\u202eabc", "<script>alert(1)</script>", "x" * 5000, "-1", "9" * 30, "' OR 1=1 --"]


def kind(code: str) -> ActionType:
    return ActionType.objects.get(code=code)


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def titles(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r'<th scope="row"[^>]*><a href="/actions/\d+/">(.*?)</a>', response.content.decode())


def typed(**values) -> dict:
    """What a browser posts: checkboxes that are ticked, and the given fields."""
    return {"economic_aim": "on", "economic_actors": "on", **values}


def edit_page(actor) -> str:
    """The full form of a new action."""
    return f"/actions/{ActionFactory(collectivity=actor.collectivity, title='Avant').pk}/modifier/"


# Create and edit --------------------------------------------------------------------------


def test_five_fields_are_enough_to_log_an_action(economic):
    territory = TerritoryFactory(collectivity=economic.collectivity)
    service = InternalService.objects.first()
    form = typed(
        title="Pavillon au salon de Phoenix",
        type=kind("deplacements-entreprises").pk,
        territory=territory.pk,
        lead_service=service.pk,
        starts="2027-10-12",
    )
    response = economic.client.post(CREATE, form)
    action = Action.objects.get()
    assert response.status_code == 302
    assert response.url == action.get_absolute_url()
    assert (action.collectivity, action.territory, action.lead_service) == (economic.collectivity, territory, service)
    assert (action.status, action.timing, action.visibility) == ("prevue", "ponctuel", "internal")
    assert action.starts == date(2027, 10, 12)
    assert Change.objects.about(action).get().author == economic.user


def test_the_type_decides_purpose_and_category_and_neither_can_be_entered(officer):
    form = typed(title="Salon", type=kind("compagnonnages").pk, category="promotion", purpose="visibilite-locale")
    officer.client.post(CREATE, form)
    action = Action.objects.get()
    assert action.category.code == "cooperation"
    officer.client.post(
        f"/actions/{action.pk}/modifier/", typed(title="Salon", type=kind("deplacements-entreprises").pk)
    )
    assert Action.objects.get().category.code == "internationalisation"


def test_the_form_offers_the_27_types_grouped_by_purpose(officer):
    html = officer.client.get(CREATE).content.decode()
    select = html[html.index('name="type"') : html.index("</select>", html.index('name="type"'))]
    assert select.count("<optgroup") == 6
    assert select.count("<option") == 28


def test_a_link_from_the_typology_or_a_territory_fills_the_form(officer, stranger):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    foreign = TerritoryFactory(collectivity=stranger.collectivity, name="Kaunas étrangère")
    html = officer.client.get(f"{CREATE}?type=compagnonnages&territory={territory.pk}").content.decode()
    assert f'<option value="{kind("compagnonnages").pk}" selected ' in html
    assert f'<option value="{territory.pk}" selected>' in html
    assert "Kaunas étrangère" not in officer.client.get(f"{CREATE}?territory={foreign.pk}").content.decode()


def test_saving_and_typing_another_comes_back_to_an_empty_form(officer):
    response = officer.client.post(CREATE, typed(title="Une", type=kind("compagnonnages").pk, again="1"))
    assert response.url == CREATE


def test_an_edit_keeps_its_history_with_before_and_after(officer):
    action = ActionFactory(collectivity=officer.collectivity, title="Avant")
    officer.client.post(f"/actions/{action.pk}/modifier/", typed(title="Après", type=action.type_id))
    change = Change.objects.about(action).get()
    assert change.fields["titre"] == ["Avant", "Après"]
    assert change.author == officer.user
    assert "Après" in words(officer.client.get(action.get_absolute_url()))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("starts", "31/02/2027", "n’est pas une date du calendrier"),
        ("starts", "demain", "n’est pas une date du calendrier"),
        ("starts", "01/01/0001", "donnez une date entre"),
        ("title", "", "À remplir."),
        ("title", "x" * 251, "250"),
        ("title", "a\x00b", "caractère nul"),
        ("type", "999999", "n’existe pas"),
        ("type", "-1", "n’existe pas"),
        ("territory", "9" * 30, "n’existe pas"),
        ("status", "adoptee", "Sélectionnez un choix valide"),
        ("expected_result", "x" * 4001, "4000"),
        ("fields", "abc", "abc"),
        ("stakeholders", "9" * 30, "n’existe pas"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_saved(field, value, message, officer):
    form = typed(title="Salon", type=kind("compagnonnages").pk) | {field: value}
    response = officer.client.post(edit_page(officer), form)
    assert message in words(response)
    assert "À corriger avant d’enregistrer" in words(response)
    assert not Change.objects.filter(model="typology.action").exists()


def test_an_end_before_the_start_is_refused(officer):
    form = typed(title="Salon", type=kind("compagnonnages").pk, starts="2027-05-02", ends="2027-05-01")
    assert "La fin précède le début" in words(officer.client.post(edit_page(officer), form))


@pytest.mark.parametrize("title", ["🚀 Mission", "\u202eSfax", "<script>alert(1)</script>", "=1+1"])
def test_text_in_any_script_is_kept_and_escaped(title, officer):
    officer.client.post(CREATE, typed(title=title, type=kind("compagnonnages").pk))
    action = Action.objects.get()
    assert action.title == title
    for address in (LIST, action.get_absolute_url(), f"{action.get_absolute_url()}modifier/"):
        assert b"<script>alert" not in officer.client.get(address).content


@pytest.mark.parametrize("field", ["territory", "agreement", "stakeholders"])
def test_a_row_of_another_collectivite_cannot_be_cited(field, officer, stranger):
    factories = {"territory": TerritoryFactory, "agreement": AgreementFactory, "stakeholders": StakeholderFactory}
    foreign = factories[field](collectivity=stranger.collectivity)
    form = typed(title="Salon", type=kind("compagnonnages").pk) | {field: foreign.pk}
    assert "n’existe pas dans votre collectivité" in words(officer.client.post(edit_page(officer), form))
    assert not Change.objects.filter(model="typology.action").exists()


# List -------------------------------------------------------------------------------------


def test_each_filter_keeps_its_actions(officer):
    c = officer.collectivity
    territory = TerritoryFactory(collectivity=c, name="Sfax")
    service = InternalService.objects.first()
    ActionFactory(
        collectivity=c,
        title="Choisie",
        type=kind("compagnonnages"),
        territory=territory,
        status="en-cours",
        starts="2026-03-01",
        ends="2026-09-01",
        lead_service=service,
        economic_aim=False,
        visibility="network",
    )
    ActionFactory(collectivity=c, title="Autre", starts="2020-01-01", ends="2020-12-31")
    ActionFactory(collectivity=c, title="Sans date")
    for query in (
        {"q": "choisie"},
        {"q": "Sfax"},
        {"category": "cooperation"},
        {"type": "compagnonnages"},
        {"territory": territory.pk},
        {"status": "en-cours"},
        {"year": 2026},
        {"service": service.code},
        {"economic": "false"},
        {"visibility": "network"},
    ):
        assert titles(officer.client.get(LIST, query)) == ["Choisie"], query
    assert titles(officer.client.get(LIST)) == ["Choisie", "Autre", "Sans date"]


def test_the_list_shows_our_actions_only(officer, stranger):
    ActionFactory(collectivity=stranger.collectivity, title="Ailleurs")
    TerritoryFactory(collectivity=stranger.collectivity, name="Territoire étranger")
    assert "Aucune action consignée" in words(officer.client.get(LIST))
    assert "Territoire étranger" not in words(officer.client.get(LIST))


def test_totals_by_category_leave_out_non_economic_actions_and_say_so(officer):
    c = officer.collectivity
    first = ActionFactory(collectivity=c, type=kind("deplacements-entreprises"))
    BudgetLineFactory(collectivity=c, action=first, planned=1000)
    BudgetLineFactory(collectivity=c, action=first, planned=500, year=2028)
    ActionFactory(collectivity=c, type=kind("deplacements-entreprises"))
    apart = ActionFactory(collectivity=c, type=kind("compagnonnages"), economic_aim=False)
    BudgetLineFactory(collectivity=c, action=apart, planned=48000)
    page = words(officer.client.get(LIST))
    assert "Internationalisation 2 actions économiques, 1 500,00 € prévus" in page
    assert "Coopération aucune action économique" in page
    assert "Hors totaux économiques : 1 coopération non économique" in page
    assert "48 000,00 € prévus" in page


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_filters_never_break_the_list(value, officer):
    names = ("category", "type", "territory", "status", "year", "service", "economic", "visibility")
    for query in ({"q": value}, {"apres": value}, dict.fromkeys(names, value)):
        response = officer.client.get(LIST, query)
        assert response.status_code == 200, query
        assert b"<script>alert" not in response.content


def test_a_year_out_of_bounds_is_explained(officer):
    assert "Filtre illisible" in words(officer.client.get(LIST, {"year": "99999"}))


def filled_action(collectivity) -> Action:
    action = ActionFactory(
        collectivity=collectivity,
        territory=TerritoryFactory(collectivity=collectivity),
        lead_service=InternalService.objects.first(),
    )
    BudgetLineFactory(collectivity=collectivity, action=action)
    IndicatorUseFactory(collectivity=collectivity, action=action)
    return action


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_takes_the_same_queries_for_1_and_30_actions(officer):
    filled_action(officer.collectivity)
    officer.client.get(LIST)  # the nomenclatures are read once in each process
    one = queries_of(officer.client, LIST)
    for _ in range(29):
        filled_action(officer.collectivity)
    assert queries_of(officer.client, LIST) == one  # how many: test_action_list.py


def test_the_page_of_an_action_takes_the_same_queries_for_1_and_30_parts(officer):
    action = filled_action(officer.collectivity)
    officer.client.get(action.get_absolute_url())
    one = queries_of(officer.client, action.get_absolute_url())
    # An indicator that the tool counts takes a query of its own, on the sheets that follow it: six at most.
    for indicator in Indicator.objects.exclude(code__in=COUNTERS)[:29]:
        IndicatorUseFactory(collectivity=officer.collectivity, action=action, indicator=indicator)
        MeasureFactory(collectivity=officer.collectivity, action=action, indicator=indicator, unit=indicator.unit)
        BudgetLineFactory(collectivity=officer.collectivity, action=action)
        action.stakeholders.add(StakeholderFactory(collectivity=officer.collectivity))
    assert queries_of(officer.client, action.get_absolute_url()) == one
    assert one <= 28


# Who may what -----------------------------------------------------------------------------


def test_an_elected_official_reads_actions_and_writes_none(elected):
    action = ActionFactory(collectivity=elected.collectivity)
    assert elected.client.get(action.get_absolute_url()).status_code == 200
    for address in (CREATE, f"/actions/{action.pk}/modifier/", f"/actions/{action.pk}/supprimer/"):
        assert elected.client.get(address).status_code == 403
        assert elected.client.post(address, {"title": "x"}).status_code == 403
    assert "Modifier" not in words(elected.client.get(action.get_absolute_url()))


def test_an_action_of_another_collectivite_answers_404_everywhere(officer, stranger):
    action = ActionFactory(collectivity=stranger.collectivity)
    line = BudgetLineFactory(collectivity=stranger.collectivity, action=action)
    use = IndicatorUseFactory(collectivity=stranger.collectivity, action=action)
    addresses = [f"/actions/{action.pk}/{end}" for end in ("", "modifier/", "supprimer/")]
    addresses += [f"/actions/{action.pk}/{part}/nouveau/" for part in ("budget", "indicateurs")]
    for part, row in (("budget", line), ("indicateurs", use)):
        addresses += [f"/actions/{action.pk}/{part}/{row.pk}/{gesture}/" for gesture in ("modifier", "supprimer")]
    for address in addresses:
        assert officer.client.get(address).status_code == 404, address
    assert officer.client.post(f"/actions/{action.pk}/retablir/").status_code == 404
    assert BudgetLine.objects.filter(pk=line.pk).exists()


def test_a_part_cannot_be_reached_through_another_action(officer):
    line = BudgetLineFactory(collectivity=officer.collectivity)
    other = ActionFactory(collectivity=officer.collectivity)
    assert officer.client.get(f"/actions/{other.pk}/budget/{line.pk}/modifier/").status_code == 404


# Deletion ---------------------------------------------------------------------------------


def test_a_deleted_action_leaves_the_list_and_comes_back(officer):
    action = ActionFactory(collectivity=officer.collectivity, title="Éphémère")
    assert "Supprimer cette action" in words(officer.client.get(f"/actions/{action.pk}/supprimer/"))
    officer.client.post(f"/actions/{action.pk}/supprimer/")
    assert titles(officer.client.get(LIST)) == []
    assert "Éphémère" in words(officer.client.get(LIST, {"supprimes": "1"}))
    assert officer.client.get(f"/actions/{action.pk}/modifier/").status_code == 404
    officer.client.post(f"/actions/{action.pk}/retablir/")
    assert titles(officer.client.get(LIST)) == ["Éphémère"]
    verbs = list(Change.objects.about(action).values_list("verb", flat=True))
    assert verbs == ["restored", "deleted"]


# Gate (SYS-42, product rule 6) ------------------------------------------------------------


def to_schedule(**values) -> dict:
    return typed(title="Salon", type=kind("compagnonnages").pk, status="programmee", **values)


def test_sys_42_an_action_cannot_be_scheduled_without_local_interest_result_and_indicator(officer):
    page = words(officer.client.post(edit_page(officer), to_schedule()))
    assert "il manque l’intérêt local, le résultat attendu et un indicateur" in page
    assert Action.objects.get().status == "prevue"


def test_sys_42_adding_an_indicator_opens_the_gate_and_clears_the_red_line(officer):
    action = ActionFactory(collectivity=officer.collectivity, title="Salon", type=kind("compagnonnages"))
    row = words(officer.client.get(LIST))
    assert "Pas de résultat attendu, pas d’indicateur" in row
    form = to_schedule(expected_result="Dix contrats", local_interest="Des emplois ici")
    edit = f"/actions/{action.pk}/modifier/"
    assert "il manque un indicateur" in words(officer.client.post(edit, form))
    assert "Pas d’indicateur de résultat formulé" in words(officer.client.get(action.get_absolute_url()))
    indicator = Indicator.objects.get(code="f3-relations-pays")
    officer.client.post(f"/actions/{action.pk}/indicateurs/nouveau/", {"indicator": indicator.pk, "target": "10"})
    assert officer.client.post(edit, form).status_code == 302
    action.refresh_from_db()
    assert action.status == "programmee"
    page = words(officer.client.get(action.get_absolute_url()))
    assert "Pas d’indicateur" not in page
    assert "Pas encore programmable" not in page
    assert "as d’indicateur" not in words(officer.client.get(LIST))


def test_sys_42_a_written_reason_overrides_the_gate_and_stays_shown(officer):
    reason = "Décision de l’assemblée du 3 mars, évaluation à construire."
    response = officer.client.post(edit_page(officer), to_schedule(gate_override_reason=reason))
    page = words(officer.client.get(response.url))
    assert "Dérogation" in page
    assert reason in page
    assert Action.objects.get().status == "programmee"


def test_sys_42_a_blank_reason_overrides_nothing(officer):
    assert "il manque" in words(officer.client.post(edit_page(officer), to_schedule(gate_override_reason="   ")))


def test_an_action_that_is_only_planned_needs_none_of_it(officer):
    assert officer.client.post(CREATE, typed(title="x", type=kind("compagnonnages").pk)).status_code == 302


def scheduled_use(officer, **fields) -> IndicatorUse:
    given = {"status": "programmee", "local_interest": "Des emplois ici", "expected_result": "Dix contrats", **fields}
    return IndicatorUseFactory(
        collectivity=officer.collectivity, action=ActionFactory(collectivity=officer.collectivity, **given)
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_sys_42_the_last_indicator_of_a_scheduled_action_cannot_be_deleted(method, officer):
    use = scheduled_use(officer)
    send = getattr(officer.client, method)
    page = words(send(f"/actions/{use.action_id}/indicateurs/{use.pk}/supprimer/", follow=True))
    assert "C’est le dernier indicateur d’une action programmée" in page
    assert IndicatorUse.objects.filter(pk=use.pk).exists()


@pytest.mark.parametrize("fields", [{"status": "prevue"}, {"gate_override_reason": "Vote du 3 mars."}])
def test_sys_42_the_last_indicator_may_go_when_the_gate_stays_open(fields, officer):
    use = scheduled_use(officer, **fields)
    officer.client.post(f"/actions/{use.action_id}/indicateurs/{use.pk}/supprimer/")
    assert not IndicatorUse.objects.exists()


def test_sys_42_an_indicator_of_a_scheduled_action_may_go_while_another_stays(officer):
    use = scheduled_use(officer, local_interest="")
    other = Indicator.objects.get(code="f3-relations-pays")
    IndicatorUseFactory(collectivity=officer.collectivity, action=use.action, indicator=other)
    officer.client.post(f"/actions/{use.action_id}/indicateurs/{use.pk}/supprimer/")
    assert IndicatorUse.objects.get().indicator == other


# Budget -----------------------------------------------------------------------------------


def budget_address(action: Action, end: str = "nouveau/") -> str:
    return f"/actions/{action.pk}/budget/{end}"


@pytest.mark.parametrize("amount", ["1 234,56 €", "1234.56", "1\u00a0234,56", "1\u202f234,56 €"])
def test_amounts_are_read_as_french_users_write_them(amount, officer):
    action = ActionFactory(collectivity=officer.collectivity)
    response = officer.client.post(budget_address(action), {"year": "2027", "planned": amount})
    assert response.url == budget_address(action, "")
    assert BudgetLine.objects.get().planned == Decimal("1234.56")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"year": "2027", "planned": "-1"}, "Un montant ne peut pas être négatif"),
        ({"year": "2027", "planned": "à voir"}, "n’est pas un nombre"),
        ({"year": "2027", "planned": "NaN"}, "nombre"),
        ({"year": "2027", "planned": "1e99"}, "n’est pas un nombre"),
        ({"year": "1800", "planned": "1"}, "1990"),
        ({"year": "deux mille", "planned": "1"}, "nombre entier"),
        ({"year": "2027"}, "Donnez au moins un montant"),
        ({"year": "2027", "planned": "1", "funder": "99999"}, "n’existe pas"),
        ({"year": "2027", "planned": "1", "label": "x" * 161}, "160"),
    ],
)
def test_a_bad_budget_line_is_refused_with_its_reason(form, message, officer):
    action = ActionFactory(collectivity=officer.collectivity)
    assert message in words(officer.client.post(budget_address(action), form))
    assert not BudgetLine.objects.exists()


def test_the_budget_adds_own_and_others_and_shows_missing_amounts_as_missing(officer):
    c = officer.collectivity
    action = ActionFactory(collectivity=c)
    funder = BudgetLine._meta.get_field("funder").related_model.objects.first()
    BudgetLineFactory(collectivity=c, action=action, planned=1000, actual=900)
    BudgetLineFactory(collectivity=c, action=action, planned=500, actual=None, funder=funder)
    BudgetLineFactory(collectivity=c, action=action, planned=None, actual=0, year=2028)
    page = words(officer.client.get(budget_address(action, "")))
    assert re.search(r"Collectivité 1 000,00 € 1 montant manquant 900,00 €", page)
    assert re.search(r"Autres financeurs 500,00 € Manquant", page)
    assert re.search(r"Total 1 500,00 € 1 montant manquant 900,00 € 1 montant manquant", page)


def test_zero_is_an_amount_and_not_a_missing_one(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    officer.client.post(budget_address(action), {"year": "2027", "planned": "0"})
    assert re.search(r"Total 0,00 € Manquant", words(officer.client.get(budget_address(action, ""))))


def test_a_budget_line_is_edited_then_deleted_and_the_history_keeps_both(officer):
    line = BudgetLineFactory(collectivity=officer.collectivity)
    officer.client.post(budget_address(line.action, f"{line.pk}/modifier/"), {"year": "2027", "planned": "7"})
    line.refresh_from_db()
    assert line.planned == 7
    officer.client.post(budget_address(line.action, f"{line.pk}/supprimer/"))
    assert not BudgetLine.objects.filter(pk=line.pk).exists()
    changes = Change.objects.filter(model="typology.budgetline", object_id=line.pk)
    assert list(changes.values_list("verb", flat=True)) == ["deleted", "updated"]


# Indicators of an action ------------------------------------------------------------------


def test_sys_45_a_promotion_action_is_offered_the_five_indicators_of_fiche_2(officer):
    response = officer.client.post(CREATE, typed(title="Salon", type=kind("participation-salons-etranger").pk))
    html = officer.client.get(response.url).content.decode()
    offered = re.findall(r"/indicateurs/nouveau/\?indicator=([\w-]+)", html)
    assert len(offered) == 5
    assert all(code.startswith("f2-") for code in offered)
    form = officer.client.get(f"{response.url}indicateurs/nouveau/?indicator={offered[0]}").content.decode()
    assert f'<option value="{Indicator.objects.get(code=offered[0]).pk}" selected>' in form


def test_an_indicator_already_followed_is_no_longer_offered_nor_taken_twice(officer):
    use = IndicatorUseFactory(collectivity=officer.collectivity)
    html = officer.client.get(use.action.get_absolute_url()).content.decode()
    assert "?indicator=f1-rendez-vous" not in html.split("pour cette catégorie")[1]
    response = officer.client.post(
        f"/actions/{use.action_id}/indicateurs/nouveau/", {"indicator": use.indicator_id, "target": "1"}
    )
    assert "déjà suivi" in words(response)
    assert IndicatorUse.objects.count() == 1


def test_a_target_out_of_bounds_is_refused_beside_its_field(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    indicator = Indicator.objects.get(code="f3-satisfaction-parties-prenantes")
    form = {"indicator": indicator.pk, "baseline": "-1", "target": "7"}
    page = words(officer.client.post(f"/actions/{action.pk}/indicateurs/nouveau/", form))
    assert "« 7 » est hors des bornes de l’indicateur : de 0 à 5" in page
    assert "« −1 » est hors des bornes" in page


def test_the_last_measure_is_shown_with_its_state_and_a_missing_one_as_missing(officer):
    c = officer.collectivity
    use = IndicatorUseFactory(collectivity=c, baseline=10, target=60)
    page = words(officer.client.get(use.action.get_absolute_url()))
    assert re.search(r"10 Manquant Saisir 60", page)
    MeasureFactory(collectivity=c, action=use.action, year=2025, value=30)
    MeasureFactory(collectivity=c, action=use.action, year=2026, value=46, state="validated")
    MeasureFactory(collectivity=c, action=use.action, year=2027, value=99, state="returned")
    html = officer.client.get(use.action.get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert ">46</a><small>2026, validée</small>" in html
    assert "départ : 10, dernière mesure : 46, cible : 60" in html
    assert "99" not in html.split('id="indicateurs"')[1].split('id="budget"')[0]


def test_a_measure_in_another_unit_is_told_and_not_drawn(officer):
    use = IndicatorUseFactory(collectivity=officer.collectivity, target=60)
    MeasureFactory(collectivity=officer.collectivity, action=use.action, unit="contacts")
    assert "autre unité : non comparable" in words(officer.client.get(use.action.get_absolute_url()))


def test_an_indicator_use_is_removed(officer):
    use = IndicatorUseFactory(collectivity=officer.collectivity)
    officer.client.post(f"/actions/{use.action_id}/indicateurs/{use.pk}/supprimer/")
    assert not IndicatorUse.objects.exists()
    assert Change.objects.get(model="evaluation.indicatoruse").verb == "deleted"


# Exports ----------------------------------------------------------------------------------


def csv_of(response) -> list[list[str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return [line.split(";") for line in text.splitlines()]


def test_the_export_has_the_filtered_rows_and_no_live_formula(officer, stranger):
    c = officer.collectivity
    BudgetLineFactory(collectivity=c, action=ActionFactory(collectivity=c, title="=1+1", type=kind("compagnonnages")))
    ActionFactory(collectivity=c, title="Autre")
    ActionFactory(collectivity=stranger.collectivity, title="Ailleurs", type=kind("compagnonnages"))
    lines = csv_of(officer.client.get("/actions/export.csv", {"category": "cooperation"}))
    assert [line[0] for line in lines[1:]] == ["'=1+1"]
    row = dict(zip(lines[0], lines[1], strict=True))
    assert row["Catégorie"] == "Coopération"
    assert row["Montant prévu, tous financeurs (€)"].startswith("1000")
    assert officer.client.get("/actions/export.xlsx").content[:2] == b"PK"
    assert officer.client.get("/actions/export.pdf").status_code == 404


def test_a_network_exports_nothing(network):
    assert network.client.get("/actions/export.csv").status_code == 403
