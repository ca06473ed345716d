"""Links between actions: added and removed from the page of one of them (SYS-09)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology.forms.links import ActionLinkForm
from typology.links import BACKWARDS
from typology.models import Action, ActionLink


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    posted = request.POST if request.method == "POST" else None
    form = ActionLinkForm(posted, instance=ActionLink(), action=action, access=request.access)
    if form.is_valid():
        link = form.save()
        messages.success(request, f"Lien ajouté : « {link} ».")
        return redirect(f"{action.get_absolute_url()}#liens")
    return render(request, "typology/action_link_form.html", {"form": form, "action": action})


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    link = get_owned_or_404(request, ActionLink.objects.around(action), pk=pk)
    back_words = BACKWARDS[link.kind]
    return registers.removal(
        request,
        link,
        noun="ce lien",
        says=f"Il quitte les deux actions : « {link.target} » {back_words} « {link.source} ». Elles restent.",
        trail=[("Actions", reverse("typology:action_list")), (str(action), action.get_absolute_url())],
        back=f"{action.get_absolute_url()}#liens",
    )
