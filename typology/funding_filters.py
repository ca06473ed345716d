"""Filters of funding: schemes, calls, applications. The same for the page, the export and the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from partners.filters import DayFilter
from typology.enums import ApplicationState, CallState, SchemeKind, SchemeReach
from typology.filters import ReferenceFilter, words
from typology.models import (
    ActionCategory,
    ExportPhase,
    FundingApplication,
    FundingCall,
    FundingScheme,
    Sdg,
)


def _sdg() -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        field_name="sdgs", to_field_name="number", queryset=Sdg.objects.current(), label="ODD", empty_label="Tous"
    )


class FundingSchemeFilter(ReferenceFilter):
    """Schemes: words, SDG, category, kind, phase, where, and whether they can be asked on a day."""

    q = words("Mot du nom, d’un domaine ou de l’objet")
    kind = django_filters.ChoiceFilter(choices=SchemeKind.choices, label="Genre", empty_label="Tous")
    category = django_filters.ModelChoiceFilter(
        field_name="categories",
        to_field_name="code",
        queryset=ActionCategory.objects.current(),
        label="Catégorie d’action",
        empty_label="Toutes",
    )
    sdg = _sdg()
    phase = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=ExportPhase.objects.current(), label="Phase d’export", empty_label="Toutes"
    )
    reach = django_filters.ChoiceFilter(choices=SchemeReach.choices, label="Où", empty_label="Partout")
    on = DayFilter(method="in_force", label="En vigueur le")

    class Meta:
        model = FundingScheme
        fields: list[str] = []

    def in_force(self, rows: Any, name: str, value: date) -> QuerySet:
        return rows.in_force(value)


def _own_calls(request: HttpRequest | None) -> QuerySet:
    access = getattr(request, "access", None)
    return FundingCall.objects.for_collectivity(access.collectivity if access else None)


class FundingCallFilter(ReferenceFilter):
    """Calls of a collectivité: words, where they stand today, scheme, SDG."""

    q = words("Mot de l’intitulé, d’un axe ou du dispositif")
    state = django_filters.ChoiceFilter(
        choices=CallState.choices, method="standing", label="Où en est l’appel", empty_label="Tous"
    )
    scheme = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=FundingScheme.objects.current(), label="Dispositif", empty_label="Tous"
    )
    sdg = _sdg()

    class Meta:
        model = FundingCall
        fields: list[str] = []

    def standing(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.in_state(value, timezone.localdate())


class FundingApplicationFilter(ReferenceFilter):
    """Applications of a collectivité: words, state, scheme."""

    q = words("Mot du projet, du dispositif, de l’appel ou de l’action")
    state = django_filters.ChoiceFilter(choices=ApplicationState.choices, label="État", empty_label="Tous")
    scheme = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=FundingScheme.objects.current(), label="Dispositif", empty_label="Tous"
    )
    call = django_filters.ModelChoiceFilter(queryset=_own_calls, label="Appel", empty_label="Tous")

    class Meta:
        model = FundingApplication
        fields: list[str] = []
