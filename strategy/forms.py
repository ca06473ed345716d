"""Forms of strategies and of the rows of their steps. A row may be saved incomplete: it is a draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from aict.accounts.access import Access
from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import FrenchDateField
from partners.models import StakeholderType, SupportActor
from strategy.models import StepRow, Strategy
from strategy.steps import A2, B1, C1, D1, Step
from typology.fields import propose_sdgs
from typology.models import ActionType

_SOURCE_FIELDS = ("nature", "source")


class StrategyForm(TenantModelForm):
    """Title, period, and what surrounds the eight steps."""

    class Meta(TenantModelForm.Meta):
        model = Strategy
        fields = ["title", "period_start", "period_end", "public_policies", "asked_of_assembly"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk:
            Strategy.objects.get(pk=self.instance.pk).refuse_unless_editable()  # as it is now, not as it was read
        return cleaned


class AdoptionForm(forms.Form):
    """What the assembly decided."""

    deliberation_number = forms.CharField(label="Numéro de délibération", max_length=60)
    adopted_on = FrenchDateField(label="Date de la délibération")

    def clean_adopted_on(self) -> Any:
        day = self.cleaned_data["adopted_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir : donnez celle de la délibération déjà prise.")
        return day


class StepRowForm(TenantModelForm):
    """One row of one step. Nothing is required; `needed` fields are marked as such on the page."""

    step: Step

    def __init__(self, *args: Any, access: Access, strategy: Strategy, **kwargs: Any) -> None:
        super().__init__(*args, access=access, **kwargs)
        if self.instance.pk is None:
            self.instance.strategy = strategy
        needed = {spec.name for spec in self.step.needed}
        for name, field in self.fields.items():
            field.required = False
            field.needed = name in needed
        self._offer_choices()

    def _offer_choices(self) -> None:
        for spec in self.step.fields:
            if spec.choices:
                self.fields[spec.name].choices = spec.choices.choices
        if "holder" in self.fields:
            self.fields["holder"].choices = holder_choices()
            self.initial["holder"] = self._holder_code()
        if "action_types" in self.fields:
            self.fields["action_types"].choices = grouped_types()
        if "sdgs" in self.fields:
            propose_sdgs(self.fields["sdgs"])

    def _holder_code(self) -> str:
        row = self.instance
        if row.holder_actor_id:
            return f"acteur:{row.holder_actor_id}"
        return f"type:{row.holder_type_id}" if row.holder_type_id else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "holder" in self.fields:
            self._set_holder(cleaned.get("holder") or "")
        if "territory" in self.fields and cleaned.get("territory") and not cleaned.get("place"):
            cleaned["place"] = cleaned["territory"].full_name
        if self.step is B1 and cleaned.get("stakeholder"):
            cleaned["name"] = cleaned.get("name") or cleaned["stakeholder"].name
            cleaned["type"] = cleaned.get("type") or cleaned["stakeholder"].type
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", "L’échéance précède le début : corrigez l’une des deux dates.")
        return cleaned

    def _set_holder(self, code: str) -> None:
        kind, _, pk = code.partition(":")
        self.instance.holder_actor_id = int(pk) if kind == "acteur" else None
        self.instance.holder_type_id = int(pk) if kind == "type" else None


def row_form(step: Step) -> type[StepRowForm]:
    """The form class of a step's rows, in the order of the guide."""
    names = [spec.name for spec in step.fields]
    declared: dict[str, Any] = {"step": step}
    for spec in step.fields:
        if spec.choices:
            declared[spec.name] = forms.MultipleChoiceField(
                label=step.label(spec.name), widget=forms.CheckboxSelectMultiple, required=False
            )
    if step is A2:
        declared["holder"] = forms.ChoiceField(label=step.label("holder"), required=False)
    meta = type(
        "Meta",
        (TenantModelForm.Meta,),
        {
            "model": step.model,
            "fields": [name for name in (*names, *_SOURCE_FIELDS) if name != "holder"],
            "help_texts": _HELP.get(step.slug, {}),
        },
    )
    form = type(f"{step.model.__name__}Form", (StepRowForm,), {**declared, "Meta": meta})
    form.base_fields = {  # the order of the guide, source last
        name: form.base_fields[name] for name in (*names, *_SOURCE_FIELDS)
    }
    return form


_HELP: dict[str, dict[str, str]] = {
    A2.slug: {"territory": "Choisissez-le s’il est dans votre registre ; sinon écrivez le lieu ci-dessous."},
    B1.slug: {"stakeholder": "Choisissez-la si elle est dans votre registre : nom et type suivront."},
    C1.slug: {
        "territory": "Choisissez-le s’il est dans votre registre ; sinon écrivez la zone ci-dessous.",
        "supports": "Croisez-en au moins deux.",
        "objective": "Ce qui aura changé à la fin de la période, en une ou deux phrases.",
    },
    D1.slug: {"local_interest": "Ce que le territoire y gagne : c’est la question que l’assemblée posera."},
}


def holder_choices() -> list[tuple[str, Any]]:
    """Support actors and types of stakeholder in one list: the holder of a link is one of either."""
    return [
        ("", "—"),
        ("Type d’acteur", [(f"type:{pk}", label) for pk, label in _labels(StakeholderType)]),
        ("Acteur d’appui", [(f"acteur:{pk}", label) for pk, label in _labels(SupportActor)]),
    ]


def grouped_types() -> list[tuple[str, list[tuple[int, str]]]]:
    """The 27 types of action under their category."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for kind in ActionType.objects.for_tree():
        groups.setdefault(kind.purpose.category.label, []).append((kind.pk, kind.label))
    return list(groups.items())


def _labels(model: Any) -> Iterable[tuple[int, str]]:
    return model.objects.current().values_list("pk", "label")


def is_blank(form: StepRowForm) -> bool:
    """A new row in which nothing was typed: there is nothing to save."""
    return form.instance.pk is None and not form.has_changed()


def differences(step: Step, stored: StepRow | None, form: StepRowForm) -> list[dict[str, str]]:
    """What a colleague saved beside what was just typed, field by field, where they differ."""
    theirs = type(form)(access=form.access, strategy=form.instance.strategy, instance=stored) if stored else None
    found = []
    for name in form.fields:
        mine_text = _shown(form[name], form.data.getlist(form.add_prefix(name)))
        theirs_text = _shown(theirs[name], None) if theirs else ""
        if mine_text != theirs_text:
            bound = form[name]
            found.append({"label": str(bound.label), "mine": mine_text, "theirs": theirs_text, "id": bound.auto_id})
    return found


def _shown(bound: forms.BoundField, posted: list[str] | None) -> str:
    """A field's value as the person reads it: labels of choices rather than codes."""
    value: Any = posted if posted is not None else bound.value()
    values = value if isinstance(value, list | tuple) else [value]
    codes = sorted(str(getattr(item, "pk", item)) for item in values if item not in (None, ""))
    choices = getattr(bound.field, "choices", None)
    if choices is None:
        return ", ".join(codes)
    labels: dict[str, str] = {}
    for key, label in choices:
        entries = label if isinstance(label, list | tuple) else [(key, label)]
        labels |= {str(getattr(code, "value", code)): str(text) for code, text in entries}
    return ", ".join(labels.get(code, code) for code in codes)
