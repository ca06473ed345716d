"""Files attached to a row: judged by content, kept under their hash, read through the access door alone."""

from __future__ import annotations

from typing import Any, Self

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction

from aict.accounts import history
from aict.accounts.models import Change, User
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from aict.ui import document_files


def attachment_path(attachment: Attachment, filename: str) -> str:
    """Where the file lies: its name there says nothing of what a person called it."""
    return f"documents/{attachment.collectivity_id}/{attachment.sha256[:2]}/{attachment.sha256}"


class AttachmentQuerySet(TenantQuerySet):
    """Queries on attached files."""

    def for_list(self) -> Self:
        """The latest first, with who added them."""
        return self.select_related("added_by").order_by("-created_at", "-pk")


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

    OWNERS: tuple[str, ...] = ()  # the foreign keys to what it may be attached to

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def row(self) -> Any:
        """What it is attached to: the one owner that is given."""
        return next((getattr(self, name) for name in self.OWNERS if getattr(self, f"{name}_id")), None)

    @property
    def extension(self) -> str:
        """« PDF », « DOCX »: what the file is, by its content."""
        return self.filename.rpartition(".")[2].upper()

    def beside(self) -> Any:
        """The other files of the same row."""
        owners = {name: getattr(self, f"{name}_id") for name in self.OWNERS}
        rows: Any = type(self)._default_manager
        return rows.for_collectivity(self.collectivity).filter(**owners).exclude(pk=self.pk)

    def take(self, upload: UploadedFile) -> None:
        """Note what an uploaded file is. Raises ValidationError, in French, when it is not accepted."""
        judged = document_files.judge(upload)
        self.content_type, self.filename = judged.content_type, judged.filename
        self.size, self.sha256 = judged.size, judged.sha256


@transaction.atomic
def delete(*, attachment: Attachment, author: User | None) -> None:
    """Delete a file for good: its row now with one line of history, the file on disk once that is certain.

    Each row has a file of its own; one that a copied row still names stays.
    """
    name, storage, rows = attachment.file.name, attachment.file.storage, type(attachment)._base_manager
    history.record(instance=attachment, author=author, verb=Change.Verb.DELETED)
    attachment.delete()

    def forget() -> None:
        if name and not rows.filter(file=name).exists():
            storage.delete(name)

    transaction.on_commit(forget)
