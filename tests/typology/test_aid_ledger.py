"""The ledger of aids to firms: from a cost line or by itself, never saved before its arithmetic was read (SYS-20)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Change
from tests.factories import (
    ActionFactory,
    AidedFirmFactory,
    AidLineFactory,
    BudgetLineFactory,
    FirmFactory,
    FirmGroupFactory,
    StakeholderFactory,
)
from typology import aid_ledger
from typology.models import AidLine, AidRegime, BudgetLine

GENERAL = "de-minimis-general"


def regime(code: str = GENERAL) -> AidRegime:
    return AidRegime.objects.get(code=code)


def terms(**changes: object) -> dict[str, object]:
    return {"aid-regime": regime().pk, "aid-granted_on": "2026-09-15", "aid-measure": "Stand", **changes}


def cost(firm: object, **changes: object) -> dict[str, object]:
    line = {"year": 2026, "nature": "action", "planned": "1 000", "label": "Stand", "beneficiary": firm.pk}
    return {**line, **terms(), **changes}


def read(answer) -> str:
    """The words of a page, with ordinary spaces."""
    return answer.content.decode().replace("\xa0", " ")


def confirmed(client, url: str, data: dict[str, object], prefix: str = "aid-"):
    """Send once, read what the page shows, send again what it gave back."""
    shown = client.post(url, data)
    assert shown.status_code == 200, "the arithmetic comes first"
    form = shown.context["form"]
    seen = (form.aid if prefix else form)["seen"].value()
    return shown, client.post(url, {**data, f"{prefix}seen": seen})


@pytest.fixture
def firm(collectivity):
    return AidedFirmFactory(name="Ateliers du Lac", collectivity=collectivity)


@pytest.fixture
def action(collectivity):
    return ActionFactory(title="Mission au salon de Tunis", collectivity=collectivity)


@pytest.fixture
def line_url(action) -> str:
    return reverse("typology:budget_line_create", args=[action.pk])


def test_sys_20_a_cost_of_1000_borne_for_a_firm_raises_the_alert_and_enters_its_register(
    economic, firm, action, line_url
):
    shown, done = confirmed(economic.client, line_url, cost(firm))
    text = read(shown)
    assert "Aide économique" in text
    assert "1 000,00 €" in text
    assert "Sous le plafond" in text
    assert AidLine.objects.count() == 1, "written by the second sending alone"
    assert done.url == reverse("typology:action_budget", args=[action.pk])
    aid = AidLine.objects.get()
    assert (aid.firm, aid.amount, aid.granted_on, aid.action) == (firm, 1000, date(2026, 9, 15), action)
    assert aid.budget_line == BudgetLine.objects.get()
    register = read(economic.client.get(reverse("typology:aid_firm", args=[firm.pk])))
    assert "15/09/2026" in register or "15 sept. 2026" in register
    assert "1 000,00 €" in register
    assert Change.objects.about(aid).exists()


def test_nothing_is_saved_while_the_arithmetic_is_not_read(economic, firm, line_url):
    economic.client.post(line_url, cost(firm))
    economic.client.post(line_url, cost(firm, **{"aid-seen": "0" * 32}))
    assert not BudgetLine.objects.exists()
    assert not AidLine.objects.exists()


def test_sys_20_a_line_borne_by_the_firm_itself_does_not(economic, firm, line_url):
    answer = economic.client.post(line_url, cost(firm, bearer=firm.pk, **{"aid-granted_on": "", "aid-measure": ""}))
    assert answer.status_code == 302
    assert BudgetLine.objects.get().beneficiary == firm
    assert not AidLine.objects.exists()
    page = economic.client.get(answer.url).content.decode()
    assert "Supporté par Ateliers du Lac" in page


def test_a_cost_borne_by_another_stakeholder_is_still_an_aid(economic, firm, line_url, collectivity):
    chamber = StakeholderFactory(collectivity=collectivity)
    _, done = confirmed(economic.client, line_url, cost(firm, bearer=chamber.pk))
    assert done.status_code == 302
    assert AidLine.objects.get().firm == firm


def test_the_national_platform_sentence_is_always_there(economic, firm, action, line_url):
    AidLineFactory(firm=firm, action=action, collectivity=economic.collectivity)
    pages = [
        line_url,
        reverse("typology:aid_list"),
        reverse("typology:aid_create"),
        reverse("typology:aid_firm", args=[firm.pk]),
        reverse("typology:action_budget", args=[action.pk]),
    ]
    for url in pages:
        assert aid_ledger.RESERVE in economic.client.get(url).content.decode(), url
    assert aid_ledger.RESERVE in economic.client.post(line_url, cost(firm)).content.decode()


@pytest.mark.parametrize("change", ["amount", "beneficiary", "none left"])
def test_the_aid_of_a_line_follows_it(economic, firm, action, line_url, change):
    confirmed(economic.client, line_url, cost(firm))
    line, other = BudgetLine.objects.get(), AidedFirmFactory(collectivity=economic.collectivity)
    url = reverse("typology:budget_line_edit", args=[action.pk, line.pk])
    if change == "none left":
        data = cost(firm, beneficiary="")
        told = economic.client.post(url, data)
        assert "quitte le registre" in told.content.decode()
        assert AidLine.objects.exists()
        economic.client.post(url, {**data, "aid-seen": "sans-aide"})
        assert not AidLine.objects.exists()
        assert Change.objects.filter(verb="deleted", model="typology.aidline").count() == 1
        return
    data = cost(firm, planned="2 500") if change == "amount" else cost(other)
    _, done = confirmed(economic.client, url, data)
    assert done.status_code == 302
    aid = AidLine.objects.get()
    assert (aid.amount, aid.firm) == ((2500, firm) if change == "amount" else (1000, other))
    assert Change.objects.about(aid).filter(verb="updated").count() == 1


def test_removing_a_line_says_that_its_aid_goes_and_removes_both(economic, firm, action, line_url):
    confirmed(economic.client, line_url, cost(firm))
    url = reverse("typology:budget_line_delete", args=[action.pk, BudgetLine.objects.get().pk])
    assert "quitte aussi le registre" in economic.client.get(url).content.decode()
    economic.client.post(url)
    assert not BudgetLine.objects.exists()
    assert not AidLine.objects.exists()
    assert Change.objects.filter(verb="deleted", model__in=["typology.aidline", "typology.budgetline"]).count() == 2


def test_above_the_ceiling_a_written_reason_is_asked_for_kept_and_shown(economic, firm, line_url):
    AidLineFactory(firm=firm, amount=299_500, collectivity=economic.collectivity)
    shown, again = confirmed(economic.client, line_url, cost(firm))
    assert "Plafond dépassé de 500,00 €" in read(shown)
    assert again.status_code == 200
    assert aid_ledger.REASON_WANTED in again.content.decode()
    reason = "Aide d’urgence, en attente de l’avis du service juridique."
    data = cost(firm, **{"aid-override_reason": reason, "aid-seen": shown.context["form"].aid["seen"].value()})
    assert economic.client.post(line_url, data).status_code == 302
    assert reason in economic.client.get(reverse("typology:aid_firm", args=[firm.pk])).content.decode()
    assert reason in economic.client.get(reverse("typology:aid_list")).content.decode()


def test_the_ceiling_itself_may_be_reached(economic, firm, line_url):
    AidLineFactory(firm=firm, amount=299_000, collectivity=economic.collectivity)
    shown, done = confirmed(economic.client, line_url, cost(firm))
    assert shown.context["form"].aid.comparison.worst.remaining == 0
    assert done.status_code == 302


def test_firms_of_a_group_share_one_total_and_those_of_a_stranger_none(economic, stranger, line_url):
    mine = {"collectivity": economic.collectivity}
    group = FirmGroupFactory(**mine)
    one, two = (AidedFirmFactory(group=group, **mine) for _ in range(2))
    AidLineFactory(firm=one, amount=300_000, **mine)
    theirs = AidedFirmFactory(siren=two.siren, collectivity=stranger.collectivity)
    AidLineFactory(firm=theirs, amount=5_000, collectivity=stranger.collectivity)
    shown = economic.client.post(line_url, cost(two))
    assert shown.context["form"].aid.comparison.worst.amount == 301_000
    assert one.name in read(shown)


def test_a_back_dated_aid_is_told_to_push_a_later_one_over(economic, firm):
    AidLineFactory(firm=firm, amount=250_000, granted_on=date(2026, 9, 1), collectivity=economic.collectivity)
    data = {"firm": firm.pk, "amount": "60 000", "granted_on": "2025-03-01", "regime": regime().pk, "measure": "Étude"}
    shown = economic.client.post(reverse("typology:aid_create"), data)
    compared = shown.context["form"].comparison
    assert compared.own.amount == 60_000
    assert compared.worst.excess == 10_000
    assert "fait dépasser le plafond à celle du 1er septembre 2026" in read(shown)


def test_what_somebody_else_saved_meanwhile_is_shown_before_saving(economic, firm, line_url):
    seen = economic.client.post(line_url, cost(firm)).context["form"].aid["seen"].value()
    AidLineFactory(firm=firm, amount=299_900, collectivity=economic.collectivity)
    answer = economic.client.post(line_url, cost(firm, **{"aid-seen": seen}))
    assert answer.status_code == 200
    assert answer.context["form"].aid.comparison.is_exceeded
    assert AidLine.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks the whole database")
def test_the_single_undertaking_is_locked_while_it_is_compared(economic, line_url):
    group = FirmGroupFactory(collectivity=economic.collectivity)
    firm = AidedFirmFactory(group=group, collectivity=economic.collectivity)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        economic.client.post(line_url, cost(firm))
    locks = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert ["partners_firmgroup" in sql for sql in locks] == [True, False]


# Refusals --------------------------------------------------------------------------------


def refused(client, data: dict[str, object]) -> str:
    base = {"amount": "100", "granted_on": "2026-09-15", "regime": regime().pk, "measure": "Stand"}
    answer = client.post(reverse("typology:aid_create"), {**base, **data})
    assert answer.status_code == 200
    assert answer.context["form"].comparison is None, "refused before any arithmetic"
    return answer.content.decode()


def test_a_firm_without_a_valid_siren_is_refused_with_the_way_to_mend(economic):
    firm = FirmFactory(name="Sans numéro", collectivity=economic.collectivity)
    text = refused(economic.client, {"firm": firm.pk})
    assert "n’a pas de SIREN valable" in text
    assert reverse("partners:stakeholder_edit", args=[firm.pk]) in text
    wrong = FirmFactory(siren="123456789", collectivity=economic.collectivity)
    assert "n’a pas de SIREN valable" in refused(economic.client, {"firm": wrong.pk})


def test_what_is_no_firm_receives_no_aid(economic, line_url):
    cluster = StakeholderFactory(collectivity=economic.collectivity)
    refused(economic.client, {"firm": cluster.pk})
    assert economic.client.post(line_url, cost(cluster)).context["form"].errors["beneficiary"]


@pytest.mark.parametrize("day", ["2099-01-01", "1989-12-31", "9999-12-31", "0001-01-01", "31/02/2026"])
def test_an_aid_dated_when_none_can_be_is_refused(economic, firm, day):
    assert "granted_on" in refused(economic.client, {"firm": firm.pk, "granted_on": day})


@pytest.mark.parametrize("amount", ["0", "-1", "", "NaN", "99999999999999"])
def test_an_amount_that_is_not_above_zero_is_refused(economic, firm, amount):
    refused(economic.client, {"firm": firm.pk, "amount": amount})
    assert not AidLine.objects.exists()


def test_a_line_of_nothing_makes_no_aid(economic, firm, line_url):
    answer = economic.client.post(line_url, cost(firm, planned="0"))
    assert "supérieur à 0" in answer.content.decode()
    assert not BudgetLine.objects.exists()


@pytest.mark.parametrize(
    ("code", "day"),
    [(GENERAL, "2023-12-31"), ("de-minimis-general-2014", "2024-01-01"), ("de-minimis-agricole", "2024-12-15")],
)
def test_a_regime_that_does_not_apply_on_the_day_is_refused(economic, firm, code, day):
    text = refused(economic.client, {"firm": firm.pk, "granted_on": day, "regime": regime(code).pk})
    assert "Ce régime s’applique" in text


def test_the_former_regulation_counts_in_the_total_of_the_new_one(economic, firm):
    AidLineFactory(
        firm=firm,
        amount=190_000,
        granted_on=date(2023, 12, 1),
        regime=regime("de-minimis-general-2014"),
        collectivity=economic.collectivity,
    )
    data = {"firm": firm.pk, "amount": "120 000", "granted_on": "2026-11-30", "regime": regime().pk, "measure": "Étude"}
    compared = economic.client.post(reverse("typology:aid_create"), data).context["form"].comparison
    assert (compared.worst.amount, compared.worst.ceiling) == (310_000, 300_000)
    compared = economic.client.post(reverse("typology:aid_create"), {**data, "granted_on": "2026-12-01"})
    assert compared.context["form"].comparison.worst.amount == 120_000


def test_a_notified_regime_has_no_ceiling_and_says_so(economic, firm):
    data = {"firm": firm.pk, "amount": "2 000 000", "granted_on": "2026-09-15", "measure": "Usine"}
    data["regime"] = regime("exempte-notifie-autre").pk
    shown, done = confirmed(economic.client, reverse("typology:aid_create"), data, prefix="")
    assert "Sans plafond de minimis" in read(shown)
    assert done.status_code == 302


# Register --------------------------------------------------------------------------------


def test_the_register_puts_late_declarations_first_when_asked(economic, firm):
    mine = {"firm": firm, "collectivity": economic.collectivity}
    today = timezone.localdate()
    AidLineFactory(measure="Récente", granted_on=today, **mine)
    AidLineFactory(measure="En retard", granted_on=date(2026, 1, 5), **mine)
    AidLineFactory(measure="Déclarée", granted_on=date(2026, 1, 2), declared_on=date(2026, 1, 9), **mine)
    AidLineFactory(measure="D’avant le registre", granted_on=date(2025, 12, 31), **mine)
    page = economic.client.get(reverse("typology:aid_list"), {"order": "echeance"})
    assert [(aid.measure, late) for aid, late in page.context["page"].object_list] == [
        ("En retard", True),
        ("Récente", False),
        ("Déclarée", False),
        ("D’avant le registre", False),
    ]
    assert (page.context["waiting"].count, page.context["waiting"].late) == (2, 1)
    asked = economic.client.get(reverse("typology:aid_list"), {"state": "a-declarer"})
    assert {aid.measure for aid, _ in asked.context["page"].object_list} == {"En retard", "Récente"}


def test_the_register_is_filtered_and_exported(economic, firm, collectivity):
    group = FirmGroupFactory(collectivity=collectivity)
    other = AidedFirmFactory(name="=Autre", group=group, collectivity=collectivity)
    AidLineFactory(firm=firm, measure="Traduction", granted_on=date(2025, 5, 5), collectivity=collectivity)
    AidLineFactory(firm=other, measure="Billet d’avion", collectivity=collectivity)
    for query, expected in [
        ({"q": "traduc"}, ["Traduction"]),
        ({"firm": firm.pk}, ["Traduction"]),
        ({"group": group.pk}, ["Billet d’avion"]),
        ({"year": 2025}, ["Traduction"]),
        ({"regime": "de-minimis-sieg"}, []),
    ]:
        page = economic.client.get(reverse("typology:aid_list"), query).context["page"]
        assert [aid.measure for aid, _ in page.object_list] == expected, query
    text = b"".join(economic.client.get(reverse("typology:aid_export", args=["csv"]))).decode()
    assert "Traduction" in text
    assert "'=Autre" in text
    assert economic.client.get(reverse("typology:aid_export", args=["xlsx"])).content[:2] == b"PK"


def test_the_register_costs_as_many_queries_for_one_row_as_for_thirty(economic, firm, action):
    url = reverse("typology:aid_list")
    AidLineFactory(firm=firm, collectivity=economic.collectivity)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            economic.client.get(url)
        counts.append(len(queries))
        for _ in range(29):
            AidLineFactory(action=action, collectivity=economic.collectivity)
    assert counts[0] == counts[1]


def test_a_declaration_is_noted_and_taken_back(economic, firm):
    aid = AidLineFactory(firm=firm, collectivity=economic.collectivity)
    url = reverse("typology:aid_declare", args=[aid.pk])
    assert "13/10/2026" in f"{aid.declare_by:%d/%m/%Y}"
    for day, kept in [("2026-09-20", date(2026, 9, 20)), ("", None)]:
        assert economic.client.post(url, {"declared_on": day}).status_code == 302
        aid.refresh_from_db()
        assert aid.declared_on == kept
    for day in ("2026-09-14", "2090-01-01"):
        assert economic.client.post(url, {"declared_on": day}).status_code == 200


def test_an_aid_that_comes_from_a_line_is_changed_with_its_line(economic, firm, action):
    line = BudgetLineFactory(action=action, beneficiary=firm, collectivity=economic.collectivity)
    aid = AidLineFactory(firm=firm, budget_line=line, action=action, collectivity=economic.collectivity)
    where = reverse("typology:budget_line_edit", args=[action.pk, line.pk])
    for name in ("aid_edit", "aid_delete"):
        assert economic.client.get(reverse(f"typology:{name}", args=[aid.pk])).url == where
    assert economic.client.post(reverse("typology:aid_delete", args=[aid.pk])).url == where
    assert AidLine.objects.count() == 1


def test_the_account_of_a_firm_shows_its_group_its_total_and_what_is_left(economic, collectivity):
    group = FirmGroupFactory(collectivity=collectivity)
    one, two = (AidedFirmFactory(group=group, collectivity=collectivity) for _ in range(2))
    today = timezone.localdate()
    AidLineFactory(firm=one, amount=1_000, granted_on=today, collectivity=collectivity)
    AidLineFactory(firm=two, amount=Decimal("2_000.50"), granted_on=today, collectivity=collectivity)
    AidLineFactory(
        firm=two,
        amount=9_000,
        granted_on=today.replace(year=today.year - 3),
        collectivity=collectivity,
        regime=regime("de-minimis-general-2014"),
    )
    standing = economic.client.get(reverse("typology:aid_firm", args=[one.pk])).context["standing"]
    assert [account.regime.code for account in standing.accounts] == [GENERAL]
    assert standing.accounts[0].total.amount == Decimal("3000.50")
    assert standing.accounts[0].total.remaining == Decimal("296999.50")
    assert {row.pk for row in standing.members} == {one.pk, two.pk}
    assert len(standing.aids) == 3


def test_networks_and_strangers_never_see_an_aid(network, stranger, economic, firm):
    aid = AidLineFactory(firm=firm, collectivity=economic.collectivity)
    for name, args in [("aid_list", []), ("aid_export", ["csv"]), ("aid_firm", [firm.pk]), ("aid_edit", [aid.pk])]:
        assert network.client.get(reverse(f"typology:{name}", args=args)).status_code == 403
    assert stranger.client.get(reverse("typology:aid_firm", args=[firm.pk])).status_code == 404
    assert "Ateliers du Lac" not in stranger.client.get(reverse("typology:aid_list")).content.decode()
