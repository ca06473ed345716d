"""Mobility of young people: its register, with what it sums up to (SYS-41)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, number_in, requires
from aict.accounts.enums import Ability
from typology import journey_exports, youth_mobility
from typology.forms.mobility import MobilityForm
from typology.journey_filters import MobilityFilter
from typology.models import Action, Mobility

LIST = "typology:mobility_list"


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows = Mobility.objects.for_collectivity(request.access.collectivity).live()
    filters = MobilityFilter(request.GET, rows, request=request)
    totals = youth_mobility.totals(filters.qs)
    page = registers.page_of(request, filters.qs.for_list(), count=totals.records)
    context = {"filters": filters, "page": page, "totals": totals, "today": timezone.localdate()}
    return render(request, "typology/mobility_list.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Mobility(), "Mobilité consignée")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    mobility = get_owned_or_404(request, Mobility.objects.live().select_related("action"), pk=pk)
    return _written(request, mobility, "Mobilité modifiée")


def _written(request: HttpRequest, mobility: Mobility, done: str) -> HttpResponse:
    """Back to the action that led here, else to the list."""
    known = Action.objects.for_collectivity(request.access.collectivity)
    action = known.filter(pk=number_in(request.GET.get("action", ""))).first()
    back = reverse("typology:action_firms", args=[action.pk]) + "#mobilites" if action else reverse(LIST)
    return registers.written(
        request,
        MobilityForm,
        mobility,
        template="typology/mobility_form.html",
        done=done,
        initial={"action": action and action.pk, "territory": action and action.territory_id},
        context={"back": back},
        back=back,
    )


@requires(Ability.EDIT_ACTIONS)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    mobility = get_owned_or_404(request, Mobility.objects.live(), pk=pk)
    return registers.removal(
        request,
        mobility,
        noun="cette mobilité",
        says="Ses jeunes quittent les totaux.",
        trail=[("Actions", reverse("typology:action_list")), ("Mobilité des jeunes", reverse(LIST))],
        back=reverse(LIST),
    )


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Mobility.objects.for_collectivity(request.access.collectivity).live().for_list()
    rows = MobilityFilter(request.GET, rows, request=request).qs.prefetch_related("partners")
    return journey_exports.mobilities(rows, format)
