"""The forms of documents attached to actions."""

from __future__ import annotations

from aict.accounts.attachment_forms import AttachmentFactsForm, AttachmentForm
from typology.models import ActionDocument


class ActionDocumentForm(AttachmentForm):
    """A new document of an action."""

    class Meta(AttachmentForm.Meta):
        model = ActionDocument
        fields = ["file", "title"]


class ActionDocumentFactsForm(AttachmentFactsForm):
    """The title of a document already there."""

    class Meta(AttachmentFactsForm.Meta):
        model = ActionDocument
