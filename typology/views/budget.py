"""Budget lines, written from the page of their action."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
    return _write(request, BudgetLine(action=action))


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    return _write(request, _line(request, action_pk, pk))


def _write(request: HttpRequest, line: BudgetLine) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    start = line.action.starts or timezone.localdate()
    form = BudgetLineForm(posted, instance=line, initial={} if line.pk else {"year": start.year}, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(request, "Ligne de budget enregistrée.")
        return redirect(f"{line.action.get_absolute_url()}#budget")
    return render(request, "typology/budget_line_form.html", {"form": form, "line": line, "action": line.action})


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
