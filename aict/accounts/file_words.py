"""Whether a stored file names a person: its text, or the text inside an office document.

Pictures and PDF are not read: their text is drawn or compressed. The pages say so.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from io import BytesIO
from typing import Any

from aict.accounts.mentions import Wording

MAX_BYTES = 20 * 1024 * 1024  # of a file, and of what an archive unfolds
_MARKS = re.compile(r"<[^>]*>")
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})")
_UNREADABLE = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


def holds(storage: Any, path: str, wording: Wording) -> bool:
    """Whether the file lies there and its text names the person; a file that cannot be read does not."""
    if not path:
        return False
    try:
        with storage.open(path) as stream:
            head = stream.read(8)
            content = b"" if head.startswith(_UNREADABLE) else head + stream.read(MAX_BYTES)
    except OSError:
        return False
    return any(wording.is_in(_plain(text)) for text in _texts(content))


def _plain(text: str) -> str:
    """Without the escapes of XML (`&apos;`) and of JSON (`\\u00e9`), that would hide an accent."""
    text = html.unescape(text)
    return _ESCAPES.sub(lambda one: chr(int(one[1], 16)), text) if "\\u" in text else text


def _texts(content: bytes) -> list[str]:
    if content.startswith(b"PK\x03\x04"):
        return _members(content)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [content.decode("utf-16", "replace")]
    try:
        return [content.decode("utf-8-sig")]
    except UnicodeDecodeError:
        return [content.decode("cp1252", "replace")]


def _members(content: bytes) -> list[str]:
    """The text of an office document (DOCX, XLSX, ODT…): an archive of XML."""
    texts, left = [], MAX_BYTES
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for member in archive.infolist():
                if not member.filename.endswith((".xml", ".txt", ".csv")) or left <= 0:
                    continue
                with archive.open(member) as stream:
                    data = stream.read(left)
                left -= len(data)
                # A word may be cut by marks (its first letter bold): read both without them and with a space instead.
                text = data.decode("utf-8", "replace")
                texts += [_MARKS.sub("", text), _MARKS.sub(" ", text)]
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError):
        return texts
    return texts
