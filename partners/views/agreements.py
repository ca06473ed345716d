"""Agreements: pages of the register (SYS-26)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import checklist, exports, legal_cover, renewal, standing
from partners.filters import AgreementFilter
from partners.forms import AgreementForm
from partners.models import Agreement


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    rows, deleted = registers.rows_to_list(request, Agreement.objects, restore=Ability.EDIT_PARTNERS)
    filters = AgreementFilter(request.GET, rows.for_list(on))
    tally = filters.qs.tally()
    page = registers.page_of(request, filters.qs.by_urgency(on), tally["total"])
    context = {
        "filters": filters,
        "page": page,
        "standings": standing.standings(page, on),
        "tally": tally,
        "deleted": deleted,
        "on": on,
    }
    return render(request, "partners/agreement_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    on = timezone.localdate()
    agreement = registers.get_readable_or_404(request, Agreement.objects.for_list(on), pk)
    context = {**_legal(agreement, on), **_around(agreement, on), "agreement": agreement, "on": on}
    return render(request, "partners/agreement_detail.html", context)


def _legal(agreement: Agreement, on: date) -> dict[str, Any]:
    """Its state and the reasons, its legal steps with their documents, its avenants and parties."""
    documents = list(agreement.documents.for_list())
    return {
        "standing": standing.standing(agreement, on),
        "steps": checklist.steps(agreement, on, documents),
        "dates": standing.dates(agreement, on),
        "findings": standing.findings(agreement, on),
        "amendments": legal_cover.amendments_of(agreement),
        "parties": list(agreement.parties.all()),
        "documents": documents,
    }


def _around(agreement: Agreement, on: date) -> dict[str, Any]:
    """What leans on it, what follows it, and its history."""
    collectivity = agreement.collectivity
    siblings = (
        Agreement.objects.for_collectivity(collectivity).covering(agreement.territory_id).exclude(pk=agreement.pk)
    )
    others = standing.newest_first(siblings.for_list(on).with_actions())
    return {
        # Linked actions stay visible whatever became of the agreement (SYS-26).
        "actions": list(agreement.actions.for_collectivity(collectivity).for_list()),
        # The virtuous circle (SYS-37): short actions lean on the agreement and bring it something back.
        "circle": list(agreement.trust_events.for_collectivity(collectivity).for_circle()),
        "chain": standing.chain(agreement, others, on),
        "siblings": standing.standings(others, on),
        "changes": registers.changes_of(agreement),
    }


@requires(Ability.EDIT_PARTNERS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Agreement(), "Accord ajouté")


@requires(Ability.EDIT_PARTNERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Agreement.objects, pk=pk), "Accord modifié")


def _written(request: HttpRequest, agreement: Agreement, done: str) -> HttpResponse:
    renewed = _renewed(request) if agreement.pk is None else None
    initial = {"territory": request.GET.get("territory"), "holder": str(request.access.collectivity)}
    if renewed:
        initial = renewal.successor(renewed, timezone.localdate())
    template, context = "partners/agreement_form.html", {"renewed": renewed}
    return registers.written(
        request, AgreementForm, agreement, template=template, done=done, initial=initial, context=context
    )


def _renewed(request: HttpRequest) -> Agreement | None:
    """The agreement that a new one renews, named in the address; one that cannot be read is ignored."""
    number = request.GET.get("renews", "")
    if not (number.isdecimal() and len(number) < 19):
        return None
    rows = Agreement.objects.for_collectivity(request.access.collectivity)
    return rows.with_parties().filter(pk=number).first()


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
