"""Territories that may be one partner: warned of while typing, merged on a page that first says what moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from aict.accounts.access import get_owned_or_404, number_in, requires
from aict.accounts.enums import Ability
from partners import merging, similarity
from partners.forms.merging import MergeForm, NameForm
from partners.models import Territory

PAGE = "partners/territory_merge.html"


@require_safe
@requires(Ability.EDIT_PARTNERS)
def similar(request: HttpRequest) -> HttpResponse:
    """`?name=`, `&country=` and `&but=` (the territory being edited): a fragment that names what resembles it."""
    rows = Territory.objects.for_collectivity(request.access.collectivity).abroad()
    country, but = (number_in(request.GET.get(key, "")) for key in ("country", "but"))
    edited = rows.filter(pk=but).first() if but else None
    found = similarity.similar(rows, request.GET.get("name", ""), country=country, but=but)
    return render(request, "partners/_similar.html", {"row": edited, "alike": found})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Ability.EDIT_PARTNERS)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """`?avec=` shows what would move; posted, it moves. The territory of the address is the one that is kept."""
    kept = get_owned_or_404(request, Territory.objects.select_related("country", "level"), pk=pk)
    sent = request.POST if request.method == "POST" else request.GET
    form = MergeForm(sent if request.method == "POST" or "avec" in sent else None, access=request.access, kept=kept)
    merged = form.cleaned_data["avec"] if form.is_valid() else None
    refusal = merging.refusal(kept, merged or kept) if merged or kept.is_own else ""
    if request.method == "POST" and merged and not refusal:
        return _done(request, kept, merged, keep_names=form.cleaned_data["garder"])
    context: dict[str, Any] = {"kept": kept, "merged": merged, "form": form, "refusal": refusal}
    if merged:
        context |= _shown(kept, merged)
    elif form.is_long:
        names = NameForm(request.GET if "nom" in request.GET else None)
        context |= {"names": names, "found": names.found(form.rows, kept), "asked": names.is_bound}
    return render(request, PAGE, context)


def _shown(kept: Territory, merged: Territory) -> dict[str, Any]:
    """What the preview tells, before anything is written."""
    return {
        "merge": merging.preview(kept, merged),
        "differences": merging.differences(kept, merged),
        "spare_names": merging.spare_names(kept, merged),
        "alike": similarity.alike(kept, merged),
        "apart": merging.apart(kept, merged),
        "on": timezone.localdate(),
    }


def _done(request: HttpRequest, kept: Territory, merged: Territory, *, keep_names: bool) -> HttpResponse:
    author, on = request.access.user, timezone.localdate()
    try:
        done = merging.merge(kept=kept, merged=merged, author=author, on=on, keep_names=keep_names)
    except merging.NotMergeable as refusal:
        messages.error(request, str(refusal))
        return redirect("partners:territory_merge", kept.pk)
    messages.success(request, f"« {merged} » est fusionné dans « {kept} » : {done}.")
    return redirect(kept)


def warn(request: HttpRequest, territory: Territory) -> None:
    """After a save, say that the territory resembles another, and where to merge them. Never a block."""
    rows = Territory.objects.for_collectivity(request.access.collectivity).abroad()
    found = similarity.similar(rows, territory.name, country=territory.country_id, but=territory.pk)
    if found and not territory.is_own:
        named = ", ".join(f"« {one.full_name} » ({one.reason})" for one in found)
        messages.warning(
            request,
            f"Ce territoire ressemble à {named}. Si c’est le même partenaire, « Fusionner… », sur cette page, "
            "réunit les deux fiches sans rien perdre ; sinon, il n’y a rien à faire.",
        )
