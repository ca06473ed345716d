"""The form of a good practice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from aict.accounts.register_forms import PROVENANCE, SHARED_FIELDS, RegisterForm, Section
from typology.fields import name_when_many
from typology.models import Practice

_SOURCE = Section(
    "Source",
    PROVENANCE.fields,
    "Un rapport, une délibération, une page publique, un bilan. Sans source, la pratique porte la mention "
    "« non vérifié ».",
)


class PracticeForm(RegisterForm):
    """What worked, for whom and where, told so that others can take it up."""

    SECTIONS = (
        Section("La pratique", ("title", "fiche", "holder", "place", "territory", "action")),
        Section("Ce qui s’est fait", ("facts", "figures", "lesson")),
    )

    class Meta(RegisterForm.Meta):
        model = Practice
        fields = [
            "title",
            "fiche",
            "holder",
            "place",
            "territory",
            "action",
            "facts",
            "figures",
            "lesson",
            *SHARED_FIELDS,
        ]
        help_texts = {
            "title": "Ce qui a été fait, en quelques mots.",
            "fiche": "La fiche pratique du guide qu’elle illustre.",
            "holder": "La collectivité, l’agence ou l’organisme qui la porte.",
            "place": "Où elle a lieu.",
            "territory": "S’il est au registre des partenaires.",
            "action": "Si c’est une action de votre collectivité.",
            "facts": "Un fait par ligne, sans nom de personne.",
            "figures": "Un chiffre par ligne, avec son unité et son année.",
            "lesson": "Les conditions de la réussite, ce qu’il faudrait éviter.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fiche, territory, action = self.fields["fiche"], self.fields["territory"], self.fields["action"]
        fiche.label_from_instance = lambda row: f"Fiche {row.number} – {row.label}"
        fiche.empty_label = "Choisir une fiche"
        territory.queryset = territory.queryset.for_list()
        territory.label_from_instance = lambda row: row.full_name
        territory.empty_label = action.empty_label = "Aucun en particulier"
        action.empty_label = "Aucune en particulier"
        action.queryset = action.queryset.order_by("title", "pk")
        name_when_many(self, "territory", "action")

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField], bool]]:
        """The source stands open: it is what makes the entry verified."""
        for section, fields, is_open in super().sections():
            yield (_SOURCE, fields, True) if section is PROVENANCE else (section, fields, is_open)
