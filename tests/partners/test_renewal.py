"""The renewal sheet (SYS-26): what an agreement produced, then renew, amend, or let lapse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from aict.accounts.models import Change
from partners.models import Agreement, AgreementParty
from strategy.models import TrustEvent
from strategy.writing import open_steps
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    AmendmentFactory,
    BudgetLineFactory,
    DocumentFactory,
    MeasureFactory,
    StrategyFactory,
    TerritoryFactory,
)
from tests.partners.test_forms import said
from tests.partners.test_registers import queries_of
from typology.models import ActionType


@pytest.fixture
def agreement(collectivity) -> Agreement:
    ends = timezone.localdate() + timedelta(days=20)
    return AgreementFactory(
        collectivity=collectivity, title="Convention de Sfax", transmitted_on=date(2020, 1, 1), ends=ends
    )


def sheet_of(agreement: Agreement) -> str:
    return f"/partenaires/accords/{agreement.pk}/echeance/"


def fill(agreement: Agreement, count: int = 1) -> None:
    mine = {"collectivity": agreement.collectivity}
    strategy = StrategyFactory(**mine)
    open_steps(strategy)
    for number in range(count):
        action = ActionFactory(**mine, agreement=agreement, title=f"Mission {number}", status="terminee")
        BudgetLineFactory(**mine, action=action, planned=1000, actual=800)
        MeasureFactory(**mine, action=action, value=42)
        TrustEvent.objects.create(**mine, strategy=strategy, agreement=agreement, contribution="Une porte ouverte.")
        DocumentFactory(**mine, agreement=agreement, title=f"Bilan {number}", kind="bilan")


def test_the_sheet_shows_what_the_agreement_produced(elected, agreement):
    fill(agreement)
    other = ActionFactory(collectivity=agreement.collectivity, agreement=agreement, economic_aim=False, title="Stage")
    BudgetLineFactory(collectivity=agreement.collectivity, action=other, planned=7777)
    ActionFactory(collectivity=agreement.collectivity, title="Sans lien")
    page = said(elected.client.get(sheet_of(agreement)))
    for words in ("Mission 0", "Stage", "1 000", "800", "42", "Une porte ouverte", "Bilan 0", "Fin dans 20 j"):
        assert words in page
    assert "Sans lien" not in page
    assert "7 777" not in page, "money leaves non-economic actions out"
    assert "La suite" not in page, "an elected official decides elsewhere"


def test_the_sheet_takes_the_same_number_of_queries_whatever_hangs_on_the_agreement(officer, agreement):
    fill(agreement)
    one = queries_of(officer.client, sheet_of(agreement))
    fill(agreement, 9)
    assert queries_of(officer.client, sheet_of(agreement)) == one <= 25


def test_to_renew_opens_a_form_that_follows_the_agreement(officer, agreement):
    c = officer.collectivity
    party = TerritoryFactory(collectivity=c, name="Sousse")
    AgreementParty.objects.create(collectivity=c, agreement=agreement, territory=party)
    AgreementParty.objects.create(collectivity=c, agreement=agreement, name="Agence du port")
    AmendmentFactory(collectivity=c, agreement=agreement, ends=agreement.ends, object="Objet élargi")
    assert f"nouveau/?renews={agreement.pk}" in said(officer.client.get(sheet_of(agreement)))
    page = said(officer.client.get(f"/partenaires/accords/nouveau/?renews={agreement.pk}"))
    start = agreement.ends + timedelta(days=1)
    for words in ("Renouvellement de", "Objet élargi", "Agence du port", f'value="{start:%Y-%m-%d}"'):
        assert words in page
    assert f'value="{agreement.pk}" selected' in page and f'value="{agreement.territory_id}" selected' in page
    assert f'name="party_territories" value="{party.pk}"' in page


def test_once_the_renewal_exists_it_is_what_is_opened(officer, elected, agreement):
    following = AgreementFactory(
        collectivity=officer.collectivity,
        title="Convention de Sfax, suite",
        predecessor=agreement,
        territory=agreement.territory,
    )
    page = said(officer.client.get(sheet_of(agreement)))
    assert "La suite est préparée" in page and "Préparer le renouvellement" not in page
    assert page.count(f'href="{following.get_absolute_url()}"') == 2
    assert "La suite est préparée" in said(elected.client.get(sheet_of(agreement)))
    home = said(officer.client.get("/"))
    assert "Voir la suite" in home and "Préparer la suite" not in home
    following.deleted_at = timezone.now()
    following.save()
    assert "Préparer le renouvellement" in said(officer.client.get(sheet_of(agreement)))
    assert "Préparer la suite" in said(officer.client.get("/"))


def test_the_printed_sheet_names_the_collectivity_and_links_its_documents(officer, agreement):
    document = DocumentFactory(collectivity=agreement.collectivity, agreement=agreement, title="Bilan", kind="bilan")
    page = said(officer.client.get(sheet_of(agreement))).split('<div class="page-head">')[1]
    assert f'd-print-block mb-1">{officer.collectivity.name}, le ' in page
    assert f'href="/partenaires/documents/{document.pk}/">Bilan</a>' in page


def test_an_agreement_of_another_collectivity_is_not_renewed(stranger, agreement):
    page = said(stranger.client.get(f"/partenaires/accords/nouveau/?renews={agreement.pk}"))
    assert "Renouvellement de" not in page and "Convention de Sfax" not in page
    for odd in ("", "x", "9" * 30, "-1", "\x00"):
        assert stranger.client.get("/partenaires/accords/nouveau/", {"renews": odd}).status_code == 200


def test_to_let_lapse_asks_why_stops_what_presses_and_can_be_undone(officer, agreement):
    assert "Préparer la suite" in said(officer.client.get("/"))
    address = f"/partenaires/accords/{agreement.pk}/extinction/"
    for empty in ({}, {"reason": "   "}):
        assert "Donnez le motif" in said(officer.client.post(address, empty))
    agreement.refresh_from_db()
    assert agreement.lapse_decided_on is None
    answer = officer.client.post(address, {"reason": "Le partenaire a changé de priorité."}, follow=True)
    assert "Le partenaire a changé de priorité." in said(answer) and "Revenir sur la décision" in said(answer)
    assert "Préparer la suite" not in said(officer.client.get("/"))
    assert "Extinction décidée" in said(officer.client.get(agreement.get_absolute_url()))
    officer.client.post(f"{address}retirer/")
    agreement.refresh_from_db()
    assert (agreement.lapse_decided_on, agreement.lapse_reason) == (None, "")
    changes = Change.objects.for_collectivity(officer.collectivity).about(agreement)
    assert [change.fields["motif de l’extinction"][1] for change in changes] == [
        "",
        "Le partenaire a changé de priorité.",
    ]


def test_sys_26_what_presses_reads_the_end_fixed_by_an_avenant(officer, agreement):
    assert "Fin dans 20 j" in said(officer.client.get("/"))
    later = agreement.ends + timedelta(days=900)
    AmendmentFactory(
        collectivity=officer.collectivity, agreement=agreement, effective_on=timezone.localdate(), ends=later
    )
    assert "Convention de Sfax" not in said(officer.client.get("/")).split("<main")[1]


def test_sys_26_an_action_with_a_second_party_is_covered(officer, agreement):
    second = TerritoryFactory(collectivity=officer.collectivity, name="Sousse")
    type = ActionType.objects.filter(purpose__category__code="cooperation").first()
    mine = {"collectivity": officer.collectivity, "territory": second, "status": "en-cours"}
    ActionFactory(**mine, title="Formation croisée", type=type)
    assert "« Formation croisée » continue sans accord" in said(officer.client.get("/"))
    AgreementParty.objects.create(collectivity=officer.collectivity, agreement=agreement, territory=second)
    assert "continue sans accord" not in said(officer.client.get("/"))


def test_the_export_gives_the_original_end_and_the_current_one(officer, agreement):
    c = officer.collectivity
    AmendmentFactory(collectivity=c, agreement=agreement, ends=date(2040, 12, 31))
    AgreementParty.objects.create(collectivity=c, agreement=agreement, name="Agence du port")
    text = b"".join(officer.client.get("/partenaires/accords/export.csv")).decode("utf-8-sig")
    header, row = (line.split(";") for line in text.splitlines()[:2])
    found = dict(zip((name.split(" au ")[0] for name in header), row, strict=True))
    assert found["Fin"] == f"{agreement.ends:%d/%m/%Y}" and found["Fin actuelle"] == "31/12/2040"
    assert (found["Avenants"], found["Autres parties"]) == ("1", "Agence du port")
