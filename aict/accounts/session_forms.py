"""Forms of sign-in and passwords: allauth's rules, our words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest

CHOOSE_WELL = (
    "Douze caractères au moins. Une phrase de quelques mots se retient mieux qu’un mot compliqué ; "
    "évitez votre fonction, votre adresse et les mots de passe courants."
)
NEW = "Nouveau mot de passe"
AGAIN = "Le même, une seconde fois"


def _name(field: forms.Field, label: str, help_text: str = "") -> None:
    """Our label and help; a placeholder repeats the label and vanishes as one types: none."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


class SignInForm(allauth_forms.LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["login"], "Adresse électronique")
        _name(self.fields["password"], "Mot de passe")


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Asks for a link. A known and an unknown address get the same answer, after the same work: one message sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["email"], "Adresse électronique", "Celle de votre compte.")

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        if self.users:
            return super().save(request, **kwargs)
        email: str = self.cleaned_data["email"]
        get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """The new password, after the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["password1"], NEW, CHOOSE_WELL)
        _name(self.fields["password2"], AGAIN)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The current password, then the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["oldpassword"], "Mot de passe actuel")
        _name(self.fields["password1"], NEW, CHOOSE_WELL)
        _name(self.fields["password2"], AGAIN)
