"""Calls for projects that the collectivité watches (SYS-39)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import calls
from typology.forms.funding import CallForm
from typology.funding_filters import FundingCallFilter
from typology.models import FundingCall, FundingScheme


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on, collectivity = timezone.localdate(), request.access.collectivity
    rows = FundingCall.objects.for_collectivity(collectivity).by_deadline(on)
    filters = FundingCallFilter(request.GET, rows, request=request)
    page = registers.page_of(request, filters.qs)
    context = {
        "filters": filters,
        "page": page,
        "standings": [(call, call.state(on)) for call in page],
        "has_example": calls.example_of(collectivity) is not None,
        "on": on,
    }
    return render(request, "typology/call_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    call = get_owned_or_404(request, FundingCall.objects.select_related("scheme__funder"), pk=pk)
    on = timezone.localdate()
    context = {
        "call": call,
        "standing": call.state(on),
        "on": on,
        "sdgs": list(call.sdgs.all()),
        "applications": list(call.applications.for_list()),
        "changes": registers.changes_of(call),
    }
    return render(request, "typology/call_detail.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("scheme", "").replace("\x00", "")
    initial = {"scheme": FundingScheme.objects.current().filter(code=code).first()}
    return registers.written(
        request, CallForm, FundingCall(), template="typology/call_form.html", done="Appel ajouté", initial=initial
    )


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    call = get_owned_or_404(request, FundingCall.objects, pk=pk)
    return registers.written(request, CallForm, call, template="typology/call_form.html", done="Appel modifié")


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    call = get_owned_or_404(request, FundingCall.objects, pk=pk)
    return registers.removal(
        request,
        call,
        noun="cet appel",
        says="Sa date limite n’est plus rappelée.",
        trail=[("Appels à projets", reverse("typology:call_list")), (str(call), call.get_absolute_url())],
        back=reverse("typology:call_list"),
        gesture=calls.remove,
    )


@require_POST
@requires(Ability.EDIT_ACTIONS)
def take_over(request: HttpRequest) -> HttpResponse:
    call = calls.take_over_example(collectivity=request.access.collectivity, author=request.access.user)
    messages.success(request, f"Exemple repris : « {call} ».")
    return redirect(call)
