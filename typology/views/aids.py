"""Aids to firms: register, account of a firm, writing, declaration, attestation (SYS-20)."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.jobs.models import Job
from partners.models import Stakeholder
from typology import aid_ledger, attestations, money_exports
from typology.aid_filters import AidFilter
from typology.forms.aids import AidForm, DeclaredForm
from typology.models import AidLine


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    rows = AidLine.objects.for_collectivity(request.access.collectivity)
    filters = AidFilter(request.GET, rows.for_ledger(), request=request)
    page = registers.page_of(request, filters.qs)
    context = {
        "filters": filters,
        "page": page,
        "waiting": aid_ledger.waiting(rows, on=on),
        "reserve": aid_ledger.RESERVE,
    }
    page.object_list = [(aid, aid.is_late(on)) for aid in page.object_list]
    return render(request, "typology/aid_list.html", context)


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = AidLine.objects.for_collectivity(request.access.collectivity).for_ledger()
    return money_exports.aids(AidFilter(request.GET, rows, request=request).qs, format)


@require_safe
@requires(Ability.VIEW)
def firm(request: HttpRequest, pk: int) -> HttpResponse:
    on, collectivity = timezone.localdate(), request.access.collectivity
    firm = registers.get_readable_or_404(request, Stakeholder.objects.select_related("type", "group"), pk)
    standing = aid_ledger.standing(firm, collectivity, on=on)
    context = {"firm": firm, "standing": standing, "rows": [(aid, aid.is_late(on)) for aid in standing.aids]}
    context |= {"reserve": aid_ledger.RESERVE, "jobs": attestations.made_for(firm, collectivity)}
    return render(request, "typology/aid_firm.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return _written(request, AidLine(), "Aide enregistrée")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    aid = get_owned_or_404(request, AidLine.objects.for_ledger(), pk=pk)
    if aid.budget_line_id:
        return _to_its_line(request, aid, "elle se modifie avec elle, ci-dessous.")
    return _written(request, aid, "Aide modifiée")


def _to_its_line(request: HttpRequest, aid: AidLine, told: str) -> HttpResponse:
    """The budget line that makes an aid; that of a deleted action has no page until the action is back."""
    if aid.action and aid.action.deleted_at:
        told = f"Cette aide vient d’une ligne de budget de « {aid.action} », supprimée : rétablissez d’abord l’action."
        messages.error(request, told)
        return redirect(aid)
    messages.info(request, f"Cette aide vient d’une ligne de budget : {told}")
    return redirect(aid.line_url)


@transaction.atomic
def _written(request: HttpRequest, aid: AidLine, done: str) -> HttpResponse:
    """The form, then its arithmetic, then the write: the same page until the person has read what is saved."""
    initial = {"firm": request.GET.get("firm"), "action": request.GET.get("action")} if aid.pk is None else None
    form = AidForm(
        request.POST if request.method == "POST" else None, instance=aid, initial=initial, access=request.access
    )
    if form.is_valid():
        aid_ledger.lock(aid.firm)
        if form.is_read():
            form.save()
            messages.success(request, f"{done} : « {aid} ».")
            return redirect(aid)
    return render(request, "typology/aid_form.html", {"form": form, "aid": aid, "reserve": aid_ledger.RESERVE})


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    aid = get_owned_or_404(request, AidLine.objects.for_ledger(), pk=pk)
    if aid.budget_line_id:
        return _to_its_line(request, aid, "supprimez la ligne, ou son entreprise bénéficiaire.")
    return registers.removal(
        request,
        aid,
        noun="cette aide",
        says=f"Elle quitte le registre, et le cumul de « {aid.firm} » baisse d’autant.",
        trail=[("Financement", reverse("typology:budget_report")), ("Aides", reverse("typology:aid_list"))],
        back=aid.get_absolute_url(),
    )


@requires(Ability.EDIT_ACTIONS)
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    aid = get_owned_or_404(request, AidLine.objects.for_ledger(), pk=pk)
    posted = request.POST if request.method == "POST" else None
    initial = {"declared_on": aid.declared_on or timezone.localdate()}
    form = DeclaredForm(posted, instance=aid, initial=initial, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(
            request, "Déclaration notée." if aid.declared_on else "Déclaration effacée : elle reste à faire."
        )
        return redirect(aid)
    return render(request, "typology/aid_declare.html", {"form": form, "aid": aid})


# Attestation -----------------------------------------------------------------------------


@require_POST
@requires(Ability.MAKE_DOCUMENT)
def attest(request: HttpRequest, pk: int) -> HttpResponse:
    firm = get_owned_or_404(request, Stakeholder.objects.select_related("type"), pk=pk)
    return redirect(attestations.request_attestation(firm=firm, author=request.access.user))


@require_safe
@requires(Ability.VIEW)
def attestation(request: HttpRequest, pk: int, job_pk: int) -> FileResponse:
    job = get_owned_or_404(request, Job.objects, pk=job_pk, kind=attestations.JOB_KIND, target_id=pk)
    return attestations.download(job)
