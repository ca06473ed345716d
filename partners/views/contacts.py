"""Contacts: the pages of the people met at partners and stakeholders. No network ever reads them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.ui.typography import NBSP
from partners import contact_care, exports
from partners.filters import ContactFilter
from partners.forms import ContactForm
from partners.models import Contact, Stakeholder, Territory


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    rows = Contact.objects.for_collectivity(request.access.collectivity)
    filters = ContactFilter(request.GET, rows.for_list(), request=request)
    page = registers.page_of(request, filters.qs)
    context = {
        "filters": filters,
        "page": page,
        "rows": [(contact, contact.is_stale(on)) for contact in page],
        "stale": rows.stale(on).count(),
    }
    return render(request, "partners/contact_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_owned_or_404(request, Contact.objects.for_list(), pk=pk)
    on = timezone.localdate()
    context = {"contact": contact, "stale": contact.is_stale(on), "changes": registers.changes_of(contact), "on": on}
    return render(request, "partners/contact_detail.html", context)


@requires(Ability.EDIT_STAKEHOLDERS)
def create(request: HttpRequest) -> HttpResponse:
    """From the page of a stakeholder or a territory, that one is already chosen."""
    initial = {"stakeholder": _asked(request, Stakeholder), "territory": _asked(request, Territory)}
    return _written(request, Contact(), "Contact ajouté", initial)


@requires(Ability.EDIT_STAKEHOLDERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Contact.objects, pk=pk), "Contact modifié")


def _written(request: HttpRequest, contact: Contact, done: str, initial: dict[str, Any] | None = None) -> HttpResponse:
    template = "partners/contact_form.html"
    return registers.written(request, ContactForm, contact, template=template, done=done, initial=initial)


def _asked(request: HttpRequest, model: type[Stakeholder] | type[Territory]) -> Any:
    """The row of this kind that the address names, when the collectivité has it."""
    number = request.GET.get(model._meta.model_name or "", "")
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    return model.objects.for_collectivity(request.access.collectivity).filter(pk=number).first()


@requires(Ability.EDIT_STAKEHOLDERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """A contact leaves for good: no trash for personal data."""
    contact = get_owned_or_404(request, Contact.objects.for_list(), pk=pk)
    if request.method == "POST":
        contact_care.delete(contacts=[contact], author=request.access.user)
        messages.success(request, "Contact supprimé, ainsi que ses données dans l’historique.")
        return redirect("partners:contact_list")
    return _ask_to_delete(request, [contact], contact.get_absolute_url())


def _ask_to_delete(request: HttpRequest, contacts: list[Contact], back: str) -> HttpResponse:
    context = {"contacts": contacts, "back": back}
    return render(request, "partners/contact_delete.html", context)


@require_POST
@requires(Ability.EDIT_STAKEHOLDERS)
def met(request: HttpRequest, pk: int) -> HttpResponse:
    """« Marquer comme contacté aujourd’hui »."""
    contact = get_owned_or_404(request, Contact.objects, pk=pk)
    contact_care.met(contacts=[contact], author=request.access.user, on=timezone.localdate())
    messages.success(request, f"Dernier contact avec « {contact} » : aujourd’hui.")
    return redirect(contact)


@require_POST
@requires(Ability.EDIT_STAKEHOLDERS)
def bulk(request: HttpRequest) -> HttpResponse:
    """One gesture on the contacts ticked in the list: met today, or deleted once confirmed."""
    numbers = [one for one in request.POST.getlist("contact") if one.isascii() and one.isdigit() and len(one) < 19]
    rows = Contact.objects.for_collectivity(request.access.collectivity).for_list()
    contacts = list(rows.filter(pk__in=numbers[: registers.PAGE_SIZE]))
    gesture, author = request.POST.get("gesture"), request.access.user
    if not contacts:
        messages.error(request, "Aucun contact n’est coché : cochez-en au moins un, puis choisissez le geste.")
    elif gesture == "met":
        contact_care.met(contacts=contacts, author=author, on=timezone.localdate())
        messages.success(request, f"Contactés aujourd’hui : {len(contacts)}{NBSP}fiches à jour.")
    elif gesture == "delete" and request.POST.get("confirmed"):
        count = contact_care.delete(contacts=contacts, author=author)
        messages.success(request, f"Contacts supprimés : {count}, ainsi que leurs données dans l’historique.")
    elif gesture == "delete":
        return _ask_to_delete(request, contacts, "")
    return redirect("partners:contact_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Contact.objects.for_collectivity(request.access.collectivity).for_list()
    return exports.contacts(ContactFilter(request.GET, rows, request=request).qs, format)
