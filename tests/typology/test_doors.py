"""One rule, every door: what the page of an action refuses, no import, copy or other page lets through."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aict.imports import runs
from strategy.material import Material
from tests.factories import (
    ActionFactory,
    AidedFirmFactory,
    AidLineFactory,
    BudgetLineFactory,
    CooperationFactory,
    EventFactory,
    ParticipationFactory,
    StakeholderFactory,
    StrategyFactory,
    TaskFactory,
)
from tests.typology.test_action_files import imported
from typology.models import Action, ActionType, AidLine, BudgetLine, FicheOption

CASE = """\
version: 1
collectivity: {{name: "{name}", siren: "{siren}"}}
actions:
  - ref: salon
    title: Salon
    type: deplacements-entreprises
    status: {status}
    ends: {ends}
    status_reason: {reason}
    budget:
      - {{year: 2026, planned: {planned}, label: Stand, funder: own}}
"""


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def strategy_import(tmp_path, collectivity, **changes: object) -> str:
    """Import one action and its budget line; what the command prints."""
    path, out = tmp_path / "cas.yaml", StringIO()
    values = {"planned": 5000, "status": "prevue", "reason": "null", "ends": "null", **changes}
    text = CASE.format(name=collectivity.name, siren=collectivity.siren, **values)
    path.write_text(text, encoding="utf-8")
    call_command("import_strategy", str(path), "--partial", stdout=out)
    return out.getvalue().replace("\u00a0", " ")


def words(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


# Aids -------------------------------------------------------------------------------------


def test_a_cost_that_the_ledger_cannot_hold_is_refused_in_words(economic):
    action = ActionFactory(collectivity=economic.collectivity)
    firm = AidedFirmFactory(collectivity=economic.collectivity)
    data = {
        "year": 2026, "nature": "action", "planned": "99 999 999 999,99", "label": "Stand", "beneficiary": firm.pk,
        "aid-regime": AidLine._meta.get_field("regime").related_model.objects.get(code="de-minimis-general").pk,
        "aid-granted_on": "2026-09-15", "aid-measure": "Stand", "aid-override_reason": "Convention",
    }  # fmt: skip
    url = reverse("typology:budget_line_create", args=[action.pk])
    shown = economic.client.post(url, data)
    assert shown.status_code == 200
    shown = economic.client.post(url, {**data, "aid-seen": shown.context["form"].aid["seen"].value() or ""})
    assert shown.status_code == 200
    assert "9 999 999 999,99" in words(shown)
    assert not BudgetLine.objects.exists()


def test_an_imported_strategy_does_not_change_the_cost_of_an_aid(collectivity, tmp_path):
    action = ActionFactory(collectivity=collectivity, ref="salon", title="Salon")
    firm = AidedFirmFactory(collectivity=collectivity)
    line = BudgetLineFactory(
        action=action, collectivity=collectivity, year=2026, planned=1000, label="Stand", beneficiary=firm
    )
    AidLineFactory(collectivity=collectivity, firm=firm, amount=1000, action=action, budget_line=line)
    told = strategy_import(tmp_path, collectivity, planned=250_000)
    line.refresh_from_db()
    assert line.planned == AidLine.objects.get().amount == 1000
    assert "aide" in told


def test_an_imported_strategy_does_not_take_the_cost_of_another_for_the_collectivite_s(collectivity, tmp_path):
    action = ActionFactory(collectivity=collectivity, ref="salon", title="Salon")
    chamber = StakeholderFactory(collectivity=collectivity)
    line = BudgetLineFactory(
        action=action, collectivity=collectivity, year=2026, planned=1000, label="Stand", bearer=chamber
    )
    strategy_import(tmp_path, collectivity, planned=5000)
    line.refresh_from_db()
    assert line.planned == 1000
    assert BudgetLine.objects.get(bearer=None).planned == 5000


def test_the_aid_of_a_deleted_action_says_where_it_is_mended(economic):
    c = economic.collectivity
    action = ActionFactory(collectivity=c, deleted_at=timezone.now())
    line = BudgetLineFactory(action=action, collectivity=c, beneficiary=AidedFirmFactory(collectivity=c))
    aid = AidLineFactory(collectivity=c, firm=line.beneficiary, action=action, budget_line=line)
    register = words(economic.client.get(reverse("typology:aid_list")))
    assert reverse("typology:aid_edit", args=[aid.pk]) in register
    assert aid.line_url not in register
    for name in ("aid_edit", "aid_delete"):
        page = economic.client.get(reverse(f"typology:{name}", args=[aid.pk]), follow=True)
        assert page.status_code == 200
        assert "rétablissez" in words(page)


def test_a_strategy_does_not_take_the_cost_of_a_stakeholder_for_the_collectivite_s(collectivity):
    action = ActionFactory(collectivity=collectivity)
    strategy = StrategyFactory(collectivity=collectivity)
    BudgetLineFactory(action=action, collectivity=collectivity, bearer=StakeholderFactory(collectivity=collectivity))
    assert [row.has_own_budget for row in Material.load(strategy, timezone.localdate()).actions] == [False]


@pytest.mark.parametrize("door", ["line", "aid"])
def test_a_declaration_made_for_one_firm_does_not_stand_for_another(door, economic):
    c = economic.collectivity
    action, (first, second) = ActionFactory(collectivity=c), AidedFirmFactory.create_batch(2, collectivity=c)
    aid = AidLineFactory(collectivity=c, firm=first, action=action, declared_on="2026-09-20")
    terms = {"regime": aid.regime_id, "granted_on": "2026-09-15", "measure": "Stand"}
    if door == "line":
        line = BudgetLineFactory(action=action, collectivity=c, year=2026, planned=1000, beneficiary=first)
        AidLine.objects.update(budget_line=line)
        url = reverse("typology:budget_line_edit", args=[action.pk, line.pk])
        data = {"year": 2026, "nature": "action", "planned": "1000", "beneficiary": second.pk}
        data |= {f"aid-{name}": value for name, value in terms.items()}
        shown = economic.client.post(url, data)
        data["aid-seen"] = shown.context["form"].aid["seen"].value()
    else:
        url = reverse("typology:aid_edit", args=[aid.pk])
        data = {"firm": second.pk, "amount": "1000", **terms}
        shown = economic.client.post(url, data)
        data["seen"] = shown.context["form"]["seen"].value()
    assert economic.client.post(url, data).status_code == 302
    aid.refresh_from_db()
    assert (aid.firm, aid.declared_on) == (second, None)


@pytest.mark.parametrize(("change", "kept"), [({"amount": "1500"}, False), ({"note": "Convention signée"}, True)])
def test_an_aid_whose_terms_change_is_to_be_declared_again(change, kept, economic):
    c = economic.collectivity
    aid = AidLineFactory(collectivity=c, firm=AidedFirmFactory(collectivity=c), declared_on="2026-09-20")
    url = reverse("typology:aid_edit", args=[aid.pk])
    data = {"firm": aid.firm_id, "amount": str(aid.amount), "regime": aid.regime_id, "measure": aid.measure}
    data |= {"granted_on": f"{aid.granted_on}"[:10], **change}
    data["seen"] = economic.client.post(url, data).context["form"]["seen"].value()
    assert economic.client.post(url, data).status_code == 302
    aid.refresh_from_db()
    assert (aid.declared_on is not None) is kept


def test_an_imported_strategy_holds_no_date_that_a_form_refuses(collectivity, tmp_path):
    told = strategy_import(tmp_path, collectivity, ends="9999-12-31")
    assert "L’année 9999 ne convient pas" in told
    assert not Action.objects.exists()


# State ------------------------------------------------------------------------------------


def test_an_imported_strategy_does_not_empty_the_reason_of_a_suspension(collectivity, tmp_path):
    action = ActionFactory(
        collectivity=collectivity, ref="salon", title="Salon", status="suspendue", status_reason="Visas refusés"
    )
    strategy_import(tmp_path, collectivity, status="suspendue", reason='""')
    action.refresh_from_db()
    assert action.status_reason == "Visas refusés"


@pytest.mark.parametrize("door", ["file", "strategy"])
def test_a_reason_does_not_outlive_its_state(door, officer, tmp_path):
    c = officer.collectivity
    action = ActionFactory(
        collectivity=c, ref="salon", title="Salon", status="suspendue", status_reason="Visas refusés",
        gate_override_reason="Urgence",
    )  # fmt: skip
    if door == "file":
        row = imported(officer, "Référence;Titre;Type;État\nsalon;Salon;deplacements-entreprises;en cours")
        runs.run(row=row, author=officer.user, only_good=True, at=timezone.now())
    else:
        strategy_import(tmp_path, c, status="en-cours", reason='"Visas refusés"')
    action.refresh_from_db()
    assert (action.status, action.status_reason) == ("en-cours", "")


def test_the_full_form_and_a_budget_line_are_written_one_at_a_time(officer):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite writes one at a time by itself")
    action = ActionFactory(collectivity=officer.collectivity)
    line = BudgetLineFactory(collectivity=officer.collectivity, action=action)
    addresses = {
        "typology_action": reverse("typology:action_edit", args=[action.pk]),
        "typology_budgetline": reverse("typology:budget_line_edit", args=[action.pk, line.pk]),
    }
    for table, url in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            officer.client.post(url, {})
        assert [sql for query in queries if "FOR UPDATE" in (sql := query["sql"]) and f'FROM "{table}"' in sql], table


# Answers of a fiche ------------------------------------------------------------------------


def answered(collectivity) -> Action:
    action = CooperationFactory(collectivity=collectivity, ref="ponts", title="Ponts")
    option = next(
        row
        for row in FicheOption.objects.of_category(action.category).answers().select_related("section__fiche")
        if not row.retired
    )
    action.set_related("answers", [option])
    return action


def test_a_classification_that_changes_the_category_leaves_the_answers_of_the_former_fiche(officer):
    action = answered(officer.collectivity)
    kind = ActionType.objects.get(code="deplacements-entreprises")
    data = {"partnership": "False", "economic_aim": "True", "economic_actors": "True", "type": kind.pk}
    sent = officer.client.post(reverse("typology:action_classification", args=[action.pk]), data, follow=True)
    assert "les réponses de l’ancienne fiche ont été retirées" in words(sent)
    action = Action.objects.get(pk=action.pk)
    assert action.type == kind
    assert not action.answers.exists()


def test_a_file_does_not_change_the_category_of_an_action_under_its_answers(officer):
    action = answered(officer.collectivity)
    row = imported(officer, "Référence;Titre;Code du type\nponts;Ponts;deplacements-entreprises")
    assert row.summary["counts"]["refused"] == 1, runs.report_of(row)
    head = "Référence;Titre;Code du type;Réponses à la fiche (codes)"
    row = imported(officer, f"{head}\nponts;Ponts;{action.type.code};")
    assert row.summary["counts"]["refused"] == 0, runs.report_of(row)


def test_answers_that_another_type_left_do_not_hold_a_copy_back(officer):
    action = answered(officer.collectivity)
    Action.objects.update(type=ActionType.objects.get(code="deplacements-entreprises"))
    url = reverse("typology:action_duplicate", args=[action.pk])
    assert officer.client.post(url, {"title": "Copie"}).status_code == 302


def test_a_copy_leaves_the_cost_of_a_deleted_stakeholder_behind(officer):
    c = officer.collectivity
    action = ActionFactory(collectivity=c, starts="2026-03-01")
    gone = StakeholderFactory(collectivity=c, name="Chambre fermée", deleted_at=timezone.now())
    BudgetLineFactory(action=action, collectivity=c, year=2026, planned=7000, bearer=gone)
    url = reverse("typology:action_duplicate", args=[action.pk])
    assert "Chambre fermée" in words(officer.client.get(url))
    officer.client.post(url, {"title": "Copie", "starts": "2027-03-01", "with_budget": "on"})
    assert not BudgetLine.objects.filter(action__title="Copie", bearer=None).exists()


# Events ------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [ParticipationFactory, TaskFactory])
def test_an_event_with_parts_of_its_action_keeps_it(part, officer):
    c = officer.collectivity
    event = EventFactory(collectivity=c)
    part(collectivity=c, action=event.action, event=event)
    other = ActionFactory(collectivity=c)
    data = {"kind": event.kind, "title": event.title, "starts": event.starts, "action": other.pk}
    answer = officer.client.post(reverse("typology:event_edit", args=[event.pk]), data)
    assert answer.status_code == 200
    event.refresh_from_db()
    assert event.action_id != other.pk
