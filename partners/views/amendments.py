"""Avenants, written from the page of their agreement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import renewal
from partners.forms import AmendmentForm
from partners.models import Agreement, Amendment


@requires(Ability.EDIT_PARTNERS)
def create(request: HttpRequest, agreement_pk: int) -> HttpResponse:
    agreement = get_owned_or_404(request, Agreement.objects, pk=agreement_pk)
    return _written(request, Amendment(agreement=agreement), "Avenant ajouté")


@requires(Ability.EDIT_PARTNERS)
def edit(request: HttpRequest, agreement_pk: int, pk: int) -> HttpResponse:
    return _written(request, _amendment(request, agreement_pk, pk), "Avenant modifié")


def _written(request: HttpRequest, amendment: Amendment, done: str) -> HttpResponse:
    initial = {"title": f"Avenant n° {amendment.agreement.amendments.count() + 1}"}
    context = {"agreement": amendment.agreement}
    template = "partners/amendment_form.html"
    return registers.written(
        request, AmendmentForm, amendment, template=template, done=done, initial=initial, context=context
    )


@requires(Ability.EDIT_PARTNERS)
def delete(request: HttpRequest, agreement_pk: int, pk: int) -> HttpResponse:
    amendment = _amendment(request, agreement_pk, pk)
    agreement = amendment.agreement
    page = agreement.get_absolute_url()
    return registers.removal(
        request,
        amendment,
        noun="cet avenant",
        says=f"La fin, le montant et l’objet de « {agreement} » redeviennent ceux d’avant cet avenant.",
        trail=[("Accords", reverse("partners:agreement_list")), (str(agreement), page)],
        back=f"{page}#avenants",
        gesture=renewal.delete_amendment,
    )


def _amendment(request: HttpRequest, agreement_pk: int, pk: int) -> Amendment:
    agreement = get_owned_or_404(request, Agreement.objects, pk=agreement_pk)
    return get_owned_or_404(request, Amendment.objects.select_related("agreement"), pk=pk, agreement=agreement)
