"""Acronyms written out: the glossary, kept in the process, and the marking of a text with it (SYS-02)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import monotonic

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from typology.enums import TermKind
from typology.models import GlossaryTerm

# The glossary changes with a release, and a release restarts the server: an hour is only a safety net.
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Acronyms:
    """What each acronym stands for, and the pattern that finds them as whole words."""

    expansions: dict[str, str]
    pattern: re.Pattern[str]
    read_at: float


_kept: Acronyms | None = None


def acronyms() -> Acronyms:
    """The acronyms that have an expansion: one query an hour in each process, none otherwise."""
    global _kept
    if _kept is None or monotonic() - _kept.read_at > KEPT_SECONDS:
        rows = GlossaryTerm.objects.current().exclude(kind=TermKind.CONCEPT)
        expansions = {row.label: row.expansion for row in rows if row.is_expanded}
        # The longest first: « BPI France » must not be read as an acronym followed by a word.
        longest_first = sorted(expansions, key=len, reverse=True)
        words = "|".join(re.escape(word) for word in longest_first) or r"(?!)"
        _kept = Acronyms(expansions, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])"), monotonic())
    return _kept


def forget() -> None:
    """Read the glossary again at the next text; for tests and after a load in the same process."""
    global _kept
    _kept = None


def marked(text: str) -> SafeString:
    """The text, escaped, with the first occurrence of each known acronym in `<abbr title="…">`.

    Case matters and only whole words count: « vie » is not the acronym VIE.
    """
    known, seen, pieces, end = acronyms(), set(), [], 0
    for found in known.pattern.finditer(text):
        word = found.group()
        if word in seen:
            continue
        seen.add(word)
        pieces.append(escape(text[end : found.start()]))
        pieces.append(format_html('<abbr title="{}">{}</abbr>', known.expansions[word], word))
        end = found.end()
    pieces.append(escape(text[end:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))
