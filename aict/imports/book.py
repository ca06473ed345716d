"""What the cells of a file may name: nomenclatures and registers, read once, found by code or folded label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from aict.accounts.models import Collectivity
from aict.ui.typography import fold_words

MAX_HINTS = 100  # comparing costs more than reading: the first refusals alone propose a near word
MAX_LISTED = 12


class Lookup:
    """Rows by each of their names, folded; a name that two rows bear finds neither."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._rows: dict[str, list[Any]] = {}

    def add(self, row: Any, names: Iterable[str]) -> None:
        for name in {fold_words(name) for name in names if name}:
            known = self._rows.setdefault(name, [])
            if all(one is not row for one in known):
                known.append(row)

    def all(self, text: str) -> Sequence[Any]:
        """Every row that bears this name."""
        return self._rows.get(fold_words(text), ())

    def words(self) -> Iterable[str]:
        return self._rows


class Book:
    """One import's memory. `lock` keeps the rows that it reads until the transaction ends."""

    def __init__(self, collectivity: Collectivity, *, lock: bool = False, shared: dict[Any, Any] | None = None) -> None:
        self.collectivity = collectivity
        self.lock = lock
        self._shared = shared if shared is not None else {}  # nomenclatures: the same for every collectivité
        self._own: dict[Any, Any] = {}
        self._hints = 0

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
        raise ValidationError(
            f"« {text} » ne figure pas dans la liste : {lookup.noun}{self.hint(text, lookup.words())}"
        )

    def hint(self, text: str, known: Iterable[str]) -> str:
        """The end of a refusal: a near word, for the first ones only."""
        self._hints += 1
        near = get_close_matches(fold_words(text)[:80], list(known), n=1) if self._hints <= MAX_HINTS else []
        return f". Vouliez-vous dire « {near[0]} » ?" if near else "."


def _nomenclature(model: type[Any]) -> Lookup:
    lookup = Lookup(str(model._meta.verbose_name))
    names = [name for name in ("code", "label", "singular", "iso3", "letter") if _has(model, name)]
    for row in model.objects.all():
        lookup.add(row, [str(row), *(getattr(row, name) for name in names)])
    return lookup


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.fields)
