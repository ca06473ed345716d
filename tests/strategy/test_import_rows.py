"""Rows of a file: what they become, what is refused and why, what a second import changes. Nothing here needs more
than tests/strategy/import_case.yaml."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from aict.accounts.models import Change, Collectivity, Membership, User
from evaluation.models import IndicatorUse, Measure
from partners.models import Agreement, Stakeholder, Territory
from strategy.models import (
    ExpectedResult,
    FundingNeed,
    InternalResource,
    InternationalLink,
    PoliticalExchange,
    Priority,
    StakeholderAssessment,
    StepState,
    Strategy,
    TrustEvent,
)
from tests.factories import AgreementFactory, TerritoryFactory
from typology.models import Action, BudgetLine

CASE = (Path(__file__).parent / "import_case.yaml").read_text(encoding="utf-8")
SIREN = "000246819"
WRITTEN = (Collectivity, Territory, Agreement, Stakeholder, Action, BudgetLine, IndicatorUse, Strategy, Measure, Change)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    """Import a text; what the command prints."""

    def _run(text: str = CASE, *options: str) -> str:
        path = tmp_path / "cas.yaml"
        path.write_text(text, encoding="utf-8")
        out = StringIO()
        try:
            call_command("import_strategy", str(path), *options, stdout=out)
        except CommandError as error:
            error.output = out.getvalue().replace("\u00a0", " ")
            raise
        return out.getvalue().replace("\u00a0", " ")

    return _run


def changed(old: str, new: str) -> str:
    assert CASE.count(old) >= 1, old
    return CASE.replace(old, new, 1)


def refusals(run, text: str, *options: str) -> list[str]:
    with pytest.raises(CommandError, match="Rien n’a été écrit") as refused:
        run(text, *options)
    return [line for line in refused.value.output.splitlines() if line.startswith("Refusé")]


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN}


# What is written -----------------------------------------------------------------------------
def test_every_section_of_a_file_becomes_rows_of_one_collectivity(run):
    out = run()
    collectivity = Collectivity.objects.get(siren=SIREN)
    assert collectivity.name == "Communauté de Belle-Fontaine"
    own = Territory.objects.for_collectivity(collectivity).get(is_own=True)
    assert own.ref == "belle-fontaine"
    bergen = Territory.objects.get(ref="bergen")
    assert (bergen.country.code, bergen.longitude) == ("no", Decimal("5.32425"))
    agreement = Agreement.objects.get(ref="bergen-convention")
    assert (agreement.amount, agreement.nature, agreement.assumed) == (0, "fait", ["ends"])
    assert {f.code for f in Stakeholder.objects.get(ref="grappe").fields.all()} == {"recherche", "tourisme"}
    assert Stakeholder.objects.get(ref="grappe").territories.get() == bergen
    salon = Action.objects.get(ref="salon")
    assert (salon.agreement, salon.lead_service.code, salon.economic_aim) == (
        agreement,
        "developpement-economique",
        True,
    )
    assert {(line.planned, line.funder and line.funder.code) for line in salon.budget_lines.all()} == {
        (Decimal("1000.50"), None),
        (Decimal("2000.00"), "regions"),
    }
    assert set(salon.indicator_uses.values_list("indicator__code", flat=True)) == {
        "f2-visiteurs-etrangers",
        "f2-concours",
    }
    assert Measure.objects.get().value == Decimal("3.50")
    assert out.rstrip().splitlines()[-1].startswith("Total")


def test_sys_01_a_non_economic_cooperation_is_kept_out_of_economic_totals(run):
    run()
    assert not Action.objects.get(ref="eau").economic_aim
    assert list(Action.objects.economic().values_list("ref", flat=True)) == ["salon"]


def test_the_eight_steps_become_drafts_with_their_provenance(run):
    run()
    strategy = Strategy.objects.get()
    assert (strategy.title, strategy.period, strategy.status, strategy.ref) == (
        "Stratégie de Belle-Fontaine",
        "2027-2030",
        "draft",
        "cas-minuscule",
    )
    resource = InternalResource.objects.get()
    assert (resource.economic_concertation, resource.nature, resource.source) == (False, "hypothese", "Supposé")
    first, second = InternationalLink.objects.of(strategy)
    assert (first.holder_actor.code, first.holder_type, first.assumed) == ("communes-departements", None, ["objet"])
    assert (second.holder_actor, second.holder_type.code, second.position) == (None, "cluster", 1)
    assert StakeholderAssessment.objects.get().active_in == "Bergen\nOslo"
    assert PoliticalExchange.objects.get().topics == ["attendus", "types-action"]
    priority = Priority.objects.get()
    assert (priority.level, priority.mission_planned, priority.languages) == (0, False, "norvégien\nanglais")
    assert TrustEvent.objects.get().actions.get().ref == "salon"
    assert {a.code for a in FundingNeed.objects.get().cofunders.all()} == {"regions", "afd"}
    assert ExpectedResult.objects.get().target == 10
    assert StepState.objects.filter(strategy=strategy).count() == 8


def test_users_open_no_account_and_what_is_not_imported_yet_is_said(run):
    out = run()
    assert "aucun compte créé" in out
    assert User.objects.count() == Membership.objects.count() == 0
    assert "actions.companies (1)" in out
    assert "actions.mode.local (1)" in out


def test_the_history_names_the_author_of_the_import(run, officer):
    run(CASE, "--author", officer.user.email.upper())
    assert Change.objects.filter(author=officer.user, verb="created", object_label="Salon de Bergen").exists()
    with pytest.raises(CommandError, match="Aucun compte n’a l’adresse"):
        run(CASE, "--author", "inconnu@example.org")


# Again ---------------------------------------------------------------------------------------
def test_a_second_import_changes_nothing(run):
    run()
    before = counts()
    out = run()
    assert counts() == before
    assert "Total : 0 ligne créée, 0 modifiée, 23 inchangées, 0 refusée." in out


def test_a_changed_row_is_updated_and_its_history_says_what_changed(run):
    run()
    out = run(changed("title: Salon de Bergen", "title: Grand salon de Bergen").replace("[odd-8, odd-9]", "[odd-8]"))
    assert Action.objects.get(ref="salon").title == "Grand salon de Bergen"
    assert [sdg.code for sdg in Action.objects.get(ref="salon").sdgs.all()] == ["odd-8"]
    assert "Actions : 0 créée, 1 modifiée, 1 inchangée" in out
    change = Change.objects.filter(verb="updated").get()
    assert change.fields["titre"] == ["Salon de Bergen", "Grand salon de Bergen"]


def test_a_changed_step_row_moves_the_version_of_its_step(run):
    run()
    before = StepState.objects.get(slug="c-1-priorisation").version
    run(changed("objectif: Durer", "objectif: Durer et grandir"))
    assert StepState.objects.get(slug="c-1-priorisation").version == before + 1
    assert Priority.objects.get().objective == "Durer et grandir"


def test_a_budget_line_that_the_file_no_longer_names_stays_and_is_signalled(run):
    run()
    out = run(changed("      - {year: 2026, planned: 2000, actual: null, funder: regions}\n", ""))
    assert BudgetLine.objects.count() == 2
    assert "« salon » : 1 ligne de budget hors du fichier" in out


def test_a_deleted_row_is_not_brought_back_silently(run):
    run()
    Stakeholder.objects.update(deleted_at="2026-01-01T00:00:00Z")
    assert any("a été supprimé dans l’application" in line for line in refusals(run, CASE))


def test_an_adopted_strategy_accepts_no_change(run):
    run()
    Strategy.objects.update(status="adopted")
    assert "0 refusée" in run()
    lines = refusals(run, changed("objectif: Durer", "objectif: Changer"))
    assert len(lines) == 1
    assert "c1-1" in lines[0]
    assert "n’est plus un brouillon" in lines[0]
    for status in ("adopted", "in-review", "archived"):
        Strategy.objects.update(status=status)
        for old, new in (
            ("title: Stratégie de Belle-Fontaine", "title: Tout autre chose"),
            ("period: {from: 2027, to: 2030}", "period: {from: 2027, to: 2040}"),
        ):
            [line] = refusals(run, changed(old, new))
            assert "strategy / cas-minuscule" in line
            assert "n’est plus un brouillon" in line
            run(changed(old, new), "--partial")
    assert (Strategy.objects.get().title, Strategy.objects.get().period_end) == ("Stratégie de Belle-Fontaine", 2030)


# Refusals ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "type: cluster, fields",
            "type: clustre, fields",
            ["grappe", "type", "« clustre »", "vouliez-vous dire « cluster »"],
        ),
        ("country: NO, level: commune", "country: ZZ, level: commune", ["bergen", "country", "« ZZ »"]),
        ("ends: 2028-01-31", "ends: 2028-02-31", ["bergen-convention", "ends", "« 2028-02-31 »", "n’existe pas"]),
        ("ends: 2028-01-31", "ends: 31/01/2028", ["ends", "« 31/01/2028 »", "AAAA-MM-JJ"]),
        ("ends: 2028-01-31", "ends: 2024-01-31", ["bergen-convention", "fin précède le début"]),
        ("amount: 0", "amount: -1", ["amount", "« -1 »"]),
        ("amount: 0", "amount: '1 234,56 €'", ["amount", "1 234,56", "un nombre est attendu"]),
        ("amount: 0", "amount: 1.5e99", ["amount"]),
        ("amount: 0", "amount: true", ["amount", "un nombre est attendu"]),
        ("latitude: 60.392639", "latitude: 95.5", ["bergen", "latitude"]),
        ("latitude: 60.392639", "latitude: 100000000000000000000000000000", ["bergen", "latitude", "trop grand"]),
        ("longitude: 5.324250", "longitude: -1.5e99", ["bergen", "longitude", "trop grand"]),
        ("impact_local: 5", "impact_local: 9", ["b1-1", "impact_local", "« 9 »"]),
        ("priorite: 0", "priorite: fort", ["c1-1", "priorite", "un nombre entier"]),
        ("mission_prevue: false", "mission_prevue: non", ["mission_prevue", "true ou false"]),
        ("sujets: [attendus, types-action]", "sujets: [attendus, potins]", ["b2-1", "sujets", "« potins »"]),
        ("sujets: [attendus, types-action]", "sujets: attendus", ["sujets", "une liste est attendue"]),
        ("porteur: cluster", "porteur: personne", ["a2-2", "porteur", "« personne »"]),
        ("accord: bergen-convention", "accord: autre-convention", ["c2-1", "accord", "« autre-convention »"]),
        ("occasion: signature", "occasion: banquet", ["c2-1", "occasion", "seminaire-suivi"]),
        ("siren: '542048574'", "siren: '542048575'", ["grappe", "siren", "« 542048575 »"]),
        ("title: Salon de Bergen", "title: " + "x" * 300, ["salon", "title", "250"]),
        ("objet: Convention,", "objet: " + "x" * 5000 + ",", ["a2-1", "objet", "4000 au plus"]),
        ("title: Salon de Bergen", 'title: "Salon\\0"', ["salon", "title", "caractère nul"]),
        ("title: Salon de Bergen", "title: [a]", ["salon", "title", "un texte est attendu"]),
        ("title: Salon de Bergen", "title: null", ["salon", "title", "vide"]),
        ("  - {ref: norvege,", "  - {ref: bergen,", ["bergen", "déjà prise à la ligne"]),
        ("  - {ref: norvege,", "  - {", ["ref", "obligatoire"]),
        ("  - {ref: norvege,", "  - {ref: pas un code !,", ["ref"]),
        ("year: 2026, planned: 1000.5", "year: 1500, planned: 1000.5", ["salon", "year", "« 1500 »"]),
        ("[f2-visiteurs-etrangers, f2-concours]", "[f2-concours, f2-concours]", ["salon", "déjà suivi"]),
        ("[f2-visiteurs-etrangers, f2-concours]", "[f9-rien]", ["salon", "« f9-rien »"]),
        ("value: 3.5", "value: beaucoup", ["value", "« beaucoup »"]),
        ("value: 3.5", "value: -3", ["value", "hors des bornes"]),
        ("period: {from: 2027, to: 2030}", "period: {from: 2031, to: 2030}", ["strategy", "précède"]),
        ("period: {from: 2027, to: 2030}", "period: jamais", ["strategy", "period"]),
        ("classification: promotion,", "classification: tourisme,", ["salon", "classification inconnue"]),
        ("{category: promotion,", "{category: cooperation,", ["salon", "la catégorie suit le type"]),
        ("    a-1-ressources:", "    a-9-mystere:", ["« a-9-mystere »", "cette étape n’existe pas"]),
        ("stakeholders:\n", "stakeholders:\n  - bonjour\n", ["stakeholders", "bloc de clés"]),
        ("siren: '000246819'", "siren: '000246818'", ["collectivity", "siren", "« 000246818 »"]),
        ("kind: epci", "kind: royaume", ["collectivity", "kind", "« royaume »"]),
    ],
)
def test_one_bad_row_writes_nothing_and_names_row_field_and_value(run, old, new, words):
    before = counts()
    lines = refusals(run, changed(old, new))
    assert counts() == before
    text = "\n".join(lines)
    assert all(word in text for word in words), text


def test_the_refusal_gives_the_line_of_the_file(run):
    text = changed("objectif: Durer", "objectif: Durer\n        , priorite: 7")
    text = text.replace("priorite: 0, ", "", 1)
    line = next(n for n, words in enumerate(text.splitlines(), start=1) if "priorite: 7" in words)
    assert f"ligne {line}, strategy / c-1-priorisation / c1-1, priorite" in "\n".join(refusals(run, text))


def test_an_agreement_with_a_state_is_refused_even_when_the_state_is_in_the_same_file(run):
    lines = refusals(run, changed("territory: bergen, form", "territory: norvege, form"))
    assert "L.1115-5" in lines[0]
    assert "state_exception" in lines[0]


def test_a_row_that_cites_a_refused_one_is_refused_with_that_reason(run):
    lines = refusals(run, changed("country: NO, level: commune", "country: ZZ, level: commune"))
    text = "\n".join(lines)
    assert "« bergen », qui est refusé" in text
    assert "« bergen-convention », qui est refusé" in text
    assert "« salon », qui est refusé" in text


def test_ten_thousand_bad_rows_give_ten_thousand_reasons_and_write_nothing(run):
    rows = "".join(f"  - {{ref: t{n}, name: Ville {n}, country: QQ{n}, level: commune}}\n" for n in range(10_000))
    before = counts()
    lines = refusals(run, CASE.replace("agreements:\n", rows + "agreements:\n", 1))
    assert len(lines) == 10_000
    assert counts() == before


# --partial -----------------------------------------------------------------------------------
def test_partial_writes_what_is_right_and_skips_what_depends_on_a_refused_row(run):
    out = run(changed("type: participation-salons-etranger", "type: salon"), "--partial")
    assert "« salon »" in out
    assert list(Action.objects.values_list("ref", flat=True)) == ["eau"]
    assert not BudgetLine.objects.exists()
    assert not ExpectedResult.objects.exists()
    assert not FundingNeed.objects.exists()
    assert Priority.objects.count() == Agreement.objects.count() == 1


def test_partial_writes_nothing_when_the_collectivity_itself_is_refused(run):
    before = counts()
    refusals(run, changed("siren: '000246819'", "siren: '1'"), "--partial")
    assert counts() == before


# Tenants -------------------------------------------------------------------------------------
def test_importing_into_another_collectivity_leaves_the_first_one_alone(run, other_collectivity):
    run()
    first = Collectivity.objects.get(siren=SIREN)
    before = Change.objects.for_collectivity(first).count()
    run(changed("title: Salon de Bergen", "title: Autre salon"), "--collectivity", other_collectivity.siren)
    assert Action.objects.for_collectivity(first).get(ref="salon").title == "Salon de Bergen"
    assert Action.objects.for_collectivity(other_collectivity).get(ref="salon").title == "Autre salon"
    assert Change.objects.for_collectivity(first).count() == before
    other_collectivity.refresh_from_db()
    assert other_collectivity.name == "Communauté de Rochebrune"
    for action in Action.objects.for_collectivity(other_collectivity).exclude(agreement=None):
        assert action.agreement.collectivity == action.territory.collectivity == other_collectivity


def test_a_reference_of_another_collectivity_is_unknown_here(run, other_collectivity):
    AgreementFactory(collectivity=other_collectivity, ref="ailleurs")
    lines = refusals(run, changed("accord: bergen-convention", "accord: ailleurs"))
    unknown = refusals(run, changed("accord: bergen-convention", "accord: nullepart"))
    assert lines[0].replace("ailleurs", "X") == unknown[0].replace("nullepart", "X")


def test_the_bad_code_of_a_list_is_named(run):
    lines = refusals(run, changed("fields: [recherche, tourisme]", "fields: [recherche, turisme]"))
    assert "« turisme » ne figure pas" in lines[0]


def test_an_unknown_target_collectivity_is_refused(run):
    assert "aucune collectivité" in refusals(run, CASE, "--collectivity", "200000032")[0]


def test_a_file_may_cite_what_is_already_in_the_register(run):
    run()
    action = "  - {ref: suite, title: Suite, type: branding, territory: bergen}\n"
    run(f"collectivity: {{siren: '{SIREN}'}}\nactions:\n{action}")
    assert Action.objects.get(ref="suite").territory.ref == "bergen"


def test_the_own_territory_of_the_collectivity_is_recognised_or_refused(run):
    collectivity = Collectivity.objects.create(name="Belle-Fontaine", siren=SIREN, kind="epci")
    own = TerritoryFactory(collectivity=collectivity, name="Chez nous", is_own=True)
    run()
    own.refresh_from_db()
    assert (own.ref, own.name) == ("belle-fontaine", "Belle-Fontaine")
    lines = refusals(run, CASE.replace("belle-fontaine", "ailleurs"))
    assert "a déjà son propre territoire" in lines[0]


def test_the_second_import_costs_a_constant_number_of_queries(run, django_assert_max_num_queries):
    run()
    with django_assert_max_num_queries(80):
        run()


# Modes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["{}", "{category: cooperation}", "{classification: null}"])
def test_a_mode_that_says_nothing_leaves_what_is_stored(run, mode):
    run()
    Action.objects.filter(ref="eau").update(economic_actors=False)
    run(f"collectivity: {{siren: '{SIREN}'}}\nactions:\n  - {{ref: eau, title: Puits, mode: {mode}}}\n")
    eau = Action.objects.get(ref="eau")
    assert (eau.title, eau.economic_aim, eau.economic_actors) == ("Puits", False, False)


def test_a_mode_sets_only_the_keys_that_it_has(run):
    run()
    head = f"collectivity: {{siren: '{SIREN}'}}\nactions:\n"
    run(head + "  - {ref: eau, mode: {economic_actors: false}}\n")
    eau = Action.objects.get(ref="eau")
    assert (eau.economic_aim, eau.economic_actors) == (False, False)
    run(head + "  - {ref: eau, mode: {classification: cooperation-economique}}\n")
    eau.refresh_from_db()
    assert (eau.economic_aim, eau.economic_actors) == (True, False)


# The local-interest gate ---------------------------------------------------------------------
COMPLETE = "    local_interest: Des emplois ici\n    expected_result: Dix contacts\n    status: programmee\n"


def scheduled(extra: str = COMPLETE) -> str:
    return changed("    status: en-cours\n", extra)


def again(keys: str) -> str:
    """A file that says only this of the action « salon »."""
    return f"collectivity: {{siren: '{SIREN}'}}\nactions:\n  - {{ref: salon, {keys}}}\n"


def test_sys_42_a_scheduled_action_passes_the_local_interest_gate_in_an_import_too(run):
    before = counts()
    [line] = refusals(run, scheduled("    expected_result: Dix contacts\n    status: programmee\n"))[:1]
    assert "salon, status" in line
    assert "il manque l’intérêt local." in line
    assert counts() == before
    run(scheduled())
    assert Action.objects.get(ref="salon").status == "programmee"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("local_interest: null", "il manque l’intérêt local"),
        ("local_interest: '  '", "il manque l’intérêt local"),
        ("expected_result: ''", "il manque le résultat attendu"),
    ],
)
def test_sys_42_an_import_cannot_empty_what_keeps_an_action_scheduled(run, keys, words):
    run(scheduled())
    [line] = refusals(run, again(keys))
    assert words in line
    assert Action.objects.get(ref="salon").local_interest == "Des emplois ici"


@pytest.mark.parametrize("keys", ["title: Grand salon", "title: Grand salon, status: programmee, indicators: []"])
def test_sys_42_what_is_stored_counts_when_only_the_title_changes(run, keys):
    run(scheduled())
    assert "1 modifiée" in run(again(keys))
    assert Action.objects.get(ref="salon").title == "Grand salon"


def test_sys_42_a_reason_in_the_file_or_stored_overrides_the_gate(run):
    run(scheduled("    gate_override_reason: Vote du 3 mars\n    status: programmee\n"))
    run(again("title: Grand salon"))
    assert Action.objects.get(ref="salon").title == "Grand salon"
    assert "il manque" in refusals(run, again("gate_override_reason: null"))[0]


def test_sys_42_a_refused_indicator_opens_no_gate_and_nothing_of_the_action_is_written(run):
    text = scheduled().replace("indicators: [f2-visiteurs-etrangers, f2-concours]", "indicators: [f9-rien]", 1)
    out = run(text, "--partial")
    assert "il manque un indicateur" in out
    assert list(Action.objects.values_list("ref", flat=True)) == ["eau"]
    assert not BudgetLine.objects.exists()
    assert not ExpectedResult.objects.exists()
