"""Good practices: the library, its pages and its export (SYS-53)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import journey_exports, practices
from typology.forms.practices import PracticeForm
from typology.journey_filters import PracticeFilter
from typology.models import Practice


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    rows, deleted = registers.rows_to_list(request, Practice.objects, restore=Ability.EDIT_ACTIONS)
    filters = PracticeFilter(request.GET, rows, request=request)
    page = registers.page_of(request, filters.qs.for_list())
    asked = filters.form.cleaned_data if filters.form.is_valid() else {}
    context = {
        "filters": filters,
        "page": page,
        "deleted": deleted,
        "focus": practices.focus(fiche=asked.get("fiche"), words=asked.get("q") or ""),
    }
    return render(request, "typology/practice_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    practice = registers.get_readable_or_404(request, Practice.objects.for_list(), pk)
    context = {"practice": practice, "changes": registers.changes_of(practice)}
    return render(request, "typology/practice_detail.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, Practice(), "Bonne pratique ajoutée")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_owned_or_404(request, Practice.objects, pk=pk), "Bonne pratique modifiée")


def _written(request: HttpRequest, practice: Practice, done: str) -> HttpResponse:
    initial = {name: request.GET.get(name) for name in ("action", "territory")}
    return registers.written(
        request, PracticeForm, practice, template="typology/practice_form.html", done=done, initial=initial
    )


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    practice = get_owned_or_404(request, Practice.objects, pk=pk)
    return registers.deletion(
        request, practice, noun="cette bonne pratique", back="typology:practice_list", label="Bonnes pratiques"
    )


@require_POST
@requires(Ability.EDIT_ACTIONS)
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    return registers.restoration(request, Practice.objects, pk, back="typology:practice_list")


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Practice.objects.for_collectivity(request.access.collectivity).for_list()
    return journey_exports.practices(PracticeFilter(request.GET, rows, request=request).qs, format)
