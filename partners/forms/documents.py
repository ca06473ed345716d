"""The forms of documents attached to agreements and territories."""

from __future__ import annotations

from typing import Any

from aict.accounts.attachment_forms import AttachmentFactsForm, AttachmentForm
from partners.enums import DocumentKind
from partners.models import Document

# A territory has no legal file: the other kinds answer a step of an agreement.
TERRITORY_KINDS = (DocumentKind.REPORT, DocumentKind.OTHER)


class _KindMixin:
    """The kinds that make sense for what the document is attached to."""

    def _narrow_kinds(self) -> None:
        document, field = self.instance, self.fields["kind"]  # type: ignore[attr-defined]
        if document.territory_id:
            field.choices = [(kind.value, kind.label) for kind in TERRITORY_KINDS]
        else:
            field.help_text = "Les trois premières valent preuve d’une étape de l’accord."


class DocumentForm(_KindMixin, AttachmentForm):
    """A new document of an agreement or a territory."""

    class Meta(AttachmentForm.Meta):
        model = Document
        fields = ["file", "title", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._narrow_kinds()


class DocumentFactsForm(_KindMixin, AttachmentFactsForm):
    """Title and kind of a document already there."""

    class Meta(AttachmentFactsForm.Meta):
        model = Document
        fields = ["title", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._narrow_kinds()
