"""Actions: pages of the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.accounts.models import Collectivity
from aict.jobs import exports as bulk
from partners import standing
from typology import action_checks, advice, classification, counts, questions, status_moves
from typology.action_register import ACTIONS
from typology.budget import budget
from typology.completeness import gaps
from typology.filters import ActionPageFilter
from typology.follow_up import followed
from typology.forms import ActionForm, QuickActionForm
from typology.gate import gate_of
from typology.links import related
from typology.listing import listing
from typology.models import Action, ActionPurpose, ActionType
from typology.series import editions_of


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows, deleted = registers.rows_to_list(request, Action.objects, restore=Ability.EDIT_ACTIONS)
    filters = ActionPageFilter(request.GET, rows, request=request)
    context = {"filters": filters, "deleted": deleted}
    if deleted:
        context["page"] = registers.page_of(request, filters.qs.for_list())
    else:
        context["listing"] = listing(filters.qs, request.GET)
    return render(request, "typology/action_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Action.objects.for_detail().prefetch_related("agreement__amendments")
    action = registers.get_readable_or_404(request, rows, pk)
    return render(request, "typology/action_detail.html", _sheet(action, request.access.collectivity))


def _sheet(action: Action, collectivity: Collectivity) -> dict[str, Any]:
    """What the page of an action tells, today."""
    on = timezone.localdate()
    action.collectivity = collectivity  # the same one, already read
    # Indicators live in the layer above: they are reached backwards, through their own verbs.
    uses = list(action.indicator_uses.with_last_measure())
    taken = {use.indicator_id for use in uses}
    counted = counts.counted(action, {use.indicator.code for use in uses})
    category = action.category
    return {
        "action": action,
        "agreement": standing.standing(action.agreement, on) if action.agreement else None,
        "budget": budget(action.budget_lines.for_table()),
        "followed": followed(uses, accent=collectivity.accent, counts=counted),
        "proposed": [row for row in category.indicators.proposed_for(category.code) if row.pk not in taken],
        "gate": gate_of(action, indicators=len(uses)),
        "gaps": gaps(action),
        "editions": editions_of(action),
        "status_moves": status_moves.moves(action.status),
        "place": classification.place_of(action),
        "disagreement": classification.disagreement(action),
        "sheet": action_checks.brief(action, on=on),
        "links": related(action),
        "advice": advice.advice(collectivity.kind, category),
        "documents": list(action.documents.for_list()),
        "changes": registers.changes_of(action),
        "on": on,
    }


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    """The quick log: five fields. The page of the action then lists what it lacks."""
    action = Action(**classification.answers_in(request.GET))
    posted = request.POST if request.method == "POST" else None
    form = QuickActionForm(posted, instance=action, initial=_known(request), access=request.access)
    if form.is_valid():
        form.save()
        messages.success(request, f"Action consignée : « {action} ».")
        return redirect("typology:action_create") if "again" in request.POST else redirect(action)
    templates = Action.objects.for_collectivity(request.access.collectivity).templates()
    context = {"form": form, "templates": templates, **_implied(request, form)}
    return render(request, "typology/quick_action.html", context)


@requires(Ability.EDIT_ACTIONS)
@transaction.atomic
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Action.objects.all()
    if request.method == "POST":  # one at a time, else two people would both move it from the same state
        rows = rows.select_for_update(of=("self",))
    action = get_owned_or_404(request, rows, pk=pk)
    saved_name = action.title
    form = ActionForm(request.POST if request.method == "POST" else None, instance=action, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(request, f"Action modifiée : « {action} ».")
        if form.left:
            messages.warning(request, questions.left_in_words(form.left))
        return redirect(action)
    context = {"form": form, "row": action, "saved_name": saved_name, **_implied(request, form)}
    return render(request, "typology/action_form.html", context)


def _known(request: HttpRequest) -> dict[str, Any]:
    """What the link that led here already knows: a type by its code, a territory, an agreement, an office."""
    kind = ActionType.objects.current().filter(code=request.GET.get("type", "").replace("\x00", "")).first()
    return {"type": kind, **{name: request.GET.get(name) for name in ("territory", "agreement", "office")}}


def _implied(request: HttpRequest, form: ActionForm | QuickActionForm) -> dict[str, Any]:
    """What _type_implied.html tells of the type that the form holds, and of those that may be chosen instead."""
    chosen = form.cleaned_data.get("type") if form.is_bound else form.initial.get("type")
    pk = getattr(chosen, "pk", chosen)
    return {
        "kind": ActionType.objects.select_related("purpose__category").filter(pk=pk).first() if pk else None,
        "purposes": ActionPurpose.objects.current().select_related("category"),
        "advices": advice.by_category(request.access.collectivity.kind),
    }


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=pk)
    return registers.deletion(request, action, noun="cette action", back="typology:action_list", label="Actions")


@require_POST
@requires(Ability.EDIT_ACTIONS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Action.objects, pk, back="typology:action_list")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    return bulk.answer(request, ACTIONS, format)
