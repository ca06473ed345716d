"""Filters of the lists of supported firms, youth mobility and good practices: the same for page, export and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_filters.fields import ModelChoiceField

from aict.accounts.filters import RegisterFilter, SharedSearch, YearFilter
from partners.models import Country, EconomicField, Stakeholder
from typology.enums import MobilityDirection, MobilityKind, Stage
from typology.filters import ReferenceFilter, words
from typology.models import ActionCategory, Fiche, Mobility, Participation, Practice


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


class _FicheField(ModelChoiceField):
    def label_from_instance(self, row: Fiche) -> str:
        return f"Fiche {row.number} – {row.label}"


class FicheFilter(django_filters.ModelChoiceFilter):
    """One of the seven fiches, by its code, shown with its number."""

    field_class = _FicheField


class PracticeFilter(RegisterFilter):
    """Good practices: page, export, and API of the members."""

    q = words("Mot de l’intitulé, du porteur, du lieu ou des faits")
    fiche = FicheFilter(to_field_name="code", queryset=Fiche.objects.current(), label="Fiche", empty_label="Toutes")

    class Meta:
        model = Practice
        fields = ["q", "fiche", "visibility"]


class SharedPracticeFilter(SharedSearch, PracticeFilter):
    """Good practices, for a network: it is shown all that the words are searched in."""


class MobilityFilter(ReferenceFilter):
    """Mobility of young people: page and export."""

    q = words("Mot du programme ou de l’action")
    year = YearFilter(method="in_year", label="Année")
    direction = django_filters.ChoiceFilter(choices=MobilityDirection.choices, label="Sens", empty_label="Tous")
    kind = django_filters.ChoiceFilter(choices=MobilityKind.choices, label="Forme", empty_label="Toutes")
    country = django_filters.ModelChoiceFilter(
        queryset=Country.objects.current(), to_field_name="code", label="Pays", empty_label="Tous"
    )
    field = django_filters.ModelChoiceFilter(
        queryset=EconomicField.objects.current(), to_field_name="code", label="Secteur", empty_label="Tous"
    )
    priority = django_filters.ChoiceFilter(
        choices=[("oui", "Zones prioritaires"), ("non", "Autres zones")],
        method="of_zone",
        label="Zone",
        empty_label="Toutes",
    )

    class Meta:
        model = Mobility
        fields = ["q", "year", "direction", "kind", "country", "field", "priority"]

    def in_year(self, rows: Any, name: str, value: int) -> QuerySet:
        return rows.in_year(value)

    def of_zone(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(is_priority_zone=value == "oui")
