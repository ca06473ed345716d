"""Strategies: opening one, its life from draft to archives, who may do what."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from strategy import life_cycle
from strategy.enums import StrategyStatus
from strategy.models import StepState, Strategy
from tests.factories import StrategyFactory
from tests.strategy.builders import ON, complete_strategy, empty_strategy

FORM = {"title": "Stratégie 2027-2032", "period_start": "2027", "period_end": "2032"}


def test_opening_a_strategy_gives_it_eight_empty_steps(officer):
    response = officer.client.post("/strategies/nouvelle/", FORM)
    strategy = Strategy.objects.get(collectivity=officer.collectivity)
    assert response.url == strategy.get_absolute_url()
    assert StepState.objects.filter(strategy=strategy).count() == 8
    assert "0\u00a0étape complète sur 8" in officer.client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"period_end": "2020"}, "précède la première"),
        ({"period_start": "abc"}, "nombre entier"),
        ({"period_start": "1"}, "2000"),
        ({"title": ""}, "À remplir."),
        ({"title": "x" * 300}, "200"),
        ({"title": "a\x00b"}, "nul"),
    ],
)
def test_bad_input_is_refused_with_a_reason(officer, data, said):
    page = officer.client.post("/strategies/nouvelle/", FORM | data).content.decode()
    assert said in page
    assert not Strategy.objects.exists()


def test_editing_keeps_what_is_asked_of_the_assembly(officer):
    strategy = empty_strategy(officer.collectivity)
    url = f"/strategies/{strategy.pk}/modifier/"
    assert officer.client.get(url).status_code == 200
    officer.client.post(url, FORM | {"asked_of_assembly": "Adopter les priorités."})
    assert "Adopter les priorités." in officer.client.get(strategy.get_absolute_url()).content.decode()


def test_a_blocked_strategy_does_not_go_to_review_and_says_why(officer):
    strategy = empty_strategy(officer.collectivity)
    response = officer.client.post(f"/strategies/{strategy.pk}/etat/", {"vers": "in-review"}, follow=True)
    strategy.refresh_from_db()
    assert strategy.status == StrategyStatus.DRAFT
    assert "B2 : Vision à long terme absente" in response.content.decode().replace("\u00a0", " ")


def test_a_complete_strategy_goes_to_review_and_back(officer):
    strategy = complete_strategy(officer.collectivity)
    for to in ("in-review", "draft"):
        officer.client.post(f"/strategies/{strategy.pk}/etat/", {"vers": to})
        strategy.refresh_from_db()
        assert strategy.status == to


@pytest.mark.parametrize("to", ["adopted", "in-revision", "", "nimporte-quoi", "draft"])
def test_a_move_that_does_not_exist_changes_nothing(officer, to):
    strategy = complete_strategy(officer.collectivity)
    officer.client.post(f"/strategies/{strategy.pk}/etat/", {"vers": to})
    strategy.refresh_from_db()
    assert strategy.status == StrategyStatus.DRAFT


def test_a_revision_is_a_new_version_whose_steps_can_be_written(officer):
    strategy = complete_strategy(officer.collectivity)
    Strategy.objects.filter(pk=strategy.pk).update(status=StrategyStatus.ADOPTED)
    moved = life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVISION, author=officer.user, on=ON)
    assert (moved.version, moved.is_editable) == (2, True)


def test_only_a_strategy_in_review_is_adopted(officer):
    strategy = complete_strategy(officer.collectivity)
    page = officer.client.post(
        f"/strategies/{strategy.pk}/adopter/", {"deliberation_number": "2026-118", "adopted_on": "2026-11-01"}
    ).content.decode()
    strategy.refresh_from_db()
    assert "en relecture" in page
    assert strategy.status == StrategyStatus.DRAFT


def test_adopting_freezes_a_version_with_its_deliberation(officer):
    strategy = complete_strategy(officer.collectivity)
    life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVIEW, author=officer.user, on=ON)
    officer.client.post(
        f"/strategies/{strategy.pk}/adopter/", {"deliberation_number": "2026-118", "adopted_on": "2026-11-01"}
    )
    strategy.refresh_from_db()
    version = strategy.versions.get()
    assert (strategy.status, strategy.deliberation_number) == (StrategyStatus.ADOPTED, "2026-118")
    assert version.is_adopted
    assert len(version.sha256) == 64
    page = officer.client.get(f"/strategies/{strategy.pk}/etapes/c-1-priorisation/").content.decode()
    assert "Étape close" in page


def test_a_deliberation_to_come_is_refused(officer):
    strategy = complete_strategy(officer.collectivity)
    life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVIEW, author=officer.user, on=ON)
    page = officer.client.post(
        f"/strategies/{strategy.pk}/adopter/", {"deliberation_number": "1", "adopted_on": "2099-01-01"}
    ).content.decode()
    assert "à venir" in page


def test_an_elected_official_and_the_economic_service_cannot_adopt_a_strategy(elected, economic):
    strategy = complete_strategy(elected.collectivity)
    for actor in (elected, economic):
        assert actor.client.get(f"/strategies/{strategy.pk}/adopter/").status_code == 403


def test_a_stranger_finds_no_strategy_of_ours(stranger, collectivity):
    strategy = empty_strategy(collectivity)
    for path in ("", "modifier/", "adopter/", "etapes/c-1-priorisation/"):
        assert stranger.client.get(f"/strategies/{strategy.pk}/{path}").status_code == 404
    assert stranger.client.post(f"/strategies/{strategy.pk}/etat/", {"vers": "archived"}).status_code == 404
    assert strategy.title not in stranger.client.get("/strategies/").content.decode()


def test_a_strategy_of_another_collectivite_cannot_hold_our_rows(collectivity, other_collectivity):
    from strategy.models import Priority

    strategy = empty_strategy(other_collectivity)
    with pytest.raises(ValidationError, match="n’existe pas dans votre collectivité"):
        Priority.objects.create(collectivity=collectivity, strategy=strategy, place="X")


def test_the_list_needs_the_same_queries_for_one_and_thirty_rows(officer, django_assert_max_num_queries):
    counts = []
    for number in (1, 30):
        for _ in range(number - Strategy.objects.count()):
            StrategyFactory(collectivity=officer.collectivity)
        with django_assert_max_num_queries(10) as captured:
            officer.client.get("/strategies/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


# What a colleague does meanwhile ------------------------------------------------------------
def test_a_form_opened_before_the_adoption_does_not_undo_it(officer, economic):
    from strategy.forms import StrategyForm

    strategy = complete_strategy(officer.collectivity)
    read_before = Strategy.objects.get(pk=strategy.pk)
    form = StrategyForm(FORM | {"title": "Autre titre"}, instance=read_before, access=economic.access)
    assert form.is_valid()
    Strategy.objects.filter(pk=strategy.pk).update(status=StrategyStatus.ADOPTED, deliberation_number="2026-118")
    form.save()
    strategy.refresh_from_db()
    assert (strategy.status, strategy.deliberation_number) == (StrategyStatus.ADOPTED, "2026-118")


@pytest.mark.parametrize("status", ["in-review", "adopted", "archived"])
def test_the_head_of_a_closed_strategy_is_not_edited(officer, status):
    strategy = complete_strategy(officer.collectivity)
    Strategy.objects.filter(pk=strategy.pk).update(status=status)
    page = officer.client.post(f"/strategies/{strategy.pk}/modifier/", FORM | {"title": "Autre"}).content.decode()
    assert "ne se modifie plus" in page
    strategy.refresh_from_db()
    assert strategy.title != "Autre"
    assert "/modifier/" not in officer.client.get(strategy.get_absolute_url()).content.decode()


def test_archiving_is_final_and_takes_who_may_adopt(economic, officer):
    strategy = complete_strategy(officer.collectivity)
    url = f"/strategies/{strategy.pk}/etat/"
    assert economic.client.post(url, {"vers": "archived"}).status_code == 403
    assert "Archiver" not in economic.client.get(strategy.get_absolute_url()).content.decode()
    officer.client.post(url, {"vers": "archived"})
    strategy.refresh_from_db()
    assert strategy.status == StrategyStatus.ARCHIVED


def test_the_page_of_a_strategy_reads_its_history_in_one_query(officer, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from aict.accounts.models import Change
    from tests.conftest import make_member

    strategy = empty_strategy(officer.collectivity)
    counts = []
    for number in (1, 9):
        for index in range(number):
            author = make_member(officer.collectivity, f"elected{number}{index}"[:10]).user
            Change.objects.create(
                collectivity=officer.collectivity,
                author=author,
                verb="updated",
                model=strategy._meta.label_lower,
                object_id=strategy.pk,
                object_label="x",
                fields={"titre": ["a", "b"]},
            )
        with CaptureQueriesContext(connection) as queries:
            officer.client.get(strategy.get_absolute_url())
        counts.append(len(queries))
    assert counts[0] == counts[1]
