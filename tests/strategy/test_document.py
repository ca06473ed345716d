"""The printed strategy: what it holds, what it marks, what it sums, and that the same data give the same bytes."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import models
from django.db.models import Sum
from pdfminer.high_level import extract_text
from pdfminer.layout import LAParams

from aict.ui.typography import euros
from evaluation.models import Indicator
from partners.models import InternalService, StakeholderType, SupportActor
from strategy import document, documents, snapshots
from strategy.document import budget, funding
from strategy.document.chapter_a import flows, links, matrix, resources
from strategy.document.chapter_b import grid, ranking, stakeholders
from strategy.document.chapter_c import trust
from strategy.document.chapter_d import results
from strategy.document.frozen import Frozen
from strategy.document.opening import essential
from strategy.document.parts import Bullets, Sheets, Table
from strategy.models import (
    ExpectedResult,
    FundingNeed,
    InternalResource,
    InternationalLink,
    PoliticalExchange,
    Priority,
    StakeholderAssessment,
    Strategy,
    TrustEvent,
)
from strategy.steps import STEPS
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    BudgetLineFactory,
    MeasureFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from tests.strategy.builders import ON, complete_strategy, empty_strategy, row
from typology.models import Action, ActionCategory, FundingScheme

pytestmark = pytest.mark.once


def frozen(strategy: Strategy, on: date = ON) -> Frozen:
    """The strategy through its snapshot, written and read again as any database would give it back."""
    return Frozen(json.loads(json.dumps(snapshots.take(strategy, on))))


def pdf_text(content: bytes, page: int | None = None) -> str:
    """What a reader selects in the PDF, or in one of its pages."""
    plain = LAParams(boxes_flow=None)  # grouping boxes into columns is quadratic, and not needed here
    return extract_text(BytesIO(content), page_numbers=None if page is None else [page - 1], laparams=plain)


def table(blocks: Any, caption: str) -> Table:
    return next(block for block in blocks if isinstance(block, Table) and block.caption.startswith(caption))


def words(blocks: Any) -> str:
    """Everything that blocks say, whatever their shape."""
    return repr(blocks)


# The same data, the same document ---------------------------------------------------------------
def test_the_same_database_gives_the_same_snapshot_and_the_next_day_another(collectivity):
    strategy = complete_strategy(collectivity)
    one, other = snapshots.take(strategy, ON), snapshots.take(Strategy.objects.get(), ON)
    assert snapshots.sha256(one) == snapshots.sha256(other)
    shuffled = dict(reversed(json.loads(json.dumps(one)).items()))
    assert snapshots.sha256(shuffled) == snapshots.sha256(one)
    assert snapshots.sha256(snapshots.take(strategy, date(2026, 11, 22))) != snapshots.sha256(one)


def test_a_snapshot_is_plain_json_without_floats(collectivity):
    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            for item in value.values():
                yield from walk(item)
        elif isinstance(value, list):
            for item in value:
                yield from walk(item)
        else:
            yield value

    snapshot = snapshots.take(complete_strategy(collectivity), ON)
    assert {type(value) for value in walk(json.loads(snapshots.canonical(snapshot)))} <= {str, int, bool, type(None)}


def test_building_a_document_reads_nothing_but_its_snapshot(collectivity, django_assert_num_queries):
    snapshot = snapshots.take(complete_strategy(collectivity), ON)
    kept = json.dumps(snapshot)
    with django_assert_num_queries(0):
        one, other = document.build(snapshot, number=3), document.build(json.loads(kept), number=3)
    assert one == other
    assert json.dumps(snapshot) == kept


def test_a_snapshot_asks_as_many_queries_for_one_row_as_for_thirty(collectivity, django_assert_max_num_queries):
    strategy = complete_strategy(collectivity)
    for index in range(30):
        row(Priority, strategy, place=f"Zone {index}", territory=TerritoryFactory(collectivity=collectivity))
        BudgetLineFactory(collectivity=collectivity)
    with django_assert_max_num_queries(26):
        snapshots.take(strategy, ON)


def test_an_untouched_strategy_is_frozen_once(collectivity, officer):
    strategy = complete_strategy(collectivity)
    one = documents.freeze(strategy=strategy, author=officer.user, on=ON)
    assert documents.freeze(strategy=strategy, author=None, on=ON) == one
    Priority.objects.update(objective="Un autre objectif.")
    assert documents.freeze(strategy=strategy, author=officer.user, on=ON).number == one.number + 1


def test_the_same_snapshot_gives_the_same_bytes(collectivity):
    snapshot = snapshots.take(complete_strategy(collectivity), ON)
    one, other = (documents.render(snapshot, number=1) for _ in range(2))
    assert one.content == other.content
    assert one.content.startswith(b"%PDF-")


# Everything is printed ---------------------------------------------------------------------------
def _canaries(strategy: Strategy) -> dict[str, str]:
    """A row per step with a word of its own in every text field, whole numbers elsewhere: {field: word}."""
    said: dict[str, str] = {}
    for step in STEPS:
        values: dict[str, Any] = {}
        names = [spec.name for spec in step.fields if spec.name != "holder"]
        for name in [*names, "source"]:
            field = step.model._meta.get_field(name)
            if isinstance(field, (models.CharField, models.TextField)) and not field.choices:
                values[name] = said[f"{step.code} {name}"] = f"Canari{step.code}{name.replace('_', '')}"
        row(step.model, strategy, **values)
    return said


def test_sys_30_the_printed_document_contains_every_filled_field_of_the_eight_steps(collectivity):
    strategy = empty_strategy(collectivity, public_policies="CanariPolitiques", asked_of_assembly="CanariDemande")
    said = _canaries(strategy) | {"policies": "CanariPolitiques", "asked": "CanariDemande"}
    assert len(said) > 30
    printed = pdf_text(documents.render(snapshots.take(strategy, ON), number=1).content)
    joined = re.sub(r"[\s\u2010-]", "", printed)
    assert not {name: word for name, word in said.items() if word not in joined}


def test_sys_30_choices_dates_amounts_and_citations_are_printed_too(collectivity):
    strategy = complete_strategy(collectivity)
    InternalResource.objects.update(contact_post="Poste de chargée de mission")
    InternationalLink.objects.filter(kind="promotion-recurrente").update(
        starts=date(1974, 3, 2), ends=date(2031, 5, 6), volume=Decimal("22000")
    )
    Priority.objects.update(languages="japonais\nportugais", mission_planned=True, level=4)
    FundingNeed.objects.update(deadline=date(2027, 4, 9))
    ExpectedResult.objects.update(baseline=Decimal("8"), target=Decimal("1234.5"), target_on=date(2030, 12, 31))
    printed = " ".join(pdf_text(documents.render(snapshots.take(strategy, ON), number=1).content).split())
    for text in (
        "02/03/1974", "06/05/2031", "22\u00a0000", "japonais, portugais", "4 / 5", "9\u00a0avril 2027", "31/12/2030",
        "1\u00a0234,5", "Lien de long terme", "Signature d’un protocole d’accord", "Notoriété", "2026",
    ):  # fmt: skip
        assert text.replace("\u00a0", " ") in printed.replace("\u00a0", " "), text


def test_sys_30_no_answer_is_left_out_whatever_field_a_step_gains(collectivity):
    strategy = complete_strategy(collectivity)
    built = repr(document.build(snapshots.take(strategy, ON), number=1)).replace("\\xa0", "\u00a0")
    for step in STEPS:
        for record in snapshots.take(strategy, ON)["steps"][step.slug]:
            for name, text in record["fields"].items():
                if name not in ("economic_concertation", "held_on", "categories") and len(text) > 3:
                    start = text.split(",")[0].split("\n")[0]
                    assert start in built or start.lower() in built, (step.code, name, text)


def test_the_open_checks_are_listed_with_their_places(collectivity):
    strategy = empty_strategy(collectivity)
    data = frozen(strategy)
    built = document.build(data.snapshot, number=1)
    checks = table(built.chapters[-1].sections[0].blocks, "Contrôles ouverts")
    assert len(checks.rows) == len(data.findings)
    assert any("Vision à long terme absente" in cell.text for line in checks.rows for cell in line.cells)


def test_an_empty_strategy_is_printed_and_says_what_is_to_be_written(collectivity):
    strategy = empty_strategy(collectivity)
    pdf = documents.render(snapshots.take(strategy, ON), number=1)
    printed = " ".join(pdf_text(pdf.content).split())
    assert pdf.pages >= 8
    assert printed.count("cette partie reste à écrire") >= 8
    assert "La vision à long terme reste à écrire" in printed
    assert "Manquant" in printed


# What it rests on --------------------------------------------------------------------------------
def test_an_assumption_is_marked_as_such_and_never_shown_as_a_fact(collectivity):
    strategy = empty_strategy(collectivity)
    row(Priority, strategy, place="Sûre", nature="fait", source="Un registre public", level=3, assumed=["priorite"])
    row(Priority, strategy, place="Supposée", nature="hypothese", source="Une réunion", level=2)
    blocks = document.build(snapshots.take(strategy, ON), number=1).chapters[3].sections[0].blocks
    sure, guessed = table(blocks, "Les priorités").rows
    assert (sure.head.mark.assumption, guessed.head.mark.assumption) == (False, True)
    assert [cell.assumed for cell in sure.cells] == [False, False, True, False, False]
    assert not any(cell.assumed for cell in guessed.cells), "the whole row already says so"
    sheets = next(block for block in blocks if isinstance(block, Sheets))
    assert [sheet.mark.assumption for sheet in sheets.sheets] == [False, True]


def test_the_printed_page_says_hypothesis_beside_each_assumed_row(collectivity):
    strategy = empty_strategy(collectivity)
    row(StakeholderAssessment, strategy, name="Grappe supposée", nature="hypothese", source="Un avis")
    row(StakeholderAssessment, strategy, name="Grappe connue", nature="fait", source="Un registre")
    printed = " ".join(pdf_text(documents.render(snapshots.take(strategy, ON), number=1).content).split())
    assert "Grappe supposée hypothèse" in printed
    assert "Grappe connue hypothèse" not in printed
    assert "hypothèse Un avis" in printed


def test_a_source_cited_twice_is_numbered_once(collectivity):
    strategy = empty_strategy(collectivity)
    for place in ("Sfax", "Kaunas"):
        row(InternationalLink, strategy, place=place, nature="fait", source="Registre – https://exemple.org/a")
    (source,) = frozen(strategy).sources
    assert (source.number, source.rests) == (1, ("A2, Sfax", "A2, Kaunas"))


# A1 and A2 ---------------------------------------------------------------------------------------
def test_sys_31_the_matrix_has_one_row_per_service_and_three_columns(collectivity):
    strategy = empty_strategy(collectivity)
    for title, codes in (("Pôle Europe", ["promotion", "cooperation"]), ("Régie de l’eau", ["cooperation"])):
        row(
            InternalResource,
            strategy,
            local_title=title,
            role="pilote",
            categories=ActionCategory.objects.filter(code__in=codes),
        )
    found = matrix(frozen(strategy))
    assert [line.head.text for line in found.rows] == ["Pôle Europe", "Régie de l’eau"]
    assert [len(line.cells) for line in found.rows] == [3, 3]
    assert [[bool(cell.drawing) for cell in line.cells] for line in found.rows] == [
        [False, True, True],
        [False, False, True],
    ]
    assert [cell.text for cell in found.foot.cells] == ["0", "1", "2"]


def test_sys_31_services_to_mobilise_are_those_marked_and_those_the_officials_want(collectivity):
    strategy = empty_strategy(collectivity)
    row(
        InternalResource,
        strategy,
        service=InternalService.objects.get(code="communication"),
        role="a-mobiliser",
    )
    wanted = InternalService.objects.filter(code__in=["communication", "tourisme"])
    row(PoliticalExchange, strategy, services=wanted)
    bullets = next(block for block in resources(frozen(strategy)) if isinstance(block, Bullets))
    assert [item.strong for item in bullets.items] == ["Service communication", "Service tourisme"]


def test_sys_32_flows_are_filtered_in_and_out_and_an_empty_kind_is_told(collectivity):
    strategy = empty_strategy(collectivity)
    for place, direction in (("Allemagne", "entrant"), ("Inde", "sortant"), ("Japon", "entrant"), ("Chili", "")):
        row(
            InternationalLink,
            strategy,
            kind="relation-economique",
            place=place,
            flow_direction=direction,
            opportunity=f"Saisir {place}." if place != "Chili" else "",
        )
    data = frozen(strategy)
    tables = flows(data.rows(STEPS[1]))
    assert {block.caption: [line.head.text for line in block.rows] for block in tables} == {
        "Flux entrants": ["Allemagne", "Japon"],
        "Flux sortants": ["Inde"],
        "Flux dont le sens n’est pas précisé": ["Chili"],
    }
    said = links(data)
    assert "Aucun lien n’est saisi pour" in words(said[0])
    opportunities = next(block for block in said if isinstance(block, Bullets))
    assert [item.text for item in opportunities.items] == ["Saisir Allemagne.", "Saisir Inde.", "Saisir Japon."]


# B1 ----------------------------------------------------------------------------------------------
def test_sys_33_the_grid_shows_its_empty_cells_and_the_ranking_follows_impact_and_potential(collectivity):
    strategy = complete_strategy(collectivity)
    data = frozen(strategy)
    found = grid(data)
    assert all(cell.text == "1" for line in found.rows for cell in line.cells)
    StakeholderAssessment.objects.order_by("pk").first().fields.clear()
    cells = [cell for line in grid(frozen(strategy)).rows for cell in line.cells]
    empty = [cell for cell in cells if cell.text == "·"]
    assert len(empty) == len(found.columns) - 1
    assert all("void" in cell.css for cell in empty)

    best = StakeholderAssessment.objects.order_by("pk").last()
    StakeholderAssessment.objects.filter(pk=best.pk).update(local_impact=5, international_potential=5)
    StakeholderAssessment.objects.filter(name="Acteur 1").update(local_impact=None)
    lines = ranking(frozen(strategy)).rows
    assert (lines[0].head.text, lines[0].cells[3].text) == (best.name, "25")
    assert (lines[-1].head.text, lines[-1].cells[3].missing) == ("Acteur 1", True)
    assert "Acteur 1" in words(stakeholders(frozen(strategy)))
    assert StakeholderType.objects.filter(in_fiche_b=True).count() == len(found.rows)


# C2, C3 and budgets ------------------------------------------------------------------------------
def test_sys_37_the_circle_gives_the_actions_of_each_agreement_and_what_they_bring(collectivity):
    strategy = complete_strategy(collectivity)
    agreement = AgreementFactory(collectivity=collectivity, title="Accord seul")
    row(TrustEvent, strategy, agreement=agreement, contribution="Une porte ouverte.")
    circle = table(trust(frozen(strategy)), "Accords, actions")
    assert [line.cells[0].text for line in circle.rows] == ["Mission", ""]
    assert circle.rows[1].cells[0].missing
    assert circle.rows[1].cells[1].text == "Une porte ouverte."


def _needs(strategy: Strategy) -> Any:
    actor = SupportActor.objects.get(code="union-europeenne")
    scheme = FundingScheme.objects.filter(funder=actor).first()
    action = ActionFactory(collectivity=strategy.collectivity)
    funded = ActionFactory(collectivity=strategy.collectivity)
    BudgetLineFactory(collectivity=strategy.collectivity, action=funded)
    row(FundingNeed, strategy, need="Un", amount=Decimal("1000.50"), status="obtenu", scheme=scheme, action=action)
    row(FundingNeed, strategy, need="Deux", amount=Decimal("200"), status="obtenu", cofunders=[actor], action=funded)
    row(FundingNeed, strategy, need="Trois", amount=Decimal("30.25"), status="refuse", action=action)
    row(FundingNeed, strategy, need="Quatre", amount=None, status="", action=None)
    row(FundingNeed, strategy, need="Cinq", amount=Decimal("5"), status="repere", action=funded)
    return scheme


def test_sys_38_the_plan_totals_by_status_and_funder_and_lists_what_nothing_covers(collectivity):
    strategy = empty_strategy(collectivity)
    scheme = _needs(strategy)
    data = frozen(strategy)
    whole = FundingNeed.objects.aggregate(total=Sum("amount"))["total"]
    statuses, funders = funding.by_status(data), funding.by_funder(data)
    assert sum(amount for _, amount in statuses.values()) == sum(amount for _, amount in funders.values()) == whole
    assert statuses["Obtenu"] == (2, Decimal("1200.50"))
    assert funders[str(scheme.funder)] == (2, Decimal("1200.50"))
    assert [need.title for need in funding.uncovered(data)] == ["Trois", "Quatre"]
    foot = table(funding.funding(data), "Besoins par statut").foot
    assert foot.cells[-1].text == euros(whole)


def test_totals_leave_out_what_is_not_economic_and_missing_money_is_not_zero(collectivity):
    strategy = empty_strategy(collectivity)
    kept = ActionFactory(collectivity=collectivity, title="Salon")
    left = ActionFactory(collectivity=collectivity, title="Puits", economic_aim=False)
    BudgetLineFactory(collectivity=collectivity, action=kept, year=2027, planned=1000)
    BudgetLineFactory(collectivity=collectivity, action=kept, year=2025, planned=300, actual=None)
    BudgetLineFactory(collectivity=collectivity, action=left, year=2027, planned=480000)
    data = frozen(strategy)
    assert budget.economic_total(data) == Decimal(1300)
    blocks = budget.actions(data)
    totals = table(blocks, "Budget par catégorie").foot.cells
    assert totals[3].text == euros(1300)
    assert totals[4].missing, "2025 is over and nobody said what was spent"
    apart = table(blocks, "Coopération non économique")
    assert [line.head.text for line in apart.rows] == ["Puits"]
    page = essential(data)
    assert page.outside.startswith("Hors total : 480")
    assert page.costs.foot.cells[-1].text == euros(1000)


# D1 ----------------------------------------------------------------------------------------------
def test_sys_42_a_result_shows_its_target_and_the_last_measure_of_each_indicator_or_says_it_is_missing(collectivity):
    strategy = empty_strategy(collectivity)
    action = ActionFactory(collectivity=collectivity, title="Mission collective")
    indicators = Indicator.objects.filter(code__in=["f1-rendez-vous", "f1-ca-genere"])
    row(ExpectedResult, strategy, action=action, target=Decimal("12"), indicators=indicators)
    for year, value in ((2025, 7), (2026, 9)):
        MeasureFactory(collectivity=collectivity, action=action, year=year, value=value, state="validated")
    MeasureFactory(collectivity=collectivity, action=None, year=2026, value=99)
    lead, *followed = table(results(frozen(strategy)), "Résultats et indicateurs").rows
    assert (lead.cells[0].missing, lead.cells[1].text) == (True, "12")
    by_label = {line.head.text: line.cells[-1] for line in followed}
    assert {label: cell.text for label, cell in by_label.items()} == {
        str(indicator): "9" if indicator.code == "f1-rendez-vous" else "" for indicator in indicators
    }
    assert sum(cell.missing for cell in by_label.values()) == 1


def test_a_measure_that_was_sent_back_is_not_printed(collectivity):
    strategy = empty_strategy(collectivity)
    MeasureFactory(collectivity=collectivity, value=777, state="returned", return_reason="À revoir.")
    assert not frozen(strategy).measures


# Elected officials -------------------------------------------------------------------------------
def test_the_page_for_elected_officials_holds_on_one_page_however_much_is_written(collectivity):
    strategy = complete_strategy(collectivity)
    Strategy.objects.update(asked_of_assembly="\n".join(f"{n}. {'Autoriser la signature ' * 20}" for n in range(1, 12)))
    PoliticalExchange.objects.update(long_term_vision="Une vision longue. " * 200)
    Priority.objects.update(objective="Un objectif long. " * 200)
    for index in range(12):
        place = TerritoryFactory(collectivity=collectivity, name=f"Ville au nom plutôt long {index}", latitude=index,
                                 longitude=index)  # fmt: skip
        row(Priority, strategy, place=place.name, territory=place, use="les-deux", level=5, objective="Agir. " * 80)
        row(
            FundingNeed, strategy, need="Un besoin long à dire " * 9, deadline=date(2027, 1, 1 + index), status="repere"
        )
    pdf = documents.render(snapshots.take(Strategy.objects.get(), ON), number=1)
    third = pdf_text(pdf.content, page=3)
    assert "Sommaire" in third


def test_a_request_too_long_for_that_page_is_printed_whole_in_the_introduction(collectivity):
    strategy = empty_strategy(
        collectivity, asked_of_assembly="1. Adopter.\n- " + "mot " * 80 + "FinDeDemande\n3 postes."
    )
    built = document.build(snapshots.take(strategy, ON), number=1)
    assert built.essential.asked[0] == "Adopter."
    assert built.essential.asked[1].endswith("…")
    assert built.essential.asked[2] == "3 postes."
    assert "FinDeDemande" in words(built.chapters[0])


def test_what_presses_names_uncovered_actions_and_near_deadlines(collectivity):
    strategy = empty_strategy(collectivity)
    place = TerritoryFactory(collectivity=collectivity, name="Ouagadougou")
    expired = AgreementFactory(
        collectivity=collectivity, territory=place, starts=date(2018, 1, 1), ends=date(2022, 12, 31),
        transmitted_on=date(2018, 1, 1),
    )  # fmt: skip
    ActionFactory(collectivity=collectivity, agreement=expired, status="en-cours")
    row(FundingNeed, strategy, need="Stands", status="repere", deadline=date(2026, 12, 11))
    row(FundingNeed, strategy, need="Trop tard", status="repere", deadline=date(2028, 1, 1))
    row(PoliticalExchange, strategy, long_term_vision="Oui.")
    said = [
        f"{item.strong} {item.text}" for item in essential(frozen(strategy)).pressing if "À lever" not in item.strong
    ]
    assert said == [
        "Ouagadougou accord expiré le 31\u00a0décembre 2022, une action continue.",
        "Stands demande à déposer avant le 11\u00a0décembre 2026.",
    ]


def test_hostile_text_is_printed_as_text(collectivity):
    strategy = empty_strategy(collectivity, title="Titre & \u202egnirts 🌍 مرحبا")
    objective = "<script>alert(1)</script> {{ strategy.pk }} {% now 'Y' %}"
    row(Priority, strategy, place="<img src=x onerror=1>", objective=objective)
    StakeholderFactory(collectivity=collectivity)
    printed = pdf_text(documents.render(snapshots.take(strategy, ON), number=1).content)
    assert "<script>alert(1)</script>" in "".join(printed.split())
    assert "{{ strategy.pk }}" in printed
    assert Action.objects.count() == 0
