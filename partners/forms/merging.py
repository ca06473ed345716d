"""Which territory goes into the one that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from aict.accounts.access import Access
from aict.ui.fields import in_our_words
from aict.ui.typography import fold
from partners.models import Territory
from partners.similarity import Likeness, similar

LONGEST_LIST = 300  # options of a select; beyond, one types a name
FOUND = 20  # territories listed for a name


class OtherTerritory(forms.ModelChoiceField):
    """Named with its country, for homonyms are what people merge; those that resemble the kept one come first."""

    def label_from_instance(self, territory: Any) -> str:
        return str(territory.full_name)


class MergeForm(forms.Form):
    """The other territory, `avec`: of the same collectivité, alive, not its own. `garder`: keep its names."""

    garder = forms.BooleanField(required=False)

    def __init__(self, *args: Any, access: Access, kept: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = Territory.objects.for_collectivity(access.collectivity).abroad()
        others = self.rows.exclude(pk=kept.pk)
        self.alike: list[Likeness] = similar(self.rows, kept.name, country=kept.country_id, but=kept.pk)
        field = OtherTerritory(others.for_list(), label="Territoire à fusionner", empty_label="Choisir…")
        field.error_messages |= {
            "required": "Choisissez le territoire à fusionner.",
            "invalid_choice": "Ce territoire n’existe pas dans votre collectivité, ou il ne peut pas être fusionné : "
            "choisissez-en un autre.",
        }
        self.fields["avec"] = field
        self.is_long = others[: LONGEST_LIST + 1].count() > LONGEST_LIST
        field.widget.choices = [] if self.is_long else list(self._choices(others))

    def _choices(self, others: Any) -> Iterator[tuple[str, Any]]:
        """Those that resemble the kept territory first, then all by name."""
        yield "", "Choisir…"
        near = {one.pk for one in self.alike}
        rest = [(row.pk, row.full_name) for row in others.for_list() if row.pk not in near]
        if near:
            yield "Noms proches", [(one.pk, one.full_name) for one in self.alike]
        yield ("Autres territoires" if near else "Territoires"), rest


class NameForm(forms.Form):
    """A name to look for, when the territories are too many for a list."""

    nom = forms.CharField(label="Nom du territoire à fusionner", max_length=160, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self.fields["nom"])

    def found(self, rows: Any, kept: Territory) -> list[Territory]:
        """The territories whose names hold the words typed, twenty at most."""
        words = self.cleaned_data.get("nom", "") if self.is_valid() else ""
        if not fold(words):
            return []
        return list(rows.exclude(pk=kept.pk).matching(words).for_list()[:FOUND])
