"""What a step gives on screen: matrices, grids, rankings, totals, recomputed at each visit."""

from __future__ import annotations

import pytest

from strategy.models import FundingNeed, StakeholderAssessment
from strategy.steps import STEPS
from tests.strategy.builders import complete_strategy, empty_strategy, row


@pytest.fixture
def strategy(collectivity):
    return complete_strategy(collectivity)


def preview(actor, strategy, slug) -> str:
    response = actor.client.get(f"/strategies/{strategy.pk}/etapes/{slug}/apercu/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.code)
def test_every_step_has_its_preview_empty_or_filled(elected, strategy, step):
    assert step.heading in preview(elected, strategy, step.slug)
    assert step.heading in preview(elected, empty_strategy(elected.collectivity), step.slug)


def test_sys_31_the_matrix_on_screen_has_one_row_per_service_and_three_columns(officer, strategy):
    page = preview(officer, strategy, "a-1-ressources")
    matrix = page[page.index("<table") : page.index("</table>")]
    assert matrix.count('scope="col"') == 1 + 3  # the heading of the services, then one column per category
    assert matrix[matrix.index("<tbody") : matrix.index("</tbody>")].count("<tr") == 1


def test_sys_33_the_ranking_on_screen_follows_the_edit(officer, strategy):
    row(StakeholderAssessment, strategy, name="Nouveau pôle", local_impact=5, international_potential=5)
    page = preview(officer, strategy, "b-1-parties-prenantes")
    ranking = page[page.index("Classement") :]
    assert ranking.index("Nouveau pôle") < ranking.index("Acteur 1")
    StakeholderAssessment.objects.filter(name="Nouveau pôle").update(local_impact=1, international_potential=1)
    ranking = preview(officer, strategy, "b-1-parties-prenantes")
    ranking = ranking[ranking.index("Classement") :]
    assert ranking.index("Nouveau pôle") > ranking.index("Acteur 1")


def test_sys_38_the_plan_on_screen_totals_by_status_and_funder(officer, strategy):
    row(FundingNeed, strategy, need="Salon", amount=2500, status="obtenu")
    page = preview(officer, strategy, "c-3-financer")
    assert "Totaux par statut" in page
    assert "Totaux par financeur" in page
    assert "3\u00a0500,00\u00a0€" in page  # 1 000 + 2 500


def test_a_stranger_previews_nothing(stranger, strategy):
    url = f"/strategies/{strategy.pk}/etapes/c-3-financer/apercu/"
    assert stranger.client.get(url).status_code == 404


def test_an_unknown_step_is_not_found(officer, strategy):
    assert officer.client.get(f"/strategies/{strategy.pk}/etapes/z-9/apercu/").status_code == 404
