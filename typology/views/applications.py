"""Applications of the collectivité to funding schemes: pages, and the gestures that move them (SYS-39)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, number_in, requires
from aict.accounts.enums import Ability
from typology import applications, exports, funding_match
from typology.enums import ApplicationState
from typology.forms.funding import ApplicationForm, MoveForm
from typology.funding_filters import FundingApplicationFilter
from typology.models import Action, FundingApplication, FundingCall, FundingScheme


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows = FundingApplication.objects.for_collectivity(request.access.collectivity)
    filters = FundingApplicationFilter(request.GET, rows, request=request)
    page = registers.page_of(request, filters.qs.for_list())
    sums = filters.qs.by_state()
    context = {
        "filters": filters,
        "page": page,
        "rows": [(row, applications.KINDS[row.state]) for row in page],
        "sums": [(state.label, sums[state.value]) for state in ApplicationState if state.value in sums],
    }
    return render(request, "typology/application_list.html", context)


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = FundingApplication.objects.for_collectivity(request.access.collectivity).for_list()
    return exports.applications(FundingApplicationFilter(request.GET, rows, request=request).qs, format)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = FundingApplication.objects.select_related("scheme__funder", "call", "action")
    application = get_owned_or_404(request, rows, pk=pk)
    context = {
        "application": application,
        "kind": applications.KINDS[application.state],
        "moves": applications.moves(application),
        "changes": registers.changes_of(application),
    }
    return render(request, "typology/application_detail.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return registers.written(
        request,
        ApplicationForm,
        FundingApplication(),
        template="typology/application_form.html",
        done="Candidature repérée",
        initial=_known(request),
    )


def _known(request: HttpRequest) -> dict[str, Any]:
    """What the link that led here knows: a scheme by its code, a call, an action whose title names the project."""
    wanted = {name: request.GET.get(name, "").replace("\x00", "") for name in ("scheme", "call", "action")}
    own = request.access.collectivity
    call = FundingCall.objects.for_collectivity(own).filter(pk=number_in(wanted["call"])).first()
    action = Action.objects.for_collectivity(own).filter(pk=number_in(wanted["action"])).first()
    scheme = FundingScheme.objects.current().filter(code=wanted["scheme"]).first()
    return {
        "scheme": call.scheme_id if call else scheme,
        "call": call.pk if call else None,
        "action": action.pk if action else None,
        "title": action.title if action else "",
    }


@require_POST
@requires(Ability.EDIT_ACTIONS)
def spot(request: HttpRequest, action_pk: int, code: str) -> HttpResponse:
    """An application of this action to this scheme, in one gesture, with the call when only one is to come."""
    action = get_owned_or_404(request, Action.objects.select_related("collectivity"), pk=action_pk)
    scheme = get_object_or_404(FundingScheme.objects.current(), code=code)
    calls = FundingCall.objects.for_collectivity(action.collectivity).filter(scheme=scheme)
    coming = list(calls.open_on(timezone.localdate())[:2])
    call = coming[0] if len(coming) == 1 else None
    application, is_new = funding_match.spot(action=action, scheme=scheme, call=call, author=request.access.user)
    told = "Financement repéré" if is_new else "Déjà repéré"
    messages.success(request, f"{told} : « {application} », {scheme.label}.")
    return redirect(application)


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    application = get_owned_or_404(request, FundingApplication.objects, pk=pk)
    template = "typology/application_form.html"
    return registers.written(request, ApplicationForm, application, template=template, done="Candidature modifiée")


@requires(Ability.EDIT_ACTIONS)
def move(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """The form of a step (GET), then the step (POST)."""
    application = get_owned_or_404(request, FundingApplication.objects, pk=pk)
    if state not in applications.ASKED:
        raise Http404
    back = application.get_absolute_url()
    try:
        applications.check_move(application, state)
        posted = request.POST if request.method == "POST" else None
        form = MoveForm(posted, instance=application, state=ApplicationState(state), access=request.access)
        if form.is_valid():
            form.save()
            messages.success(request, f"Candidature « {application} » : {application.get_state_display().lower()}.")
            return redirect(back)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(back)
    context = {"form": form, "application": application, "verb": applications.VERBS[state]}
    return render(request, "typology/application_move.html", context)


@require_POST
@requires(Ability.EDIT_ACTIONS)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    application = get_owned_or_404(request, FundingApplication.objects, pk=pk)
    try:
        before = applications.undo(application=application, author=request.access.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Candidature « {application} » revenue à l’état « {before.label} ».")
    return redirect(application)


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    application = get_owned_or_404(request, FundingApplication.objects, pk=pk)
    return registers.removal(
        request,
        application,
        noun="cette candidature",
        says="Ses dates et ses montants quittent les totaux.",
        trail=[
            ("Candidatures", reverse("typology:application_list")),
            (str(application), application.get_absolute_url()),
        ],
        back=reverse("typology:application_list"),
    )
