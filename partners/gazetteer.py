"""The gazetteer: 33,314 towns of the world outside France, found offline as they are typed.

GeoNames (CC BY 4.0) cut to what a form fills; French names are ours. One text in memory, one line per name, searched
where a name begins, then where one of its words does: no query, nothing sent to anybody.
"""

from __future__ import annotations

import csv
import gzip
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings

from aict.ui.typography import fold

SHORTEST = 2  # letters: one would find everything
LONGEST = 80
ENOUGH = 3  # towns that bear the very name: nobody looks for another
_ARTICLES = ("le ", "la ", "les ", "l ")
_BEFORE_COUNTRY = frozenset({"a", "au", "aux", "en"})  # « Sfax en Tunisie »
_COUNTRY_WORDS = 3  # most words of a country typed without a comma
_COUNTRY_LETTERS = 3  # fewest


@dataclass(frozen=True)
class Place:
    """A town; `name` in French when it has a French name. `found_by`: the other name that the words matched."""

    number: int  # its line in the file: what a form sends back
    name: str
    name_en: str
    country: str  # ISO 3166-1 alpha-2, lower case
    country_label: str
    population: int
    latitude: str
    longitude: str
    found_by: str = ""


class _Names(NamedTuple):
    """One text of the names of some towns, each on its line, and where those of each town begin."""

    text: str
    starts: array[int]
    towns: Sequence[int]

    def holding(self, needle: str) -> Iterator[tuple[int, str]]:
        """Town and name of each line that holds the needle, in the order of the towns."""
        at = self.text.find(needle)
        while at >= 0:
            inside = at + 1 if needle[0] == "\n" else at
            end = self.text.index("\n", inside)
            name = self.text[self.text.rindex("\n", 0, inside) + 1 : end]
            yield self.towns[bisect_right(self.starts, inside) - 1], name
            at = self.text.find(needle, end)


def search(words: str, country: str = "", limit: int = 8) -> list[Place]:
    """Towns one word of whose name begins as typed, whatever the accents and capitals.

    Those of `country` (ISO alpha-2), or of one typed after a comma (« Sfax, Tunisie »), go first. Then whole names,
    beginnings, other words; their own and French names before the others; the most populous first. When nothing is
    found, the last words are tried as a country (« Sfax Tunisie », « Sfax en Tunisie »).
    """
    words, typed = _split(words[:LONGEST])
    key = _key(words)
    if found := _search(key, typed or country.lower(), limit):
        return found
    for town, code in [] if typed else _country_at_the_end(key):
        if found := _search(town, code, limit):
            return found
    return []


def _search(key: str, country: str, limit: int) -> list[Place]:
    if len(key) < SHORTEST:
        return []
    found: dict[int, str] = {}
    for area in (country, "") if country else ("",):
        _gather(key, area, limit, found)
    return [_place(town, name, key) for town, name in found.items()]


def place(number: str) -> Place | None:
    """The town of a line of the file, as `Place.number` gave it; None when there is none."""
    if not re.fullmatch(r"[0-9]{1,6}", number) or int(number) >= len(_towns()):
        return None
    return _place(int(number), "", "")


def _gather(key: str, area: str, limit: int, found: dict[int, str]) -> None:
    """Add to `found`, up to the limit, the towns of a country (of the world when empty) and the name that matched."""
    own, others = _names(area)
    whole = f"\n{key}\n"
    named = _add(own.holding(whole), limit, found)
    _add(others.holding(whole), limit, found)
    if named >= ENOUGH:
        return
    # A town that bears the very name is what was meant: long foreign names of others would be noise.
    if named:
        parts = [own.holding(f"\n{key}"), own.holding(f" {key} "), own.holding(f" {key}\n")]
    else:
        parts = [names.holding(f"{before}{key}") for before in "\n " for names in (own, others)]
    for part in parts:
        _add(part, limit, found)


def _add(towns: Iterator[tuple[int, str]], limit: int, found: dict[int, str]) -> int:
    """Put towns in `found` up to the limit; how many there were, those already found included."""
    count = 0
    for town, name in towns:
        if len(found) >= limit:
            return count
        found.setdefault(town, name)
        count += 1
    return count


def _place(number: int, matched: str, key: str) -> Place:
    name, country, population, latitude, longitude, _ = _towns()[number].split(";", 5)
    shown = _french().get((name, country), name)
    found_by = "" if key in _key(shown) or key in _key(name) else matched.title()
    label = _labels().get(country, country.upper())
    return Place(number, shown, name, country, label, int(population), latitude, longitude, found_by)


@lru_cache(maxsize=1)
def _towns() -> list[str]:
    """The lines of the file, the most populous town first; read once per process, at the first search."""
    with gzip.open(settings.BASE_DIR / "fixtures" / "reference" / "cities.csv.gz", "rt", encoding="utf-8") as stream:
        return stream.read().splitlines()[1:]


@lru_cache(maxsize=16)
def _names(area: str) -> tuple[_Names, _Names]:
    """Own and French names, then all the others, of the towns of a country, or of the world when empty."""
    own, others = _Gathering(), _Gathering()
    bearers = dict(_french())
    for number, town in enumerate(_towns()):
        name, country, _, _, _, alternates = town.split(";", 5)
        if area in ("", country):
            french = bearers.pop((name, country), "")
            own.add(number, [_key(name), *(_with_and_without_article(_key(french)) if french else [])])
            if alternates:
                others.add(number, alternates.split("|"))
    return own.names(), others.names()


class _Gathering:
    """Names being put end to end."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts = array("L")
        self.towns = array("L")
        self.length = 0

    def add(self, town: int, names: Sequence[str]) -> None:
        text = "".join(f"\n{name}" for name in names)
        self.starts.append(self.length)
        self.towns.append(town)
        self.parts.append(text)
        self.length += len(text)

    def names(self) -> _Names:
        return _Names("".join(self.parts) + "\n", self.starts, self.towns)


@lru_cache(maxsize=1)
def _french() -> dict[tuple[str, str], str]:
    """French names by name in the file and country; the first town of that name, so the most populous, bears it."""
    with (settings.BASE_DIR / "fixtures" / "reference" / "exonyms.csv").open(encoding="utf-8") as stream:
        return {(row["nom"], row["pays"]): row["francais"] for row in csv.DictReader(stream, delimiter=";")}


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    """French name of each country by its code."""
    with (settings.BASE_DIR / "fixtures" / "reference" / "pays.csv").open(encoding="utf-8") as stream:
        return {row["iso2"].lower(): row["nom_fr"] for row in csv.DictReader(stream)}


def _split(words: str) -> tuple[str, str]:
    """« Sfax, Tunisie » as its town and the code of its country; the words alone when no country is named."""
    town, comma, country = words.rpartition(",")
    key = _key(country)
    if not comma or not key:
        return words.rstrip(", "), ""
    code = _country(key)
    return (town, code) if code else (words, "")


def _country_at_the_end(key: str) -> Iterator[tuple[str, str]]:
    """Each way to read the last words of a key as a country, the longest first: its town, and the country's code."""
    words = key.split()
    for count in range(min(_COUNTRY_WORDS, len(words) - 1), 0, -1):
        town, country = words[:-count], " ".join(words[-count:])
        if len(country) >= _COUNTRY_LETTERS and (code := _country(country)):
            if town[-1] in _BEFORE_COUNTRY:
                town = town[:-1]
            yield " ".join(town), code


def _country(key: str) -> str:
    """Code of the country whose French name begins so, the shortest name when there are several; or nothing."""
    codes = [code for code, label in _label_keys().items() if label.startswith(key)]
    return min(codes, key=lambda code: len(_label_keys()[code]), default="")


@lru_cache(maxsize=1)
def _label_keys() -> dict[str, str]:
    return {code: _key(label) for code, label in _labels().items()}


def _key(text: str) -> str:
    """Words as the file folds its names: letters and figures alone, single spaces."""
    if not text.isascii():
        text = fold(text.replace("ß", "ss").replace("ø", "o").replace("ł", "l").replace("đ", "d").replace("ı", "i"))
    return " ".join(re.sub(r"[\W_]+", " ", text.lower()).split())


def _with_and_without_article(key: str) -> list[str]:
    """« le caire », and « caire »: people type both."""
    bare = next((key.removeprefix(article) for article in _ARTICLES if key.startswith(article)), "")
    return [key, bare] if bare else [key]
