"""Forms that make an action again: a copy with new dates, or the rule of its series (SYS-18)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aict.accounts.access import Access
from aict.accounts.tenancy import OTHER_TENANT
from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import FrenchDateField, in_our_words
from typology import duplicating, series
from typology.fields import name_when_many
from typology.forms.quick_action import DatedActionForm
from typology.models import Action, Series
from typology.models.series import MOST_MONTHS

_SERIES = {field.name: field for field in Series._meta.concrete_fields}


class DuplicateForm(DatedActionForm):
    """The title and the dates of a copy."""

    with_budget = forms.BooleanField(
        label="Reprendre les montants prévus",
        required=False,
        help_text="Décalés d’autant d’années que les dates. Les montants réalisés ne sont jamais repris.",
    )

    class Meta(TenantModelForm.Meta):
        model = Action
        fields = ["title", "starts", "ends"]
        help_texts = {"title": "Changez-le : deux actions de même titre se confondent dans une liste."}

    def __init__(self, *args: Any, source: Action, **kwargs: Any) -> None:
        super().__init__(*args, instance=Action(type=source.type), initial={"title": source.title}, **kwargs)
        self.source = source

    def save(self, commit: bool = True) -> Action:
        """Make the copy and return it. Raises ValidationError when it would break a rule."""
        cleaned = self.cleaned_data
        return duplicating.duplicate(
            action=self.source,
            title=cleaned["title"],
            starts=cleaned["starts"],
            ends=cleaned["ends"],
            with_budget=cleaned["with_budget"],
            author=self.access.user,
        )


class RecurrenceForm(forms.Form):
    """The rule of a series; for an action logged apart, the series that it joins instead."""

    joined = forms.ModelChoiceField(
        queryset=Series.objects.none(),
        required=False,
        label="Série existante",
        empty_label="Aucune : créer une série",
        help_text="Pour rattacher une édition consignée à part. La règle est alors celle de la série.",
    )
    edition = forms.IntegerField(
        label="Numéro de cette édition", required=False, min_value=1, max_value=999, help_text="1 si c’est la première."
    )
    name = forms.CharField(
        label="Nom de la série",
        required=False,
        max_length=_SERIES["name"].max_length,
        help_text="Sans année : elle s’ajoute au titre de chaque édition.",
    )
    every_months = forms.IntegerField(
        label="Une édition tous les… (mois)",
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        help_text="12 : chaque année.",
    )
    until = FrenchDateField(
        label="Dernière édition au plus tard le",
        required=False,
        help_text=f"Une série s’arrête toujours : {series.MOST_YEARS} ans au plus après sa première édition.",
    )

    def __init__(self, data: Any = None, *, action: Action, access: Access) -> None:
        rule = action.series
        initial = {
            "name": rule.name if rule else series.name_of(action),
            "every_months": rule.every_months if rule else 12,
            "until": rule.until if rule else None,
            "edition": action.edition or 1,
        }
        super().__init__(data, initial=initial)
        self.action, self.access = action, access
        self._offer_series()
        for name, field in self.fields.items():
            in_our_words(field)
            field.needed = name in ("name", "every_months", "until", "edition")  # type: ignore[attr-defined]

    def _offer_series(self) -> None:
        """Series to join, for an action that is in none and when there are some."""
        joined: Any = self.fields["joined"]
        joined.queryset = Series.objects.for_collectivity(self.access.collectivity)
        joined.error_messages["invalid_choice"] = OTHER_TENANT
        if self.action.series_id is not None:
            del self.fields["joined"], self.fields["edition"]
        elif not joined.queryset.exists():
            del self.fields["joined"]
        else:
            name_when_many(self, "joined")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("joined"):
            for name in ("name", "every_months"):
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, "À remplir.")
        return cleaned

    def give(self) -> bool:
        """Write the rule, or join the series; False, with the errors in place, when that is refused."""
        cleaned, author = self.cleaned_data, self.access.user
        edition = cleaned.get("edition") or 1
        try:
            if joined := cleaned.get("joined"):
                series.join(action=self.action, series=joined, edition=edition, author=author)
            else:
                rule = {name: cleaned[name] for name in ("name", "every_months", "until")}
                series.make_recurrent(action=self.action, edition=edition, author=author, **rule)
        except ValidationError as refused:
            self._place(refused)
        return not self.errors

    def _place(self, refused: ValidationError) -> None:
        """Each error beside its field; on top, those of no field of this form."""
        by_field = refused.message_dict if hasattr(refused, "error_dict") else {"": refused.messages}
        for name, told in by_field.items():
            self.add_error(name if name in self.fields else None, told)
