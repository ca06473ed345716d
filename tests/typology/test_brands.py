"""Brands and campaigns (SYS-22): governance, brand and marketing and promotion kept apart, the guide's examples."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aict.accounts.models import Change
from tests.factories import ActionFactory, BrandFactory, CampaignFactory, StakeholderFactory, TerritoryFactory
from typology import brands
from typology.models import Brand, Campaign

LIST = "/actions/marques/"
FORM = {"name": "Cap Valmarée", "visibility": "internal"}
CAMPAIGN = {"title": "Printemps des quais", "kind": "promotion", "brand": "", "action": ""}


def text_of(response) -> str:
    """What the page says, no-break spaces read as spaces."""
    return response.content.decode().replace("\u00a0", " ")


# Acceptance -------------------------------------------------------------------------------


def test_sys_22_a_brand_without_governance_members_is_flagged_incomplete(economic, officer, collectivity):
    response = economic.client.post(f"{LIST}nouvelle/", FORM)
    brand = Brand.objects.get()
    assert response["Location"] == brand.get_absolute_url()
    for url in (LIST, brand.get_absolute_url()):
        assert "Incomplète" in text_of(officer.client.get(url))
    assert "Personne n’est dit gouverner" in text_of(officer.client.get(brand.get_absolute_url()))
    member = StakeholderFactory(collectivity=collectivity, name="Agence du littoral")
    economic.client.post(reverse("typology:brand_edit", args=[brand.pk]), FORM | {"members": [member.pk]})
    for url in (LIST, brand.get_absolute_url()):
        page = text_of(officer.client.get(url))
        assert "Incomplète" not in page
        assert "Agence du littoral" in page


def test_sys_22_the_brands_of_the_guide_are_shown_as_examples_and_are_no_data(officer, collectivity):
    assert [row.name for row in brands.examples()] == ["Only Lyon", "Lille’s", "Osez Bordeaux"]
    page = text_of(officer.client.get(LIST))
    for row in brands.examples():
        assert row.name in page
    assert page.count("exemple du guide") == 3
    assert "0 marque<" in page
    assert not Brand.objects.exists()


def test_sys_22_marketing_needs_a_brand_and_promotion_does_not(economic, collectivity):
    create = f"{LIST}campagnes/nouvelle/"
    refused = text_of(economic.client.post(create, CAMPAIGN | {"kind": "marketing"}))
    assert refused.count("Le marketing territorial porte une marque : choisissez-la.") == 2  # summary, field
    assert not Campaign.objects.exists()
    economic.client.post(create, CAMPAIGN)
    brand = BrandFactory(collectivity=collectivity)
    economic.client.post(create, CAMPAIGN | {"kind": "marketing", "brand": brand.pk})
    assert set(Campaign.objects.values_list("kind", "brand")) == {("promotion", None), ("marketing", brand.pk)}
    with pytest.raises(ValidationError, match="porte une marque"):
        Campaign(collectivity=collectivity, title="Sans marque", kind="marketing").full_clean()
    page = text_of(economic.client.get(create))
    for notion in brands.NOTIONS:
        assert notion.label in page


# Register ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "À remplir"),
        ({"since": "1066"}, "L’année 1066 ne convient pas"),
        ({"since": "2099"}, "L’année 2099 ne convient pas"),
        ({"website": "javascript:alert(1)"}, "URL"),
    ],
)
def test_a_brand_that_cannot_be_is_refused_with_its_reason(economic, wrong, said):
    assert said in text_of(economic.client.post(f"{LIST}nouvelle/", FORM | wrong))
    assert not Brand.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "À remplir"),
        ({"starts": "2026-05-01", "ends": "2026-04-01"}, "La fin précède le début"),
        ({"starts": "2099-01-01"}, "trop lointaine"),
        ({"starts": "1066-01-01"}, "ne convient pas"),
        ({"kind": "autre"}, "autre"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_with_its_reason(economic, wrong, said):
    assert said in text_of(economic.client.post(f"{LIST}campagnes/nouvelle/", CAMPAIGN | wrong))
    assert not Campaign.objects.exists()


def test_a_brand_that_campaigns_cite_is_deleted_and_restored(economic, collectivity):
    campaign = CampaignFactory(collectivity=collectivity)
    brand = campaign.brand
    assert "1 campagne" in text_of(economic.client.get(reverse("typology:brand_delete", args=[brand.pk])))
    economic.client.post(reverse("typology:brand_delete", args=[brand.pk]))
    context = economic.client.get(LIST).context
    assert (list(context["page"]), list(context["campaigns"])) == ([], [campaign])
    assert "Supprimé" in text_of(economic.client.get(brand.get_absolute_url()))
    data = CAMPAIGN | {"kind": "marketing", "brand": brand.pk}
    economic.client.post(reverse("typology:campaign_edit", args=[campaign.pk]), data)
    campaign.refresh_from_db()
    assert (campaign.title, campaign.brand_id) == ("Printemps des quais", brand.pk)
    economic.client.post(reverse("typology:brand_restore", args=[brand.pk]))
    assert list(economic.client.get(LIST).context["page"]) == [brand]


def test_a_campaign_is_linked_to_an_action_edited_and_removed(economic, collectivity):
    action, territory = ActionFactory(collectivity=collectivity), TerritoryFactory(collectivity=collectivity)
    data = CAMPAIGN | {"action": action.pk, "territories": [territory.pk], "starts": "2026-01-05"}
    economic.client.post(f"{LIST}campagnes/nouvelle/?action={action.pk}", data)
    campaign = Campaign.objects.get()
    assert (campaign.action, list(campaign.territories.all()), campaign.starts) == (
        action,
        [territory],
        date(2026, 1, 5),
    )
    assert action.title in text_of(economic.client.get(LIST))
    economic.client.post(reverse("typology:campaign_delete", args=[campaign.pk]))
    assert not Campaign.objects.exists()
    verbs = Change.objects.filter(model="typology.campaign").values_list("verb", flat=True)
    assert set(verbs) == {"created", "deleted"}


def test_what_belongs_to_another_collectivite_is_refused(economic, stranger):
    brand = BrandFactory(collectivity=stranger.collectivity, name="Marque étrangère")
    member = StakeholderFactory(collectivity=stranger.collectivity, name="Membre étranger")
    page = text_of(economic.client.post(f"{LIST}campagnes/nouvelle/", CAMPAIGN | {"brand": brand.pk}))
    assert "Marque étrangère" not in page
    page = text_of(economic.client.post(f"{LIST}nouvelle/", FORM | {"members": [member.pk]}))
    assert "Membre étranger" not in page
    assert not Campaign.objects.exists()
    assert not Brand.objects.for_collectivity(economic.collectivity).exists()


def test_the_list_costs_the_same_with_1_and_30_brands(officer, collectivity, django_assert_num_queries):
    def brand() -> None:
        campaign = CampaignFactory(collectivity=collectivity, action=ActionFactory(collectivity=collectivity))
        campaign.territories.add(TerritoryFactory(collectivity=collectivity))
        campaign.brand.members.add(StakeholderFactory(collectivity=collectivity))

    brand()
    with CaptureQueriesContext(connection) as queries:
        officer.client.get(LIST)
        count = len(queries)
    for _ in range(29):
        brand()
    with django_assert_num_queries(count):
        assert len(officer.client.get(LIST).context["page"]) == 30
