"""The form of a territory."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section
from partners.entry_rules import links_error, territory_errors
from partners.models import Territory


class TerritoryForm(RegisterForm):
    """A partner or target territory. The collectivité's own territory comes from its settings or an import."""

    SECTIONS = (
        Section("Identité", ("name", "name_en", "name_local", "country", "level")),
        Section(
            "Place sur la carte",
            ("latitude", "longitude"),
            "Les deux ou aucune. Sans elles, le territoire reste dans les listes mais pas sur la carte.",
        ),
        Section("En savoir plus", ("population", "wikidata", "links", "note")),
    )

    class Meta(RegisterForm.Meta):
        model = Territory
        fields = [
            "name",
            "name_en",
            "name_local",
            "country",
            "level",
            "latitude",
            "longitude",
            "population",
            "wikidata",
            "links",
            "note",
            *SHARED_FIELDS,
        ]
        help_texts = {
            "name": "En français : Sfax, Land de Saxe-Anhalt…",
            "name_en": "S’il diffère du nom français : la recherche le trouve aussi.",
            "name_local": "Par exemple صفاقس.",
            "latitude": "En degrés, de −90 à 90, par exemple 34,74.",
            "longitude": "En degrés, de −180 à 180, par exemple 10,76.",
            "wikidata": "Par exemple Q178916.",
            "links": "Une adresse par ligne : site de la collectivité, page du jumelage…",
        }

    def clean_wikidata(self) -> str:
        return self.cleaned_data["wikidata"].strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, error in territory_errors({**cleaned, "is_own": self.instance.is_own}).items():
            self.add_error(name, error)
        return cleaned

    def clean_links(self) -> str:
        """One address by line, without the blanks around; a wrong line is told as it was typed."""
        text = self.cleaned_data["links"]
        return text if links_error(text) else "\n".join(text.split())

    def save(self, commit: bool = True) -> Territory:
        """Save; a territory that changes name keeps the old one, that searches still find."""
        old = self._loaded["name"] if self.instance.pk else ""
        territory: Territory = super().save(commit)
        if commit and old and old != territory.name:
            territory.keep_former_name(old, until=timezone.localdate())
        return territory
