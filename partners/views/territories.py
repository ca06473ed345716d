"""Territories: pages of the register."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import atlas, exports
from partners.card import card
from partners.filters import TerritoryFilter, TerritoryMapFilter
from partners.forms import TerritoryForm
from partners.models import Agreement, Territory
from partners.views import merging, places


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    rows, deleted = registers.rows_to_list(request, Territory.objects, restore=Ability.EDIT_PARTNERS)
    filters = TerritoryFilter(request.GET, rows)
    found = filters.qs.settled()
    page = registers.page_of(request, found.for_list().with_actions())
    agreements = Agreement.objects.for_collectivity(request.access.collectivity)
    context = {
        "filters": filters,
        "page": page,
        "rows": atlas.territory_rows(page, agreements.by_territory(among=page), on),
        "tally": found.tally(),
        "deleted": deleted,
        "on": on,
    }
    return render(request, "partners/territory_list.html", context)


@require_safe
@requires(Ability.VIEW)
def map(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    collectivity = request.access.collectivity
    filters = TerritoryMapFilter(request.GET, Territory.objects.for_collectivity(collectivity).for_list())
    agreements = Agreement.objects.for_collectivity(collectivity).by_territory()
    home = Territory.objects.for_collectivity(collectivity).own()
    shown = atlas.territory_map(filters.qs.abroad().with_actions().with_use(), agreements, home, on)
    return render(request, "partners/territory_map.html", {"filters": filters, "map": shown, "on": on})


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    territory = registers.get_readable_or_404(request, Territory.objects.for_list().select_related("merged_into"), pk)
    return render(request, "partners/territory_detail.html", card(territory, timezone.localdate()))


@requires(Ability.EDIT_PARTNERS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Territory(), "Territoire ajouté")


@requires(Ability.EDIT_PARTNERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Territory.objects, pk=pk), "Territoire modifié")


def _written(request: HttpRequest, territory: Territory, done: str) -> HttpResponse:
    if request.method == "POST" and (choices := places.looked_up(request, territory)):
        return choices
    before = (territory.name, territory.country_id) if territory.pk else None
    answer = registers.written(request, TerritoryForm, territory, template="partners/territory_form.html", done=done)
    if answer.status_code == 302 and before != (territory.name, territory.country_id):
        merging.warn(request, territory)
    return answer


@requires(Ability.EDIT_PARTNERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    territory = get_owned_or_404(request, Territory.objects, pk=pk)
    return registers.deletion(
        request, territory, noun="ce territoire", back="partners:territory_list", label="Territoires"
    )


@require_POST
@requires(Ability.EDIT_PARTNERS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    gone = Territory.objects.deleted_of(request.access.collectivity).filter(pk=pk, merged_into__isnull=False).first()
    if gone:
        words = (
            f"« {gone} » est fusionné dans « {gone.merged_into} » et ne se rétablit pas : tout est dans cette fiche."
        )
        messages.error(request, words)
        return redirect(gone)
    return registers.restoration(request, Territory.objects, pk, back="partners:territory_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Territory.objects.for_collectivity(request.access.collectivity).for_list().with_actions()
    return exports.territories(TerritoryFilter(request.GET, rows).qs, format)
