"""A file on its way into a register: kept from its upload until it is written, seven days at most."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.urls import reverse

from aict.accounts.models import User
from aict.accounts.tenancy import TenantModel, TenantQuerySet

KEPT_DAYS = 7


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Colonnes à relire"
    CHECKED = "checked", "Vérifié, rien n’est écrit"
    WRITTEN = "written", "Écrit"


class ImportFileQuerySet(TenantQuerySet):
    """Queries on imports."""

    def for_list(self, registers: list[str]) -> Self:
        """Those of these registers, the latest first."""
        return self.filter(register__in=registers).select_related("owner").order_by("-created_at", "-pk")

    def out_of_date(self, now: datetime) -> Self:
        """Uploaded more than KEPT_DAYS days ago, their files still there."""
        return self.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).exclude(file="", report="")


def import_path(row: ImportFile, filename: str) -> str:
    """Where a file lies: nothing of the name that a person gave it."""
    return f"imports/{row.collectivity_id}/{secrets.token_hex(16)}"


class ImportFile(TenantModel):
    """One file and what a person decided of it. `reading`: separator, encoding, sheet, line of the headings."""

    register = models.SlugField("registre", max_length=40)
    file = models.FileField("fichier", upload_to=import_path, blank=True)
    filename = models.CharField("nom du fichier", max_length=200)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="déposé par")
    state = models.CharField("état", max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    # These are shown and worked with as wholes, never searched.
    reading = models.JSONField("lecture", default=dict)
    mapping = models.JSONField("colonnes", default=list)  # the key of each column of the file, in order; "" = left out
    blanks_erase = models.BooleanField("les cellules vides effacent ce qui est enregistré", default=False)
    summary = models.JSONField("bilan", default=dict)
    report = models.FileField("rapport", upload_to=import_path, blank=True)  # one line of JSON per row of the file
    written_at = models.DateTimeField("écrit le", null=True, blank=True)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        verbose_name_plural = "imports"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        """The step at which it stands."""
        steps = {ImportState.UPLOADED: "imports:columns", ImportState.CHECKED: "imports:preview"}
        return reverse(steps.get(ImportState(self.state), "imports:result"), args=[self.pk])

    @property
    def is_written(self) -> bool:
        return self.state == ImportState.WRITTEN

    @property
    def deadline(self) -> datetime:
        """When the file is removed."""
        return self.created_at + timedelta(days=KEPT_DAYS)

    def forget_file(self) -> None:
        """Remove the file from the disk; what it gave stays."""
        if self.file:
            self.file.delete(save=False)
            self.save(update_fields=["file", "updated_at"])

    def forget_all(self) -> None:
        """Remove the file and its report from the disk."""
        self.forget_file()
        if self.report:
            self.report.delete(save=False)
            self.save(update_fields=["report", "updated_at"])
