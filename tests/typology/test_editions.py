"""Making an action again: its next edition (SYS-18), the warning of a one-off, a copy, a template."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from aict.accounts.models import Change
from partners.models import InternalService
from tests.factories import (
    ActionFactory,
    BudgetLineFactory,
    IndicatorUseFactory,
    MeasureFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from typology import completeness, series
from typology.models import Action, ActionType, BudgetLine, FicheOption, QuestionNote, RiskAssessment, Sdg, Series

RULE = {"name": "Forum de Sfax", "every_months": "12", "until": "2030-12-31", "edition": "1"}


def kind(code: str) -> ActionType:
    return ActionType.objects.get(code=code)


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def rule_of(action: Action) -> str:
    return f"/actions/{action.pk}/recurrence/"


def next_of(action: Action) -> str:
    return f"/actions/{action.pk}/edition-suivante/"


def codes(action: Action) -> dict[str, str]:
    return {gap.code: str(gap.severity) for gap in completeness.gaps(Action.objects.for_detail().get(pk=action.pk))}


@pytest.fixture
def forum(officer) -> Action:
    """A recurring forum, once a year until 2030, with what an edition takes along."""
    action = ActionFactory(
        collectivity=officer.collectivity,
        title="Forum de Sfax 2027",
        type=kind("participation-salons-etranger"),
        starts=date(2027, 5, 10),
        ends=date(2027, 5, 12),
        status="terminee",
        lead_service=InternalService.objects.first(),
    )
    officer.client.post(rule_of(action), RULE)
    action.refresh_from_db()
    return action


# The next edition -------------------------------------------------------------------------


def test_sys_18_a_recurring_action_generates_its_next_edition(officer, forum):
    c = officer.collectivity
    assert (forum.timing, forum.edition, forum.series.name) == ("recurrent", 1, "Forum de Sfax")
    BudgetLineFactory(collectivity=c, action=forum, year=2027, planned=5000, actual=4800)
    guest = StakeholderFactory(collectivity=c)
    forum.stakeholders.add(guest)
    page = words(officer.client.get(forum.get_absolute_url()))
    assert "« Forum de Sfax, édition 2028 », le 10 mai 2028 et jusqu’au 12 mai 2028" in page
    response = officer.client.post(next_of(forum), follow=True)
    edition = Action.objects.get(edition=2)
    assert response.redirect_chain[-1][0] == edition.get_absolute_url()
    assert (edition.title, edition.status, edition.series) == ("Forum de Sfax, édition 2028", "prevue", forum.series)
    assert (edition.starts, edition.ends) == (date(2028, 5, 10), date(2028, 5, 12))
    assert (edition.lead_service, edition.type) == (forum.lead_service, forum.type)
    assert list(edition.stakeholders.all()) == [guest]
    line = BudgetLine.objects.get(action=edition)
    assert (line.year, line.planned, line.actual) == (2028, 5000, None)
    assert Change.objects.about(edition).get().author == officer.user
    siblings = words(response)
    assert "Forum de Sfax 2027 10/05/2027 – 12/05/2027" in siblings
    assert "Forum de Sfax, édition 2028 10/05/2028 – 12/05/2028" in siblings


def test_sys_18_an_edition_is_made_once_whoever_asks_twice(officer, forum):
    officer.client.post(next_of(forum))
    page = words(officer.client.post(next_of(forum), follow=True))
    assert "Cette édition existait déjà" in page
    assert Series.objects.get().actions.count() == 2
    assert "Créer l’édition suivante" not in words(officer.client.get(forum.get_absolute_url()))  # from the last one


def test_sys_18_nothing_begins_after_the_last_day(officer, forum):
    last = forum
    for year in (2028, 2029, 2030):
        officer.client.post(next_of(last))
        last = Action.objects.get(starts__year=year)
    page = words(officer.client.post(next_of(last), follow=True))
    assert "L’édition suivante n’est pas créée. La série s’arrête le 31 décembre 2030" in page
    assert Action.objects.count() == 4
    assert "Pas d’édition suivante." in words(officer.client.get(last.get_absolute_url()))


def test_a_deleted_edition_leaves_its_place_and_cannot_come_back_twice(officer, forum):
    officer.client.post(next_of(forum))
    gone = Action.objects.get(edition=2)
    officer.client.post(f"/actions/{gone.pk}/supprimer/")
    officer.client.post(next_of(forum))
    assert Action.objects.for_collectivity(officer.collectivity).filter(edition=2).count() == 1
    page = words(officer.client.post(f"/actions/{gone.pk}/retablir/", follow=True))
    assert "Cette édition existe déjà dans la série" in page


def test_the_database_itself_refuses_a_second_edition_of_the_same_number(officer, forum):
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionFactory(collectivity=officer.collectivity, series=forum.series, edition=1)
    # What a second click sees when the first one is done meanwhile: the edition that exists, not another one.
    stale = Action.objects.get(pk=forum.pk)
    first, is_new = series.make_next(action=forum, author=officer.user)
    assert is_new
    assert series.make_next(action=stale, author=officer.user) == (first, False)


def test_an_action_logged_apart_joins_a_series_under_a_free_number(officer, forum):
    apart = ActionFactory(collectivity=officer.collectivity, title="Forum de Sfax 2026", starts=date(2026, 5, 10))
    taken = {"joined": forum.series_id, "edition": "1"}
    assert "Cette édition existe déjà dans la série" in words(officer.client.post(rule_of(apart), taken))
    officer.client.post(rule_of(apart), {**taken, "edition": "5"})
    apart.refresh_from_db()
    assert (apart.series, apart.edition, apart.timing) == (forum.series, 5, "recurrent")


def test_the_series_of_another_collectivite_is_no_choice(officer, stranger, forum):
    foreign = Series.objects.create(collectivity=stranger.collectivity, name="Ailleurs", until=date(2030, 1, 1))
    apart = ActionFactory(collectivity=officer.collectivity)
    assert "Ailleurs" not in words(officer.client.get(rule_of(apart)))
    page = words(officer.client.post(rule_of(apart), {"joined": foreign.pk}))
    assert "n’existe pas dans votre collectivité" in page
    apart.refresh_from_db()
    assert apart.series is None


# The rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"until": ""}, "Une série s’arrête toujours"),
        ({"until": "9999-12-31"}, "15 ans au plus, jusqu’au 10 mai 2042"),
        ({"until": "2042-05-11"}, "15 ans au plus"),
        ({"until": "2027-05-09"}, "avant sa première édition, le 10 mai 2027"),
        ({"until": "jamais"}, "n’est pas une date du calendrier"),
        ({"every_months": "0"}, "Trop petit"),
        ({"every_months": "121"}, "Trop grand"),
        ({"every_months": ""}, "À remplir."),
        ({"name": ""}, "À remplir."),
        ({"name": "a\x00b"}, "caractère nul"),
        ({"edition": "-1"}, "Trop petit"),
    ],
)
def test_a_rule_that_never_ends_or_makes_no_sense_is_refused_and_stays_typed(changed, message, officer):
    action = ActionFactory(collectivity=officer.collectivity, starts=date(2027, 5, 10))
    response = officer.client.post(rule_of(action), RULE | changed)
    assert message in words(response)
    assert not Series.objects.exists()
    name, value = next(iter(changed.items()))
    assert str(response.context["form"][name].value()) == value


def test_the_farthest_day_of_a_rule_is_accepted(officer):
    action = ActionFactory(collectivity=officer.collectivity, starts=date(2027, 5, 10))
    assert officer.client.post(rule_of(action), RULE | {"until": "2042-05-10"}).status_code == 302


def test_a_rule_needs_a_date_to_count_from(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    assert "Donnez d’abord la date de début" in words(officer.client.post(rule_of(action), RULE))


def test_a_changed_rule_keeps_the_editions_and_their_first_day_bounds_it(officer, forum):
    officer.client.post(next_of(forum))
    second = Action.objects.get(edition=2)
    page = words(officer.client.post(rule_of(second), RULE | {"until": "2042-12-31"}))
    assert "jusqu’au 10 mai 2042" in page
    officer.client.post(rule_of(second), RULE | {"every_months": "6", "until": "2029-01-01"})
    officer.client.post(next_of(second))
    third = Action.objects.get(edition=3)
    assert (third.starts, third.title) == (date(2028, 11, 10), "Forum de Sfax, édition de novembre 2028")


def test_the_name_of_a_series_is_the_title_without_its_year(officer):
    named = {
        "Forum de Sfax 2027": "Forum de Sfax",
        "Forum de Sfax, édition 2027": "Forum de Sfax",
        "Forum (2027)": "Forum",
        "2027": "2027",
        "Salon des 24 heures": "Salon des 24 heures",
    }
    assert {title: series.name_of(Action(title=title)) for title in named} == named


def test_dates_do_not_drift_through_the_short_months():
    day, seen = date(2027, 1, 31), []
    for _ in range(5):
        day = series.shifted(day, 1, anchor=31)
        seen.append((day.month, day.day))
    assert seen == [(2, 28), (3, 31), (4, 30), (5, 31), (6, 30)]
    assert series.shifted(date(2027, 5, 10), 12, anchor=31) == date(2028, 5, 10)  # moved by hand: it stays there
    assert series.shifted(date(2028, 2, 29), 12, anchor=29) == date(2029, 2, 28)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 90), st.integers(1, 120))
def test_a_shift_keeps_the_order_of_days_and_lands_in_the_month_that_it_names(start, length, months):
    end = start + timedelta(days=length)
    later, later_end = series.shifted(start, months), series.shifted(end, months)
    assert later <= later_end
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == start.day or (later + timedelta(days=1)).day == 1


# The warning ------------------------------------------------------------------------------


def test_sys_18_a_one_off_promotion_with_no_other_edition_raises_the_recurrence_warning(officer, forum):
    c = officer.collectivity
    alone = ActionFactory(collectivity=c, type=kind("participation-salons-etranger"))
    assert codes(alone)["promotion-sans-recurrence"] == "alerte"
    page = words(officer.client.get(alone.get_absolute_url()))
    assert "Promotion ponctuelle, sans autre édition" in page
    assert "fiche 2, « Quand »" in page
    assert "promotion-sans-recurrence" not in codes(forum)  # recurrent
    officer.client.post(next_of(forum))
    second = Action.objects.get(edition=2)
    Action.objects.filter(pk=second.pk).update(timing="ponctuel")
    assert "promotion-sans-recurrence" not in codes(second)  # another edition
    Action.objects.filter(pk=forum.pk).update(deleted_at=timezone.now())
    assert "promotion-sans-recurrence" in codes(second)


def test_a_one_off_operation_of_fiche_1_is_told_and_a_cooperation_is_not(officer):
    c = officer.collectivity
    mission = ActionFactory(collectivity=c, type=kind("deplacements-entreprises"))
    assert codes(mission)["operation-sans-suite"] == "info"
    cooperation = ActionFactory(collectivity=c, type=kind("compagnonnages"))
    assert not {"operation-sans-suite", "promotion-sans-recurrence"} & set(codes(cooperation))
    Action.objects.filter(pk=cooperation.pk).update(timing="recurrent")
    assert codes(cooperation)["recurrence-sans-regle"] == "info"


# Copies and templates ---------------------------------------------------------------------


def test_a_copy_keeps_what_stays_true_and_leaves_what_was_of_one_time(officer):
    c = officer.collectivity
    action = ActionFactory(
        collectivity=c,
        type=kind("compagnonnages"),
        territory=TerritoryFactory(collectivity=c),
        starts=date(2027, 3, 1),
        ends=date(2027, 3, 2),
        status="terminee",
        visibility="public",
        ref="compagnonnage-1",
        local_interest="Des emplois",
        gate_override_reason="Urgence",
        is_template=True,
    )
    option = FicheOption.objects.filter(section__fiche__category__code="cooperation").first()
    risk = FicheOption.objects.filter(group=FicheOption.RISKS).first()
    action.answers.add(option)
    action.sdgs.add(Sdg.objects.get(number=8))
    gone = StakeholderFactory(collectivity=c, name="Acteur parti", deleted_at=timezone.now())
    stays = StakeholderFactory(collectivity=c)
    action.stakeholders.set([gone, stays])
    QuestionNote.objects.create(collectivity=c, action=action, question="quoi", text="Trois visites")
    RiskAssessment.objects.create(collectivity=c, action=action, risk=risk, level="faible")
    IndicatorUseFactory(collectivity=c, action=action, target=10)
    MeasureFactory(collectivity=c, action=action)
    BudgetLineFactory(collectivity=c, action=action, year=2027, planned=100, actual=90)
    address = f"/actions/{action.pk}/dupliquer/"
    assert "partie prenante « Acteur parti »" in words(officer.client.get(address))
    form = {"title": "Nouvelle", "starts": "2029-03-01", "ends": "", "with_budget": "on"}
    response = officer.client.post(address, form)
    copy = Action.objects.get(title="Nouvelle")
    assert response.url == copy.get_absolute_url()
    assert (copy.type, copy.territory, copy.local_interest) == (action.type, action.territory, "Des emplois")
    assert (copy.starts, copy.ends, copy.status, copy.visibility) == (date(2029, 3, 1), None, "prevue", "internal")
    assert (copy.ref, copy.gate_override_reason, copy.is_template) == ("", "", False)
    assert list(copy.stakeholders.all()) == [stays]
    assert [row.code for row in copy.answers.all()] == [option.code]
    assert (copy.notes.get().text, copy.risks.get().level) == ("Trois visites", "faible")
    assert (copy.indicator_uses.get().target, copy.measures.count()) == (None, 0)
    assert [(line.year, line.planned, line.actual) for line in copy.budget_lines.all()] == [(2029, 100, None)]


def test_a_copy_takes_no_amount_unless_asked_nor_a_deleted_territory(officer):
    c = officer.collectivity
    territory = TerritoryFactory(collectivity=c, name="Ancienne ville")
    action = ActionFactory(collectivity=c, territory=territory)
    BudgetLineFactory(collectivity=c, action=action)
    type(territory).objects.filter(pk=territory.pk).update(deleted_at=timezone.now())
    address = f"/actions/{action.pk}/dupliquer/"
    assert "territoire « Ancienne ville »" in words(officer.client.get(address))
    officer.client.post(address, {"title": "Copie"})
    copy = Action.objects.get(title="Copie")
    assert (copy.territory, copy.budget_lines.count()) == (None, 0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title": ""}, "À remplir."),
        ({"starts": "2029-03-02", "ends": "2029-03-01"}, "La fin précède le début"),
        ({"starts": "0001-01-01"}, "donnez une date entre"),
        ({"starts": "2190-01-01", "with_budget": "on"}, "Le budget irait en 2190"),
    ],
)
def test_a_refused_copy_says_why_and_makes_nothing(changed, message, officer):
    action = ActionFactory(collectivity=officer.collectivity, starts=date(2027, 1, 1))
    BudgetLineFactory(collectivity=officer.collectivity, action=action, year=2027)
    response = officer.client.post(f"/actions/{action.pk}/dupliquer/", {"title": "Copie", **changed})
    assert message in words(response)
    assert Action.objects.count() == 1


def test_the_quick_log_starts_from_a_template(officer, stranger):
    ours = ActionFactory(collectivity=officer.collectivity, title="Mission type", is_template=True)
    ActionFactory(collectivity=officer.collectivity, title="Mission ordinaire")
    ActionFactory(collectivity=stranger.collectivity, title="Modèle étranger", is_template=True)
    html = officer.client.get("/actions/nouvelle/").content.decode()
    assert re.findall(r'href="/actions/(\d+)/dupliquer/"', html) == [str(ours.pk)]
    assert "Modèle étranger" not in html


def test_another_collectivite_neither_copies_nor_repeats_an_action(officer, stranger, forum):
    for end in ("dupliquer/", "recurrence/", "edition-suivante/"):
        assert stranger.client.post(f"/actions/{forum.pk}/{end}", RULE | {"title": "x"}).status_code == 404
    assert Action.objects.count() == 1
