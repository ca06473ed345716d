"""Which schemes could fund an action, and the alerts of their calls (SYS-39)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Notice
from partners.models import Country
from tests.factories import ActionFactory, FundingApplicationFactory, FundingCallFactory, TerritoryFactory
from typology import funding_match
from typology.call_alerts import raise_call_alerts
from typology.models import Action, ActionType, FundingApplication, FundingScheme, Sdg

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 1)


def action_in(country: str | None, collectivity, kind: str = "compagnonnages", **more) -> Action:
    territory = None
    if country:
        territory = TerritoryFactory(country=Country.objects.get(code=country), collectivity=collectivity)
    return ActionFactory(type=ActionType.objects.get(code=kind), territory=territory, collectivity=collectivity, **more)


def found(action: Action) -> dict[str, funding_match.Match]:
    return {match.scheme.code: match for match in funding_match.matches(action, on=ON)}


def test_the_category_and_the_place_exclude(collectivity):
    abroad = found(action_in("tn", collectivity))
    assert "ndici-europe-dans-le-monde" in abroad
    assert not {"urbact-4", "interreg-europe", "programme-marche-unique"} & set(abroad)
    europe = found(action_in("de", collectivity))
    assert {"urbact-4", "interreg-europe"} <= set(europe)
    assert not {"ndici-europe-dans-le-monde", "iurc"} & set(europe)
    nowhere = found(action_in(None, collectivity))
    assert {"urbact-4", "ndici-europe-dans-le-monde"} <= set(nowhere)
    firms = found(action_in("de", collectivity, kind="formations-export"))
    assert "vie" in firms
    assert "urbact-4" not in firms


def test_aid_tenders_need_a_country_of_the_dac_list(collectivity):
    kind = "marches-aide-developpement"
    assert "appels-offres-bailleurs" in found(action_in("tn", collectivity, kind=kind))
    assert "appels-offres-bailleurs" not in found(action_in("us", collectivity, kind=kind))


def test_what_was_replaced_is_not_proposed(collectivity):
    assert not {"urbact", "horizon-2020", "ane-al", "iuc"} & set(found(action_in(None, collectivity)))


def test_domains_and_sdgs_rank_and_are_told(collectivity):
    action = action_in(None, collectivity, title="Échange de bonnes pratiques avec un réseau de villes")
    action.sdgs.set(Sdg.objects.filter(number__in=[1, 8]))
    matches = found(action)
    assert "échange de bonnes pratiques" in " ".join(matches["interreg-europe"].reasons)
    assert "ODD servis aussi\u00a0: 1" in matches["meae-daect-aap-2017"].reasons
    ranked = [match.scheme.code for match in funding_match.matches(action, on=ON)]
    assert ranked.index("interreg-europe") < ranked.index("horizon-europe")
    assert ranked.index("meae-daect-aap-2017") < ranked.index("horizon-europe")
    for match in matches.values():
        assert match.reasons[0] == "Catégorie\u00a0: Coopération"


def test_an_accent_or_a_plural_does_not_hide_a_domain(collectivity):
    action = action_in(None, collectivity, title="RESEAU de VILLE")
    assert "réseaux de villes" in " ".join(found(action)["urbact-4"].reasons)


def test_a_call_to_come_weighs_and_a_past_one_does_not(collectivity, stranger):
    urbact = FundingScheme.objects.get(code="urbact-4")
    FundingCallFactory(scheme=urbact, title="À venir", closes_on=ON, opens_on=None, collectivity=collectivity)
    past = date(2026, 5, 31)
    FundingCallFactory(scheme=urbact, title="Passé", closes_on=past, opens_on=None, collectivity=collectivity)
    FundingCallFactory(scheme=urbact, title="Étranger", closes_on=ON, opens_on=None, collectivity=stranger.collectivity)
    match = found(action_in("de", collectivity))["urbact-4"]
    assert [call.title for call in match.calls] == ["À venir"]
    assert any("1er\u00a0juin 2026" in reason for reason in match.reasons)


def test_a_lead_is_spotted_once_from_the_budget_of_the_action(economic):
    action = action_in("de", economic.collectivity, title="Réseau de villes textiles")
    today = timezone.localdate()
    urbact = FundingScheme.objects.get(code="urbact-4")
    call = FundingCallFactory(
        scheme=urbact, opens_on=None, closes_on=today + timedelta(days=9), collectivity=economic.collectivity
    )
    spot = reverse("typology:funding_spot", args=[action.pk, "urbact-4"])
    budget = reverse("typology:action_budget", args=[action.pk])
    assert spot in economic.client.get(budget).content.decode()
    economic.client.post(spot)
    economic.client.post(spot)
    application = FundingApplication.objects.for_collectivity(economic.collectivity).get()
    assert (application.action, application.scheme, application.call) == (action, urbact, call)
    assert (application.title, application.state) == (action.title, "reperee")
    text = economic.client.get(budget).content.decode()
    assert spot not in text
    assert application.get_absolute_url() in text
    assert economic.client.post(reverse("typology:funding_spot", args=[action.pk, "inconnu"])).status_code == 404


def test_the_budget_page_costs_the_same_however_many_calls(
    economic, django_assert_max_num_queries, django_assert_num_queries
):
    action = action_in("tn", economic.collectivity)
    FundingCallFactory(collectivity=economic.collectivity)
    url = reverse("typology:action_budget", args=[action.pk])
    economic.client.get(url)
    with django_assert_max_num_queries(30) as one:
        economic.client.get(url)
    for _ in range(20):
        FundingCallFactory(collectivity=economic.collectivity).sdgs.set(Sdg.objects.all()[:2])
    with django_assert_num_queries(len(one)):
        economic.client.get(url)


def test_deadlines_are_told_once_at_each_threshold(economic, elected):
    call = FundingCallFactory(
        title="Appel textile", opens_on=None, closes_on=ON + timedelta(days=61), collectivity=economic.collectivity
    )
    told = {}
    for left in range(61, -2, -1):
        on = call.closes_on - timedelta(days=left)
        if new := raise_call_alerts(economic.collectivity, on=on):
            told[left] = new
        assert raise_call_alerts(economic.collectivity, on=on) == 0
    assert told == {60: 1, 30: 1, 15: 1, 7: 1}  # one member may edit actions; the elected official may not
    keys = Notice.objects.filter(membership=economic.membership).order_by("pk")
    assert [notice.key.rpartition(":")[2] for notice in keys] == ["60", "30", "15", "7"]
    assert all(notice.url == call.get_absolute_url() for notice in keys)
    assert not Notice.objects.filter(membership=elected.membership).exists()


def test_a_deadline_put_off_is_told_anew_and_only_the_nearest_threshold(economic):
    call = FundingCallFactory(opens_on=None, closes_on=ON + timedelta(days=5), collectivity=economic.collectivity)
    FundingApplicationFactory(call=call, collectivity=economic.collectivity)
    assert raise_call_alerts(economic.collectivity, on=ON) == 1
    notice = Notice.objects.get()
    assert (notice.tone, "1\u00a0candidature repérée" in notice.text) == ("danger", True)
    call.closes_on = ON + timedelta(days=20)
    call.save()
    assert raise_call_alerts(economic.collectivity, on=ON) == 1
    assert raise_call_alerts(economic.collectivity, on=call.closes_on + timedelta(days=1)) == 0


def test_the_daily_run_knows_the_calls(economic):
    from aict.accounts import daily

    FundingCallFactory(opens_on=None, closes_on=ON + timedelta(days=3), collectivity=economic.collectivity)
    daily.tell(economic.collectivity, on=ON)
    assert Notice.objects.filter(key__startswith="call:").count() == 1


def test_the_api_gives_schemes_to_networks_and_applications_to_members_alone(economic, network):
    call = FundingCallFactory(axes="Emploi\nTourisme", collectivity=economic.collectivity)
    FundingApplicationFactory(call=call, axis="Emploi", collectivity=economic.collectivity)
    answer = network.client.get("/api/v1/dispositifs/", {"q": "économie circulaire"}).json()
    assert [row["code"] for row in answer["results"]] == ["urbact", "urbact-4"]  # with what came after
    assert answer["results"][0]["successor"] == "urbact-4"
    assert network.client.get("/api/v1/candidatures/").status_code == 403
    assert network.client.get("/api/v1/appels/").status_code == 403
    row = economic.client.get("/api/v1/candidatures/").json()["results"][0]
    assert (row["call"], row["axis"], row["state"], row["scheme"]) == (
        call.pk,
        "Emploi",
        "reperee",
        "meae-daect-aap-2017",
    )
    assert economic.client.get("/api/v1/appels/").json()["results"][0]["axes"] == ["Emploi", "Tourisme"]
