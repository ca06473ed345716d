"""The choice of a mode of intervention (SYS-11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from typology.forms.modes import ModeForm
from typology.models import ActionCategory


@require_safe
@requires(Ability.VIEW)
def choose(request: HttpRequest) -> HttpResponse:
    form = ModeForm(request.GET or None)
    rows = {row.code: row for row in ActionCategory.objects.current()}
    suggestions = [(rows[one.mode], one) for one in form.suggestions] if form.is_valid() else []
    context = {"form": form, "suggestions": suggestions, "categories": rows.values()}
    return render(request, "typology/action_modes.html", context)
