"""Representation offices: pages of the register, yearly costs, closing (SYS-24)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import exports, offices
from typology.filters import OfficeFilter
from typology.forms.offices import ClosingForm, OfficeCostForm, OfficeForm
from typology.models import Office, OfficeCost


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows, deleted = registers.rows_to_list(request, Office.objects, restore=Ability.EDIT_ACTIONS)
    filters = OfficeFilter(request.GET, rows, request=request)
    page = registers.page_of(request, filters.qs.for_list().with_actions().with_costs())
    return render(request, "typology/office_list.html", {"filters": filters, "page": page, "deleted": deleted})


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    office = registers.get_readable_or_404(request, Office.objects.for_list(), pk)
    context = {
        "office": office,
        "costs": offices.costs(office.costs.all(), accent=request.access.collectivity.accent),
        "actions": list(office.actions.for_collectivity(office.collectivity).for_list()),
        "changes": registers.changes_of(office),
    }
    return render(request, "typology/office_detail.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Office(), "Bureau ajouté")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Office.objects, pk=pk), "Bureau modifié")


def _written(request: HttpRequest, office: Office, done: str) -> HttpResponse:
    initial = {"territory": request.GET.get("territory")}
    return registers.written(
        request, OfficeForm, office, template="typology/office_form.html", done=done, initial=initial
    )


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    office = get_owned_or_404(request, Office.objects, pk=pk)
    return registers.deletion(request, office, noun="ce bureau", back="typology:office_list", label="Bureaux")


@require_POST
@requires(Ability.EDIT_ACTIONS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Office.objects, pk, back="typology:office_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Office.objects.for_collectivity(request.access.collectivity).for_list().with_actions().with_costs()
    return exports.offices(OfficeFilter(request.GET, rows, request=request).qs.prefetch_related("costs"), format)


# Closing ---------------------------------------------------------------------------------


@requires(Ability.EDIT_ACTIONS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what ends on that day; then, once that has been read, close."""
    office = get_owned_or_404(request, Office.objects.for_list(), pk=pk)
    if office.is_closed and request.method != "POST":
        messages.info(request, "Ce bureau est déjà fermé.")
        return redirect(office)
    form = ClosingForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if form.is_confirmed:
        try:
            ended = offices.close(office=office, on=form.cleaned_data["on"], author=request.access.user)
        except ValidationError as refusal:
            form.add_error("on", refusal)
        else:
            messages.success(request, _closed(office, len(ended)))
            return redirect(office)
    on = form.cleaned_data.get("on") if form.is_bound else timezone.localdate()
    endings = offices.endings(office, on) if on else []
    context = {"office": office, "form": form, "on": on, "endings": endings}
    return render(request, "typology/office_close.html", context)


def _closed(office: Office, ended: int) -> str:
    told = {0: "aucune action à arrêter", 1: "une action arrêtée"}.get(ended, f"{ended} actions arrêtées")
    return f"Bureau fermé : « {office} », {told}."


@require_POST
@requires(Ability.EDIT_ACTIONS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    office = get_owned_or_404(request, Office.objects, pk=pk)
    try:
        offices.reopen(office=office, author=request.access.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request,
            f"« {office} » est rouvert. Les actions arrêtées à la fermeture le restent : reprenez une à une, depuis "
            "leur page, celles qui continuent.",
        )
    return redirect(office)


# Yearly costs ----------------------------------------------------------------------------


@requires(Ability.EDIT_ACTIONS)
def cost_create(request: HttpRequest, office_pk: int) -> HttpResponse:
    office = get_owned_or_404(request, Office.objects, pk=office_pk)
    return _cost_written(request, OfficeCost(office=office), "Coût ajouté")


@requires(Ability.EDIT_ACTIONS)
def cost_edit(request: HttpRequest, office_pk: int, pk: int) -> HttpResponse:
    return _cost_written(request, _cost(request, office_pk, pk), "Coût modifié")


def _cost_written(request: HttpRequest, cost: OfficeCost, done: str) -> HttpResponse:
    return registers.written(
        request,
        OfficeCostForm,
        cost,
        template="typology/office_cost_form.html",
        done=done,
        initial={"year": timezone.localdate().year},
        context={"cost": cost, "office": cost.office},
        back=f"{cost.office.get_absolute_url()}#couts",
    )


@requires(Ability.EDIT_ACTIONS)
def cost_delete(request: HttpRequest, office_pk: int, pk: int) -> HttpResponse:
    cost = _cost(request, office_pk, pk)
    page = cost.office.get_absolute_url()
    return registers.removal(
        request,
        cost,
        noun=f"le coût de {cost.year}",
        says=f"L’année {cost.year} redevient inconnue et quitte le total.",
        trail=[("Bureaux", reverse("typology:office_list")), (str(cost.office), page)],
        back=f"{page}#couts",
    )


def _cost(request: HttpRequest, office_pk: int, pk: int) -> OfficeCost:
    office = get_owned_or_404(request, Office.objects, pk=office_pk)
    return get_owned_or_404(request, OfficeCost.objects.select_related("office"), pk=pk, office=office)
