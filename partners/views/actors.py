"""The support system: directory of its actors (SYS-15), map (SYS-14), local corrections."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import support_system
from partners.filters import ActorFilter, ActorMapFilter
from partners.forms import ActorCorrectionForm
from partners.models import ActorCorrection, SupportActor


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    actors = SupportActor.objects.for_list().placed_for(request.access.collectivity)
    filters = ActorFilter(request.GET, actors)
    page = registers.page_of(request, filters.qs)
    context = {
        "filters": filters,
        "page": page,
        "positions": [support_system.Position.of(actor) for actor in page],
        "changed": filters.qs.changed().count(),
    }
    return render(request, "partners/actor_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    collectivity = request.access.collectivity
    actor = get_object_or_404(SupportActor.objects.for_list().placed_for(collectivity), code=code)
    correction = support_system.correction_of(actor, collectivity)
    context = {
        "actor": actor,
        "position": support_system.Position.of(actor),
        "correction": correction,
        # Schemes live in a higher layer: they are reached backwards, through their own verbs.
        "schemes": list(actor.schemes.current()),
        "changes": registers.changes_of(correction) if correction else [],
    }
    return render(request, "partners/actor_detail.html", context)


@require_safe
@requires(Ability.VIEW)
def map(request: HttpRequest) -> HttpResponse:
    actors = SupportActor.objects.for_list().placed_for(request.access.collectivity).on_map()
    filters = ActorMapFilter(request.GET, actors)
    positions = [support_system.Position.of(actor) for actor in filters.qs]
    context = {
        "filters": filters,
        "positions": positions,
        "bands": support_system.bands(positions),
        "corrected": sum(position.is_corrected for position in positions),
    }
    return render(request, "partners/actor_map.html", context)


@requires(Ability.EDIT_STAKEHOLDERS)
def correct(request: HttpRequest, code: str) -> HttpResponse:
    actor = get_object_or_404(SupportActor.objects.current(), code=code)
    row = support_system.correction_of(actor, request.access.collectivity) or ActorCorrection(actor=actor)
    return registers.written(
        request,
        ActorCorrectionForm,
        row,
        template="partners/actor_correction.html",
        done="Position corrigée pour votre collectivité",
        initial={"sector": actor.sector, "location": actor.location},
        context={"actor": actor},
    )


@require_POST
@requires(Ability.EDIT_STAKEHOLDERS)
def uncorrect(request: HttpRequest, code: str) -> HttpResponse:
    correction = get_owned_or_404(request, ActorCorrection.objects.select_related("actor"), actor__code=code)
    registers.remove(row=correction, author=request.access.user)
    messages.success(request, f"« {correction.actor} » reprend la position du guide.")
    return redirect(correction.actor)
