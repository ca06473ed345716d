"""The copy of an action, also from a template."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import duplicating
from typology.forms.editions import DuplicateForm
from typology.models import Action


@requires(Ability.EDIT_ACTIONS)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects.for_detail(), pk=pk)
    form = DuplicateForm(request.POST if request.method == "POST" else None, source=action, access=request.access)
    if form.is_valid():
        try:
            copy = form.save()
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, f"Action créée d’après « {action} » : « {copy} ».")
            return redirect(copy)
    context = {"form": form, "action": action, "left_behind": duplicating.left_behind(action)}
    return render(request, "typology/action_duplicate.html", context)
