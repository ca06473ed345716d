"""French typography: numbers, amounts, dates and no-break spaces."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

NBSP = "\u00a0"
_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_MONTH_WORDS = "|".join(_MONTHS)
_RULES = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"[ \u00a0\u202f]([;:!?»%€])"), NBSP + r"\1"),
    (re.compile(r"«[ \u202f]"), "«" + NBSP),
    (re.compile(r"\b(n°|art\.|p\.|L\.|M\.) "), r"\1" + NBSP),
    (re.compile(rf"(\d) ({_MONTH_WORDS}|ans?|mois|jours?|euros|M€|k€)\b"), r"\1" + NBSP + r"\2"),
)


def number(value: Decimal | float | int, places: int | None = None) -> str:
    """`1 234,5` with no-break spaces; decimals as they are, or exactly `places` of them."""
    exact = Decimal(str(value))
    if places is None:
        text = f"{exact.normalize():,f}" if exact != exact.to_integral() else f"{exact.to_integral():,f}"
    else:
        text = f"{exact:,.{places}f}"
    return text.replace(",", NBSP).replace(".", ",").replace("-", "−")


def euros(value: Decimal | float | int) -> str:
    """`1 234,50 €`."""
    return f"{number(value, 2)}{NBSP}€"


def file_size(count: int) -> str:
    """`640 octets`, `48 Ko`, `1,8 Mo`: a kilo of 1 024, as computers show it."""
    if count < 1024:
        return f"{count}{NBSP}octet{'s' if count > 1 else ''}"
    kilos = Decimal(count) / 1024
    if kilos < 1000:
        return f"{number(round(kilos))}{NBSP}Ko"
    return f"{number(round(kilos / 1024, 1))}{NBSP}Mo"


def long_day(value: date) -> str:
    """`1er janvier 2027`."""
    day_number = "1er" if value.day == 1 else str(value.day)
    return f"{day_number}{NBSP}{_MONTHS[value.month - 1]} {value.year}"


def french(text: str) -> str:
    """A user's prose with French apostrophes and no-break spaces; addresses are left alone."""
    parts = re.split(r"(https?://\S+)", text)
    for index in range(0, len(parts), 2):
        for pattern, replacement in _RULES:
            parts[index] = pattern.sub(replacement, parts[index])
    return "".join(parts)


# What decomposition leaves as it is: letters of their own in Unicode, one sound for a reader; then signs alike.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
_SIGNS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", NBSP: " ", "\u202f": " ", "\u2011": "-"})


def fold(text: str) -> str:
    """Text as a search compares it: no accent, no capital, one kind of apostrophe, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS).translate(_SIGNS))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


@lru_cache(8192)  # a file names the same things on every line
def fold_words(text: str) -> str:
    """Folded, and without punctuation, as names are matched: « L’Œuvre d’Été » → « l oeuvre d ete ».

    A text that is punctuation alone keeps it, so as not to match every other.
    """
    folded = fold(text)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split()) or folded
