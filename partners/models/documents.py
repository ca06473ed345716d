"""Documents attached to agreements and territories."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.attachments import Attachment
from partners.enums import DocumentKind
from partners.models.agreements import Agreement
from partners.models.territories import Territory


class Document(Attachment):
    """A file attached to one agreement or one territory."""

    kind = models.CharField("nature", max_length=20, choices=DocumentKind.choices, default=DocumentKind.OTHER)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="documents", verbose_name="accord"
    )
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, null=True, blank=True, related_name="documents", verbose_name="territoire"
    )

    OWNERS = ("agreement", "territory")

    class Meta(Attachment.Meta):
        verbose_name = "document"
        verbose_name_plural = "documents"
        constraints = [
            models.CheckConstraint(
                condition=Q(agreement__isnull=False, territory=None) | Q(agreement=None, territory__isnull=False),
                name="document_of_one_row",
                violation_error_message="Un document se rattache à un accord ou à un territoire.",
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("partners:document_download", args=[self.pk])
