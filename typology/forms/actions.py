"""Form of actions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section
from typology import gate
from typology.fields import ActionTypeField
from typology.models import Action, ActionType


class ActionForm(RegisterForm):
    """An action: its title and type to log it, the rest when it is known."""

    SECTIONS: tuple[Section, ...] = (
        Section("L’essentiel", ("title", "type", "territory", "lead_service", "starts", "ends")),
        Section(
            "Ce que l’on en attend",
            ("expected_result", "local_interest"),
            "Demandés, avec un indicateur, pour passer l’action à l’état « programmée ».",
        ),
        Section("État et cadre", ("status", "timing", "agreement", "office", "gate_override_reason")),
        Section("Avec qui, pour quoi", ("associated_services", "stakeholders", "fields", "sdgs")),
        Section("Visée", ("economic_aim", "economic_actors")),
    )
    # A short form may leave these out: the model's own default then holds.
    DEFAULTED = ("status", "timing", "visibility")

    type = ActionTypeField(
        queryset=ActionType.objects.none(),
        label="Type d’action",
        empty_label="Choisir parmi 27 types",
        help_text="Rangés par finalité. La finalité et la catégorie s’en déduisent.",
    )

    class Meta(RegisterForm.Meta):
        model = Action
        fields = [
            "title",
            "type",
            "territory",
            "lead_service",
            "starts",
            "ends",
            "expected_result",
            "local_interest",
            "status",
            "timing",
            "agreement",
            "office",
            "gate_override_reason",
            "associated_services",
            "stakeholders",
            "fields",
            "sdgs",
            "economic_aim",
            "economic_actors",
            *SHARED_FIELDS,
        ]
        help_texts = {
            "title": "Ce qui se fait, avec qui : on doit le comprendre dans une liste.",
            "expected_result": "Une phrase, un nombre si possible.",
            "local_interest": "Ce que le territoire y gagne, au sens large.",
            "lead_service": "Celui qui répond de l’action.",
            "agreement": "Celui qui donne une base légale à l’action.",
            "office": "Le bureau de représentation qui porte l’action.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territory, agreement = self.fields["territory"], self.fields["agreement"]
        territory.queryset = territory.queryset.for_list()
        territory.label_from_instance = lambda row: row.full_name
        territory.empty_label = "Plusieurs ou aucun"
        agreement.empty_label = "Aucun"
        self.fields["lead_service"].empty_label = "À préciser"
        agreement.queryset = agreement.queryset.select_related("territory").order_by("territory__name", "title")
        agreement.label_from_instance = lambda row: f"{row.territory.name} – {row.title}"
        self._offer_offices()
        for name in self.DEFAULTED:
            self.fields[name].required = False
            self.fields[name].needed = True  # its list has no empty line: not to be called optional

    def _offer_offices(self) -> None:
        """Open offices, and the one already chosen; no field at all for a collectivité that has none."""
        office = self.fields["office"]
        office.queryset = office.queryset.filter(Q(closed_on=None) | Q(pk=self.instance.office_id)).order_by("name")
        office.empty_label = "Aucun"
        if not office.queryset.exists():
            del self.fields["office"]
            self.SECTIONS = tuple(
                replace(section, fields=tuple(name for name in section.fields if name != "office"))
                for section in self.SECTIONS
            )

    @property
    def unfolds(self) -> bool:
        """Whether what may wait stands open: while editing, or when it holds an error."""
        return self.instance.pk is not None or bool(set(self.errors) - {*self.SECTIONS[0].fields, "__all__"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.DEFAULTED:
            cleaned[name] = (
                cleaned.get(name) or self.initial.get(name) or self._meta.model._meta.get_field(name).default
            )
        given = gate.gate(
            local_interest=cleaned.get("local_interest", ""),
            expected_result=cleaned.get("expected_result", ""),
            indicators=self.instance.indicator_uses.count() if self.instance.pk else 0,
            override=cleaned.get("gate_override_reason", ""),
        )
        if refused := gate.refusal(cleaned["status"], given):
            self.add_error("status", refused)
        return cleaned
