"""The indicators that follow an action, written from its page."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from evaluation.forms import IndicatorUseForm
from evaluation.models import Indicator, IndicatorUse
from typology import gate
from typology.models import Action


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    return _written(request, IndicatorUse(action=action), "Indicateur ajouté")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    return _written(request, _use(request, action_pk, pk), "Indicateur modifié")


def _written(request: HttpRequest, use: IndicatorUse, done: str) -> HttpResponse:
    asked = Indicator.objects.current().filter(code=request.GET.get("indicator", "").replace("\x00", "")).first()
    return registers.written(
        request,
        IndicatorUseForm,
        use,
        template="evaluation/indicator_use_form.html",
        done=done,
        initial={"indicator": asked} if asked else {},
        context={"use": use, "action": use.action, "asked": asked},
        back=f"{use.action.get_absolute_url()}#indicateurs",
    )


@requires(Ability.EDIT_ACTIONS)
@transaction.atomic
def delete(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    use = _use(request, action_pk, pk)
    page = use.action.get_absolute_url()
    back = f"{page}#indicateurs"
    if request.method == "POST":  # one at a time, else the last two could leave together
        use.action = Action.objects.select_for_update(of=("self",)).get(pk=use.action_id)
    others = use.action.indicator_uses.exclude(pk=use.pk).count()
    if refused := gate.removal_refusal(use.action, indicators=others):
        messages.error(request, refused)
        return redirect(back)
    return registers.removal(
        request,
        use,
        noun="cet indicateur suivi",
        says=f"Il quitte l’action « {use.action} ».",
        trail=[("Actions", reverse("typology:action_list")), (str(use.action), page)],
        back=back,
    )


def _use(request: HttpRequest, action_pk: int, pk: int) -> IndicatorUse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    return get_owned_or_404(request, IndicatorUse.objects.select_related("action", "indicator"), pk=pk, action=action)
