"""The form of a stakeholder."""

from __future__ import annotations

from typing import Any

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section, group_by
from partners.models import Stakeholder


class StakeholderForm(RegisterForm):
    """Who acts with the collectivité, here or abroad."""

    SECTIONS = (
        Section("Identité", ("name", "name_local", "type", "siren", "website")),
        Section("Ce qu’il fait, où il est présent", ("fields", "territories", "note")),
    )

    class Meta(RegisterForm.Meta):
        model = Stakeholder
        fields = ["name", "name_local", "type", "siren", "website", "fields", "territories", "note", *SHARED_FIELDS]
        help_texts = {
            "name": "L’organisme, jamais une personne.",
            "siren": "Neuf chiffres, pour un organisme français.",
            "note": "Pas de donnée personnelle : un poste plutôt qu’un nom.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group_by(self.fields["type"], "family")
        territories = self.fields["territories"]
        territories.queryset = territories.queryset.for_list()
        territories.label_from_instance = lambda row: row.full_name
