"""Files attached to a row: judged by content, kept under their hash, read through the access door alone."""

from __future__ import annotations

from django.db import models

from aict.accounts.models import User
from aict.accounts.tenancy import TenantModel


def attachment_path(attachment: Attachment, filename: str) -> str:
    """Where the file lies: its name there says nothing of what a person called it."""
    return f"documents/{attachment.collectivity_id}/{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(TenantModel):
    """A file and what is known of it. A concrete model adds the row that it is attached to, and its kind."""

    title = models.CharField("intitulé", max_length=200)
    file = models.FileField("fichier", upload_to=attachment_path)
    filename = models.CharField("nom du fichier", max_length=200, editable=False)
    content_type = models.CharField("type", max_length=100, editable=False)
    size = models.PositiveIntegerField("taille (octets)", editable=False)
    sha256 = models.CharField("empreinte", max_length=64, editable=False)
    added_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", verbose_name="ajouté par"
    )

    class Meta:
        abstract = True
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.title
