"""The form of a stakeholder; a firm is a stakeholder of type « Entreprises »."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import transaction

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section, group_by
from partners import entry_rules, firm_groups
from partners.forms.firms import SirenField
from partners.models import Stakeholder

_ONE_GROUP = "Choisissez un groupe de la liste ou donnez le nom d’un nouveau, pas les deux."
_SAME_SIREN = Section("Même SIREN qu’une autre fiche", ("same_siren",))


class StakeholderForm(RegisterForm):
    """Who acts with the collectivité, here or abroad."""

    new_group = forms.CharField(
        label="Nouveau groupe",
        required=False,
        max_length=200,
        help_text="S’il n’est pas dans la liste : son nom.",
    )
    same_siren = forms.BooleanField(
        label="Garder les deux fiches : ce sont deux établissements ou deux services du même organisme",
        required=False,
        widget=forms.HiddenInput,
    )

    SECTIONS = (
        Section("Identité", ("name", "name_local", "type", "siren", "website")),
        Section("Ce qu’il fait, où il est présent", ("fields", "territories", "note")),
        Section(
            "Entreprise",
            ("naf", "group", "new_group"),
            "À remplir pour une entreprise seulement.",
        ),
    )

    class Meta(RegisterForm.Meta):
        model = Stakeholder
        fields = [
            "name",
            "name_local",
            "type",
            "siren",
            "website",
            "fields",
            "territories",
            "note",
            "naf",
            "group",
            *SHARED_FIELDS,
        ]
        field_classes = {"siren": SirenField}
        help_texts = {
            "name": "L’organisme, jamais une personne.",
            "siren": "Neuf chiffres, pour un organisme français.",
            "note": "Pas de donnée personnelle : un poste plutôt qu’un nom.",
            "naf": "La lettre qui correspond au code APE de l’entreprise. Prenez la version de l’avis de situation : "
            "NAF rév. 2 jusqu’au 31 décembre 2026, NAF 2025 ensuite.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group_by(self.fields["type"], "family")
        group_by(self.fields["naf"], "edition")
        self.fields["naf"].label_from_instance = lambda row: f"{row.letter} – {row.label}"
        territories = self.fields["territories"]
        territories.queryset = territories.queryset.for_list()
        territories.label_from_instance = lambda row: row.full_name
        self._twin: Stakeholder | None = None

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField], bool]]:
        """The warning on a SIREN already taken comes first: its box lets the row be saved all the same."""
        if self._twin:
            self.fields["same_siren"].widget = forms.CheckboxInput()
            yield _SAME_SIREN, [self["same_siren"]], True
        yield from super().sections()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, words in entry_rules.stakeholder_errors(cleaned).items():
            self.add_error(name, words)
        if cleaned.get("group") and cleaned.get("new_group"):
            self.add_error("new_group", _ONE_GROUP)
        return cleaned

    def _post_clean(self) -> None:
        # The row now holds what was typed: only here can it look for its twin.
        super()._post_clean()
        if "siren" in self.errors or "siren" not in self.changed_data:
            return
        self._twin = self.instance.same_siren()
        if self._twin and not self.cleaned_data.get("same_siren"):
            self.add_error("siren", _twin_warning(self._twin))

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save the row; a group typed by its name is opened, one that its last firm leaves is closed."""
        who = {"collectivity": self.instance.collectivity, "author": self.access.user}
        if name := self.cleaned_data.get("new_group"):
            self.instance.group = firm_groups.named(name=name, **who)
        left = self._loaded["group_id"]
        stakeholder = super().save(commit)
        if left and left != stakeholder.group_id:
            firm_groups.close_if_empty(number=left, **who)
        return stakeholder


def _twin_warning(twin: Stakeholder) -> str:
    state = " (fiche supprimée, que la liste « Supprimés » permet de rétablir)" if twin.deleted_at else ""
    return (
        f"Ce SIREN est déjà celui de « {twin.name} »{state}. Complétez cette fiche plutôt que d’en ouvrir une autre ; "
        "sinon, cochez la case en tête de page."
    )
