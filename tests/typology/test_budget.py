"""The budget of an action: its lines, its balance, the two natures apart, co-funding that is not acquired (SYS-28)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aict.accounts.models import Change
from partners.models import SupportActor
from tests.factories import ActionFactory, AidedFirmFactory, AidLineFactory, BudgetLineFactory
from tests.factories.funding import FundingApplicationFactory
from typology.models import BudgetLine, PublicPolicy

INVESTMENT = "investissement"


@pytest.fixture
def action(collectivity):
    return ActionFactory(collectivity=collectivity)


def add_page(action) -> str:
    return reverse("typology:budget_line_create", args=[action.pk])


def line(action, **values):
    return BudgetLineFactory(action=action, collectivity=action.collectivity, **values)


def page(client, action):
    return client.get(reverse("typology:action_budget", args=[action.pk]))


def told(client, action) -> str:
    return " ".join(finding.text for finding in page(client, action).context["findings"]).replace("\xa0", " ")


def test_sys_28_an_investment_without_funder_raises_a_warning(economic, action):
    line(action, nature="action")
    assert "investissement" not in told(economic.client, action)
    line(action, nature=INVESTMENT, label="Pépinière")
    assert "sans financeur national ou international" in told(economic.client, action)
    line(action, nature=INVESTMENT, funder=SupportActor.objects.get(code="regions"))
    assert "sans financeur national ou international" in told(economic.client, action), "a Région is neither"
    line(action, nature=INVESTMENT, funder=SupportActor.objects.get(code="afd"))
    assert "sans financeur" not in told(economic.client, action)


def test_without_a_firm_nothing_of_an_aid_is_asked(economic, action):
    form = economic.client.get(add_page(action)).context["form"]
    assert not [name for name in ("granted_on", "regime", "measure") if form.aid.fields[name].required]
    assert "required" not in str(form.aid["granted_on"])
    answer = economic.client.post(add_page(action), {"year": "2027", "nature": "action", "planned": "12500,5"})
    assert answer.status_code == 302
    firm = AidedFirmFactory(collectivity=action.collectivity)
    asked = {"year": "2027", "planned": "100", "beneficiary": firm.pk}
    html = economic.client.post(add_page(action), asked).content.decode()
    assert '<a href="#id_aid-granted_on">' in html


def test_the_summary_tells_the_errors_of_a_line_and_of_its_aid_once_each(economic, action):
    firm = AidedFirmFactory(collectivity=action.collectivity)
    typed = {"year": "2027", "planned": "cent", "beneficiary": firm.pk, "aid-granted_on": "31/02/2027"}
    html = economic.client.post(add_page(action), typed).content.decode()
    assert html.count('<a href="#id_planned">') == 1
    assert html.count('<a href="#id_aid-granted_on">') == 1


def test_cents_are_two_figures_in_the_form_and_in_the_history(economic, action):
    row = line(action, planned="12500.50", actual=100)
    edit = reverse("typology:budget_line_edit", args=[action.pk, row.pk])
    html = economic.client.get(edit).content.decode()
    assert 'value="12500,50"' in html and 'value="100"' in html
    economic.client.post(edit, {"year": row.year, "label": row.label, "planned": "12500,6", "actual": "100"})
    told = Change.objects.get(model="typology.budgetline", verb="updated").fields
    assert told["prévu"] == ["12\u00a0500,50", "12\u00a0500,60"]


def test_an_obtained_application_gives_its_funder_to_an_investment_a_spotted_one_does_not(economic, action):
    line(action, nature=INVESTMENT)
    application = FundingApplicationFactory(action=action, state="reperee", collectivity=action.collectivity)
    assert application.scheme.funder is not None
    assert "sans financeur" in told(economic.client, action)
    type(application).objects.update(state="obtenue", granted=1000)
    assert "sans financeur" not in told(economic.client, action)


def test_sys_28_totals_of_the_two_natures_are_shown_apart(economic, action):
    line(action, planned=1000, actual=900, nature="action")
    line(action, planned=250, actual=None, nature="action", label="Guides")
    line(action, planned=40_000, actual=None, nature=INVESTMENT)
    answer = page(economic.client, action)
    assert [(row.label, row.planned, row.actual) for row in answer.context["budget"].natures] == [
        ("Action", 1250, 900),
        ("Intervention en investissement", 40_000, None),
    ]
    text = answer.content.decode().replace("\xa0", " ")
    assert "1 250,00 €" in text
    assert "40 000,00 €" in text


@pytest.mark.parametrize(
    ("planned", "sentence"),
    [
        (6000, "Reste à financer : 4 000,00 € sur un coût estimé de 10 000,00 €."),
        (10_000, "Budget équilibré"),
        (12_500, "dépassent le coût estimé de 2 500,00 €"),
    ],
)
def test_the_lines_are_balanced_against_the_estimated_cost(economic, collectivity, planned, sentence):
    action = ActionFactory(cost_estimate=10_000, collectivity=collectivity)
    line(action, planned=planned)
    assert sentence in told(economic.client, action)


def test_cofunding_whose_application_is_not_obtained_is_told_as_not_acquired(economic, action):
    mine = {"action": action, "collectivity": action.collectivity}
    FundingApplicationFactory(title="Pépinière", state="deposee", filed_on="2026-02-01", requested=20_000, **mine)
    FundingApplicationFactory(title="Formation", state="obtenue", granted=5_000, **mine)
    text = told(economic.client, action)
    assert "Cofinancement non acquis : « Pépinière »" in text
    assert "20 000,00 € demandés" in text
    assert "Formation" not in text


def form_data(**changes):
    return {"year": 2027, "nature": "action", "planned": "1000", "label": "Stand", **changes}


def test_a_line_says_its_nature_its_policy_and_who_bears_it(economic, action):
    chamber = AidedFirmFactory(collectivity=action.collectivity)
    policy = PublicPolicy.objects.get(code="m57-6")
    url = reverse("typology:budget_line_create", args=[action.pk])
    data = form_data(nature=INVESTMENT, policy=policy.pk, bearer=chamber.pk)
    assert economic.client.post(url, data).url == reverse("typology:action_budget", args=[action.pk])
    saved = BudgetLine.objects.get()
    assert (saved.nature, saved.policy, saved.bearer, saved.is_own) == (INVESTMENT, policy, chamber, False)


@pytest.mark.parametrize("changes", [{"planned": "-1"}, {"planned": "1", "actual": "-0,01"}])
def test_a_negative_cost_is_refused(economic, action, changes):
    url = reverse("typology:budget_line_create", args=[action.pk])
    answer = economic.client.post(url, form_data(**changes))
    assert "Un montant ne peut pas être négatif." in answer.content.decode()
    assert not BudgetLine.objects.exists()


def test_a_funder_and_a_bearer_at_once_are_refused(economic, action):
    firm = AidedFirmFactory(collectivity=action.collectivity)
    url = reverse("typology:budget_line_create", args=[action.pk])
    answer = economic.client.post(url, form_data(bearer=firm.pk, funder=SupportActor.objects.get(code="afd").pk))
    assert "pas les deux" in answer.content.decode()


def test_the_same_line_twice_is_told_and_another_label_passes(economic, action):
    url = reverse("typology:budget_line_create", args=[action.pk])
    assert economic.client.post(url, form_data()).status_code == 302
    assert "Cette ligne existe déjà" in economic.client.post(url, form_data(label="stand")).content.decode()
    assert economic.client.post(url, form_data(label="Stand de 2028")).status_code == 302
    assert economic.client.post(url, form_data(planned="1 000,01")).status_code == 302
    kept = BudgetLine.objects.first()
    again = reverse("typology:budget_line_edit", args=[action.pk, kept.pk])
    assert economic.client.post(again, form_data()).status_code == 302, "a line is not its own twin"


def test_the_sheet_keeps_two_lines_of_sums_and_the_way_to_the_budget(economic, action):
    line(action, planned=1234, actual=None)
    text = economic.client.get(action.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert "1 234,00 €" in text
    assert reverse("typology:action_budget", args=[action.pk]) in text


def test_the_page_costs_as_many_queries_for_one_line_as_for_thirty(economic, action):
    policy = PublicPolicy.objects.get(code="m57-6")
    counts = []
    for count in (1, 29):
        for number in range(count):
            firm = AidedFirmFactory(collectivity=action.collectivity)
            made = line(action, label=f"{count}-{number}", beneficiary=firm, bearer=firm, policy=policy)
            AidLineFactory(firm=firm, action=action, budget_line=made, collectivity=action.collectivity)
            FundingApplicationFactory(action=action, collectivity=action.collectivity)
        with CaptureQueriesContext(connection) as queries:
            assert page(economic.client, action).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_elected_official_reads_the_budget_and_writes_nothing(elected, action):
    text = page(elected.client, action).content.decode()
    assert "Ajouter une ligne" not in text
    assert elected.client.post(reverse("typology:budget_line_create", args=[action.pk]), form_data()).status_code == 403
