"""The full form of an action: what the quick log leaves for later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Q

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section
from typology import questions, status_moves, tagging
from typology.fields import ActionTypeField, RowByNameField, TypeSelect, name_when_many, propose_sdgs
from typology.forms.quick_action import offer_territories
from typology.models import Action, ActionType, Tag

_TAGS_TOLD = 30  # tags of the collectivité that the help of the field quotes


class ActionForm(RegisterForm):
    """An action, in sections. Its tags are typed as words; those that nobody used yet are created."""

    SECTIONS: tuple[Section, ...] = (
        Section("L’essentiel", ("title", "type", "territory", "lead_service", "starts", "ends")),
        Section(
            "Ce que l’on en attend",
            ("expected_result", "local_interest"),
            "Demandés, avec un indicateur, pour passer l’action à l’état « programmée ».",
        ),
        Section("État et cadre", ("status", "status_reason", "timing", "agreement", "office", "gate_override_reason")),
        Section("Avec qui, pour quoi", ("associated_services", "elected_portfolio", "stakeholders", "fields", "sdgs")),
        Section("Coût, étiquettes, modèle", ("cost_estimate", "tag_words", "is_template")),
        Section("Visée", ("economic_aim", "economic_actors")),
    )
    # A short form may leave these out: the model's own default then holds.
    DEFAULTED = ("status", "timing", "visibility")

    type = ActionTypeField(
        queryset=ActionType.objects.none(),
        label="Type d’action",
        empty_label="Choisir parmi 27 types",
        help_text="Rangés par finalité. La finalité et la catégorie s’en déduisent.",
        widget=TypeSelect,
    )
    tag_words = forms.CharField(
        label="Étiquettes",
        required=False,
        max_length=1000,
        help_text="Vos propres mots, séparés par des virgules, pour retrouver l’action.",
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
            "status_reason",
            "timing",
            "agreement",
            "office",
            "gate_override_reason",
            "associated_services",
            "elected_portfolio",
            "stakeholders",
            "fields",
            "sdgs",
            "cost_estimate",
            "is_template",
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
        self.left: list[str] = []  # answers of the fiche that the action leaves with its type
        offer_territories(self)
        self.fields["lead_service"].empty_label = "À préciser"
        self.fields["elected_portfolio"].empty_label = "Aucune"
        self._offer_agreements()
        name_when_many(self, "stakeholders")
        propose_sdgs(self.fields["sdgs"])
        self._offer_tags()
        self.fields["status"].show_hidden_initial = True  # the state that the reader saw: status_moves.clean
        self._offer_offices()
        for name in self.DEFAULTED:
            self.fields[name].required = False
            self.fields[name].needed = True  # its list has no empty line: not to be called optional

    def _offer_agreements(self) -> None:
        agreement = self.fields["agreement"]
        agreement.empty_label = "Aucun"
        agreement.queryset = agreement.queryset.select_related("territory").order_by("territory__name", "title")
        agreement.label_from_instance = lambda row: f"{row.territory.name} – {row.title}"
        name_when_many(self, "agreement")
        typed: Any = self.fields["agreement"]
        if isinstance(typed, RowByNameField):
            typed.label_from_instance = lambda row: f"{row.title} ({row.territory.name})"  # type: ignore[assignment, method-assign]

    def _offer_tags(self) -> None:
        """The words of the action, and those that the collectivité uses already."""
        mine = self.instance.tags.all() if self.instance.pk else []
        self.initial.setdefault("tag_words", ", ".join(tag.name for tag in mine))
        used = Tag.objects.for_collectivity(self.access.collectivity).values_list("name", flat=True)[:_TAGS_TOLD]
        if told := ", ".join(used):
            self.fields["tag_words"].help_text += f" Déjà employées : {told}."

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

    def clean_tag_words(self) -> str:
        return ", ".join(tagging.words_of(self.cleaned_data["tag_words"]))

    def _save_m2m(self) -> None:
        # Before the history is written: the tags, and the answers of a fiche that is left, are part of what changed.
        super()._save_m2m()  # type: ignore[misc]
        self.left += questions.leave_answers(self.instance)
        words = tagging.words_of(self.cleaned_data["tag_words"])
        self.instance.set_related("tags", tagging.tags_named(collectivity=self.instance.collectivity, words=words))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.DEFAULTED:
            cleaned[name] = (
                cleaned.get(name) or self.initial.get(name) or self._meta.model._meta.get_field(name).default
            )
        status_moves.clean(self, cleaned)
        if kind := cleaned.get("type"):
            self.left = questions.leave_zone(self.instance, kind)
        return cleaned
