"""Events: pages of the register, the programme on paper, the stand (SYS-19, SYS-23)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import events, exports, stands, tasks
from typology.enums import EventKind
from typology.event_filters import EventFilter
from typology.forms.events import EventForm
from typology.forms.stands import StandForm
from typology.models import Event


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows, deleted = registers.rows_to_list(request, Event.objects, restore=Ability.EDIT_ACTIONS)
    filters = EventFilter(request.GET, rows if deleted else rows.live(), request=request)
    page = registers.page_of(request, filters.qs.for_list().with_counts())
    return render(request, "typology/event_list.html", {"filters": filters, "page": page, "deleted": deleted})


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    event = registers.get_readable_or_404(request, Event.objects.for_detail(), pk)
    days = events.programme(event, event.programme.for_programme())
    appointments = list(event.appointments.for_table())
    is_open = not event.deleted_at and not event.action.deleted_at
    context = {
        "event": event,
        "may_edit": request.access.may(Ability.EDIT_ACTIONS) and is_open,
        "guests": list(event.guests.select_related("stakeholder")),
        "entries": list(event.participations.for_journey()),
        "appointments": [events.Meeting(row, events.is_outside(event, row.at)) for row in appointments],
        "days": days,
        "stand": stands.stand_of(event, event.shares.select_related("actor", "stakeholder")),
        "sharing_hint": stands.SHARING_HINT,
        "tasks": tasks.rows(event.tasks.for_list(), timezone.localdate()),
        "advice": events.advice(event, days, appointments),
        "changes": registers.changes_of(event),
    }
    return render(request, "typology/event_detail.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Event(), "Évènement ajouté")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Event.objects.live(), pk=pk), "Évènement modifié")


def _written(request: HttpRequest, event: Event, done: str) -> HttpResponse:
    return registers.written(
        request, EventForm, event, template="typology/event_form.html", done=done, initial=_initial(request)
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What the link that led here already knows: an action and its territory, a kind."""
    given = {name: request.GET.get(name) for name in ("action", "territory")}
    kind = request.GET.get("kind")
    return {**given, "kind": kind if kind in EventKind.values else None}


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    event = get_owned_or_404(request, Event.objects, pk=pk)
    return registers.deletion(request, event, noun="cet évènement", back="typology:event_list", label="Évènements")


@require_POST
@requires(Ability.EDIT_ACTIONS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Event.objects, pk, back="typology:event_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Event.objects.for_collectivity(request.access.collectivity).live().for_list().with_counts()
    return exports.events(EventFilter(request.GET, rows, request=request).qs, format)


@require_safe
@requires(Ability.VIEW)
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """The programme to hand to a delegation; `?pour=equipe`: that of the services, with what guests need not read."""
    event = registers.get_readable_or_404(request, Event.objects.for_detail(), pk)
    for_team = request.GET.get("pour") == "equipe"
    context = {
        "event": event,
        "for_team": for_team,
        "days": events.programme(event, event.programme.for_programme()),
        "guests": list(event.guests.all()),
        "tasks": tasks.rows(event.tasks.for_list(), timezone.localdate()) if for_team else [],
        "on": timezone.localdate(),
    }
    return render(request, "typology/event_programme.html", context)


@requires(Ability.EDIT_ACTIONS)
def stand(request: HttpRequest, pk: int) -> HttpResponse:
    """How the stand is borne, and all its shares at once."""
    event = get_owned_or_404(request, Event.objects.live(), pk=pk)
    form = StandForm(request.POST if request.method == "POST" else None, event=event, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(request, f"Stand enregistré : « {event} ».")
        return redirect(f"{event.get_absolute_url()}#stand")
    return render(request, "typology/event_stand.html", {"form": form, "event": event})
