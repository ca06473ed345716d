"""Form of the geographic targets."""

from __future__ import annotations

from typing import Any

from aict.accounts.register_forms import group_by
from aict.accounts.tenant_forms import TenantModelForm
from typology.enums import TargetReason
from typology.fields import name_when_many
from typology.models import Target
from typology.models.targets import NOT_OF_THE_FICHE, OWN_ELSEWHERE, OWN_REASON


class TargetForm(TenantModelForm):
    """A target of one mode, chosen before: the zones of its fiche, then a precise place, and why."""

    class Meta(TenantModelForm.Meta):
        model = Target
        fields = ["zone", "territory", "country", "reason", "note"]
        help_texts = {
            "territory": "Le lieu précis, s’il est connu.",
            "country": "Seulement si vous visez le pays entier.",
            "note": "Secteurs, calendrier, ce qui reste à vérifier…",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        promotes = self.instance.category.zones.filter(is_own_territory=True).exists()
        zone, territory = self.fields["zone"], self.fields["territory"]
        zone.queryset = zone.queryset.filter(category=self.instance.category)
        zone.label_from_instance = lambda row: row.full_label
        zone.empty_label = "Choisir dans la liste de la fiche"
        zone.error_messages["invalid_choice"] = NOT_OF_THE_FICHE
        group_by(zone, "group_label")
        rows = territory.queryset.select_related("country").order_by("name", "pk")
        territory.queryset = rows if promotes else rows.filter(is_own=False)
        if not promotes:
            territory.error_messages["invalid_choice"] = (
                f"Choisissez un de vos territoires partenaires. {OWN_ELSEWHERE}"
            )
        territory.label_from_instance = lambda row: "Votre territoire" if row.is_own else row.full_name
        territory.empty_label, self.fields["country"].empty_label = "Aucun en particulier", "Aucun en particulier"
        name_when_many(self, "territory")
        self._narrow_reasons(promotes)

    def _narrow_reasons(self, promotes: bool) -> None:
        reason = self.fields["reason"]
        kept = [(value, label) for value, label in reason.choices if promotes or value != TargetReason.OWN]
        reason.choices = [("", "Choisir"), *[choice for choice in kept if choice[0]]]
        reason.error_messages["invalid_choice"] = OWN_REASON
