"""Documents attached to actions."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from aict.accounts.attachments import Attachment
from typology.models.actions import Action


class ActionDocument(Attachment):
    """A file attached to an action."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="documents", verbose_name="action")

    OWNERS = ("action",)

    class Meta(Attachment.Meta):
        verbose_name = "document d’une action"
        verbose_name_plural = "documents d’une action"

    def get_absolute_url(self) -> str:
        return reverse("typology:document_download", args=[self.pk])
