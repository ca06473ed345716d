"""The gestures of attached files, shared by every register: add or correct, download, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import FileResponse, HttpResponseBase
from django.shortcuts import redirect, render

from aict.accounts import attachments, registers
from aict.accounts.access import get_owned_or_404
from aict.accounts.attachments import Attachment
from aict.accounts.tenant_forms import TenantModelForm

# A document opened by itself must be able to do nothing, whatever the browser takes it for.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"


def owned(request: HttpRequest, rows: Any, pk: int) -> Any:
    """An attached file that may still be changed: 404 when the row that it is attached to was deleted."""
    attachment = get_owned_or_404(request, rows, pk=pk)
    if attachment.row.deleted_at:
        raise Http404
    return attachment


def written(
    request: HttpRequest,
    form_class: type[TenantModelForm],
    attachment: Attachment,
    *,
    initial: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The form of a file (GET), then its write (POST), back to the documents of its row."""
    row = attachment.row
    return registers.written(
        request,
        form_class,
        attachment,
        template="accounts/document_form.html",
        done="Document modifié" if attachment.pk else "Document ajouté",
        initial=initial,
        context={"document": attachment, "row": row},
        back=f"{row.get_absolute_url()}#documents",
    )


def deletion(request: HttpRequest, attachment: Attachment) -> HttpResponse:
    """The confirmation page (GET), then the deletion (POST)."""
    row = attachment.row
    if request.method == "POST":
        attachments.delete(attachment=attachment, author=request.access.user)
        messages.success(request, f"Document supprimé : « {attachment} ».")
        return redirect(f"{row.get_absolute_url()}#documents")
    return render(request, "accounts/document_delete.html", {"document": attachment, "row": row})


def download(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """The file, always as a download; a page that says so (404) when it is no longer on the disk."""
    try:
        content = attachment.file.open("rb")
    except (FileNotFoundError, ValueError):
        return render(
            request, "accounts/document_missing.html", {"document": attachment, "row": attachment.row}, status=404
        )
    response = FileResponse(
        content, as_attachment=True, filename=attachment.filename, content_type=attachment.content_type
    )
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
