"""What is typed to look for a person: the ways to write one name, one address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from aict.accounts.mentions import SHORTEST, fold

MOST, LONGEST = 10, 120  # lines, characters


class PersonForm(forms.Form):
    """One name or address a line; each is looked for as whole words."""

    terms = forms.CharField(
        label="Nom, adresse électronique ou téléphone",
        help_text="Une forme par ligne : prénom et nom, nom et prénom, adresse, téléphone. Ni les accents, "
        "ni les majuscules, ni les traits d’union ne comptent.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Donnez au moins un nom ou une adresse."},
    )

    def clean_terms(self) -> list[str]:
        """Each line once, in order. Raises ValidationError for one that would be found everywhere."""
        lines = list(dict.fromkeys(line.strip() for line in self.cleaned_data["terms"].splitlines() if line.strip()))
        if len(lines) > MOST:
            raise ValidationError(f"{len(lines)} lignes : donnez-en {MOST} au plus.")
        for line in lines:
            if len(line) > LONGEST:
                raise ValidationError(f"« {line[:40]}… » est trop long : {LONGEST} caractères au plus par ligne.")
            if len(fold(line)[0].replace(" ", "")) < SHORTEST:
                raise ValidationError(
                    f"« {line} » est trop court : il se trouverait partout. Donnez {SHORTEST} lettres au moins."
                )
        return lines


class ErasureForm(PersonForm):
    """The same, the rows chosen, and the assurance that they are about this very person."""

    sure = forms.BooleanField(
        label="J’ai relu ces lignes : elles parlent bien de cette personne, et l’effacement est définitif.",
        error_messages={"required": "Cochez cette case pour effacer : l’effacement ne se défait pas."},
    )

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.keys = set(data.getlist("hit"))
        self.file_keys = set(data.getlist("file"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.keys:
            self.add_error(None, "Aucune ligne n’est cochée : cochez celles qui parlent de cette personne.")
        return cleaned
