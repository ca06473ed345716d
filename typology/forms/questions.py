"""Forms of the sheet of an action: one question at a time, and one risk of a cooperation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q

from aict.accounts.register_forms import group_by
from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import FoldedCheckboxes, in_our_words
from typology import gate, questions, zones
from typology.enums import ActionStatus, Question, Timing
from typology.fields import name_when_many
from typology.forms.quick_action import DatedActionForm, offer_territories
from typology.models import Action, FicheOption, RiskAssessment, TargetZone
from typology.models.actions import MEND_ANSWER
from typology.question_lists import AnswerList, lists_of

_FOREIGN = f"« %(value)s » n’est pas dans cette liste : c’est peut-être une réponse d’une autre fiche ; {MEND_ANSWER}"
_NO_ANSWER = ("", "Sans réponse")


class QuestionForm(DatedActionForm):
    """One of the seven questions: the data of the action that answer it, the choices of its fiche, one's own words."""

    class Meta(TenantModelForm.Meta):
        model = Action
        fields = [name for names in questions.FIELDS.values() for name in names]
        help_texts = {
            "economic_actors": "Entreprises, chambres, pôles… : il faut alors réunir les trois services.",
            "local_interest": "Ce que le territoire y gagne, au sens large.",
            "expected_result": "Une phrase, un nombre si possible.",
            "risk_waiver": "À défaut d’en évaluer un : le motif reste affiché.",
            "agreement": "Celui qui donne une base légale à l’action.",
        }

    note = forms.CharField(
        label="Précisions",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Avec vos mots : ce que les listes ne disent pas.",
    )

    def __init__(self, *args: Any, question: str, sheet: questions.Sheet, country: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question, self.sheet = question, sheet
        kept = questions.fields_of(sheet, question)
        self.options = questions.choices(self.instance, question)
        lists = {row.group: self._list(row) for row in lists_of(self.instance.category.code, [question])}
        known = {name: self.fields[name] for name in kept}
        # « Quoi » begins with what the fiche asks; elsewhere the data of the action come first.
        first, second = (lists, known) if question == Question.QUOI else (known, lists)
        self.fields = {**first, **second, "note": self.fields["note"]}
        self.initial["note"] = sheet.notes.get(question, "")
        self.proposal: zones.Reading | None = None
        if question == Question.QUI:
            self.fields["lead_service"].empty_label = "À préciser"
            self.fields["elected_portfolio"].empty_label = "Aucune"
        elif question == Question.OU:
            offer_territories(self)
            self._zones(country)
        elif question == Question.QUAND:
            self._timing()
        elif question == Question.COMMENT:
            self._agreements()
        for field in self.fields.values():
            field.needed = True  # the page says it once: nothing is compulsory

    def _list(self, row: AnswerList) -> forms.Field:
        """A list of the fiche: checkboxes, or radio buttons with a way back to no answer."""
        choices = [(option.code, _label(option)) for option in self.options.get(row.group, [])]
        held = [
            option.code for option in self.sheet.chosen if (option.question, option.group) == (row.question, row.group)
        ]
        field: Any
        if row.many:
            field = forms.MultipleChoiceField(choices=choices, widget=FoldedCheckboxes)
            field.initial = held
        else:
            field = forms.ChoiceField(choices=[*choices, _NO_ANSWER], widget=forms.RadioSelect)
            field.initial = held[0] if held else ""
        field.label, field.help_text, field.required = row.heading, row.help, False
        in_our_words(field)
        field.error_messages["invalid_choice"] = _FOREIGN
        return field

    def _timing(self) -> None:
        """What the fiche prints, and the rhythm that the action has already."""
        printed = {row["code"] for row in self.sheet.part(self.question).section.options.get("heading", [])}
        kept = printed | {self.instance.timing}
        field = self.fields["timing"]
        field.choices = [choice for choice in Timing.choices if choice[0] in kept]
        field.widget = forms.RadioSelect(choices=field.choices)

    def _agreements(self) -> None:
        """Those of the territory, when the action has one."""
        field = self.fields["agreement"]
        rows = field.queryset
        if self.instance.territory_id:
            covering = rows.covering(self.instance.territory_id).values("pk")
            near = rows.filter(Q(pk__in=covering) | Q(pk=self.instance.agreement_id))
            rows = near if near.exists() else rows
        field.queryset = rows.select_related("territory").order_by("territory__name", "title")
        field.empty_label = "Aucun"
        field.label_from_instance = lambda row: f"{row.title} ({row.territory.name})"
        name_when_many(self, "agreement")

    def _zones(self, country: Any) -> None:
        """The zones of this fiche alone; while none is chosen, that of the country or of the territory is proposed."""
        field = self.fields["zone"]
        field.queryset = field.queryset.filter(category=self.instance.category)
        field.label_from_instance = lambda row: row.full_label
        field.empty_label = "À préciser"
        field.error_messages["invalid_choice"] = f"Cette zone est une réponse d’une autre fiche : {MEND_ANSWER}"
        group_by(field, "group_label")
        place = country or self.instance.territory
        listed = list(TargetZone.objects.current().filter(category=self.instance.category))
        self.proposal = zones.proposed(place, listed)
        if self.proposal and (country or not self.instance.zone_id):
            self.initial["zone"] = self.proposal.zone.pk
            field.help_text = f"Proposé pour {self.proposal.sentence}."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        scheduled = self.instance.status == ActionStatus.PROGRAMMEE
        if self.question == Question.POURQUOI and scheduled and not self.errors:
            given = gate.gate(
                local_interest=cleaned["local_interest"],
                expected_result=cleaned["expected_result"],
                indicators=self.sheet.indicators,
                override=self.instance.gate_override_reason,
            )
            if refused := gate.refusal(self.instance.status, given):
                self.add_error(None, refused)
        return cleaned

    def _save_m2m(self) -> None:
        # Before the history is written: the choices are part of what changed.
        super()._save_m2m()  # type: ignore[misc]
        chosen = {code for group in self.options for code in _as_list(self.cleaned_data.get(group))}
        rows = [option for options in self.options.values() for option in options if option.code in chosen]
        questions.answer(self.instance, self.question, rows)

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        action = super().save(commit)
        questions.write_note(action, self.question, self.cleaned_data["note"].strip(), self.access.user)
        return action


def _label(option: FicheOption) -> str:
    """« En amont : sensibilisation, information »: with the examples of the fiche."""
    return f"{option.label} : {', '.join(option.items)}" if option.items else option.label


def _as_list(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)


class RiskForm(TenantModelForm):
    """A fear of fiche 3, how strong it is here, and what is done about it."""

    class Meta(TenantModelForm.Meta):
        model = RiskAssessment
        fields = ["risk", "side", "level", "mitigation"]
        widgets = {"side": forms.RadioSelect, "level": forms.RadioSelect}
        help_texts = {"mitigation": "Une clause, un partenaire de confiance, une information partagée…"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        risk = self.fields["risk"]
        others = self.instance.action.risks.exclude(pk=self.instance.pk).values("risk")
        risk.queryset = FicheOption.objects.current().risks().exclude(pk__in=others)
        risk.empty_label = "Choisir dans la liste de la fiche 3"
        risk.error_messages["invalid_choice"] = (
            "Ce risque n’est pas dans la liste de la fiche 3, ou il est déjà évalué pour cette action : modifiez son "
            "évaluation."
        )
        for name in ("side", "level"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]
