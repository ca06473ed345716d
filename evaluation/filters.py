"""Filters of lists: the same for the page, the export and the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from aict.accounts.filters import RegisterFilter, YearFilter
from evaluation.enums import IndicatorTable, MeasureState
from evaluation.models import Indicator, Measure
from typology.filters import ReferenceFilter, own_territories, words
from typology.models import ActionCategory


class ScoreFilter(django_filters.ChoiceFilter):
    """A score as printed (« 2,5 »); the choices are the scores that exist, read once per form."""

    @property
    def field(self) -> forms.Field:
        if not hasattr(self, "_field"):
            self.extra["choices"] = Indicator.objects.printed_scores(self.field_name.removesuffix("_printed"))
        return super().field


class IndicatorFilter(ReferenceFilter):
    """The indicator library (SYS-43, SYS-44, SYS-45)."""

    SORTS = [("relevance", "Pertinence, la plus forte d’abord"), ("access", "Accès, le plus facile d’abord")]

    q = words("Mot de l’indicateur")
    table = django_filters.ChoiceFilter(choices=IndicatorTable.choices, label="Tableau", empty_label="Les trois")
    category = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=ActionCategory.objects.current(), label="Catégorie", empty_label="Toutes"
    )
    access = ScoreFilter(field_name="access_printed", label="Accès", empty_label="Tous")
    relevance = ScoreFilter(field_name="relevance_printed", label="Pertinence", empty_label="Toutes")
    sort = django_filters.ChoiceFilter(choices=SORTS, method="sorted", label="Ordre", empty_label="Ordre imprimé")
    hidden = django_filters.BooleanFilter(
        method="with_hidden", label="Avec ceux masqués par défaut", widget=forms.CheckboxInput
    )

    class Meta:
        model = Indicator
        fields: list[str] = []

    def filter_queryset(self, rows: Any) -> QuerySet:
        rows = super().filter_queryset(rows)
        return rows if self.form.cleaned_data.get("hidden") else rows.shown_by_default()

    def sorted(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.by_score(value)

    def with_hidden(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows  # see filter_queryset: the absence of the box is what filters


class MeasureFilter(RegisterFilter):
    """Measures: page, export and API."""

    q = words("Mot de l’indicateur ou du périmètre")
    indicator = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=Indicator.objects.current(), label="Indicateur", empty_label="Tous"
    )
    table = django_filters.ChoiceFilter(
        field_name="indicator__table", choices=IndicatorTable.choices, label="Tableau", empty_label="Les trois"
    )
    territory = django_filters.ModelChoiceFilter(queryset=own_territories, label="Territoire", empty_label="Tous")
    year = YearFilter(label="Année")
    state = django_filters.ChoiceFilter(choices=MeasureState.choices, label="État", empty_label="Tous")

    class Meta:
        model = Measure
        fields = ["q", "indicator", "table", "territory", "year", "state", "visibility"]
