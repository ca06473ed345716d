"""Geographic targets: the page of the map, and the form of one target, whose mode is chosen first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import targeting
from typology.forms import TargetForm
from typology.models import Target


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "typology/target_list.html", {"page": targeting.page(request.access.collectivity)})


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    modes = targeting.modes()
    chosen = next((mode for mode in modes if mode.category.code == request.GET.get("category")), None)
    if chosen is None:
        return render(request, "typology/target_mode.html", {"modes": modes})
    return _written(request, Target(category=chosen.category), chosen, "Cible ajoutée")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    target = get_owned_or_404(request, Target.objects.for_list(), pk=pk)
    mode = next(mode for mode in targeting.modes() if mode.category.pk == target.category_id)
    return _written(request, target, mode, "Cible modifiée")


def _written(request: HttpRequest, target: Target, mode: targeting.Mode, done: str) -> HttpResponse:
    context = {"mode": mode, "advice": targeting.advice_on(target) if target.pk else ""}
    return registers.written(
        request, TargetForm, target, template="typology/target_form.html", done=done, context=context
    )


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    target = get_owned_or_404(request, Target.objects.for_list(), pk=pk)
    back = target.get_absolute_url()
    return registers.removal(
        request,
        target,
        noun="cette cible",
        says=f"Elle quitte la carte et les tableaux de la zone « {target.zone.label} ».",
        trail=[("Ciblage", reverse("typology:target_list"))],
        back=back,
    )
