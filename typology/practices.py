"""Good practices (SYS-53): what the guide puts forward, beside what collectivités write themselves."""

from __future__ import annotations

from typing import Any

from typology.models import FocusPractice


def focus(*, fiche: Any = None, words: str = "") -> list[FocusPractice]:
    """The focus items of the guide, of one fiche or all, that hold the words; one query."""
    rows = FocusPractice.objects.current().select_related("fiche").order_by("fiche__order", "order")
    return [row for row in rows if (fiche is None or row.fiche_id == fiche.pk) and _holds(row, words)]


def _holds(row: FocusPractice, words: str) -> bool:
    texts = [row.label, row.holder, row.form, row.place, *row.facts, *row.figures]
    return words.casefold() in " ".join(texts).casefold()
