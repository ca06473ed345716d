"""Tags typed as words, separated by commas: those of the collectivité are found again, the new ones are created."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from aict.accounts.models import Collectivity
from aict.ui.typography import fold
from typology.models import Tag

MOST = 20  # tags of one action
_LONGEST: int = Tag._meta.get_field("name").max_length or 40


def words_of(text: str) -> list[str]:
    """The tags that a text names, parted by commas, semicolons or lines. Raises as `words_among`."""
    return words_among(text.replace("\n", ",").replace(";", ",").split(","))


def words_among(names: Iterable[str]) -> list[str]:
    """The tags with these names, once each whatever their capitals and accents, in their order.

    Raises ValidationError, in French, when one is too long or when they are too many.
    """
    words: dict[str, str] = {}
    for word in names:
        if clean := " ".join(word.split()):
            words.setdefault(fold(clean), clean)
    for word in words.values():
        if len(word) > _LONGEST:
            raise ValidationError(f"« {word[:60]}… » est trop long : {_LONGEST} caractères au plus par étiquette.")
    if len(words) > MOST:
        raise ValidationError(f"{len(words)} étiquettes : gardez-en {MOST} au plus.")
    return list(words.values())


def tags_named(*, collectivity: Collectivity, words: Iterable[str]) -> list[Tag]:
    """The tags of the collectivité with these words, the missing ones created; accents and capitals do not count."""
    known = {fold(tag.name): tag for tag in Tag.objects.for_collectivity(collectivity)}
    found = []
    for word in words:
        tag = known.get(fold(word)) or Tag.objects.get_or_create(collectivity=collectivity, name=word)[0]
        found.append(tag)
    return found
