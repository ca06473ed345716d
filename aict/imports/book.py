"""What the cells of a file may name: nomenclatures and registers, read once, found by code or folded label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import takewhile
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from aict.accounts.models import Collectivity
from aict.ui.typography import fold_words

MAX_HINTS = 100  # comparing costs more than reading: the first refusals alone propose a near word
MAX_LISTED = 12
LIKE = 0.6  # a near word: alike as a whole and by its first letters, on average
SURE = 0.85  # or so alike that its first letters may differ
MIN_HINT = 4  # letters: a code is never proposed


class Lookup:
    """Rows by each of their names, folded; a name that two rows bear finds neither."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._rows: dict[str, list[Any]] = {}
        self._written: dict[str, str] = {}

    def add(self, row: Any, names: Iterable[str], *, written: str = "") -> None:
        """Know a row by these names. `written`: what a near word proposes in their stead, for codes."""
        for said in filter(None, names):
            name = fold_words(said)
            self._written.setdefault(name, written or said)
            known = self._rows.setdefault(name, [])
            if all(one is not row for one in known):
                known.append(row)

    def all(self, text: str) -> Sequence[Any]:
        """Every row that bears this name."""
        return self._rows.get(fold_words(text), ())

    def near(self, text: str) -> str:
        """The name that a text most likely stands for, as it is written; empty rather than a bad guess."""
        folded = fold_words(text)[:80]
        words = [word for word in self._rows if len(word) >= MIN_HINT]
        scored = [(_likeness(folded, word), word) for word in get_close_matches(folded, words, n=8, cutoff=LIKE)]
        best, word = max(scored, default=(0.0, ""))
        return self._written[word] if best >= LIKE else ""


def _likeness(text: str, word: str) -> float:
    """0 to 1. People get the end of a name wrong, seldom its beginning: « Maroque » is Maroc, not Martinique."""
    ratio = SequenceMatcher(None, word, text).ratio()
    begun = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, word, strict=False)))
    share = begun / max(len(text), len(word))
    return max((ratio + share) / 2, ratio if ratio >= SURE else 0)


class Book:
    """One import's memory. `lock` keeps the rows that it reads until the transaction ends."""

    def __init__(self, collectivity: Collectivity, *, lock: bool = False, shared: dict[Any, Any] | None = None) -> None:
        self.collectivity = collectivity
        self.lock = lock
        self._shared = shared if shared is not None else {}  # nomenclatures: the same for every collectivité
        self._own: dict[Any, Any] = {}
        self._hints: dict[tuple[str, str], str] = {}

    def shared(self, key: Any, build: Callable[[], Any]) -> Any:
        """What does not depend on the collectivité, made once."""
        if key not in self._shared:
            self._shared[key] = build()
        return self._shared[key]

    def own(self, key: Any, build: Callable[[], Any]) -> Any:
        """What belongs to the collectivité, made once."""
        if key not in self._own:
            self._own[key] = build()
        return self._own[key]

    def nomenclature(self, model: type[Any]) -> Lookup:
        """Rows of a nomenclature by code, label and whatever a page calls them."""
        return self.shared(model, lambda: _nomenclature(model))

    def find(self, lookup: Lookup, text: str) -> Any:
        """The one row of this name. Raises ValidationError, with a near word, when there is none or several."""
        found = lookup.all(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(f"« {text} » désigne plusieurs éléments : {lookup.noun}. Donnez un nom plus précis.")
        raise ValidationError(f"« {text} » ne figure pas dans la liste : {lookup.noun}{self.hint(text, lookup)}")

    def hint(self, text: str, lookup: Lookup) -> str:
        """The end of a refusal: a near word, for the first words only."""
        asked = (lookup.noun, text)
        if asked not in self._hints and len(self._hints) < MAX_HINTS:
            self._hints[asked] = lookup.near(text)
        near = self._hints.get(asked)
        return f". Vouliez-vous dire « {near} » ?" if near else "."


def _nomenclature(model: type[Any]) -> Lookup:
    lookup = Lookup(str(model._meta.verbose_name))
    labels, codes = (
        [name for name in names if _has(model, name)] for names in (("label", "singular"), ("code", "iso3", "letter"))
    )
    for row in model.objects.all():
        lookup.add(row, [*(getattr(row, name) for name in labels), str(row)])
        lookup.add(row, [getattr(row, name) for name in codes], written=str(row))
    return lookup


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.fields)
