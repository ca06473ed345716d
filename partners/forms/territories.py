"""The form of a territory."""

from __future__ import annotations

from typing import Any

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section
from partners.entry_rules import territory_errors
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
        return self.cleaned_data["wikidata"].strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, error in territory_errors({**cleaned, "is_own": self.instance.is_own}).items():
            self.add_error(name, error)
        return cleaned
