"""Forms of evaluation: the indicators that follow an action, and measures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section, group_by
from aict.accounts.tenant_forms import TenantModelForm
from evaluation.enums import MeasureState, ValueType
from evaluation.models import Indicator, IndicatorUse, Measure

# What was checked: changing one of these sends the measure back to draft.
CHECKED = {"indicator", "year", "value", "unit", "measured_on", "territory", "action", "scope", "source"}


class IndicatorUseForm(TenantModelForm):
    """An indicator that follows an action, with its start and its target."""

    class Meta(TenantModelForm.Meta):
        model = IndicatorUse
        fields = ["indicator", "baseline", "target", "target_on", "data_source", "frequency"]
        help_texts = {
            "indicator": "Les indicateurs de résultat de la fiche sont proposés sur la page de l’action.",
            "baseline": "Avant l’action. Laissez vide si elle n’est pas connue : elle sera montrée comme manquante.",
            "target": "Ce que l’on veut atteindre, dans l’unité de l’indicateur.",
            "data_source": "Qui donnera le chiffre : observatoire, chambre consulaire, enquête…",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Q(off_by_default=False) | Q(pk=self.instance.indicator_id)
        field = self.fields["indicator"]
        field.queryset = Indicator.objects.current().filter(offered)
        field.label_from_instance = lambda row: f"{row.label} ({row.unit})"
        field.empty_label = "Choisir un indicateur"
        group_by(field, "table")

    def _get_validation_exclusions(self) -> set[str]:
        # « Once per action » is checked although no form shows the action.
        return super()._get_validation_exclusions() - {"action"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        indicator = cleaned.get("indicator")
        for name in ("baseline", "target"):
            value = cleaned.get(name)
            if indicator is None or value is None:
                continue
            try:
                indicator.refuse_out_of_range(value)
            except ValidationError as refused:
                self.add_error(name, refused.message_dict["value"])
        return cleaned


class MeasureForm(RegisterForm):
    """A dated value of an indicator."""

    SECTIONS = (
        Section("La valeur", ("indicator", "year", "value", "unit", "measured_on")),
        Section("Ce qui a été compté", ("scope", "territory", "action", "note")),
    )

    class Meta(RegisterForm.Meta):
        model = Measure
        fields = [
            "indicator",
            "year",
            "value",
            "unit",
            "measured_on",
            "scope",
            "territory",
            "action",
            "note",
            *SHARED_FIELDS,
        ]
        help_texts = {
            "value": "Dans l’unité du champ « Unité », ou celle de l’indicateur s’il est vide. "
            "0 est une valeur ; une donnée absente ne se saisit pas.",
            "unit": "Vide : l’unité de l’indicateur.",
            "measured_on": "Le jour de la mesure, s’il est connu.",
            "scope": "Ce qui a vraiment été compté, si ce n’est pas tout le périmètre de l’indicateur.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].required = False
        self.fields["indicator"].empty_label = "Choisir un indicateur"
        group_by(self.fields["indicator"], "table")
        territory = self.fields["territory"]
        territory.queryset = territory.queryset.for_list()
        territory.label_from_instance = lambda row: row.full_name
        territory.empty_label = "Aucun en particulier"
        self.fields["action"].empty_label = "Aucune en particulier"
        self.fields["action"].queryset = self.fields["action"].queryset.order_by("title")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        indicator, value = cleaned.get("indicator"), cleaned.get("value")
        if indicator and not cleaned.get("unit"):
            cleaned["unit"] = indicator.unit
        if indicator and value is not None and cleaned.get("unit") == indicator.unit:
            self._refuse_fraction(indicator, value)
        return cleaned

    def _refuse_fraction(self, indicator: Indicator, value: Decimal) -> None:
        if indicator.value_type in (ValueType.INTEGER, ValueType.RANK) and value != value.to_integral():
            self.add_error("value", "Cet indicateur se compte en nombres entiers : écrivez une valeur sans virgule.")

    def save(self, commit: bool = True) -> Measure:
        """The author of a new value is who types it; a value changed after its check is a draft again."""
        if self.instance.pk is None:
            self.instance.author = self.access.user
        elif self.instance.state != MeasureState.DRAFT and CHECKED & set(self.changed_data):
            self.instance.state = MeasureState.DRAFT
        return super().save(commit)
