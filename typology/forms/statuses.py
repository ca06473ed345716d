"""The gesture that moves the state of an action, from its page."""

from __future__ import annotations

from typing import Any

from django import forms

from aict.accounts.tenant_forms import TenantModelForm
from typology import status_moves
from typology.models import Action

OVERRIDE = "gate_override_reason"


class StatusForm(TenantModelForm):
    """A state, its reason, and the reason of a derogation; what is not sent stays as it was."""

    WRITTEN = ("status_reason", OVERRIDE)  # what a stale gesture must not lose

    class Meta(TenantModelForm.Meta):
        model = Action
        fields = ["status", "status_reason", OVERRIDE]
        widgets = {"status": forms.RadioSelect}
        labels = {"status_reason": "Motif", "status": "Nouvel état"}
        help_texts = {
            "status_reason": "Demandé pour suspendre ou abandonner. Il restera affiché.",
            OVERRIDE: "Pour passer outre. Il restera affiché.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moves = status_moves.moves(self.instance.status)
        self.fields["status"].choices = [(move.status.value, move.words) for move in self.moves]
        self.fields["status"].error_messages["invalid_choice"] = "Choisissez l’un des états proposés."
        if self.is_bound and OVERRIDE not in self.data:  # a button of the page: the stored reason, offered if refused
            sent: Any = self.data.copy()  # type: ignore[attr-defined]
            sent[OVERRIDE] = self.instance.gate_override_reason
            self.data = sent

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "status" in cleaned:
            status_moves.clean(self, cleaned)
        return cleaned
