"""Sentences from figures: numerals, agreement of nouns, lists, short amounts, as a careful French writer would."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from aict.ui.typography import NBSP, french, long_day, number

_NUMERALS = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
]
# Control characters break the page; bidirectional controls could turn the lines around them.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def prose(text: object) -> str:
    """A user's text as printed: French spaces and apostrophes, no character that could break a page."""
    lines = _UNSAFE.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n")).strip()
    return french(re.sub(r"\n{3,}", "\n\n", lines))


def line(text: object) -> str:
    """The same on one line."""
    return " ".join(prose(text).split())


def shortened(text: object, limit: int) -> str:
    """One line of at most `limit` characters, cut between words with an ellipsis."""
    words = line(text)
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def numeral(count: int, *, feminine: bool = False) -> str:
    """In letters up to sixteen, in figures above."""
    if count == 1 and feminine:
        return "une"
    return _NUMERALS[count] if count < len(_NUMERALS) else number(count)


def counted(count: int, words: str, *, feminine: bool = False) -> str:
    """« sept priorités », « aucun lien », « une priorité »: the number and its noun, `words` being "one,many"."""
    one, many = words.split(",")
    if count == 0:
        return f"{'aucune' if feminine else 'aucun'} {one}"
    return f"{numeral(count, feminine=feminine)}{NBSP if count >= len(_NUMERALS) else ' '}{many if count > 1 else one}"


def figured(count: int, words: str) -> str:
    """« 7 priorités », « 1 priorité »: the same in figures, for sentences that count many things."""
    one, many = words.split(",")
    return f"{number(count)}{NBSP}{many if count > 1 else one}"


def unit(text: str) -> str:
    """The unit of an indicator as printed: the code of a currency becomes its sign."""
    return "€" if text == "EUR" else line(text)


def listed(items: Sequence[str], last: str = "et") -> str:
    """« a, b et c »."""
    return f" {last} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def sentence(text: str) -> str:
    """With a capital letter and one full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "…", "!", "?", ":")) else f"{text}."


def day(iso: str | None) -> str:
    """`31/01/2027`, for tables; empty when not known."""
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else ""


def full_day(iso: str) -> str:
    """`31 janvier 2027`, for prose."""
    return long_day(date.fromisoformat(iso))


def about(amount: Decimal) -> str:
    """`2,78 M€`, `845 k€`, `500 €`: an amount to remember."""
    if amount >= 1_000_000:
        return f"{number(amount / 1_000_000, 2)}{NBSP}M€"
    if amount >= 10_000:
        return f"{number(amount / 1000, 0)}{NBSP}k€"
    return f"{number(amount, 0)}{NBSP}€"


def years(first: int, last: int) -> str:
    """« en 2027 », « de 2026 à 2029 »."""
    return f"en {first}" if first == last else f"de {first} à {last}"


def number_of(count: int, words: str) -> str:
    """« un pilote », « cinq associés »: `words` is "un pilote,{} pilotes"."""
    one, many = words.split(",")
    return one if count == 1 else many.format(numeral(count))
