"""Files that people attach, judged by their content and never by their name: what is accepted, under which name.

PDF, PNG, JPEG, Word, Excel, PowerPoint, OpenDocument, plain text and CSV. Macros, pages, drawings that act, scripts,
programs and files that are two things at once are refused.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import IO, Any
from xml.parsers import expat

from django.core.exceptions import ValidationError
from PIL import Image

from aict.ui.archives import check_archive, refusal

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 120
ACCEPTED = (
    "PDF, images PNG et JPEG, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), OpenDocument (.odt, .ods, .odp), "
    "texte (.txt) et CSV"
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
# What the list of contents of an Office file must declare, and how the file is then called.
_OPENXML = {
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
}
_ODF = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_TEXT = {"csv": "text/csv", "txt": "text/plain"}
# Names under which a text acts as soon as it is opened are refused, whatever the text says.
_TEXT_NAMES = {"": "txt", "txt": "txt", "csv": "csv", "tsv": "txt", "md": "txt"}
_ACTIVE = re.compile(rb"<script|<html|<\?php|<!doctype|<svg|<iframe|javascript:", re.IGNORECASE)
_OTHERS = ("<", "#!", "{\\rtf")  # pages and drawings, scripts, rich text
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MACROS = re.compile(r"vbaproject|macroenabled|activex|xlmacro|(^|/)basic/|(^|/)scripts/|macrosheets", re.IGNORECASE)
_HEAD = 1024


@dataclass(frozen=True)
class Judged:
    """What a file is: its type, the name it is kept and downloaded under, its size in bytes, its SHA-256."""

    content_type: str
    filename: str
    size: int
    sha256: str


def judge(file: Any) -> Judged:
    """Say what an uploaded file is; raise ValidationError, in French, when it is not accepted.

    The limit of 20 MB is checked before the content is read. The file is left at its start.
    """
    if file.size > MAX_BYTES:
        raise ValidationError("Ce fichier dépasse 20 Mo. Réduisez-le, ou partagez-le en plusieurs.", code="too-big")
    if not file.size:
        raise ValidationError("Ce fichier est vide. Choisissez un autre fichier.", code="empty")
    extension, content_type = _type_of(file, str(file.name or ""))
    digest = sha256()
    file.seek(0)
    while piece := file.read(64 * 1024):
        digest.update(piece)
    file.seek(0)
    return Judged(content_type, download_name(str(file.name or ""), extension), file.size, digest.hexdigest())


def download_name(name: str, extension: str) -> str:
    """A name that no system reads as a path or an order, with the extension of what the file really is.

    Accents and emoji stay; folders, controls and signs that turn the reading order go.
    """
    name = PurePosixPath(name.replace("\\", "/")).name
    # Format characters (Cf) turn the reading order; the joiner of emoji is one of them and harmless.
    kept = [
        sign for sign in name if sign == "\u200d" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    ]
    name = re.sub(r'[<>:"|?*%;]', "_", unicodedata.normalize("NFC", "".join(kept)))
    stem, dot, ending = name.rpartition(".")
    if not dot or not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,5}", ending):
        stem = name
    stem = re.sub(r"\s+", " ", stem).strip(" .\u200d")[:MAX_NAME].rstrip(" .\u200d")
    return f"{stem or 'document'}.{extension}"


def _type_of(file: IO[bytes], name: str) -> tuple[str, str]:
    """Extension and content type, by the first bytes then by a closer look."""
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(b"%PDF-"):
        return _pdf(file, head)
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _picture(file, "png" if head.startswith(b"\x89PNG") else "jpeg")
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValidationError(
            "Ce fichier est dans un ancien format (.doc, .xls, .ppt) ou protégé par un mot de passe. "
            "Enregistrez-le sans protection en .docx, .xlsx ou .pptx, ou exportez-le en PDF.",
            code="old-office",
        )
    return _text(file, name)


def _refused() -> ValidationError:
    return ValidationError(
        f"Ce fichier n’est pas d’un type accepté, quel que soit son nom. Types acceptés : {ACCEPTED}.", code="type"
    )


def _pdf(file: IO[bytes], head: bytes) -> tuple[str, str]:
    """A PDF from its first to its last byte: nothing before it, nothing after it, no archive in its tail."""
    size = file.seek(0, 2)
    file.seek(max(size - 2 * _HEAD, 0))
    tail = file.read()
    if b"%%EOF" not in tail:
        raise ValidationError("Ce PDF est incomplet ou abîmé. Exportez-le de nouveau.", code="broken")
    if _ACTIVE.search(head) or tail[tail.rindex(b"%%EOF") + 5 :].strip(b"\x00\r\n\t ") or zipfile.is_zipfile(file):
        raise refusal("polyglot")
    return "pdf", "application/pdf"


def _picture(file: IO[bytes], kind: str) -> tuple[str, str]:
    """A picture that opens (no pixel is decoded) and is nothing else. Cameras add what they like after a JPEG."""
    file.seek(0)
    content = file.read(MAX_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a large scan is welcome: it is never decoded here
            file.seek(0)
            Image.open(file, formats=[kind.upper()]).verify()
    except Image.DecompressionBombError:
        raise ValidationError(
            "Cette image a trop de pixels pour s’ouvrir partout. Réduisez-la, ou exportez-la en PDF.", code="bomb"
        ) from None
    except Exception:  # what a damaged picture raises in Pillow has no common base
        raise ValidationError("Cette image est abîmée. Exportez-la de nouveau.", code="broken") from None
    ended = kind == "jpeg" or content.rstrip(b"\x00").endswith(b"IEND\xaeB`\x82")
    if not ended or _ACTIVE.search(content) or b"%PDF-" in content or zipfile.is_zipfile(file):
        raise refusal("polyglot")
    return ("jpg" if kind == "jpeg" else kind), f"image/{kind}"


def _office(file: IO[bytes]) -> tuple[str, str]:
    """An Office or OpenDocument file without macro; any other archive is refused."""
    archive = check_archive(file)
    names = archive.namelist()
    if any(_MACROS.search(name) for name in names):
        raise _macros()
    found = _odf(archive) if names[0] == "mimetype" else _openxml(archive)
    file.seek(0)
    return found


def _macros() -> ValidationError:
    return ValidationError(
        "Ce fichier contient des macros ou des contrôles qui s’exécutent. Enregistrez-le sans macro "
        "(.docx, .xlsx, .pptx) ou exportez-le en PDF.",
        code="macros",
    )


def _odf(archive: zipfile.ZipFile) -> tuple[str, str]:
    with archive.open("mimetype") as stream:
        declared = stream.read(200).decode("ascii", "replace").strip()
    if declared not in _ODF or "content.xml" not in archive.namelist():
        raise _refused()
    return _ODF[declared], declared


def _openxml(archive: zipfile.ZipFile) -> tuple[str, str]:
    if "[Content_Types].xml" not in archive.namelist():
        raise _refused()
    with archive.open("[Content_Types].xml") as stream:
        declared = _content_types(stream.read(1024 * 1024))
    if any(_MACROS.search(kind) for kind in declared):
        raise _macros()
    for content_type, extension in _OPENXML.items():
        if f"{content_type}.main+xml" in declared:
            return extension, content_type
    raise _refused()


def _content_types(content: bytes) -> set[str]:
    """The types that the parts of an Office file declare. A DOCTYPE is refused: entities hide and swell."""
    found: set[str] = set()
    parser = expat.ParserCreate()

    def doctype(*_: Any) -> None:
        raise ValueError

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda _name, attributes: found.add(attributes.get("ContentType", ""))
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise refusal("broken") from None
    return found


def _text(file: IO[bytes], name: str) -> tuple[str, str]:
    """Text that reads as such from end to end and is neither a page nor a script."""
    file.seek(0)
    content = file.read(MAX_BYTES)
    text = _decoded(content)
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    is_page = _ACTIVE.search(content.replace(b"\x00", b"")) or text.lstrip("\ufeff \r\n\t").startswith(
        ("<", "#!", "{\\rtf")
    )
    if _CONTROLS.search(text) or is_page or ending not in _TEXT_NAMES:
        raise _refused()
    extension = _TEXT_NAMES[ending]
    return extension, _TEXT[extension]


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else the encoding of French spreadsheets."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused()
