"""Budget lines, written from the page of their action."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology.forms import BudgetLineForm
from typology.models import Action, BudgetLine


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    return _written(request, BudgetLine(action=action), "Ligne de budget ajoutée")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    return _written(request, _line(request, action_pk, pk), "Ligne de budget modifiée")


def _written(request: HttpRequest, line: BudgetLine, done: str) -> HttpResponse:
    start = line.action.starts or timezone.localdate()
    return registers.written(
        request,
        BudgetLineForm,
        line,
        template="typology/budget_line_form.html",
        done=done,
        initial={"year": start.year},
        context={"line": line, "action": line.action},
        back=f"{line.action.get_absolute_url()}#budget",
    )


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    line = _line(request, action_pk, pk)
    page = line.action.get_absolute_url()
    return registers.removal(
        request,
        line,
        noun="cette ligne de budget",
        says=f"Elle quitte l’action « {line.action} » et ses totaux.",
        trail=[("Actions", reverse("typology:action_list")), (str(line.action), page)],
        back=f"{page}#budget",
    )


def _line(request: HttpRequest, action_pk: int, pk: int) -> BudgetLine:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    return get_owned_or_404(request, BudgetLine.objects.select_related("action"), pk=pk, action=action)
