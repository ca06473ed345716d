"""Filters of the lists of supported firms, youth mobility and good practices: the same for page, export and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from aict.accounts.filters import YearFilter
from partners.models import Stakeholder
from typology.enums import Stage
from typology.filters import words
from typology.models import ActionCategory, Participation


class FirmFilter(django_filters.FilterSet):
    """Supported firms, on rows of `journeys.supported_firms`."""

    q = words("Nom ou SIREN")
    stage = django_filters.ChoiceFilter(
        field_name="current_stage", choices=Stage.choices, label="Stade actuel", empty_label="Tous"
    )
    year = YearFilter(method="in_year", label="Année")
    category = django_filters.ModelChoiceFilter(
        method="of_category",
        to_field_name="code",
        queryset=ActionCategory.objects.current(),
        label="Catégorie d’action",
        empty_label="Toutes",
    )

    class Meta:
        model = Stakeholder
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        digits = "".join(value.split())
        return rows.filter(Q(name__icontains=value) | Q(siren=digits)) if digits else rows

    def in_year(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        """Who took part in something that year."""
        return rows.filter(Exists(_entries().filter(on__year=value)))

    def of_category(self, rows: QuerySet, name: str, value: ActionCategory) -> QuerySet:
        """Who took part in an action of the category."""
        return rows.filter(Exists(_entries().filter(action__type__purpose__category=value)))


def _entries() -> Any:
    """The entries of the firm of a row: of its own collectivité, since an entry and its firm share it."""
    return Participation.objects.live().filter(firm=OuterRef("pk"))
