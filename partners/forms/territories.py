"""The form of a territory."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section
from partners.models import Territory


class TerritoryForm(RegisterForm):
    """A partner or target territory. The collectivité's own territory comes from its settings or an import."""

    SECTIONS = (
        Section("Identité", ("name", "name_local", "country", "level")),
        Section(
            "Place sur la carte",
            ("latitude", "longitude"),
            "Les deux ou aucune. Sans elles, le territoire reste dans les listes mais pas sur la carte.",
        ),
        Section("En savoir plus", ("population", "wikidata", "note")),
    )

    class Meta(RegisterForm.Meta):
        model = Territory
        fields = [
            "name",
            "name_local",
            "country",
            "level",
            "latitude",
            "longitude",
            "population",
            "wikidata",
            "note",
            *SHARED_FIELDS,
        ]
        help_texts = {
            "name": "En français : Sfax, Land de Saxe-Anhalt…",
            "name_local": "Par exemple صفاقس.",
            "latitude": "En degrés, de −90 à 90, par exemple 34,74.",
            "longitude": "En degrés, de −180 à 180, par exemple 10,76.",
            "wikidata": "Par exemple Q178916.",
        }

    def clean_wikidata(self) -> str:
        code = self.cleaned_data["wikidata"].strip().upper()
        if code and not re.fullmatch(r"Q[1-9]\d*", code):
            raise ValidationError(f"« {code} » n’est pas un identifiant Wikidata. Écrivez Q suivi d’un nombre.")
        return code
