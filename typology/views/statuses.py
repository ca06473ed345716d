"""The state of an action: moved in one gesture, told to whoever comes second."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import status_moves
from typology.forms.statuses import StatusForm
from typology.gate import gate_of
from typology.models import Action


@requires(Ability.EDIT_ACTIONS)
@transaction.atomic
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """The moves of an action (GET), then one of them (POST), with the state that the person saw (`from`)."""
    rows, posted = Action.objects.select_related("collectivity"), None
    if request.method == "POST":  # one at a time, else two people would both move it from the same state
        rows, posted = rows.select_for_update(of=("self",)), request.POST
    action = get_owned_or_404(request, rows, pk=pk)
    stale = status_moves.stale(action, posted.get("from", "")) if posted is not None else None
    form = StatusForm(posted, instance=action, access=request.access)
    if not stale and form.is_valid():
        form.save()
        messages.success(request, f"« {action} » : {action.get_status_display().lower()}.")
        return redirect(action)
    if stale:  # the moves of the state it is in now, with what was typed
        typed = {name: request.POST[name] for name in form.WRITTEN if request.POST.get(name)}
        form = StatusForm(instance=action, access=request.access, initial=typed)
    action.refresh_from_db()  # what the refused form set on it
    given = gate_of(action, indicators=action.indicator_uses.count())
    context = {"action": action, "form": form, "stale": stale, "gate": given}
    return render(request, "typology/action_status.html", context, status=409 if stale else 200)
