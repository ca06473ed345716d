"""The base of every filter of a register: the same for its page, its export and its API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from drf_spectacular.drainage import set_override

from aict.accounts.enums import Visibility
from aict.accounts.register_forms import FIRST_YEAR, LAST_YEAR

WORDS = 100  # longest search, in characters


class YearFilter(django_filters.Filter):
    """A year between the bounds of the registers; the description of the API tells them."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, label=label, min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)
        schema = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR, "description": label}
        set_override(self, "field", schema)


class RegisterFilter(django_filters.FilterSet):
    """Words first, visibility; a register adds its own, named in the address as in the API.

    Foreign keys are filtered by number on rows already narrowed to the collectivité: a foreign
    number and an unknown one both give an empty list.
    """

    q = django_filters.CharFilter(method="search", label="Mots", max_length=WORDS)
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices, label="Visibilité", empty_label="Toutes")

    def search(self, rows: Any, name: str, words: str) -> QuerySet:
        """Rows that hold the words, by the queryset's `matching`."""
        return rows.matching(words)


class SharedSearch:
    """For the filter of a network: the words are searched in what it may read, never in hidden rows.

        class SharedAgreementFilter(SharedSearch, AgreementFilter): ...

    The queryset has a verb `matching_shared` beside `matching`.
    """

    def search(self, rows: Any, name: str, words: str) -> QuerySet:
        """Rows that hold the words where a network can see them."""
        return rows.matching_shared(words)
