"""What to change in several actions at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aict.accounts.access import Access
from aict.ui.fields import in_our_words
from partners.models import InternalService
from typology import status_moves, tagging
from typology.bulk_edit import Wanted
from typology.enums import ActionStatus
from typology.models import Action, Tag

LONGEST = 500  # characters of the words typed for tags


class BulkEditForm(forms.Form):
    """A state with its reason, a lead service, tags to put and to take away: what stays empty is left as it is."""

    status = forms.ChoiceField(label="État", required=False, choices=[("", "Ne pas changer"), *ActionStatus.choices])
    status_reason = forms.CharField(
        label="Motif de la suspension ou de l’abandon",
        required=False,
        max_length=Action._meta.get_field("status_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Le même pour toutes. Il restera affiché.",
    )
    service = forms.ModelChoiceField(
        InternalService.objects.none(), label="Service pilote", required=False, empty_label="Ne pas changer"
    )
    added = forms.CharField(
        label="Étiquettes à ajouter", required=False, max_length=LONGEST, help_text="Séparées par des virgules."
    )
    removed = forms.ModelMultipleChoiceField(
        Tag.objects.none(), label="Étiquettes à retirer", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, access: Access, worn: list[Tag], **kwargs: Any) -> None:
        """`worn`: the tags that the chosen actions wear, the only ones that can be taken away."""
        super().__init__(*args, **kwargs)
        self.access = access
        for field in self.fields.values():
            in_our_words(field)
        self.fields["service"].queryset = InternalService.objects.current()
        if worn:
            removed = self.fields["removed"]
            removed.queryset = Tag.objects.for_collectivity(access.collectivity).filter(pk__in=[tag.pk for tag in worn])
        else:
            del self.fields["removed"]

    def clean_added(self) -> list[str]:
        return tagging.words_of(self.cleaned_data["added"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_reasoned = cleaned.get("status") in status_moves.REASONED
        if is_reasoned and "status_reason" not in self.errors and not cleaned["status_reason"].strip():
            self.add_error("status_reason", "Écrivez pourquoi : le motif restera affiché sur chaque action.")
        if not self.errors and not any(cleaned.get(name) for name in ("status", "service", "added", "removed")):
            raise ValidationError("Rien à changer : choisissez un état, un service ou des étiquettes.")
        return cleaned

    def wanted(self) -> Wanted:
        """What is asked; the tags that do not exist yet are created."""
        cleaned = self.cleaned_data
        collectivity: Any = self.access.collectivity  # whoever may edit is in one
        added = tagging.tags_named(collectivity=collectivity, words=cleaned["added"])
        return Wanted(
            status=cleaned["status"],
            reason=cleaned["status_reason"],
            service=cleaned["service"],
            added=added,
            removed=list(cleaned.get("removed") or []),
        )
