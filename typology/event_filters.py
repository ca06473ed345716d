"""Filters of events: the same for the page, the export and the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from aict.accounts.filters import RegisterFilter, SharedSearch, YearFilter
from partners.models import Country
from typology.enums import EventKind
from typology.filters import own_territories, words
from typology.models import ActionCategory, Event


class EventFacets(RegisterFilter):
    """Filters of events by what everybody is shown, networks included."""

    q = words("Mot de l’intitulé, du lieu, de l’action ou du territoire")
    kind = django_filters.ChoiceFilter(choices=EventKind.choices, label="Genre", empty_label="Tous")
    year = YearFilter(method="in_year", label="Année")
    country = django_filters.ModelChoiceFilter(
        queryset=Country.objects.current(), to_field_name="code", label="Pays", empty_label="Tous"
    )

    class Meta:
        model = Event
        fields = ["q", "kind", "year", "country", "visibility"]

    def in_year(self, rows: Any, name: str, value: int) -> QuerySet:
        """That last at least one day in the year."""
        return rows.in_year(value)


class EventFilter(EventFacets):
    """Events: page, export, and API of the members."""

    territory = django_filters.ModelChoiceFilter(queryset=own_territories, label="Territoire", empty_label="Tous")
    category = django_filters.ModelChoiceFilter(
        field_name="action__type__purpose__category",
        to_field_name="code",
        queryset=ActionCategory.objects.current(),
        label="Catégorie",
        empty_label="Toutes",
    )

    class Meta:
        model = Event
        fields = ["q", "kind", "year", "territory", "category", "country", "visibility"]


class SharedEventFilter(SharedSearch, EventFacets):
    """Events, for a network."""
