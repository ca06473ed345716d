"""The form of a local correction of the support system."""

from __future__ import annotations

from typing import Any

from aict.accounts.tenant_forms import TenantModelForm
from partners.models import ActorCorrection


class ActorCorrectionForm(TenantModelForm):
    """Where the collectivité places an actor; the actor itself comes from the address."""

    class Meta(TenantModelForm.Meta):
        model = ActorCorrection
        fields = ["sector", "location", "note"]
        help_texts = {
            "location": "« Incertain » range l’acteur dans la zone « À préciser ».",
            "note": "Ce sur quoi repose la correction : une source, une date, un échange.",
        }

    def _get_validation_exclusions(self) -> set[str]:
        # One correction by actor: two people who correct the same one at once get a sentence, not a failure.
        return super()._get_validation_exclusions() - {"actor"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("sector", "location"):
            field: Any = self.fields[name]
            field.choices = [choice for choice in field.choices if choice[0]]  # the guide's position comes filled in
