"""The form of a collectivité's own settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from aict.accounts import history
from aict.accounts.access import Access
from aict.accounts.models import Collectivity
from aict.ui.fields import french_formfield
from aict.ui.uploads import check_logo, kind_of


class SettingsForm(forms.ModelForm):
    """Name, site, logo and accent colour of the collectivité that the person works for."""

    remove_logo = forms.BooleanField(label="Retirer le logo actuel", required=False)

    class Meta:
        model = Collectivity
        fields = ["name", "short_name", "seat", "website", "logo", "accent"]
        formfield_callback = french_formfield
        widgets = {"logo": forms.FileInput, "accent": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, instance=access.collectivity, **kwargs)
        self.access = access
        self._before = history.state_of(self.instance)
        self._old_logo = self.instance.logo.name
        for name, text in HELP.items():
            self.fields[name].help_text = text
        self.fields["accent"].label = "Couleur"
        if not self._old_logo:
            del self.fields["remove_logo"]

    def clean_logo(self) -> Any:
        """A new file is judged, and named, by its content, whatever its name says."""
        logo = self.cleaned_data["logo"]
        if isinstance(logo, UploadedFile):
            check_logo(logo)
            logo.name = f"logo.{kind_of(logo.read())}"
            logo.seek(0)
        return logo

    def clean_accent(self) -> str:
        color: str = self.cleaned_data["accent"].lower()
        return color

    @transaction.atomic
    def save(self, commit: bool = True) -> Collectivity:
        """Save with one history row, both or neither, then delete the file of a logo that was replaced."""
        storage = self.instance.logo.storage
        if self.cleaned_data.get("remove_logo") and self.instance.logo.name == self._old_logo:
            self.instance.logo = ""
        collectivity: Collectivity = super().save(commit)
        history.record(instance=collectivity, author=self.access.user, before=self._before)
        if self._old_logo and collectivity.logo.name != self._old_logo:
            transaction.on_commit(lambda: storage.delete(self._old_logo))
        return collectivity


HELP = {
    "short_name": "Pour les tableaux et les cartes, par exemple « Valmarée ».",
    "seat": "La commune du siège.",
    "website": "Adresse complète, avec https://.",
    "logo": "PNG, JPEG ou SVG, 2 Mo au plus, de préférence carré. Il paraît dans le bandeau et sur les documents.",
    "accent": "Pour les liens, les boutons et les valeurs mesurées. Assez foncée pour se lire sur fond clair : "
    "contraste de 4,5 au moins.",
}
