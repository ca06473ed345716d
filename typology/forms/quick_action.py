"""Forms that start an action: the quick log in five fields, and what every form with a start and an end checks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from aict.accounts.access import number_in
from aict.accounts.register_forms import DatedForm
from aict.accounts.tenant_forms import TenantModelForm
from typology.fields import ActionTypeField, TypeSelect, name_when_many
from typology.models import Action, ActionType


class DatedActionForm(DatedForm):
    """An action with a start and an end: years that make sense, and in that order."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "La fin précède le début : corrigez l’une des deux dates.")
        return cleaned


def offer_territories(form: Any) -> None:
    """The choice of a territory: found by typing, in a list or in a plain field when the register is long."""
    territory = form.fields["territory"]
    territory.queryset = territory.queryset.for_list()
    territory.label_from_instance = lambda row: row.full_name
    territory.empty_label = "Plusieurs ou aucun"
    territory.widget.attrs["data-combobox"] = "territoire,territoires"
    name_when_many(form, "territory")


class QuickActionForm(DatedActionForm):
    """Five fields: title, type, territory, dates, lead service. A link may bring an agreement or an office along."""

    BROUGHT = ("agreement", "office")

    type = ActionTypeField(
        queryset=ActionType.objects.none(),
        label="Type d’action",
        empty_label="Choisir parmi 27 types",
        help_text="Écrivez un mot : salon, formation, jumelage… La catégorie et la finalité s’en déduisent.",
        widget=TypeSelect,
    )

    class Meta(TenantModelForm.Meta):
        model = Action
        fields = ["title", "type", "territory", "starts", "ends", "lead_service", "agreement", "office"]
        help_texts = {
            "title": "Ce qui se fait, avec qui : on doit le comprendre dans une liste.",
            "territory": "",
            "lead_service": "Celui qui répond de l’action.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead_service"].empty_label = "À préciser"
        offer_territories(self)
        office = self.fields["office"]
        office.queryset = office.queryset.filter(Q(closed_on=None))
        for name in self.BROUGHT:
            self._bring(name)

    def _bring(self, name: str) -> None:
        """Keep a row that the link names, hidden and told in words; no field at all otherwise."""
        field = self.fields[name]
        value = self.data.get(name, "") if self.is_bound else self.initial.get(name) or ""
        row = field.queryset.filter(pk=number_in(str(value))).first()
        if row is None and not (self.is_bound and value):
            del self.fields[name]
            self.initial.pop(name, None)
            return
        field.widget = field.hidden_widget()
        setattr(self, f"brought_{name}", row)

    @property
    def brought(self) -> list[tuple[str, Any]]:
        """What the link brings: the name of the field, and the row."""
        rows = [
            (self.fields[name].label, getattr(self, f"brought_{name}", None))
            for name in self.BROUGHT
            if name in self.fields
        ]
        return [(label, row) for label, row in rows if row is not None]
