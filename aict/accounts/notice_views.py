"""The notices of whoever is signed in, in the current collectivité. Those of a colleague do not exist: 404."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.accounts.models import Membership, Notice, NoticeQuerySet
from aict.accounts.notice_forms import DigestForm
from aict.ui.templatetags.ui import plural


def mine(request: HttpRequest) -> NoticeQuerySet:
    """My notices in this collectivité, unread first."""
    return Notice.objects.for_collectivity(request.access.collectivity).of(request.access.user)


@require_safe
@requires(Ability.VIEW)
def notice_list(request: HttpRequest) -> HttpResponse:
    """What I was told, unread first, and the switch of the digest."""
    membership = get_owned_or_404(request, Membership.objects, user=request.access.user)
    form = DigestForm(instance=membership, access=request.access)
    return render(
        request, "accounts/notice_list.html", {"page": registers.page_of(request, mine(request)), "form": form}
    )


@require_POST
@requires(Ability.VIEW)
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read; « Ouvrir » then goes to what it is about."""
    notice = get_owned_or_404(request, Notice.objects.of(request.access.user), pk=pk)
    mine(request).filter(pk=pk).mark_read(timezone.now())
    return redirect(notice.url if "open" in request.POST and notice.url else "accounts:notice_list")


@require_POST
@requires(Ability.VIEW)
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of mine as read."""
    count = mine(request).mark_read(timezone.now())
    messages.success(request, f"{plural(count, 'avis marqué comme lu,avis marqués comme lus')}.")
    return redirect("accounts:notice_list")


@require_POST
@requires(Ability.VIEW)
def notice_digest(request: HttpRequest) -> HttpResponse:
    """Start or stop the digest, for this collectivité."""
    membership = get_owned_or_404(request, Membership.objects, user=request.access.user)
    form = DigestForm(request.POST, instance=membership, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(
            request,
            "Résumé par courriel activé."
            if membership.wants_digest
            else "Résumé par courriel arrêté : les avis restent sur cette page.",
        )
    return redirect("accounts:notice_list")
