"""Form of the comments on an action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from aict.accounts.models import Membership
from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.typography import NBSP
from typology import comments
from typology.fields import LISTED
from typology.models import Comment


class CommentForm(TenantModelForm):
    """What a member says on an action, and whom to tell: ticked in the list, or called in the text."""

    class Meta(TenantModelForm.Meta):
        model = Comment
        fields = ["text", "mentions"]
        labels = {"text": "Votre commentaire", "mentions": "Prévenir"}
        help_texts = {"text": "Pour prévenir un membre en écrivant : @ puis son adresse, comme @poste@ville.fr."}
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "mentions": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.author = self.access.user
        self.named: list[Membership] = []  # called in the text
        others = comments.readers(self.access.collectivity).exclude(user=self.access.user)
        self.fields["mentions"].queryset = others
        if len(others[: LISTED + 1]) > LISTED:  # the text can still name anybody
            del self.fields["mentions"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        self.named, strangers = comments.members_named(text, self.access.collectivity)
        if strangers:
            told = ", ".join(f"«{NBSP}{address}{NBSP}»" for address in strangers)
            many = len(strangers) > 1
            raise ValidationError(
                f"{told}{NBSP}: {'ces adresses ne sont pas' if many else 'cette adresse n’est pas'} celle"
                f"{'s' if many else ''} d’un membre de votre collectivité qui lit les actions. Corrigez-"
                f"{'les' if many else 'la'}, retirez le premier @, ou faites inviter cette personne. "
                "Personne n’a été prévenu."
            )
        return text

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save with everybody who was ticked or called, then tell them."""
        told = {member.pk: member for member in (*self.cleaned_data.get("mentions", ()), *self.named)}
        comment = super().save(commit)
        if commit:
            comment.set_related("mentions", told.values())
            comments.tell(comment=comment, members=list(told.values()))
        return comment
