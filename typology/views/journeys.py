"""Journeys of firms: the tab of an action, the list of supported firms, and the file of each (SYS-13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, number_in, requires
from aict.accounts.enums import Ability
from aict.ui.typography import NBSP
from typology import journey_exports, journeys
from typology.enums import Stage
from typology.forms.journeys import ParticipationForm, ParticipationsForm
from typology.journey_filters import FirmFilter
from typology.models import Action, Mobility, Participation


@require_safe
@requires(Ability.VIEW)
def of_action(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of an action: firms that took part, young people sent or hosted."""
    action = registers.get_readable_or_404(request, Action.objects.for_detail(), pk)
    entries = Participation.objects.for_collectivity(action.collectivity).filter(action=action)
    context = {
        "action": action,
        "page": registers.page_of(request, entries.for_journey()),
        "firm_count": entries.aggregate(firms=Count("firm", distinct=True))["firms"],
        "events": list(action.events.for_collectivity(action.collectivity).for_list().with_counts()),
        "mobilities": list(Mobility.objects.for_collectivity(action.collectivity).filter(action=action).for_list()),
        "may_edit": request.access.may(Ability.EDIT_ACTIONS) and not action.deleted_at,
    }
    return render(request, "typology/action_firms.html", context)


@requires(Ability.EDIT_ACTIONS)
def add(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    sent = request.POST if request.method == "POST" else None
    row = Participation(action=action, collectivity=action.collectivity)
    form = ParticipationsForm(sent, instance=row, initial=_initial(request, action), access=request.access)
    if form.is_valid():
        messages.success(request, _told(form.save()))
        event = form.cleaned_data["event"] if "event" in request.GET else None
        return redirect(event or reverse("typology:action_firms", args=[action.pk]))
    return render(request, "typology/participation_form.html", {"form": form, "action": action, "row": row})


def _initial(request: HttpRequest, action: Action) -> dict[str, Any]:
    """The event that led here, and its day or the action's when it has come."""
    event = action.events.filter(deleted_at=None, pk=number_in(request.GET.get("event", ""))).first()
    on = event.starts if event else action.starts
    return {"event": event, "on": on if on and on <= timezone.localdate() else None}


def _told(done: journeys.Recorded) -> str:
    added, already = len(done.added), len(done.already)
    if not added:
        return "Rien à ajouter : ces participations étaient déjà enregistrées, au même stade et au même jour."
    told = f"Participation ajoutée pour {added}{NBSP}entreprise{'s' if added > 1 else ''}."
    return f"{told} Déjà enregistrée{'s' if already > 1 else ''} : {already}." if already else told


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    entry = _entry(request, action_pk, pk)
    return registers.written(
        request,
        ParticipationForm,
        entry,
        template="typology/participation_form.html",
        done="Participation modifiée",
        context={"action": entry.action},
        back=reverse("typology:action_firms", args=[action_pk]),
    )


@requires(Ability.EDIT_ACTIONS)
def remove(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    entry = _entry(request, action_pk, pk)
    back = reverse("typology:action_firms", args=[action_pk])
    return registers.removal(
        request,
        entry,
        noun="cette participation",
        says=f"Elle quitte l’action « {entry.action} » et le parcours de « {entry.firm} ».",
        trail=[("Actions", reverse("typology:action_list")), (str(entry.action), back)],
        back=back,
    )


def _entry(request: HttpRequest, action_pk: int, pk: int) -> Participation:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    rows = Participation.objects.select_related("action", "firm__type", "event")
    return get_owned_or_404(request, rows, pk=pk, action=action)


# Firms ------------------------------------------------------------------------------------


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    filters = FirmFilter(request.GET, journeys.supported_firms(request.access.collectivity), request=request)
    counts = dict(filters.qs.order_by().values_list("current_stage").annotate(firms=Count("pk")))
    page = registers.page_of(request, filters.qs.select_related("type"), count=sum(counts.values()))
    for row in page:
        row.stage_label = journeys.stage_label(row.current_stage)
    stages = [(label, counts.get(code, 0)) for code, label in Stage.choices]
    return render(request, "typology/firm_list.html", {"filters": filters, "page": page, "stages": stages})


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    collectivity = request.access.collectivity
    firm = registers.get_readable_or_404(request, journeys.journey_firms(collectivity), pk)
    journey = journeys.journey(firm, today=timezone.localdate(), accent=collectivity.accent)
    return render(request, "typology/firm_detail.html", {"firm": firm, "journey": journey})


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = journeys.supported_firms(request.access.collectivity)
    return journey_exports.firms(FirmFilter(request.GET, rows, request=request).qs, format)
