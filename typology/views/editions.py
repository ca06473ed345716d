"""Recurring actions: the rule of a series, and the gesture that makes its next edition."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import series
from typology.forms.editions import RecurrenceForm
from typology.models import Action


@requires(Ability.EDIT_ACTIONS)
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects.select_related("series", "type__purpose__category"), pk=pk)
    form = RecurrenceForm(request.POST if request.method == "POST" else None, action=action, access=request.access)
    if form.is_valid() and form.give():
        messages.success(request, f"Règle enregistrée : « {action.series} ».")
        return redirect(f"{action.get_absolute_url()}#editions")
    return render(request, "typology/action_recurrence.html", {"form": form, "action": action})


@require_POST
@requires(Ability.EDIT_ACTIONS)
def make_next(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects.for_detail(), pk=pk)
    try:
        edition, is_new = series.make_next(action=action, author=request.access.user)
    except ValidationError as refused:
        messages.error(request, f"L’édition suivante n’est pas créée. {' '.join(refused.messages)}")
        return redirect(f"{action.get_absolute_url()}#editions")
    if is_new:
        messages.success(request, f"Édition suivante créée : « {edition} ». Vérifiez ses dates et ses montants.")
    else:
        messages.info(request, f"Cette édition existait déjà : « {edition} ». La voici.")
    return redirect(edition)
