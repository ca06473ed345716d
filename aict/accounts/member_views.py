"""The members of a collectivité, for those who manage them."""

from __future__ import annotations

from contextlib import nullcontext

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from aict.accounts import invitations, members
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.accounts.member_forms import InvitationForm, RoleForm
from aict.accounts.models import Invitation, Membership


@requires(Ability.MANAGE_MEMBERS)
def member_list(request: HttpRequest) -> HttpResponse:
    """Who belongs to the collectivité, who is invited, and the form that invites."""
    return _member_list(request, InvitationForm(access=request.access))


def _member_list(request: HttpRequest, form: InvitationForm) -> HttpResponse:
    collectivity = request.access.collectivity
    memberships = Membership.objects.for_collectivity(collectivity).select_related("user")
    pending = Invitation.objects.for_collectivity(collectivity).filter(accepted_at=None)
    context = {
        "memberships": memberships.order_by("user__label", "pk"),
        "invitations": pending.select_related("invited_by"),
        "form": form,
    }
    return render(request, "accounts/member_list.html", context)


@requires(Ability.MANAGE_MEMBERS)
@require_POST
def member_invite(request: HttpRequest) -> HttpResponse:
    """Send the link that opens a membership."""
    form = InvitationForm(request.POST, access=request.access)
    if not form.is_valid():
        return _member_list(request, form)
    token = invitations.issue(invitation=form.instance, author=request.access.user)
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
    try:
        invitations.send(invitation=form.instance, link=link)
    except OSError:  # SMTPException included
        text = f"L’invitation est prête, mais le message n’a pas pu partir. Transmettez vous-même ce lien : {link}"
        messages.warning(request, text)
    else:
        messages.success(request, f"Invitation envoyée à {form.instance.email}.{_where_mail_goes()}")
    return redirect("accounts:member_list")


def _where_mail_goes() -> str:
    """The demonstration sends nothing out: its messages are files."""
    is_kept = settings.DEMO and settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    return " Démonstration : rien ne part, le message est écrit dans le dossier var/mail." if is_kept else ""


@requires(Ability.MANAGE_MEMBERS)
@require_POST
def invitation_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an invitation that was not used."""
    invitation = get_owned_or_404(request, Invitation.objects.filter(accepted_at=None), pk=pk)
    invitations.cancel(invitation=invitation, author=request.access.user)
    messages.success(request, f"Invitation de {invitation.email} annulée : son lien ne fonctionne plus.")
    return redirect("accounts:member_list")


@requires(Ability.MANAGE_MEMBERS)
def member_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a role; the same page removes the member."""
    writes = request.method == "POST"  # reading the page keeps nobody waiting
    with members.locked(request.access.collectivity) if writes else nullcontext():
        membership = get_owned_or_404(request, Membership.objects.select_related("user"), pk=pk)
        form = RoleForm(request.POST or None, instance=membership, access=request.access)
        if writes and form.is_valid():
            form.save()
            messages.success(request, f"Rôle de {membership.user} : {membership.get_role_display()}.")
            return redirect(after_change(request, membership))
    membership.refresh_from_db(fields=["role"])  # the heading shows what is saved, the form what was asked
    return render(request, "accounts/member_edit.html", {"membership": membership, "form": form})


@requires(Ability.MANAGE_MEMBERS)
@require_POST
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership."""
    with members.locked(request.access.collectivity):
        membership = get_owned_or_404(request, Membership.objects.select_related("user"), pk=pk)
        try:
            members.remove(membership=membership, author=request.access.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return redirect("accounts:member_edit", pk=pk)
    messages.success(request, f"{membership.user} n’est plus membre de la collectivité.")
    return redirect(after_change(request, membership))


def after_change(request: HttpRequest, membership: Membership) -> str:
    """Back to the members; one's own change may have closed that page."""
    return "accounts:switch" if membership.user_id == request.user.pk else "accounts:member_list"
