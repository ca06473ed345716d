"""One person in everything that the collectivité keeps: find, hand over, erase.

Names travel in the body of requests, never in addresses, which servers write down.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aict.accounts import personal_data
from aict.accounts.access import requires
from aict.accounts.enums import Ability
from partners import person_file
from partners.forms.persons import ErasureForm, PersonForm


@requires(Ability.MANAGE_MEMBERS)
def person(request: HttpRequest) -> HttpResponse:
    """The search, then what it found, to hand over or to erase."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    return _person(request, form, form.cleaned_data["terms"] if form.is_valid() else [])


def _person(
    request: HttpRequest, form: PersonForm, terms: list[str], erasure: ErasureForm | None = None
) -> HttpResponse:
    collectivity = request.access.collectivity
    found = personal_data.find(terms, collectivity) if terms else None
    context: dict[str, Any] = {
        "form": form,
        "typed": "\n".join(terms),
        "erasure": erasure,
        "found": found,
        "groups": person_file.grouped(found.erasable, erasure) if found else [],
        "leads": person_file.leads(found, terms) if found else [],
        "acts": personal_data.acts_of_erasure(collectivity),
    }
    return render(request, "partners/person.html", context)


@require_POST
@requires(Ability.MANAGE_MEMBERS)
def person_export(request: HttpRequest, format: str) -> HttpResponse:
    """Everything found, in one file: JSON for a machine, HTML for a person."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _person(request, form, [])
    found = personal_data.find(form.cleaned_data["terms"], request.access.collectivity)
    content = person_file.content(found, form.cleaned_data["terms"], request.access.collectivity, timezone.localtime())
    return person_file.response(content, format)


@require_POST
@requires(Ability.MANAGE_MEMBERS)
def person_erase(request: HttpRequest) -> HttpResponse:
    """Erase what is ticked; what could not be is shown again."""
    form = ErasureForm(request.POST)
    is_sure = form.is_valid()
    terms = form.cleaned_data.get("terms", [])
    if not is_sure:
        return _person(request, PersonForm(request.POST), terms, form)
    tally = personal_data.erase(
        terms=terms,
        keys=form.keys,
        file_keys=form.file_keys,
        collectivity=request.access.collectivity,
        author=request.access.user,
    )
    messages.success(request, person_file.summary(tally))
    left = personal_data.find(terms, request.access.collectivity)
    return _person(request, PersonForm(request.POST), terms) if left.hits else redirect("partners:person")
