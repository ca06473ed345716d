"""Forms of representation offices: the office, its cost of a year, its closing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from aict.accounts.register_forms import FIRST_YEAR, SHARED_FIELDS, RegisterForm, Section
from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import FrenchDateField, in_our_words
from typology.models import Office, OfficeCost


class OfficeForm(RegisterForm):
    """An office: where, what for, at whose place, since when. It is closed by a gesture of its own."""

    SECTIONS = (
        Section("Le bureau", ("name", "place", "country", "territory")),
        Section("À quoi il sert", ("role", "host", "starts")),
    )

    class Meta(RegisterForm.Meta):
        model = Office
        fields = ["name", "place", "country", "territory", "role", "host", "starts", *SHARED_FIELDS]
        help_texts = {
            "name": "Par exemple : antenne économique à Montréal.",
            "territory": "S’il se trouve chez un partenaire du registre.",
            "role": "Ce qu’il fait pour le territoire : veille, accueil des entreprises, suivi des programmes…",
            "host": "Un organisme du registre des parties prenantes, s’il héberge le bureau.",
            "starts": "Le premier jour d’activité.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territory, host = self.fields["territory"], self.fields["host"]
        territory.queryset = territory.queryset.for_list()
        territory.label_from_instance = lambda row: row.full_name
        territory.empty_label = "Aucun en particulier"
        host.queryset = host.queryset.order_by("name")
        host.empty_label = "Locaux de la collectivité, ou non précisé"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, closed = cleaned.get("starts"), self.instance.closed_on
        if starts and closed and starts > closed:
            self.add_error("starts", f"Le bureau est fermé depuis le {closed:%d/%m/%Y} : son ouverture le précède.")
        return cleaned


class OfficeCostForm(TenantModelForm):
    """What the office cost in a year."""

    class Meta(TenantModelForm.Meta):
        model = OfficeCost
        fields = ["year", "amount"]
        help_texts = {"amount": "En euros : loyer, personnel, prestations. 0 est une réponse."}

    def _get_validation_exclusions(self) -> set[str]:
        # One cost a year and an office: checked although the office is no field of this form.
        return super()._get_validation_exclusions() - {"office"}


class ClosingForm(forms.Form):
    """The day on which an office closes. `seen`: the day for which the page told what ends."""

    on = FrenchDateField(label="Dernier jour d’activité", help_text="Aujourd’hui ou un jour passé.")
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self.fields["on"])

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError("Ce jour n’est pas encore venu : consignez la fermeture une fois faite.")
        if on.year < FIRST_YEAR:
            raise forms.ValidationError(f"L’année {on.year} ne convient pas : donnez une date depuis {FIRST_YEAR}.")
        return on

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has read what ends on this very day."""
        return self.is_valid() and self.cleaned_data["seen"] == self.cleaned_data["on"].isoformat()
