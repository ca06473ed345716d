"""Forms of brands and of campaigns."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from aict.accounts.register_forms import SHARED_FIELDS, DatedForm, RegisterForm, Section
from aict.accounts.tenant_forms import TenantModelForm
from typology import brands
from typology.fields import name_when_many
from typology.models import Brand, Campaign


class BrandForm(RegisterForm):
    """A territorial brand: what it says, who governs it, to whom it speaks."""

    SECTIONS = (
        Section("La marque", ("name", "claim", "since", "website")),
        Section(
            "Sa gouvernance",
            ("members",),
            "Ceux qui décident de la marque ensemble. Sans eux, la fiche reste incomplète.",
        ),
        Section("À qui elle parle", ("languages", "audience", "note")),
    )

    class Meta(RegisterForm.Meta):
        model = Brand
        fields = ["name", "claim", "since", "website", "members", "languages", "audience", "note", *SHARED_FIELDS]
        help_texts = {
            "claim": "La phrase qui accompagne le nom.",
            "members": "Collectivités, agences, clusters, entreprises du registre des parties prenantes.",
            "audience": "Investisseurs, talents, étudiants, touristes : ceux que la marque veut toucher.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = self.fields["members"].queryset.order_by("name", "pk")
        name_when_many(self, "members")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if told := brands.since_error(cleaned.get("since"), today=timezone.localdate()):
            self.add_error("since", told)
        return cleaned


class CampaignForm(DatedForm):
    """A campaign of marketing, around a brand, or of promotion."""

    class Meta(TenantModelForm.Meta):
        model = Campaign
        fields = [
            "title",
            "kind",
            "brand",
            "action",
            "starts",
            "ends",
            "languages",
            "audience",
            "territories",
            "note",
        ]
        help_texts = {
            "kind": "Marketing : autour d’une marque, pour un public. Promotion : faire connaître le territoire.",
            "brand": "Obligatoire pour une campagne de marketing.",
            "action": "L’action qui porte la campagne, si elle est consignée.",
            "languages": "Par exemple : français, anglais.",
            "note": "Affiches, site, film, salon… et ce qui en est sorti.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brand, action, territories = self.fields["brand"], self.fields["action"], self.fields["territories"]
        brand.queryset = brand.queryset.order_by("name", "pk")
        brand.empty_label = "Sans marque"
        action.queryset = action.queryset.order_by("title", "pk")
        action.empty_label = "Aucune en particulier"
        territories.queryset = territories.queryset.for_list()
        territories.label_from_instance = lambda row: row.full_name
        name_when_many(self, "brand", "action", "territories")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        found = brands.campaign_errors(cleaned, today=timezone.localdate())
        for name, error in found.items():
            self.add_error(name, error)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # What `clean` has just told in better words is not told a second time by the constraint.
        return super()._get_validation_exclusions() | ({"brand"} if "brand" in self.errors else set())
