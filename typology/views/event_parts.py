"""The parts of an event, written from its page: guests, appointments, programme, follow-ups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.accounts.register_forms import DatedForm
from aict.accounts.tenancy import TenantModel
from typology.forms.events import (
    AppointmentForm,
    FollowUpForm,
    GuestForm,
    ProgrammeItemForm,
    SeveralAppointmentsForm,
)
from typology.models import Appointment, Event, EventGuest, ProgrammeItem, Task


def _event(request: HttpRequest, pk: int) -> Event:
    return get_owned_or_404(request, Event.objects.select_related("action").live(), pk=pk)


def _part(request: HttpRequest, model: type[TenantModel], event_pk: int, pk: int) -> Any:
    event = _event(request, event_pk)
    part = get_owned_or_404(request, model.objects, pk=pk, event=event)
    part.event = event
    return part


def _written(
    request: HttpRequest,
    form_class: type[DatedForm],
    part: Any,
    *,
    words: tuple[str, str],
    anchor: str,
    initial: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The form of a part. `words`: the heading of the page, and what the message says once done."""
    heading, done = words
    back = f"{part.event.get_absolute_url()}#{anchor}"
    return registers.written(
        request,
        form_class,
        part,
        template="typology/event_part_form.html",
        done=done,
        initial=initial,
        context={"event": part.event, "heading": heading, "back": back},
        back=back,
    )


def _removed(request: HttpRequest, part: Any, *, noun: str, says: str, anchor: str) -> HttpResponse:
    page = part.event.get_absolute_url()
    trail = [("Évènements", reverse("typology:event_list")), (str(part.event), page)]
    return registers.removal(request, part, noun=noun, says=says, trail=trail, back=f"{page}#{anchor}")


# Guests ----------------------------------------------------------------------------------


@requires(Ability.EDIT_ACTIONS)
def guest_create(request: HttpRequest, event_pk: int) -> HttpResponse:
    guest = EventGuest(event=_event(request, event_pk))
    return _written(request, GuestForm, guest, words=("Ajouter un invité", "Invité ajouté"), anchor="invites")


@requires(Ability.EDIT_ACTIONS)
def guest_edit(request: HttpRequest, event_pk: int, pk: int) -> HttpResponse:
    guest = _part(request, EventGuest, event_pk, pk)
    return _written(request, GuestForm, guest, words=("Modifier un invité", "Invité modifié"), anchor="invites")


@requires(Ability.EDIT_ACTIONS)
def guest_delete(request: HttpRequest, event_pk: int, pk: int) -> HttpResponse:
    guest = _part(request, EventGuest, event_pk, pk)
    says = "Il quitte la liste des invités et le compte des visiteurs."
    return _removed(request, guest, noun="cet invité", says=says, anchor="invites")


# Appointments ----------------------------------------------------------------------------


@requires(Ability.EDIT_ACTIONS)
def appointment_create(request: HttpRequest, event_pk: int) -> HttpResponse:
    row = Appointment(event=_event(request, event_pk))
    words = ("Ajouter un rendez-vous", "Rendez-vous ajouté")
    initial = {"firm": request.GET.get("firm")}
    return _written(request, AppointmentForm, row, words=words, anchor="rendez-vous", initial=initial)


@requires(Ability.EDIT_ACTIONS)
def appointment_several(request: HttpRequest, event_pk: int) -> HttpResponse:
    """Several appointments of one firm, one counterpart a line."""
    event = _event(request, event_pk)
    sent = request.POST if request.method == "POST" else None
    initial = {"firm": request.GET.get("firm")}
    form = SeveralAppointmentsForm(sent, instance=Appointment(event=event), initial=initial, access=request.access)
    back = f"{event.get_absolute_url()}#rendez-vous"
    if form.is_valid():
        form.save()
        count = len(form.cleaned_data["counterparts"])
        messages.success(request, f"{count} rendez-vous ajouté{'s' if count > 1 else ''}.")
        return redirect(back)
    context = {"form": form, "event": event, "heading": "Ajouter plusieurs rendez-vous", "back": back}
    return render(request, "typology/event_part_form.html", context)


@requires(Ability.EDIT_ACTIONS)
def appointment_edit(request: HttpRequest, event_pk: int, pk: int) -> HttpResponse:
    row = _part(request, Appointment, event_pk, pk)
    words = ("Modifier un rendez-vous", "Rendez-vous modifié")
    return _written(request, AppointmentForm, row, words=words, anchor="rendez-vous")


@requires(Ability.EDIT_ACTIONS)
def appointment_delete(request: HttpRequest, event_pk: int, pk: int) -> HttpResponse:
    row = _part(request, Appointment, event_pk, pk)
    says = "Il n’est plus compté. S’il n’a pas eu lieu, mettez-le plutôt à l’état « annulé »."
    return _removed(request, row, noun="ce rendez-vous", says=says, anchor="rendez-vous")


# Programme -------------------------------------------------------------------------------


@requires(Ability.EDIT_ACTIONS)
def item_create(request: HttpRequest, event_pk: int) -> HttpResponse:
    event = _event(request, event_pk)
    last = event.programme.order_by("-day", "-pk").first()
    words = ("Ajouter un moment", "Moment ajouté")
    initial = {"day": last.day if last and event.holds(last.day) else event.starts}
    row = ProgrammeItem(event=event)
    return _written(request, ProgrammeItemForm, row, words=words, anchor="programme", initial=initial)


@requires(Ability.EDIT_ACTIONS)
def item_edit(request: HttpRequest, event_pk: int, pk: int) -> HttpResponse:
    row = _part(request, ProgrammeItem, event_pk, pk)
    words = ("Modifier un moment", "Moment modifié")
    return _written(request, ProgrammeItemForm, row, words=words, anchor="programme")


@requires(Ability.EDIT_ACTIONS)
def item_delete(request: HttpRequest, event_pk: int, pk: int) -> HttpResponse:
    row = _part(request, ProgrammeItem, event_pk, pk)
    return _removed(request, row, noun="ce moment", says="Il quitte le programme.", anchor="programme")


# Follow-ups ------------------------------------------------------------------------------


@requires(Ability.EDIT_ACTIONS)
def follow_up_create(request: HttpRequest, event_pk: int) -> HttpResponse:
    event = _event(request, event_pk)
    row = Task(event=event, action=event.action)
    return _written(request, FollowUpForm, row, words=("Ajouter une suite", "Suite ajoutée"), anchor="suites")
