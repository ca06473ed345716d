"""Form of the choice of a mode of intervention (SYS-11)."""

from __future__ import annotations

from django import forms

from aict.ui.fields import YesNoField, in_our_words
from typology import modes
from typology.modes import Beneficiary, Suggestion

_FOR_WHOM = [
    (Beneficiary.FIRMS.value, "Des entreprises du territoire"),
    (Beneficiary.TERRITORY.value, "Le territoire entier"),
    (Beneficiary.PARTNER.value, "Un territoire partenaire"),
]


class ModeForm(forms.Form):
    """A goal in one's own words, for whom, and whether a partner is there; sent in the address, nothing is written."""

    goal = forms.CharField(
        label="Que voulez-vous obtenir ?",
        help_text="En une phrase : aider des PME à exporter, faire connaître le territoire, travailler avec une ville…",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    beneficiaries = forms.MultipleChoiceField(
        label="Pour qui d’abord ?", choices=_FOR_WHOM, required=False, widget=forms.CheckboxSelectMultiple
    )
    partnership = YesNoField(label="Un territoire partenaire est-il là ?", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for field in self.fields.values():
            in_our_words(field)

    @property
    def suggestions(self) -> list[Suggestion]:
        """The three modes in order; the form must be valid."""
        return modes.suggest(
            goal=self.cleaned_data["goal"],
            beneficiaries=[Beneficiary(code) for code in self.cleaned_data["beneficiaries"]],
            partnership=self.cleaned_data["partnership"],
        )
