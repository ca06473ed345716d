"""The forms of attached files: one to add a file, one to correct what is said of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.document_files import ACCEPTED
from aict.ui.virus_scan import scan


class AttachmentForm(TenantModelForm):
    """Title and file of a new attachment. Subclasses add the model, and its kind when it has one."""

    class Meta(TenantModelForm.Meta):
        fields = ["title", "file"]
        widgets = {"file": forms.FileInput}
        help_texts = {
            "title": "Ce que l’on lira dans la liste. Vide : le nom du fichier.",
            "file": f"20 Mo au plus. Types acceptés : {ACCEPTED}.",
        }
        error_messages = {
            "file": {
                "required": "Choisissez un fichier.",
                "empty": "Ce fichier est vide. Choisissez un autre fichier.",
                "missing": "Aucun fichier n’a été reçu. Choisissez-le de nouveau.",
                "invalid": "Aucun fichier n’a été reçu. Choisissez-le de nouveau.",
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["file"].max_length = None  # the name is made safe and short, never refused

    def clean_file(self) -> UploadedFile:
        """Judged by its content, then read by the virus scanner when there is one."""
        upload: UploadedFile = self.cleaned_data["file"]
        self.instance.take(upload)
        scan(upload)
        twin = self.instance.beside().filter(sha256=self.instance.sha256).first()
        if twin:
            raise ValidationError(f"Ce fichier est déjà joint ici, sous l’intitulé « {twin} ».", code="twice")
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("title") and "title" not in self.errors:
            cleaned["title"] = self.instance.filename.rpartition(".")[0]
        self.instance.added_by = self.access.user
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Row and file, or neither: a file whose row could not be written leaves the disk."""
        try:
            with transaction.atomic():
                return super().save(commit)
        except Exception:
            if self.instance.file and self.instance.file._committed:
                self.instance.file.storage.delete(self.instance.file.name)
            raise


class AttachmentFactsForm(TenantModelForm):
    """What is said of a file already attached. The file itself is never replaced: another one is added."""

    class Meta(TenantModelForm.Meta):
        fields = ["title"]
