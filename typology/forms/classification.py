"""Forms of the classification: three questions for an initiative, and the answers of an action (SYS-01)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import YesNoField, in_our_words
from typology import classification, questions
from typology.fields import ActionTypeField
from typology.models import Action, ActionType

PARTNERSHIP = "Un partenariat lie-t-il deux territoires ?"
PARTNERSHIP_HELP = "Un accord, un jumelage ou un travail suivi avec une autre collectivité ; pas un simple déplacement."
AIM = "Le but propre de l’action est-il le développement économique de chaque territoire ?"
AIM_HELP = "Au sens large : industrie, commerce, artisanat, innovation, tourisme, agriculture."
FIRMS = "Des entreprises ou d’autres acteurs économiques y prennent-ils part ?"
FIRMS_HELP = "Comme bénéficiaires, partenaires ou prestataires : entreprises, chambres, pôles, fédérations."


def _yes_no(label: str, help_text: str) -> forms.ChoiceField:
    field = forms.ChoiceField(
        label=label, help_text=help_text, choices=[("oui", "Oui"), ("non", "Non")], widget=forms.RadioSelect
    )
    field.error_messages["invalid_choice"] = "Répondez par oui ou par non."
    in_our_words(field)
    return field


class ClassifyForm(forms.Form):
    """The three questions, sent in the address: nothing is written."""

    partnership = _yes_no(PARTNERSHIP, PARTNERSHIP_HELP)
    economic_aim = _yes_no(AIM, AIM_HELP)
    firms = _yes_no(FIRMS, FIRMS_HELP)

    @property
    def verdict(self) -> classification.Verdict:
        """The place that the answers give; the form must be valid."""
        return classification.classify(**{name: value == "oui" for name, value in self.cleaned_data.items()})


class ClassificationForm(TenantModelForm):
    """The answers of an action. When its type no longer goes with them, the person chooses another one, or keeps it."""

    type = ActionTypeField(queryset=ActionType.objects.none(), label="Type d’action", empty_label=None)
    keep = forms.BooleanField(
        label="Garder ce type malgré les réponses",
        required=False,
        help_text="Quand l’action touche à deux catégories, par exemple.",
    )

    class Meta(TenantModelForm.Meta):
        model = Action
        fields = ["partnership", "economic_aim", "economic_actors", "type"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left: list[str] = []  # answers of the fiche that the action leaves with its type
        asked = {
            "partnership": (PARTNERSHIP, PARTNERSHIP_HELP),
            "economic_aim": (AIM, AIM_HELP),
            "economic_actors": (FIRMS, FIRMS_HELP),
        }
        for name, (label, help_text) in asked.items():
            # Radios, not boxes: one left unticked would answer « no » for whoever did not read it.
            field: Any = YesNoField(label=label, help_text=help_text)
            field.choices = field.choices[:2]
            in_our_words(field)
            self.fields[name] = field
        self.fields["type"].queryset = ActionType.objects.filter(Q(retired=False) | Q(pk=self.instance.type_id))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = cleaned.get("type")
        answers: list[Any] = [cleaned.get(name) for name in ("partnership", "economic_aim", "economic_actors")]
        if kind is not None:
            self.left = questions.leave_zone(self.instance, kind)
        if kind is None or None in answers or cleaned.get("keep"):
            return cleaned
        place = classification.classify(partnership=answers[0], economic_aim=answers[1], firms=answers[2])
        if not place.fits(kind):
            self.fields["type"].queryset = ActionType.objects.for_tree().filter(
                Q(purpose__category__code__in=place.categories) | Q(pk=kind.pk)
            )
            self.add_error(
                "type",
                f"Vos réponses mènent à « {place.label} », et ce type relève de « {kind.purpose.category.label} ». "
                "Choisissez un des types proposés, ou cochez « Garder ce type ».",
            )
        return cleaned

    def _save_m2m(self) -> None:
        # Before the history is written: the answers of a fiche that is left are part of what changed.
        super()._save_m2m()  # type: ignore[misc]
        self.left += questions.leave_answers(self.instance)
