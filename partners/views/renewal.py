"""The renewal sheet of an agreement: what it produced, and the three choices."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners import renewal, standing
from partners.forms import LapseForm
from partners.models import Agreement


@require_safe
@requires(Ability.VIEW)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    on = timezone.localdate()
    agreement = registers.get_readable_or_404(request, Agreement.objects.for_list(on), pk)
    return _page(request, agreement, LapseForm())


@require_POST
@requires(Ability.EDIT_PARTNERS)
def lapse(request: HttpRequest, pk: int) -> HttpResponse:
    on = timezone.localdate()
    agreement = get_owned_or_404(request, Agreement.objects.for_list(on), pk=pk)
    form = LapseForm(request.POST)
    if not form.is_valid():
        return _page(request, agreement, form)
    renewal.let_lapse(agreement=agreement, author=request.access.user, reason=form.cleaned_data["reason"], on=on)
    messages.success(request, f"« {agreement} » : l’extinction est décidée, les alertes s’arrêtent.")
    return redirect("partners:agreement_renewal", pk)


@require_POST
@requires(Ability.EDIT_PARTNERS)
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = get_owned_or_404(request, Agreement.objects, pk=pk)
    renewal.take_up_again(agreement=agreement, author=request.access.user)
    messages.success(request, f"« {agreement} » : la décision est retirée, les alertes reprennent.")
    return redirect("partners:agreement_renewal", pk)


def _page(request: HttpRequest, agreement: Agreement, form: LapseForm) -> HttpResponse:
    on = timezone.localdate()
    context = {
        "agreement": agreement,
        "standing": standing.standing(agreement, on),
        "sheet": renewal.sheet(agreement),
        "parties": list(agreement.parties.all()),
        "renewals": standing.standings(renewal.followers(agreement, on), on),
        "form": form,
        "on": on,
    }
    return render(request, "partners/agreement_renewal.html", context)
