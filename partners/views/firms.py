"""Groups of firms: a single undertaking and its members."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners.forms.firms import FirmGroupForm
from partners.models import FirmGroup, Stakeholder


@require_safe
@requires(Ability.VIEW)
def group_detail(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_owned_or_404(request, FirmGroup.objects, pk=pk)
    firms = Stakeholder.objects.with_deleted_of(request.access.collectivity).filter(group=group)
    context = {
        "group": group,
        "firms": list(firms.for_list()),
        "changes": registers.changes_of(group),
    }
    return render(request, "partners/firm_group_detail.html", context)


@requires(Ability.EDIT_STAKEHOLDERS)
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    group = get_owned_or_404(request, FirmGroup.objects, pk=pk)
    return registers.written(
        request, FirmGroupForm, group, template="partners/firm_group_form.html", done="Groupe modifié"
    )
