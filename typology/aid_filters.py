"""Filters of the money of actions: the ledger of aids, the report of expenses; page, export, and API of the members."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from aict.accounts.filters import YearFilter
from partners.models import FirmGroup, Stakeholder
from typology.filters import ActionFilter, ReferenceFilter, words
from typology.models import Action, AidLine, AidRegime, BudgetLine
from typology.models.budget import BudgetLineQuerySet

TO_DECLARE, DECLARED = "a-declarer", "declaree"


def _firms(request: HttpRequest | None) -> QuerySet:
    """The firms that have an aid: a short list, and a tenant's names go nowhere else."""
    access = getattr(request, "access", None)
    if access is None:
        return Stakeholder.objects.none()
    aided = AidLine.objects.for_collectivity(access.collectivity).order_by().values("firm")
    return Stakeholder.objects.with_deleted_of(access.collectivity).filter(pk__in=aided).order_by("name")


def _groups(request: HttpRequest | None) -> QuerySet:
    access = getattr(request, "access", None)
    return FirmGroup.objects.for_collectivity(access.collectivity) if access else FirmGroup.objects.none()


class AidFilter(ReferenceFilter):
    """Aids to firms."""

    q = words("Mot de la mesure, de l’entreprise ou de l’action")
    firm = django_filters.ModelChoiceFilter(queryset=_firms, label="Entreprise", empty_label="Toutes")
    group = django_filters.ModelChoiceFilter(
        field_name="firm__group", queryset=_groups, label="Groupe", empty_label="Tous"
    )
    year = YearFilter(field_name="granted_on__year", label="Année d’octroi")
    regime = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=AidRegime.objects.current(), label="Régime", empty_label="Tous"
    )
    state = django_filters.ChoiceFilter(
        choices=[(TO_DECLARE, "À déclarer"), (DECLARED, "Déclarée")],
        method="of_state",
        label="Déclaration",
        empty_label="Toutes",
    )
    order = django_filters.ChoiceFilter(
        choices=[("echeance", "Échéance de déclaration")],
        method="in_order",
        label="Trier par",
        empty_label="Date d’octroi",
    )

    class Meta:
        model = AidLine
        fields: list[str] = []

    def of_state(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.to_declare() if value == TO_DECLARE else rows.exclude(declared_on=None)

    def in_order(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.most_urgent_first()


class ExpenseFilter(ActionFilter):
    """The filter of actions, whose year is that of the expense: an action of two years is not counted twice."""

    year = YearFilter(method="in_year", label="Année de la dépense")

    class Meta:
        model = Action
        fields = ["q", "category", "type", "territory", "status", "year", "service", "economic"]

    def in_year(self, rows: Any, name: str, value: int) -> QuerySet:
        return rows  # an action has lines of several years: `lines` chooses among them

    def lines(self) -> BudgetLineQuerySet:
        """The budget lines of the filtered actions, of the filtered year."""
        rows = BudgetLine.objects.filter(action__in=self.qs.order_by().values("pk"))
        year = self.form.cleaned_data.get("year") if self.form.is_valid() else None
        return rows.filter(year=year) if year else rows
