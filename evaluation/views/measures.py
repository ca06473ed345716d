"""Measures: pages of the register, and the moves of their state."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from evaluation import exports, states
from evaluation.filters import MeasureFilter
from evaluation.forms import MeasureForm
from evaluation.models import Indicator, Measure


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows, deleted = registers.rows_to_list(request, Measure.objects, restore=Ability.EDIT_MEASURES)
    filters = MeasureFilter(request.GET, rows.for_list(), request=request)
    page = registers.page_of(request, filters.qs)
    context = {"filters": filters, "page": page, "tally": filters.qs.tally(), "deleted": deleted}
    return render(request, "evaluation/measure_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    measure = registers.get_readable_or_404(request, Measure.objects.for_list().select_related("author"), pk)
    context = {
        "measure": measure,
        "moves": states.possible_moves(measure, request.access.user),
        "awaits": states.awaits_somebody_else(measure, request.access.user),
        "changes": registers.changes_of(measure),
    }
    return render(request, "evaluation/measure_detail.html", context)


@requires(Ability.EDIT_MEASURES)
def create(request: HttpRequest) -> HttpResponse:
    return _write(request, Measure(), "Mesure enregistrée")


@requires(Ability.EDIT_MEASURES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _write(request, get_owned_or_404(request, Measure.objects.for_list(), pk=pk), "Mesure modifiée")


def _write(request: HttpRequest, measure: Measure, done: str) -> HttpResponse:
    saved_name, was_draft = str(measure) if measure.pk else "", measure.state == "draft"
    posted = request.POST if request.method == "POST" else None
    form = MeasureForm(posted, instance=measure, initial=_initial(request, measure), access=request.access)
    if form.is_valid():
        form.save()
        again = (
            "" if was_draft or measure.state != "draft" else " Elle redevient un brouillon : soumettez-la de nouveau."
        )
        messages.success(request, f"{done} : « {measure} ».{again}")
        return redirect(measure)
    return render(request, "evaluation/measure_form.html", {"form": form, "row": measure, "saved_name": saved_name})


def _initial(request: HttpRequest, measure: Measure) -> dict[str, Any]:
    """What the link that led here already knows: an indicator by its code, and so its unit; an action, a territory.

    A count of the tool also gives its value and its source: whoever measures still decides.
    """
    if measure.pk:
        return {}
    indicator = Indicator.objects.current().filter(code=request.GET.get("indicator", "").replace("\x00", "")).first()
    given = {"indicator": indicator, "unit": indicator.unit} if indicator else {}
    for name in ("value", "source"):
        if known := request.GET.get(name, "").replace("\x00", "")[:500]:
            given[name] = known
    return {**given, "action": request.GET.get("action"), "territory": request.GET.get("territory")}


@require_POST
@requires(Ability.EDIT_MEASURES)
def state(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    measure = get_owned_or_404(request, Measure.objects, pk=pk)
    if move not in states.MOVES:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        moved = states.change_state(measure=measure, code=move, reason=reason, author=request.access.user)
    except states.MoveRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"État de la mesure : {moved.get_state_display().lower()}.")
    return redirect(measure)


@requires(Ability.EDIT_MEASURES)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    measure = get_owned_or_404(request, Measure.objects.for_list(), pk=pk)
    return registers.deletion(request, measure, noun="cette mesure", back="evaluation:measure_list", label="Mesures")


@require_POST
@requires(Ability.EDIT_MEASURES)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Measure.objects, pk, back="evaluation:measure_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Measure.objects.for_collectivity(request.access.collectivity).for_list()
    return exports.measures(MeasureFilter(request.GET, rows, request=request).qs, format)
