"""Form of the budget lines of actions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from aict.accounts.tenant_forms import TenantModelForm
from typology.models import BudgetLine


class BudgetLineForm(TenantModelForm):
    """What one funder plans and pays for an action in a year."""

    class Meta(TenantModelForm.Meta):
        model = BudgetLine
        fields = ["year", "funder", "label", "planned", "actual"]
        help_texts = {
            "planned": "En euros. 0 est une réponse : le temps des agents, par exemple.",
            "actual": "En euros. Laissez vide tant que le montant payé n’est pas connu.",
            "label": "Subvention, adhésion, déplacement… ou le nom d’un financeur absent de la liste.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funder"].empty_label = "La collectivité elle-même"
        self.fields["funder"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"planned", "actual"} <= cleaned.keys() and cleaned["planned"] is None and cleaned["actual"] is None:
            raise ValidationError("Donnez au moins un montant, prévu ou réalisé : 0 est une réponse.")
        return cleaned
