"""The short pass after the renderer: what ISO 14289-1 (PDF/UA) asks and the renderer leaves undone.

Header cells get their scope, running headers and decoration become artifacts, the language and the
title are set, and a file that carries an attachment is refused.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Name, String

from aict.ui.errors import ReadableError
from aict.ui.pdf_sources import DECORATIVE

LANGUAGE = "fr-FR"
_MARKED = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC\b")
Mark = tuple[tuple[int, int], int]  # the page's object and the number of the marked content


def finish(raw: bytes) -> tuple[bytes, int]:
    """The file made complete, and its number of pages. The same input gives the same bytes."""
    with pikepdf.open(BytesIO(raw)) as pdf:
        _refuse_active_content(pdf)
        pdf.Root.Lang = String(LANGUAGE)
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pass_ = _TagPass(pdf)
        pass_.walk()
        pass_.hide()
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue(), len(pdf.pages)


def _refuse_active_content(pdf: pikepdf.Pdf) -> None:
    """A sealed document carries no file and runs nothing."""
    names: Any = pdf.Root.get(Name.Names, {})
    if Name.EmbeddedFiles in names or Name.JavaScript in names or Name.AF in pdf.Root or Name.OpenAction in pdf.Root:
        raise ReadableError("Le document contient une pièce jointe ou une action : il n’est pas produit.")
    for page in pdf.pages:
        for note in page.get(Name.Annots, []):
            if note.get(Name.Subtype) != Name.Link:
                raise ReadableError("Le document contient une annotation autre qu’un lien : il n’est pas produit.")


class _TagPass:
    """One walk of the structure tree, then one rewrite of the pages whose content must be hidden."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._tree = pdf.Root.StructTreeRoot
        self._linked: set[tuple[int, int]] = set()

    def walk(self) -> None:
        """Give each header cell its scope, take decoration out, remember what hangs on the tree."""
        stack: list[tuple[Any, str]] = [(self._tree.K[0], "")]
        while stack:
            element, section = stack.pop()
            self._linked.add(element.objgen)
            kind = str(element.get(Name.S, ""))
            if kind in ("/THead", "/TBody", "/TFoot"):
                section = kind
            children = [kid for kid in self._kids(element) if isinstance(kid, pikepdf.Dictionary)]
            if kind == "/TR":
                self._scope_row(children, section)
            elements = [kid for kid in children if kid.get(Name.Type) != Name.OBJR]
            kept = [kid for kid in elements if not self._is_decoration(kid)]
            if len(kept) < len(elements):
                gone = {kid.objgen for kid in elements} - {kid.objgen for kid in kept}
                element.K = pikepdf.Array(
                    kid for kid in element.K if not (isinstance(kid, pikepdf.Dictionary) and kid.objgen in gone)
                )
            stack.extend((kid, section) for kid in kept)

    @staticmethod
    def _kids(element: Any) -> list[Any]:
        kids = element.get(Name.K)
        if kids is None:
            return []
        return list(kids) if isinstance(kids, pikepdf.Array) else [kids]

    @staticmethod
    def _is_decoration(element: Any) -> bool:
        if element.get(Name.S) != Name.Figure:
            return False
        text = str(element.get(Name.Alt, ""))
        if not text:
            raise ReadableError("Une image du document n’a pas de texte de remplacement.")
        return text == DECORATIVE

    @staticmethod
    def _scope_row(cells: list[Any], section: str) -> None:
        """In the head of a table, or in a row of headers only, a header is its column's; else it is its row's.

        Scope alone then says which header goes with which cell; the identifiers that the renderer writes
        are dropped, for a table that runs over two pages would have each of them twice.
        """
        headers_only = all(cell.get(Name.S) == Name.TH for cell in cells)
        for cell in cells:
            attributes = cell.get(Name.A)
            if attributes is None:
                attributes = cell.A = pikepdf.Dictionary(O=Name.Table)
            if Name.Headers in attributes:
                del attributes.Headers
            if Name.ID in cell:
                del cell.ID
            if cell.get(Name.S) == Name.TH:
                attributes.Scope = Name.Column if section == "/THead" or headers_only else Name.Row

    def hide(self) -> None:
        """Turn into artifacts the content of elements that do not hang on the tree: page margins, decoration."""
        numbers = self._tree.ParentTree.Nums
        owners = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
        for page in self._pdf.pages:
            marks = owners[int(page.StructParents)]
            hidden = {mark for mark in range(len(marks)) if marks[mark].objgen not in self._linked}
            if not hidden:
                continue
            for mark in hidden:
                marks[mark] = None
            content = page.Contents.read_bytes()
            page.Contents.write(_MARKED.sub(lambda found, gone=hidden: _artifact(found, gone), content))


def _artifact(found: re.Match[bytes], hidden: set[int]) -> bytes:
    return b"/Artifact <</Type /Pagination>> BDC" if int(found[1]) in hidden else found[0]
