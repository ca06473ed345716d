"""Forms of aids to firms: nothing is saved before its arithmetic has been read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone

from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import FrenchDateField
from typology import aid_ledger
from typology.fields import name_when_many
from typology.models import AidLine
from typology.state_aid import Comparison

DECLARED = ("firm_id", "amount", "granted_on", "regime_id")  # what the national register was told


class AidTermsForm(TenantModelForm):
    """The terms of an aid: regime, day, measure. The firm and the amount may come from elsewhere: a budget line."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    class Meta(TenantModelForm.Meta):
        model = AidLine
        fields = ["regime", "granted_on", "measure", "override_reason"]
        help_texts = {
            "granted_on": "Le jour où l’entreprise acquiert le droit à l’aide : décision ou convention, pas paiement.",
            "override_reason": "Ce qui justifie d’enregistrer l’aide au-dessus du plafond. Il reste affiché.",
        }

    comparison: Comparison | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regime = self.fields["regime"]
        regime.empty_label = "Choisir un régime"
        regime.label_from_instance = lambda row: f"{row.label}, {row.period}"
        if self.instance.regime_id is None and (usual := aid_ledger.usual_regime(timezone.localdate())):
            self.initial["regime"] = usual.pk

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model refuses on a column that this form does not show is told on top."""
        if hasattr(errors, "error_dict"):
            told = {
                name if name in self.fields else NON_FIELD_ERRORS: found for name, found in errors.error_dict.items()
            }
            errors = ValidationError(told)
        super()._update_errors(errors)

    def is_read(self) -> bool:
        """Compare a valid aid with the ledger; whether the person has read that very arithmetic, and may go on.

        Above the ceiling a written reason is asked for: advice, never prohibition. Lock the undertaking first.
        """
        if self.instance.pk and any(getattr(self.instance, name) != self._loaded[name] for name in DECLARED):
            self.instance.declared_on = None  # what was declared was another aid: the register is to be told again
        self.comparison = aid_ledger.comparison(self.instance)
        shown = aid_ledger.fingerprint(self.comparison)
        was_read = self.cleaned_data["seen"] == shown
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent[self.add_prefix("seen")] = shown
        self.data = sent
        self.fields["override_reason"].needed = self.comparison.is_exceeded  # type: ignore[attr-defined]
        if was_read and self.comparison.is_exceeded and not self.cleaned_data["override_reason"].strip():
            self.add_error("override_reason", aid_ledger.REASON_WANTED)
            return False
        return was_read

    @property
    def asks_reason(self) -> bool:
        """Whether the reason has its place on the page: above the ceiling, or written already."""
        return bool(self.instance.override_reason or (self.comparison and self.comparison.is_exceeded))


class AidForm(AidTermsForm):
    """An aid entered by itself, without a budget line."""

    class Meta(AidTermsForm.Meta):
        fields = ["firm", "amount", "granted_on", "regime", "measure", "action", "note", "override_reason"]
        help_texts = {
            **AidTermsForm.Meta.help_texts,
            "note": "Numéro du régime exempté ou notifié, références de la décision.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firm, action = self.fields["firm"], self.fields["action"]
        firm.queryset = firm.queryset.firms().select_related("type").order_by("name")
        firm.empty_label = "Choisir une entreprise"
        action.queryset = action.queryset.order_by("title")
        action.empty_label = "Aucune en particulier"
        name_when_many(self, "firm", "action")


class DeclaredForm(TenantModelForm):
    """The day on which an aid was declared on the national register; empty: not yet."""

    declared_on = FrenchDateField(
        label="Déclarée le", required=False, help_text="Laissez vide si la déclaration reste à faire."
    )

    class Meta(TenantModelForm.Meta):
        model = AidLine
        fields = ["declared_on"]

    def clean_declared_on(self) -> date | None:
        day: date | None = self.cleaned_data["declared_on"]
        if day and day > timezone.localdate():
            raise ValidationError("Ce jour n’est pas encore venu : notez la déclaration une fois faite.")
        if day and day < self.instance.granted_on:
            raise ValidationError(f"L’aide date du {self.instance.granted_on:%d/%m/%Y} : elle se déclare ensuite.")
        return day

    def _post_clean(self) -> None:
        """The date alone is judged here: what else the aid may lack is told where it is edited."""
        if "declared_on" in self.cleaned_data:
            self.instance.declared_on = self.cleaned_data["declared_on"]
