"""What a document may read, and nothing else: the project's static folders and the files handed over.

The renderer's own fetcher reads `file://` and the network. This one serves three forms of address and
refuses all others. A refusal stops the rendering, and is remembered, because some of the renderer's
code swallows every exception (an SVG image that fails to draw, for instance).
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement  # builds elements, parses nothing

from aict.ui.errors import ReadableError

BASE_URL = "https://document.invalid/"  # RFC 2606: a name that never resolves, good for joining addresses
FILES = "/files/"
DECORATIVE = "aict:decorative"  # the alternative text that the tagging pass turns into an artifact
_SVG = "{http://www.w3.org/2000/svg}"
_FORBIDDEN = {"base", "embed", "frame", "iframe", "object"}
_LINKS = ("http://", "https://", "mailto:", "#")
_HOW = "C’est un défaut du modèle de document : transmettez la référence du traitement à l’administrateur."


class SourceError(ReadableError):
    """The document asks for something that it may not read, or that does not exist."""

    def __init__(self, what: str) -> None:
        super().__init__(what, how=_HOW)


class Sources:
    """Reads `static:css/pdf.css`, `/static/css/pdf.css` and `/files/<name>`; raises SourceError for the rest."""

    def __init__(self, *, static_url: str, folders: Sequence[Path], files: Mapping[str, bytes]) -> None:
        self._static_path = "/" + urlsplit(static_url).path.strip("/") + "/"
        self._folders = [folder.resolve() for folder in folders]
        self._files = dict(files)

    def read(self, url: str) -> tuple[str, bytes, str]:
        """The canonical address, the content and the media type behind an address."""
        if url.startswith("static:"):
            path = self._static_path + url.removeprefix("static:")
        elif url.startswith(BASE_URL):
            path = url.removeprefix(BASE_URL[:-1])
        else:
            raise SourceError(f"Le document demande une ressource extérieure : « {url[:200]} ».")
        path = unquote(path.split("?")[0].split("#")[0])
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if path.startswith(FILES) and (name := path.removeprefix(FILES)) in self._files:
            return BASE_URL + path[1:], self._files[name], kind
        if path.startswith(self._static_path):
            return BASE_URL + path[1:], self._static(path.removeprefix(self._static_path)), kind
        raise SourceError(f"Le document demande un fichier qui n’existe pas : « {path[:200]} ».")

    def _static(self, name: str) -> bytes:
        for folder in self._folders:
            # Resolving first: neither `..` nor a symbolic link leads out of the folder.
            path = (folder / name.lstrip("/")).resolve() if "\0" not in name else folder
            if path.is_relative_to(folder) and path.is_file():
                return path.read_bytes()
        raise SourceError(f"Le document demande un fichier statique qui n’existe pas : « {name[:200]} ».")


class SealedFetcher:
    """The renderer's fetcher. `refused` keeps the first refusals, whatever the renderer did with them."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.refused: list[SourceError] = []

    def __call__(self, url: str, headers: Any = None) -> Any:
        from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

        try:
            address, body, kind = self._sources.read(url)
        except (SourceError, OSError, ValueError) as error:
            refusal = error if isinstance(error, SourceError) else SourceError(f"Adresse illisible : « {url[:200]} ».")
            self.refused.append(refusal)
            # The only exception that the renderer does not turn into a line of log.
            raise FatalURLFetchingError(refusal.what) from error
        return URLFetcherResponse(address, body, {"Content-Type": kind})


def inspect(root: Element) -> None:
    """Refuse what a document may not hold, neutralise odd links, and give each image its alternative text.

    Raises SourceError for an attachment, an embedded object, a base address or an image that says nothing
    to those who do not see it (`alt`, `<title>` or `aria-label`; empty `alt` or `aria-hidden` for decoration).
    """
    for element, hidden in list(_walk(root, hidden=False)):
        if element.tag in _FORBIDDEN:
            raise SourceError(f"Le document contient une balise interdite : « {element.tag} ».")
        if "attachment" in (element.get("rel") or "").lower().split():
            raise SourceError("Le document demande une pièce jointe.")
        if element.tag == "a" and not (element.get("href") or "").strip().lower().startswith(_LINKS):
            element.attrib.pop("href", None)  # may come from what users typed: the words stay, the link goes
        elif element.tag == "img":
            _describe_image(element, hidden)
        elif element.tag == f"{_SVG}svg":
            _describe_drawing(element, hidden)


def _walk(element: Element, hidden: bool) -> Iterator[tuple[Element, bool]]:
    """Every element but those inside a drawing, with whether it is hidden from assistive tools."""
    if not isinstance(element.tag, str):
        return  # a comment
    hidden = hidden or element.get("aria-hidden") == "true" or element.get("role") in ("presentation", "none")
    yield element, hidden
    if element.tag != f"{_SVG}svg":
        for child in element:
            yield from _walk(child, hidden)


def _describe_image(element: Element, hidden: bool) -> None:
    text = element.get("alt")
    if text is None and not hidden:
        raise SourceError(f"L’image « {(element.get('src') or '')[:80]} » n’a pas de texte de remplacement.")
    if hidden or not (text or "").strip():
        element.set("alt", DECORATIVE)


def _describe_drawing(element: Element, hidden: bool) -> None:
    title, description = element.find(f"{_SVG}title"), element.find(f"{_SVG}desc")
    said = (title.text if title is not None else "") or element.get("aria-label") or ""
    more = (description.text if description is not None else "") or ""
    text = DECORATIVE if hidden else ". ".join(part.strip().rstrip(".") for part in (said, more) if part.strip())
    if not text:
        raise SourceError("Un dessin du document n’a ni titre ni texte de remplacement.")
    if title is None:
        title = SubElement(element, f"{_SVG}title")
    title.text = text
