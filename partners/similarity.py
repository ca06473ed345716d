"""Territories that may be one and the same partner: names compared folded, by their words, then by their letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse

from aict.ui.typography import fold
from partners.models.territories import Territory, TerritoryQuerySet

MOST = 3  # shown
SHORTEST = 3  # letters typed before anything resembles them
CLOSE = 0.82  # likeness of spelling worth a look in the same country, or while none is chosen
CLOSE_ABROAD = 0.94  # and in another: « Valence » has many namesakes, a letter apart is another town
SAME, INCLUDED = 1.0, 0.9

# Words of kinds of places, in the languages of the registers: they do not tell one place from another.
_WORDS = """
a al au aux cercle city comarca commune comte comuna comune council county d de departement der des di district
distrito do du el et gemeinde gouvernement gouvernorat governorate grand grande greater hansestadt kreis l la land
le les los mairie metropole metropolis metropolitaine metropolitan municipal municipalite municipality of prefecture
province provincia region regional san stadt state the town und urbaine van vila ville voivodie y
"""
_KINDS = frozenset(_WORDS.split())
# Words that many towns begin with.
_COMMON = frozenset({"saint", "sainte", "santa", "santo", "nova", "novo", "nuevo", "port", "porto", "villa"})


class Spelling(NamedTuple):
    """A name as it is compared: its folded words that tell one place from another, in a row and apart."""

    text: str
    words: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """A territory of the register that may be the one being named, and why."""

    pk: int
    name: str
    country: str
    reason: str
    score: float

    @property
    def full_name(self) -> str:
        """« Sfax (Tunisie) »."""
        return self.name if self.name == self.country else f"{self.name} ({self.country})"

    def get_absolute_url(self) -> str:
        return reverse("partners:territory_detail", args=[self.pk])


def similar(
    rows: TerritoryQuerySet, name: str, *, country: int | None = None, but: int | None = None
) -> list[Likeness]:
    """The territories of `rows` that most resemble a name, the closest first, three at most; one query.

    French, English, original and former names count alike. In the country given a close spelling is enough; in
    another, only nearly the same name. `but`: the territory being edited. It informs a person, and decides nothing.
    """
    typed = spelling(name)
    if len(typed.text) < SHORTEST:
        return []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(typed.text)  # what SequenceMatcher keeps from one comparison to the next
    found: dict[int, Likeness] = {}
    for pk, shown, place, label, other in _names(rows):
        least = CLOSE if country is None or place == country else CLOSE_ABROAD
        score = 0.0 if pk == but else _score(matcher, typed, spelling(other), least)
        if score >= least and (pk not in found or score > found[pk].score):
            elsewhere = country is not None and place != country
            found[pk] = Likeness(pk, shown, label, _reason(shown, other, score, elsewhere), score - elsewhere)
    return sorted(found.values(), key=lambda one: (-one.score, one.name, one.pk))[:MOST]


def alike(one: Territory, other: Territory) -> bool:
    """Whether a name of the one, French, English or original, resembles a name of the other, as `similar` means it."""
    least = CLOSE if one.country_id == other.country_id else CLOSE_ABROAD
    matcher = SequenceMatcher(autojunk=False)
    for typed in filter(None, (one.name, one.name_en, one.name_local)):
        matcher.set_seq2(spelling(typed).text)
        for name in filter(None, (other.name, other.name_en, other.name_local)):
            if _score(matcher, spelling(typed), spelling(name), least) >= least:
                return True
    return False


def _names(rows: TerritoryQuerySet) -> Iterator[tuple[int, str, int, str, str]]:
    """Number, name, country and each of the names of each territory, the shown one first."""
    columns = ("pk", "name", "country_id", "country__label", "name_en", "name_local", "former_names__name")
    for pk, name, country, label, *others in rows.order_by().values_list(*columns):
        for other in dict.fromkeys([name, *filter(None, others)]):
            yield pk, name, country, label, other


@lru_cache(maxsize=8192)  # a form asks again at each pause of the typist
def spelling(name: str) -> Spelling:
    """The name as it is compared."""
    words = re.sub(r"[\W_]+", " ", fold(name[:160])).split()
    telling = [word for word in words if word not in _KINDS] or words
    return Spelling(" ".join(telling), frozenset(telling))


def _score(matcher: SequenceMatcher, typed: Spelling, other: Spelling, least: float) -> float:
    """From 0 to 1; 1 for the same telling words in any order. Below `least` it is not worked out: 0."""
    if not other.words:
        return 0.0
    if typed.words == other.words:
        return SAME
    if (typed.words < other.words or other.words < typed.words) and _tells(typed.words & other.words):
        return INCLUDED
    matcher.set_seq1(other.text)
    likely = matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least
    return matcher.ratio() if likely else 0.0


def _tells(words: Iterable[str]) -> bool:
    """Whether one of the words is long enough to tell a place: « Saint » alone does not."""
    return any(len(word) > SHORTEST and word not in _COMMON for word in words)


def _reason(shown: str, other: str, score: float, elsewhere: bool) -> str:
    what = "même nom" if score == SAME else "nom proche"
    if other != shown:
        what += f" : « {other} », autre nom ou ancien nom"
    return f"{what}, dans un autre pays" if elsewhere else what
