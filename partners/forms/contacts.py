"""The form of a contact: the minimum, where it comes from, when it was last used (RGPD)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from aict.accounts.register_forms import FIRST_YEAR, Section
from aict.accounts.tenant_forms import TenantModelForm
from partners.models import Contact


class ContactForm(TenantModelForm):
    """A person met at a stakeholder or in a territory."""

    SECTIONS = (
        Section("La personne", ("name", "function", "role")),
        Section("Où elle travaille", ("stakeholder", "territory"), "L’un des deux au moins."),
        Section("Comment la joindre", ("email", "phone"), "Ses coordonnées professionnelles, jamais personnelles."),
        Section(
            "D’où viennent ces données",
            ("source", "last_contact_on"),
            "Sans échange pendant trois ans, la fiche est signalée pour être relue ou supprimée.",
        ),
    )

    class Meta(TenantModelForm.Meta):
        model = Contact
        fields = [
            "name",
            "function",
            "role",
            "stakeholder",
            "territory",
            "email",
            "phone",
            "source",
            "last_contact_on",
        ]
        help_texts = {
            "name": "Un poste suffit souvent : « service économique ».",
            "phone": "Avec l’indicatif du pays, par exemple +216 74 000 000.",
            "last_contact_on": "Dernier échange avec cette personne, aujourd’hui au plus tard.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territory = self.fields["territory"]
        territory.queryset = territory.queryset.for_list()
        territory.label_from_instance = lambda row: row.full_name
        for name in ("stakeholder", "territory"):
            self.fields[name].needed = True  # one of the two: neither is « facultatif »
        self.fields["stakeholder"].queryset = self.fields["stakeholder"].queryset.order_by("name", "pk")

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField], bool]]:
        """Each section, its fields, and whether it stands open."""
        for section in self.SECTIONS:
            yield section, [self[name] for name in section.fields], True

    def clean_last_contact_on(self) -> date:
        day: date = self.cleaned_data["last_contact_on"]
        if day > timezone.localdate():
            raise ValidationError(f"Le {day:%d/%m/%Y} n’est pas encore passé : donnez la date du dernier échange.")
        if day.year < FIRST_YEAR:
            raise ValidationError(f"L’année {day.year} ne convient pas : donnez une date à partir de {FIRST_YEAR}.")
        return day
