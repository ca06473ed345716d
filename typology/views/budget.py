"""The budget of an action, its lines, and the aids that they make."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.ui.typography import euros
from typology import aid_ledger, funding_match
from typology.budget import budget, findings
from typology.forms import BudgetLineForm
from typology.models import Action, BudgetLine


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest, pk: int) -> HttpResponse:
    on = timezone.localdate()
    action = registers.get_readable_or_404(request, Action.objects.select_related("type__purpose__category"), pk)
    known = budget(action.budget_lines.for_table())
    applications = list(action.applications.for_collectivity(action.collectivity).select_related("scheme__funder"))
    aids = list(action.aids.for_ledger())
    context = {
        "action": action,
        "budget": known,
        "findings": findings(action, known, applications),
        "applications": applications,
        "aids": [(aid, aid.is_late(on)) for aid in aids],
        "reserve": aid_ledger.RESERVE,
        "matches": funding_match.matches(action, on=on),
    }
    return render(request, "typology/action_budget.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    return _written(request, BudgetLine(action=action), "Ligne de budget ajoutée")


@requires(Ability.EDIT_ACTIONS)
@transaction.atomic
def edit(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    return _written(request, _line(request, action_pk, pk), "Ligne de budget modifiée")


@transaction.atomic
def _written(request: HttpRequest, line: BudgetLine, done: str) -> HttpResponse:
    """The form; for a cost borne for a firm, the arithmetic of its aids; then the write of both."""
    sent = request.POST if request.method == "POST" else None
    initial = None if line.pk else {"year": (line.action.starts or timezone.localdate()).year}
    form = BudgetLineForm(sent, instance=line, initial=initial, access=request.access)
    if form.is_bound and form.is_read():
        form.save()
        messages.success(request, f"{done} : « {line} ».")
        return redirect("typology:action_budget", line.action_id)
    context = {"form": form, "line": line, "action": line.action, "reserve": aid_ledger.RESERVE}
    return render(request, "typology/budget_line_form.html", context)


@requires(Ability.EDIT_ACTIONS)
@transaction.atomic
def delete(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    line = _line(request, action_pk, pk)
    page = reverse("typology:action_budget", args=[action_pk])
    return registers.removal(
        request,
        line,
        noun="cette ligne de budget",
        says=f"Elle quitte l’action « {line.action} » et ses totaux.{_leaving(line)}",
        trail=[("Actions", reverse("typology:action_list")), (str(line.action), page)],
        back=page,
        gesture=aid_ledger.remove_line,
    )


def _leaving(line: BudgetLine) -> str:
    """What the removal does to the ledger; empty when the line makes no aid."""
    aid = aid_ledger.aid_of(line)
    if aid.pk is None:
        return ""
    return f" L’aide de {euros(aid.amount)} à « {aid.firm} » du {aid.granted_on:%d/%m/%Y} quitte aussi le registre."


def _line(request: HttpRequest, action_pk: int, pk: int) -> BudgetLine:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    rows = BudgetLine.objects.select_related("action", "bearer", "beneficiary__type")
    if request.method == "POST":  # one at a time, else two people would each write an aid for the same line
        rows = rows.select_for_update(of=("self",))
    return get_owned_or_404(request, rows, pk=pk, action=action)
