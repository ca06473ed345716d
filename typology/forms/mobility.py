"""The form of a mobility of young people."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from aict.accounts.register_forms import DatedForm
from aict.accounts.tenant_forms import TenantModelForm
from typology import youth_mobility
from typology.fields import name_when_many
from typology.models import Mobility


class MobilityForm(DatedForm):
    """Young people sent or hosted: how many, where, with whom; what became of them once it is known."""

    class Meta(TenantModelForm.Meta):
        model = Mobility
        fields = [
            "action",
            "label",
            "kind",
            "direction",
            "young",
            "country",
            "territory",
            "is_priority_zone",
            "field",
            "partners",
            "starts",
            "ends",
            "employed",
            "note",
        ]
        help_texts = {
            "action": "La mobilité compte dans les indicateurs de cette action.",
            "label": "Le programme, ou le groupe parti ensemble. Pas de nom de personne.",
            "young": "Ceux qui sont partis, ou venus.",
            "country": "Où ils vont, ou d’où ils viennent.",
            "territory": "S’il est au registre.",
            "is_priority_zone": "La destination est une zone prioritaire de votre collectivité.",
            "partners": "Établissements, missions locales, entreprises d’accueil.",
            "employed": "Parmi eux, ceux qui ont trouvé un emploi après leur retour. Laissez vide tant que ce n’est "
            "pas connu ; 0 est une réponse.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action, territory = self.fields["action"], self.fields["territory"]
        action.queryset = action.queryset.order_by("title", "pk")
        action.empty_label = "Choisir une action"
        territory.queryset = territory.queryset.for_list()
        territory.label_from_instance = lambda row: row.full_name
        territory.empty_label = "Aucun en particulier"
        self.fields["country"].empty_label = "Choisir un pays"
        self.fields["field"].empty_label = "Plusieurs, ou aucun en particulier"
        self.fields["partners"].queryset = self.fields["partners"].queryset.order_by("name", "pk")
        name_when_many(self, "action", "territory", "partners")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        found = youth_mobility.errors(cleaned, today=timezone.localdate())
        for name, error in found.items():
            self.add_error(name, error)
        return cleaned
