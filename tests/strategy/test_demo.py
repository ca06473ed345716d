"""The demonstration: believable, complete, fictional, never old, and quick to check."""

import time
from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from aict.accounts.models import Collectivity, Membership, User
from evaluation.enums import MeasureState
from evaluation.models import IndicatorUse, Measure
from partners.enums import AgreementStatus
from partners.models import Agreement, Stakeholder, StakeholderType, Territory
from strategy import checks, demo
from strategy.enums import Severity
from strategy.imports import plan_import
from strategy.material import Material
from strategy.models import Strategy
from strategy.steps import STEPS
from tests.strategy.test_import_rows import counts
from typology.models import Action, BudgetLine

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, media):
    """The demonstration, seeded once for this file, in a transaction that is undone after it."""
    with django_db_blocker.unblock(), override_settings(DEMO=True, MEDIA_ROOT=media), transaction.atomic():
        call_command("seed_demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def valmaree(seeded, settings, media) -> Collectivity:
    settings.DEMO, settings.MEDIA_ROOT = True, media
    return Collectivity.objects.get(siren=demo.SIREN)


def test_the_demonstration_is_refused_outside_a_demonstration(settings):
    settings.DEMO = False
    before = User.objects.count()
    with pytest.raises(CommandError, match="AICT_DEMO=1"):
        call_command("seed_demo", stdout=StringIO())
    assert User.objects.count() == before


def test_the_registers_of_the_demonstration_fill_every_screen(valmaree):
    abroad = Territory.objects.for_collectivity(valmaree).abroad()
    assert abroad.count() >= 12
    assert len(set(abroad.values_list("country__continent", flat=True))) >= 4
    actions = Action.objects.for_collectivity(valmaree)
    assert actions.count() >= 40
    assert min(Counter(actions.values_list("type__purpose__category__code", flat=True)).values()) >= 10
    year = timezone.localdate().year
    assert {line.year for line in BudgetLine.objects.for_collectivity(valmaree)} >= set(range(year - 3, year + 1))
    lines = BudgetLine.objects.for_collectivity(valmaree).filter(year__lt=year).exclude(actual=None)
    assert any(line.actual > line.planned for line in lines)
    assert any(line.actual < line.planned for line in lines)
    stakeholders = Stakeholder.objects.for_collectivity(valmaree)
    assert stakeholders.count() >= 20
    wanted = set(StakeholderType.objects.filter(in_fiche_b=True).values_list("code", flat=True))
    assert wanted <= set(stakeholders.values_list("type__code", flat=True))


def test_the_demonstration_shows_every_status_of_agreement_and_every_state_of_measure(valmaree):
    today = timezone.localdate()
    agreements = Agreement.objects.for_collectivity(valmaree)
    assert {agreement.status(today) for agreement in agreements} == set(AgreementStatus)
    assert (today + timedelta(25)) in set(agreements.values_list("ends", flat=True))
    measures = Measure.objects.for_collectivity(valmaree)
    assert set(measures.values_list("state", flat=True)) == set(MeasureState.values)
    assert len(set(measures.values_list("year", flat=True))) == 4
    foreign = measures.filter(indicator__code="entreprises-etrangeres").values_list("year", flat=True)
    assert len(foreign) == 2  # a gap of one year, on purpose
    uses = IndicatorUse.objects.for_collectivity(valmaree)
    assert uses.exclude(baseline=None).exclude(target=None).count() >= 15


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2027, 1, 2), date(2028, 2, 29), date(2031, 7, 1)])
def test_the_demonstration_never_ages(day):
    case = demo.read_demo("valmaree-registres", day)
    case["collectivity"]["siren"] = "200000016"  # not the one seeded around, whose avenants have their days
    registers = plan_import(case)
    assert not registers.report.refusals
    agreements = [draft.instance for draft in registers.drafts if isinstance(draft.instance, Agreement)]
    assert {agreement.status(day) for agreement in agreements} == set(AgreementStatus)


def test_one_strategy_is_adopted_and_the_other_almost_complete(valmaree):
    today = timezone.localdate()
    adopted = Strategy.objects.for_collectivity(valmaree).get(ref=demo.ADOPTED)
    assert (adopted.status, bool(adopted.deliberation_number)) == ("adopted", True)
    assert adopted.versions.get(is_adopted=True).snapshot["strategy"]["title"] == adopted.title
    assert not [f for f in checks.run(Material.load(adopted, today)) if f.severity == Severity.BLOCAGE]
    project = Strategy.objects.for_collectivity(valmaree).get(ref=demo.PROJECT)
    assert all(step.model.objects.of(project).exists() for step in STEPS)
    found = Counter(finding.severity for finding in checks.run(Material.load(project, today)))
    assert found[Severity.BLOCAGE] == 1
    assert 3 <= found[Severity.ALERTE] <= 8


def test_each_role_signs_in_and_the_administrator_switches_between_two_collectivities(valmaree):
    for role, (email, _) in demo.ACCOUNTS.items():
        assert Client().login(email=email, password=demo.PASSWORD) or Client().login(
            username=email, password=demo.PASSWORD
        )
        assert Membership.objects.get(user__email=email, collectivity=valmaree).role == role
    assert Membership.objects.filter(user__email="admin@valmaree.example").count() == 2


def test_no_firm_of_the_demonstration_has_a_name(valmaree):
    firms = Stakeholder.objects.for_collectivity(valmaree).filter(type__code="entreprise")
    assert firms
    assert all(firm.name.startswith("Entreprise exemple ") for firm in firms)


def test_seeding_again_changes_nothing_and_takes_less_than_a_second(valmaree):
    before, out, started = counts(), StringIO(), time.perf_counter()
    call_command("seed_demo", stdout=out)
    assert time.perf_counter() - started < 1
    assert counts() == before
    assert "relations-internationales@valmaree.example" in out.getvalue()
    assert demo.PASSWORD in out.getvalue()
