"""A person's name in a text, whatever its accents, capitals, dots, hyphens and spaces; and the text without it.

« Awa Diop » is found in « awa.diop@… », in « DIOP-AWA » only when it is looked for in that order too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db import models

ERASED = "[personne effacée]"
SHORTEST = 3  # letters of a term; shorter, it would be found everywhere
_BETWEEN = re.compile(r"[\W_]+")
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ`´"), "'")


def fold(text: str) -> tuple[str, list[int]]:
    """The text without accents and capitals, its dots, hyphens and underscores as spaces; and each one's origin."""
    folded: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.translate(_APOSTROPHES)).casefold():
            category = unicodedata.category(part)
            if category in ("Mn", "Cf"):  # accents; invisible characters
                continue
            is_gap = part.isspace() or part == "." or category in ("Pd", "Pc", "Cc")
            if is_gap and folded and folded[-1] == " ":
                continue
            folded.append(" " if is_gap else part)
            origins.append(index)
    return "".join(folded), origins


def _skeleton(text: str) -> str:
    """Letters and digits alone. What is not in the skeleton is not in the text: most texts are passed at this price."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKD", text).casefold())


def _lines(value: Any, path: tuple[str, ...] = ()) -> list[str]:
    if isinstance(value, dict):
        return [line for key, part in value.items() for line in _lines(part, (*path, str(key)))]
    if isinstance(value, list):
        return [line for part in value for line in _lines(part, path)]
    return [f"{', '.join(path)} : {value}" if path else str(value)] if value not in (None, "") else []


class Wording:
    """The ways to write one person's name or address."""

    def __init__(self, terms: Sequence[str]) -> None:
        folded = sorted({fold(term)[0].strip() for term in terms}, key=len, reverse=True)
        self.terms = [term for term in folded if len(term) >= SHORTEST]
        self._skeletons = [_skeleton(term) for term in self.terms]
        # Whole words only: « Li » is not in « politique ».
        words = "|".join(map(re.escape, self.terms))
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)") if words else None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the person is named in a text: start and end of each mention, in order."""
        if self._pattern is None or not text or not self._may_be_in(text):
            return []
        folded, origins = fold(text)
        return [
            (origins[one.start()], self._end(text, origins[one.end() - 1])) for one in self._pattern.finditer(folded)
        ]

    def _may_be_in(self, text: str) -> bool:
        skeleton = _skeleton(text)
        return any(bones in skeleton for bones in self._skeletons)

    @staticmethod
    def _end(text: str, last: int) -> int:
        """After the last letter and the accents that follow it as characters of their own."""
        end = last + 1
        while end < len(text) and unicodedata.category(text[end]) == "Mn":
            end += 1
        return end

    def is_in(self, value: Any) -> bool:
        """Whether a text, or any text inside a JSON value, names the person."""
        if isinstance(value, str):
            return bool(self.spans(value))
        if isinstance(value, dict):
            return any(self.is_in(part) for pair in value.items() for part in pair)
        return any(self.is_in(part) for part in value) if isinstance(value, list) else False

    def as_text(self, value: Any) -> str:
        """The value as a person can read it: a JSON value gives one line a text, after the keys that lead to it."""
        return value if isinstance(value, str) else "\n".join(_lines(value))

    def excerpt(self, text: str, size: int) -> str:
        """The words around the first mention."""
        spans = self.spans(text)
        start = max(0, (spans[0][0] if spans else 0) - size // 3)
        cut = text[start : start + size]
        return f"{'…' if start else ''}{cut}{'…' if start + size < len(text) else ''}"

    def redacted(self, value: Any, column: models.Field | None = None) -> Any:
        """The value without the person: « [personne effacée] » in a text, empty where only an address may stand."""
        if isinstance(value, dict):
            return {self.redacted(key): self.redacted(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.redacted(part) for part in value]
        if not isinstance(value, str) or not (spans := self.spans(value)):
            return value
        if isinstance(column, models.URLField | models.EmailField | models.SlugField) and column.blank:
            return ""
        for start, end in reversed(spans):
            value = f"{value[:start]}{ERASED}{value[end:]}"
        limit = getattr(column, "max_length", None)
        return value[:limit] if limit else value
