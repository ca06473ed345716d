"""The forms of what becomes of an agreement: an avenant, or the decision to let it lapse."""

from __future__ import annotations

from django import forms
from django.db import transaction

from aict.accounts import history
from aict.accounts.register_forms import DatedForm
from aict.accounts.tenant_forms import TenantModelForm
from partners import legal_cover
from partners.models import Amendment


class AmendmentForm(DatedForm):
    """From a date on, another end, amount or object; the rules of its dates are the model's."""

    class Meta(TenantModelForm.Meta):
        model = Amendment
        fields = ["title", "deliberation_on", "effective_on", "ends", "amount", "object"]
        help_texts = {
            "title": "Par exemple « Avenant n° 1 : prolongation de trois ans ».",
            "ends": "Dernier jour d’effet. Laissez vide si la fin ne change pas.",
            "object": "Le texte qui remplace l’objet. Laissez vide s’il ne change pas.",
        }

    @transaction.atomic
    def save(self, commit: bool = True) -> Amendment:
        """Save, and tell it in the history of the agreement too: there it is looked for."""
        agreement = self.instance.agreement
        before = legal_cover.amendments_in_words(agreement)
        amendment = super().save(commit)
        after = legal_cover.amendments_in_words(agreement)
        history.record_parts(instance=agreement, author=self.access.user, label="avenants", before=before, after=after)
        return amendment


class LapseForm(forms.Form):
    """Why an agreement is left to lapse."""

    reason = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Il reste dans l’historique. Pas de donnée personnelle : un poste plutôt qu’un nom.",
        error_messages={"required": "Donnez le motif : il restera dans l’historique."},
    )
