"""Stakeholders: pages of the register."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import exports, standing
from partners.filters import StakeholderFilter
from partners.forms import StakeholderForm
from partners.models import Agreement, Stakeholder


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows, deleted = registers.rows_to_list(request, Stakeholder.objects, restore=Ability.EDIT_STAKEHOLDERS)
    filters = StakeholderFilter(request.GET, rows.for_list().with_place(), request=request)
    context = {
        "filters": filters,
        "page": registers.page_of(request, filters.qs.with_actions()),
        "tally": filters.qs.tally(),
        "deleted": deleted,
    }
    return render(request, "partners/stakeholder_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    stakeholder = registers.get_readable_or_404(request, Stakeholder.objects.for_list().with_place(), pk)
    collectivity, on = request.access.collectivity, timezone.localdate()
    signed = Agreement.objects.for_collectivity(collectivity).filter(pk__in=stakeholder.party_to.values("agreement"))
    context = {
        "stakeholder": stakeholder,
        "territories": list(stakeholder.territories.with_deleted_of(collectivity).for_list()),
        "contacts": list(stakeholder.contacts.for_collectivity(collectivity).for_list()),
        "standings": standing.standings(standing.newest_first(signed.for_list(on)), on),
        # Actions and offices live in a higher layer: they are reached backwards, through their own verbs.
        "actions": list(stakeholder.actions.for_collectivity(collectivity).for_list()),
        "offices": list(stakeholder.hosted_offices.for_collectivity(collectivity).for_list()),
        "changes": registers.changes_of(stakeholder),
    }
    return render(request, "partners/stakeholder_detail.html", context)


@requires(Ability.EDIT_STAKEHOLDERS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Stakeholder(), "Partie prenante ajoutée")


@requires(Ability.EDIT_STAKEHOLDERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Stakeholder.objects, pk=pk), "Partie prenante modifiée")


def _written(request: HttpRequest, stakeholder: Stakeholder, done: str) -> HttpResponse:
    return registers.written(
        request, StakeholderForm, stakeholder, template="partners/stakeholder_form.html", done=done
    )


@requires(Ability.EDIT_STAKEHOLDERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    stakeholder = get_owned_or_404(request, Stakeholder.objects, pk=pk)
    return registers.deletion(
        request, stakeholder, noun="cette partie prenante", back="partners:stakeholder_list", label="Parties prenantes"
    )


@require_POST
@requires(Ability.EDIT_STAKEHOLDERS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Stakeholder.objects, pk, back="partners:stakeholder_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Stakeholder.objects.for_collectivity(request.access.collectivity).for_list()
    return exports.stakeholders(StakeholderFilter(request.GET, rows, request=request).qs.with_actions(), format)
