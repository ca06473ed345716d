"""Territorial brands and their campaigns (SYS-22)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import brands
from typology.forms.brands import BrandForm, CampaignForm
from typology.models import Brand, Campaign

LIST = "typology:brand_list"
CAMPAIGNS = 100  # the latest ones, under the brands


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Brands, then every campaign: what is promotion without a brand is seen nowhere else."""
    rows, deleted = registers.rows_to_list(request, Brand.objects, restore=Ability.EDIT_ACTIONS)
    context = {
        "page": registers.page_of(request, rows.for_list()),
        "deleted": deleted,
        "campaigns": Campaign.objects.for_collectivity(request.access.collectivity).for_list()[:CAMPAIGNS],
        "notions": brands.NOTIONS,
        "examples": brands.examples(),
    }
    return render(request, "typology/brand_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    brand = registers.get_readable_or_404(request, Brand.objects.for_list(), pk)
    campaigns = Campaign.objects.for_collectivity(brand.collectivity).filter(brand=brand).for_list()
    context = {"brand": brand, "campaigns": list(campaigns), "changes": registers.changes_of(brand)}
    return render(request, "typology/brand_detail.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Brand(), "Marque ajoutée")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Brand.objects, pk=pk), "Marque modifiée")


def _written(request: HttpRequest, brand: Brand, done: str) -> HttpResponse:
    return registers.written(request, BrandForm, brand, template="typology/brand_form.html", done=done)


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    brand = get_owned_or_404(request, Brand.objects, pk=pk)
    return registers.deletion(request, brand, noun="cette marque", back=LIST, label="Marques")


@require_POST
@requires(Ability.EDIT_ACTIONS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Brand.objects, pk, back=LIST)


# Campaigns --------------------------------------------------------------------------------


@requires(Ability.EDIT_ACTIONS)
def campaign_create(request: HttpRequest) -> HttpResponse:
    return _campaign_written(request, Campaign(), "Campagne ajoutée")


@requires(Ability.EDIT_ACTIONS)
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _campaign_written(request, _campaign(request, pk), "Campagne modifiée")


def _campaign_written(request: HttpRequest, campaign: Campaign, done: str) -> HttpResponse:
    initial = {name: request.GET.get(name) for name in ("brand", "action")}
    return registers.written(
        request,
        CampaignForm,
        campaign,
        template="typology/campaign_form.html",
        done=done,
        initial=initial | {"kind": request.GET.get("kind")},
        context={"notions": brands.NOTIONS},
        back=f"{reverse(LIST)}#campagnes",
    )


@requires(Ability.EDIT_ACTIONS)
def campaign_remove(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.removal(
        request,
        _campaign(request, pk),
        noun="cette campagne",
        says="La marque et l’action qu’elle cite restent telles quelles.",
        trail=[("Actions", reverse("typology:action_list")), ("Marques et campagnes", reverse(LIST))],
        back=f"{reverse(LIST)}#campagnes",
    )


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    return get_owned_or_404(request, Campaign.objects.select_related("brand", "action"), pk=pk)
