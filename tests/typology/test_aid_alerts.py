"""Aids to declare are told before their deadline and once past it; the API is for members alone; the letter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from aict.accounts.models import Notice
from aict.jobs.models import Job
from aict.ui.pdf import Pdf
from tests.factories import ActionFactory, AidedFirmFactory, AidLineFactory, BudgetLineFactory, FirmGroupFactory
from typology import attestations, state_aid
from typology.aid_alerts import raise_aid_alerts

GRANTED = date(2026, 9, 15)
DEADLINE = date(2026, 10, 13)


@pytest.fixture
def firm(collectivity):
    return AidedFirmFactory(name="Ateliers du Lac", collectivity=collectivity)


def test_the_deadline_counts_working_days_around_easter_and_the_holidays_of_may():
    assert state_aid.declare_by(GRANTED) == DEADLINE
    assert state_aid.declare_by(date(2026, 3, 31)) == date(2026, 4, 29)  # Easter Monday is 6 April
    assert state_aid.declare_by(date(2026, 4, 29)) == date(2026, 6, 2)  # 1, 8, 14 and 25 May
    assert state_aid.easter_sunday(2038) == date(2038, 4, 25)  # as late as it can be
    assert state_aid.easter_sunday(2285) == date(2285, 3, 22)  # as early as it can be


@pytest.mark.parametrize(
    ("left", "told", "tone"), [(11, 0, ""), (10, 1, "warn"), (4, 1, "warn"), (3, 1, "danger"), (-1, 1, "danger")]
)
def test_an_aid_to_declare_is_told_ten_and_three_days_before_and_once_past(economic, firm, left, told, tone):
    aid = AidLineFactory(firm=firm, granted_on=GRANTED, collectivity=economic.collectivity)
    on = DEADLINE - timedelta(days=left)
    assert raise_aid_alerts(economic.collectivity, on=on) == told
    assert raise_aid_alerts(economic.collectivity, on=on) == 0, "the same is never told twice"
    notices = Notice.objects.filter(key__startswith=f"aid:{aid.pk}:")
    assert [notice.tone for notice in notices] == ([tone] if told else [])


def test_a_declared_aid_and_one_granted_before_the_register_are_not_told(economic, firm):
    mine = {"firm": firm, "collectivity": economic.collectivity}
    AidLineFactory(granted_on=GRANTED, declared_on=DEADLINE, **mine)
    AidLineFactory(granted_on=date(2025, 12, 31), **mine)
    assert raise_aid_alerts(economic.collectivity, on=date(2026, 11, 1)) == 0


def test_an_elected_official_and_a_stranger_are_not_told(elected, stranger, firm):
    AidLineFactory(firm=firm, granted_on=GRANTED, collectivity=elected.collectivity)
    assert raise_aid_alerts(elected.collectivity, on=DEADLINE) == 0
    assert raise_aid_alerts(stranger.collectivity, on=DEADLINE) == 0


# API -------------------------------------------------------------------------------------


def test_aids_and_budgets_of_the_api_are_for_members_and_never_for_networks(elected, network, stranger, firm):
    action = ActionFactory(visibility="public", collectivity=firm.collectivity)
    BudgetLineFactory(action=action, label="Stand", collectivity=firm.collectivity)
    AidLineFactory(firm=firm, action=action, measure="Billet d’avion", collectivity=firm.collectivity)
    for name, word in (("aidline-list", "Billet d’avion"), ("budgetline-list", "Stand")):
        assert word in elected.client.get(reverse(name)).content.decode()
        assert network.client.get(reverse(name)).status_code == 403
        assert stranger.client.get(reverse(name)).json()["count"] == 0
    index = network.client.get(reverse("api")).json()
    assert "aides" not in index
    assert "budgets" not in index
    row = elected.client.get(reverse("aidline-list"), {"firm": firm.pk}).json()["results"][0]
    assert (row["firm"]["siren"], row["regime"], row["declare_by"]) == (firm.siren, "de-minimis-general", "2026-10-13")


# Attestation -----------------------------------------------------------------------------


def test_the_attestation_is_made_once_and_lists_the_three_years_of_the_group(officer, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    printed: list[str] = []
    monkeypatch.setattr(
        attestations, "render_pdf", lambda html, **options: printed.append(html) or Pdf(content=b"%PDF-1.7", pages=1)
    )
    mine = {"collectivity": officer.collectivity}
    group = FirmGroupFactory(name="Groupe du Lac", **mine)
    one, two = (AidedFirmFactory(group=group, **mine) for _ in range(2))
    today = date.today()
    AidLineFactory(firm=one, amount=1500, granted_on=today, measure="Stand partagé", **mine)
    AidLineFactory(firm=two, amount=2500, granted_on=today, measure="Étude de marché", **mine)
    AidLineFactory(firm=one, granted_on=date(2015, 1, 1), measure="Trop ancienne", **mine)
    answer = officer.client.post(reverse("typology:aid_attest", args=[one.pk]))
    job = Job.objects.get(kind=attestations.JOB_KIND)
    assert answer.url == job.get_absolute_url()
    url = attestations.make(job, lambda percent, step: None)
    assert attestations.make(job, lambda percent, step: None) == url
    assert b"".join(officer.client.get(url)) == b"%PDF-1.7"
    assert len(printed) == 1, "a job that starts again makes no second letter"
    text = printed[0].replace("\xa0", " ")
    reserve = attestations.RESERVE.replace("\xa0", " ")
    for said in ("Stand partagé", "Étude de marché", "4 000,00 €", "300 000,00 €", one.siren, reserve):
        assert said in text, said
    assert "Trop ancienne" not in text
