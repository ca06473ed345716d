"""Agreements: pages of the register (SYS-26)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import exports, standing
from partners.filters import AgreementFilter
from partners.forms import AgreementForm
from partners.models import Agreement


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    rows, deleted = registers.rows_to_list(request, Agreement.objects, restore=Ability.EDIT_PARTNERS)
    filters = AgreementFilter(request.GET, rows.for_list(on))
    page = registers.page_of(request, filters.qs.by_urgency(on))
    context = {
        "filters": filters,
        "page": page,
        "standings": standing.standings(page, on),
        "tally": filters.qs.tally(),
        "deleted": deleted,
        "on": on,
    }
    return render(request, "partners/agreement_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    on = timezone.localdate()
    agreement = registers.get_readable_or_404(request, Agreement.objects.for_list(on), pk)
    siblings = agreement.territory.agreements.for_collectivity(agreement.collectivity).exclude(pk=pk)
    context = {
        "agreement": agreement,
        "standing": standing.standing(agreement, on),
        "dates": standing.dates(agreement),
        "findings": standing.findings(agreement, on),
        # Linked actions stay visible whatever became of the agreement (SYS-26).
        "actions": list(agreement.actions.for_collectivity(agreement.collectivity).for_list()),
        # The virtuous circle (SYS-37): short actions lean on the agreement and bring it something back.
        "circle": list(agreement.trust_events.for_collectivity(agreement.collectivity).for_circle()),
        "siblings": standing.standings(standing.newest_first(siblings.for_list(on).with_actions()), on),
        "documents": list(agreement.documents.for_list()),
        "changes": registers.changes_of(agreement),
        "on": on,
    }
    return render(request, "partners/agreement_detail.html", context)


@requires(Ability.EDIT_PARTNERS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Agreement(), "Accord ajouté")


@requires(Ability.EDIT_PARTNERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Agreement.objects, pk=pk), "Accord modifié")


def _written(request: HttpRequest, agreement: Agreement, done: str) -> HttpResponse:
    initial = {"territory": request.GET.get("territory"), "holder": str(request.access.collectivity)}
    return registers.written(
        request, AgreementForm, agreement, template="partners/agreement_form.html", done=done, initial=initial
    )


@requires(Ability.EDIT_PARTNERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = get_owned_or_404(request, Agreement.objects, pk=pk)
    return registers.deletion(request, agreement, noun="cet accord", back="partners:agreement_list", label="Accords")


@require_POST
@requires(Ability.EDIT_PARTNERS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Agreement.objects, pk, back="partners:agreement_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    on = timezone.localdate()
    rows = Agreement.objects.for_collectivity(request.access.collectivity).for_list(on)
    return exports.agreements(AgreementFilter(request.GET, rows).qs.by_urgency(on), on, format)
