"""Several actions changed at once: chosen in the list, described on one page, told row by row."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from aict.ui.typography import NBSP
from typology import bulk_edit
from typology.filters import ActionPageFilter
from typology.forms.bulk import BulkEditForm
from typology.models import Action, Tag

SHOWN = 50  # chosen actions named on the page


@require_POST
@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest) -> HttpResponse:
    """Asked from the list (no `step`): the page. Sent from that page: the change, then what was refused."""
    collectivity, posted = request.access.collectivity, request.POST if "step" in request.POST else None
    rows = _chosen(request)
    numbers = list(rows.values_list("pk", flat=True)[: bulk_edit.MOST_EDITED + 1])
    if not numbers or len(numbers) > bulk_edit.MOST_EDITED:
        messages.error(request, _why_not(len(numbers)))
        return redirect(_list(request))
    worn = Tag.objects.for_collectivity(collectivity).filter(actions__in=numbers).distinct()
    form = BulkEditForm(posted, access=request.access, worn=list(worn))
    context = {"form": form, "numbers": numbers, "back": _list(request), "filters": request.POST.get("filters", "")}
    context |= {"actions": rows.for_list()[:SHOWN], "outcome": None}
    if form.is_valid():
        with transaction.atomic():
            actions = Action.objects.for_collectivity(collectivity).filter(pk__in=numbers)
            outcome = bulk_edit.apply(actions=actions, wanted=form.wanted(), author=request.access.user)
        if not outcome.refused:
            messages.success(request, _done(outcome))
            return redirect(_list(request))
        context |= {"outcome": outcome, "done": _done(outcome)}
    return render(request, "typology/action_bulk.html", context)


def _chosen(request: HttpRequest) -> QuerySet:
    """The ticked actions, or all those of the filtered list."""
    collectivity = request.access.collectivity
    if request.POST.get("scope") == "filtered":
        query = QueryDict(request.POST.get("filters", ""))
        return ActionPageFilter(query, Action.objects.for_collectivity(collectivity), request=request).qs.order_by()
    return bulk_edit.chosen(collectivity, request.POST.getlist("action"))


def _list(request: HttpRequest) -> str:
    """The list, under the filters that the person had."""
    query = QueryDict(request.POST.get("filters", "")).urlencode()
    return reverse("typology:action_list") + (f"?{query}" if query else "")


def _why_not(count: int) -> str:
    if count:
        return f"Plus de {bulk_edit.MOST_EDITED}{NBSP}actions à la fois : filtrez davantage la liste, puis recommencez."
    return "Aucune action n’est cochée : cochez-en au moins une, puis choisissez le geste."


def _done(outcome: bulk_edit.Outcome) -> str:
    """« 3 actions modifiées. 1 l’était déjà. »"""
    said = f"{outcome.changed}{NBSP}{'actions modifiées' if outcome.changed > 1 else 'action modifiée'}."
    if outcome.unchanged:
        said += f" {outcome.unchanged}{NBSP}{'étaient déjà ainsi' if outcome.unchanged > 1 else 'était déjà ainsi'}."
    return said
