"""A bound on what one upload may write to the server's disk, whatever the page that receives it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

# Above every limit of the forms: a file cut here is longer than all of them, so each form refuses it in its words.
BOUND = 64 * 1024 * 1024


class BoundedUploadHandler(FileUploadHandler):
    """Stands before Django's own handlers and stops handing them a file that goes on past the bound."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """The piece as it is; nothing of it once the bound is passed."""
        return raw_data if start <= BOUND else None

    def file_complete(self, file_size: int) -> Any:
        """The handlers that follow give the file."""
        return None
