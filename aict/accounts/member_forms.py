"""Forms of the members page and of the invitation's landing page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from aict.accounts.enums import Role
from aict.accounts.models import Invitation, Membership, User
from aict.accounts.session_forms import AGAIN, CHOOSE_WELL
from aict.accounts.tenant_forms import TenantModelForm

# What each role is for, said to the admin who chooses; the table of abilities is in enums.py.
ROLE_HELP: dict[str, str] = {
    Role.ADMIN: "fait tout, et gère les membres et les réglages",
    Role.OFFICER: "tient les partenaires, les accords et la stratégie",
    Role.ECONOMIC: "consigne les actions, les acteurs et les mesures, remplit la stratégie",
    Role.ELECTED: "lit tout, donne la vision à long terme",
    Role.NETWORK: "lit par l’API ce que la collectivité partage, rien d’autre",
}
ROLE_CHOICES = [(role.value, f"{role.label[0].upper()}{role.label[1:]} : {ROLE_HELP[role]}") for role in Role]


def role_field() -> forms.ChoiceField:
    """One role, with what it is for."""
    errors = {"required": "Choisissez un rôle.", "invalid_choice": "Choisissez l’un des rôles proposés."}
    return forms.ChoiceField(label="Rôle", choices=ROLE_CHOICES, widget=forms.RadioSelect, error_messages=errors)


class InvitationForm(TenantModelForm):
    """Whom to invite, and as what."""

    class Meta(TenantModelForm.Meta):
        model = Invitation
        fields = ["email", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "L’adresse professionnelle de la personne : le lien lui est envoyé."
        self.fields["role"] = role_field()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        members = Membership.objects.for_collectivity(self.access.collectivity)
        if members.filter(user__email__iexact=email).exists():
            raise ValidationError("Cette personne est déjà membre de la collectivité.")
        return email


class RoleForm(TenantModelForm):
    """Another role for a member."""

    class Meta(TenantModelForm.Meta):
        model = Membership
        fields = ["role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field()

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if role != Role.ADMIN:
            self.instance.refuse_if_last_admin()
        return role


class NewAccountForm(forms.ModelForm):
    """What an invited person says of themselves: a post, never a name."""

    password1 = forms.CharField(
        label="Mot de passe",
        help_text=CHOOSE_WELL,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=AGAIN,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["label"]

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.email = email  # so that the password is compared with it
        self.fields["label"].label = "Votre fonction"
        self.fields["label"].help_text = "Par exemple : « Chargé·e de mission, international ». Pas de nom de personne."

    def _post_clean(self) -> None:
        super()._post_clean()
        password = self.cleaned_data.get("password1", "")
        if "password2" in self.cleaned_data and password and password != self.cleaned_data["password2"]:
            self.add_error("password2", "Les deux mots de passe diffèrent : ressaisissez-les.")
        if password:
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password1", error)
