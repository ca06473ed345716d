"""allauth, closed and in our words: accounts are opened by invitation or by the instance administrator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aict.accounts.middleware import AccessMiddleware
from aict.accounts.models import User


class ClosedSignupAdapter(DefaultAccountAdapter):
    """No public sign-up; locked out by account and address together; messages that say what to do."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Adresse ou mot de passe inexact. Vérifiez les deux, puis réessayez.",
        "too_many_login_attempts": "Trop d’essais pour ce compte depuis ce poste. Attendez cinq minutes, "
        "ou choisissez un nouveau mot de passe : la connexion se débloque aussitôt.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "invalid_password_reset": "Ce lien n’est plus valable.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # pages only: the API is elsewhere

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home; a network, or somebody member of nothing, reads first where they stand."""
        return reverse(AccessMiddleware.resolve(request).landing)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse(request.access.landing)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """The right password of a closed account: said on the sign-in page, which has no page of its own."""
        messages.error(request, "Ce compte est fermé. Adressez-vous à l’administration de votre collectivité.")
        return redirect("account_login")

    def set_password(self, user: User, password: str) -> None:
        """Who proves the address by a new password is no longer locked out."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By account and address: a whole town hall behind one address is never locked out together,
        # and nobody locks a colleague out from somewhere else.
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"
