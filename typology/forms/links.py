"""Form of a link between two actions (SYS-09)."""

from __future__ import annotations

from typing import Any

from django import forms

from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import in_our_words
from typology import links
from typology.fields import name_when_many
from typology.models import Action, ActionLink


class ActionLinkForm(TenantModelForm):
    """What the action of the page does for another one, or the other way round."""

    relation = forms.ChoiceField(label="Cette action", choices=[("", "Choisir"), *links.RELATIONS])
    other = forms.ModelChoiceField(
        queryset=Action.objects.none(),
        label="Autre action",
        empty_label="Choisir",
        help_text="De n’importe quelle catégorie.",
    )

    class Meta(TenantModelForm.Meta):
        model = ActionLink
        fields = ["note"]
        help_texts = {"note": "En quelques mots, si le lien ne va pas de soi."}

    field_order = ["relation", "other", "note"]

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        other = self.fields["other"]
        other.queryset = other.queryset.exclude(pk=action.pk).order_by("title", "pk")
        other.label_from_instance = lambda row: row.title
        other.error_messages["invalid_choice"] = "Choisissez une autre action de votre collectivité."
        in_our_words(self.fields["relation"])
        name_when_many(self, "other")

    def _get_validation_exclusions(self) -> set[str]:
        # Both ends and the kind come from `relation` and `other`: the rules of the model hold for them.
        return super()._get_validation_exclusions() - {"source", "kind", "target"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("relation") and cleaned.get("other"):
            links.join(self.instance, action=self.action, relation=cleaned["relation"], other=cleaned["other"])
        return cleaned

    def _post_clean(self) -> None:
        if self.cleaned_data.get("relation") and self.cleaned_data.get("other"):
            super()._post_clean()  # without both, the link has no ends yet: those errors are told already
