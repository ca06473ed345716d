"""Where an invitation's link leads: the one public page that can open an account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from aict.accounts import invitations
from aict.accounts.access import Access
from aict.accounts.invitations import Standing
from aict.accounts.member_forms import NewAccountForm
from aict.accounts.middleware import SESSION_KEY
from aict.accounts.models import Invitation, Membership, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CLOSED_STATUS = {Standing.UNKNOWN: 404, Standing.USED: 410, Standing.EXPIRED: 410}


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open an account, join with the one that exists, or say why the link no longer works."""
    invited = invitations.find(token)
    state = invitations.standing(invited)
    if invited is None or state is not Standing.OPEN:
        return _closed(request, state)
    try:
        if request.user.is_authenticated:
            return _join(request, invited)
        if User.objects.filter(email__iexact=invited.email).exists():
            return render(request, "accounts/invitation_sign_in.html", {"invitation": invited})
        return _open_account(request, invited)
    except (Invitation.DoesNotExist, invitations.AddressTakenError):  # two tabs, or a second invitation
        return redirect("accounts:invitation", token=token)


def _closed(request: HttpRequest, state: Standing) -> HttpResponse:
    context = {"state": state.value}
    return render(request, "accounts/invitation_closed.html", context, status=CLOSED_STATUS[state])


def _join(request: HttpRequest, invited: Invitation) -> HttpResponse:
    """Somebody signed in: join, when the invitation is theirs."""
    is_theirs = request.user.email.lower() == invited.email.lower()
    if request.method == "POST" and is_theirs:
        return _welcome(request, invitations.join(invitation=invited, user=request.access.user))
    context = {"invitation": invited, "is_theirs": is_theirs}
    refused = request.method == "POST"
    return render(request, "accounts/invitation_join.html", context, status=403 if refused else 200)


def _open_account(request: HttpRequest, invited: Invitation) -> HttpResponse:
    form = NewAccountForm(request.POST or None, email=invited.email)
    if request.method == "POST" and form.is_valid():
        user = invitations.open_account(
            invitation=invited, label=form.cleaned_data["label"], password=form.cleaned_data["password1"]
        )
        login(request, user, backend=BACKEND)
        return _welcome(request, Membership.objects.of(user).get(collectivity=invited.collectivity))
    return render(request, "accounts/invitation_account.html", {"invitation": invited, "form": form})


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[SESSION_KEY] = membership.collectivity_id
    messages.success(
        request, f"Bienvenue. Collectivité : {membership.collectivity} ; votre rôle : {membership.get_role_display()}."
    )
    return redirect(Access.of(membership).landing)
