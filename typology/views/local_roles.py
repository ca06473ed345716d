"""The matrix of local roles: who does what, by territory and year (SYS-16)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from aict.accounts.filters import WORDS
from typology import exports, local_roles
from typology.forms import LocalRoleForm, MatrixForm
from typology.local_roles import Scope
from typology.models import ActionType, LocalRole


@require_safe
@requires(Ability.VIEW)
def matrix(request: HttpRequest) -> HttpResponse:
    collectivity = request.access.collectivity
    choice = _choice(request, request.GET)
    scope = choice.scope
    shown = local_roles.matrix(scope, collectivity)
    context = {
        "choice": choice,
        "scope": scope,
        "matrix": shown,
        "fixed_points": local_roles.fixed_points(shown),
        "years": LocalRole.objects.for_collectivity(collectivity).holding_in(scope.territory).years(),
        "source": local_roles.source_year(collectivity, scope),
        "changes": local_roles.history_of(collectivity),
    }
    return render(request, "typology/local_role_matrix.html", context)


@requires(Ability.EDIT_STAKEHOLDERS)
def edit(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Who holds one type of action: chosen together, written together."""
    scope = _scope_or_404(request, request.GET, year)
    type = get_object_or_404(ActionType.objects.for_tree(), code=code)
    words = request.GET.get("q", "").replace("\x00", "")[:WORDS]
    posted = request.POST if request.method == "POST" else None
    form = LocalRoleForm(posted, access=request.access, scope=scope, type=type, words=words)
    if form.is_valid():
        form.save()
        messages.success(request, f"Rôles enregistrés : « {type} », {scope.place}, {scope.year}.")
        return redirect(f"{scope.url}#{type.code}")
    context = {"form": form, "scope": scope, "type": type, "words": words}
    return render(request, "typology/local_role_form.html", context)


@require_POST
@requires(Ability.EDIT_STAKEHOLDERS)
def copy(request: HttpRequest, year: int) -> HttpResponse:
    """Bring the roles of the latest earlier year into this one."""
    scope = _scope_or_404(request, request.POST, year)
    collectivity = request.access.collectivity
    source = local_roles.source_year(collectivity, scope)
    if source is None:
        messages.info(request, f"Aucune année avant {year} n’a de rôles à reprendre pour {scope.place}.")
        return redirect(scope.url)
    added = local_roles.copy(collectivity=collectivity, author=request.access.user, scope=scope, source=source)
    messages.success(request, f"Rôles repris de {source} : {added}. Ceux qui étaient déjà en {year} n’ont pas changé.")
    return redirect(scope.url)


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    scope = _choice(request, request.GET).scope
    return exports.local_roles(local_roles.matrix(scope, request.access.collectivity), format)


def _choice(request: HttpRequest, data: QueryDict) -> MatrixForm:
    return MatrixForm(data, access=request.access, today_year=timezone.localdate().year)


def _scope_or_404(request: HttpRequest, data: QueryDict, year: int) -> Scope:
    """The territory asked for, in the year of the address; 404 when either is not one of ours."""
    choice = _choice(request, data)
    scope = choice.scope
    if not local_roles.FIRST_YEAR <= year <= local_roles.LAST_YEAR or "territory" in choice.errors:
        raise Http404
    return Scope(scope.territory, year)
