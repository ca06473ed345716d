"""Uploaded logos, judged by their content and never by their name: PNG, JPEG or a harmless SVG."""

from __future__ import annotations

import re
import struct
import warnings
from io import BytesIO
from typing import IO, Any
from xml.parsers import expat

from django.core.exceptions import ValidationError
from PIL import Image

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 4000  # px
LOGO_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml"}

_PNG, _JPEG, _JPEG_END = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd9"
# What a picture has no reason to hold: a file that is also a page, a script or an archive.
_FOREIGN = re.compile(rb"<script|<html|<\?php|<!doctype|javascript:|PK\x05\x06|%PDF-", re.IGNORECASE)
_MAX_ELEMENTS, _MAX_DEPTH = 20_000, 64
_SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"
_ANIMATED = ("set", "animate", "animatecolor", "animatemotion", "animatetransform", "discard")
_SCRIPTED = ("script", "handler", "listener")
_EMBEDDED = ("foreignobject", "iframe", "embed", "object", "audio", "video", "canvas")
_REFUSED = frozenset(_ANIMATED + _SCRIPTED + _EMBEDDED)
_PICTURE = re.compile(r"data:image/(png|jpe?g);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_MEND = "Exportez le logo en PNG, ou en SVG simple sans élément actif ni lien."


def check_logo(file: IO[bytes]) -> None:
    """Raise ValidationError, in French, unless the file is a sound PNG, JPEG or harmless SVG within the limits."""
    content = _read(file)
    match kind_of(content):
        case "svg":
            _check_svg(content)
        case "png" | "jpeg" as kind:
            _check_picture(content, kind)
        case _:
            raise ValidationError(
                "Ce fichier n’est pas une image PNG, JPEG ou SVG, quel que soit son nom. Choisissez un autre fichier.",
                code="not-image",
            )


def kind_of(content: bytes) -> str:
    """`png`, `jpeg`, `svg` (a key of LOGO_TYPES) by the first bytes; empty for anything else."""
    if content.startswith(_PNG):
        return "png"
    if content.startswith(_JPEG):
        return "jpeg"
    head = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return "svg" if head.startswith(b"<") and re.search(rb"<([\w.-]+:)?svg[\s>/]", content[:65_536]) else ""


def _read(file: IO[bytes]) -> bytes:
    """The whole file, read no further than the limit; left at its start for whoever saves it."""
    file.seek(0)
    content = file.read(MAX_BYTES + 1)
    file.seek(0)
    if not content:
        raise ValidationError("Ce fichier est vide. Choisissez un autre fichier.", code="empty")
    if len(content) > MAX_BYTES:
        raise ValidationError(
            "Ce fichier dépasse 2 Mo. Réduisez l’image : 600 pixels de large suffisent.",
            code="too-big",
        )
    return content


# --- PNG and JPEG -------------------------------------------------------------------------


def _check_picture(content: bytes, kind: str) -> None:
    """Size from the header alone (no pixel is decoded), and nothing hidden in the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is judged below, in French
            with Image.open(BytesIO(content), formats=[kind.upper()]) as image:
                width, height = image.size
        ending = _png_end(content) if kind == "png" else content.rstrip(b"\x00").rfind(_JPEG_END) + len(_JPEG_END)
    except Image.DecompressionBombError:
        width = height = MAX_SIDE + 1
        ending = len(content)
    except (OSError, ValueError, SyntaxError, IndexError, struct.error, EOFError):
        raise ValidationError("Cette image est abîmée. Exportez-la de nouveau.", code="broken") from None
    if max(width, height) > MAX_SIDE:
        raise ValidationError(
            f"Cette image a plus de {MAX_SIDE} pixels de côté. Réduisez-la : 600 pixels suffisent.",
            code="too-large",
        )
    if content[ending:].strip(b"\x00") or _FOREIGN.search(content):
        raise ValidationError(
            "Cette image contient autre chose qu’une image. Ouvrez-la dans un éditeur et exportez-la de nouveau.",
            code="polyglot",
        )


def _png_end(content: bytes) -> int:
    """Offset after the IEND chunk."""
    offset = len(_PNG)
    while True:
        length, name = struct.unpack_from(">I4s", content, offset)
        offset += 12 + length
        if offset > len(content):
            raise ValueError("truncated chunk")
        if name == b"IEND":
            return offset


# --- SVG ----------------------------------------------------------------------------------


class _RefusedError(Exception):
    """What an SVG may not hold."""


def _check_svg(content: bytes) -> None:
    reader = _SvgReader()
    try:
        reader.parser.Parse(content, True)
        reader.finish()
    except _RefusedError as refusal:
        raise ValidationError(f"Ce SVG contient {refusal}. {_MEND}", code="active-svg") from None
    except (expat.ExpatError, ValueError, LookupError):
        raise ValidationError(f"Ce SVG est mal formé : il ne s’ouvre pas. {_MEND}", code="broken") from None


class _SvgReader:
    """Reads an SVG without building it, and refuses at the first thing that could act, load or swell."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.count = 0
        self.open: list[tuple[str, str]] = []  # (local name, id) of each open element
        self.uses: set[tuple[str, ...]] = set()  # ids around a <use>, then its target
        self.style: list[str] = []

    def finish(self) -> None:
        """A <use> of what holds a <use> can swell without end."""
        holders = {name for *around, _ in self.uses for name in around}
        if any(target in holders for *_, target in self.uses):
            raise _RefusedError("des copies de copies")

    def _doctype(self, *_: Any) -> None:
        raise _RefusedError("une déclaration DOCTYPE ou une entité")

    def _instruction(self, target: str, _data: str) -> None:
        raise _RefusedError(f"une instruction « {target[:40]} »")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self.count += 1
        if self.count == 1 and (local != "svg" or space not in ("", _SVG)):
            raise ValueError("not an svg root")
        if local.lower() in _REFUSED or space == _XHTML:
            raise _RefusedError(f"un élément « {local[:40]} »")
        if self.count > _MAX_ELEMENTS or len(self.open) >= _MAX_DEPTH:
            raise _RefusedError("trop d’éléments pour un logo")
        self.open.append((local.lower(), attributes.get("id", "")))
        for key, value in attributes.items():
            self._attribute(local.lower(), key, value)

    def _attribute(self, element: str, key: str, value: str) -> None:
        name = key.rpartition(" ")[2].lower()
        if name.startswith("on"):
            raise _RefusedError(f"un gestionnaire « {name[:40]} »")
        if name in ("base", "src"):
            raise _RefusedError("un lien vers l’extérieur")
        if name == "href":
            self._link(element, value.strip())
        elif re.search(r"(java|vb)script\s*:", value, re.IGNORECASE):
            raise _RefusedError("un script")
        _refuse_outside(value)

    def _link(self, element: str, target: str) -> None:
        """A link may only point inside the file; a picture may be carried in it."""
        inside = target.startswith("#") or (element == "image" and _PICTURE.fullmatch(target))
        if target and not inside:
            raise _RefusedError("un lien vers l’extérieur")
        if element == "use":
            self.uses.add((*(name for _, name in self.open if name), target.removeprefix("#")))

    def _text(self, text: str) -> None:
        if self.open and self.open[-1][0] == "style":
            self.style.append(text)

    def _end(self, _name: str) -> None:
        local, _ = self.open.pop()
        if local == "style":
            _refuse_outside("".join(self.style))
            self.style.clear()


def _refuse_outside(css: str) -> None:
    """Style that imports, or that calls an address outside the file; escapes could hide either."""
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    if re.search(r"@import|\\[0-9a-fA-F]|expression\s*\(|-moz-binding", plain, re.IGNORECASE):
        raise _RefusedError("une feuille de style active")
    for target in re.findall(r"url\(\s*[\"']?\s*([^\s\"')]*)", plain, re.IGNORECASE):
        if not target.startswith("#"):
            raise _RefusedError("un lien vers l’extérieur")
