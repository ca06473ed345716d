"""Filters of the tasks of a collectivité: the same for the page and the export."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from aict.accounts.enums import Ability
from aict.accounts.models import Membership
from typology.filters import ReferenceFilter, words
from typology.models import Task


def asked(request: HttpRequest) -> QueryDict:
    """The filters of an address; without any, what the reader has to do (everybody's, for whoever is given no task)."""
    data = request.GET.copy()
    data.setdefault("who", "me" if request.access.may(Ability.EDIT_ACTIONS) and not data.get("owner") else "all")
    data.setdefault("state", "todo")
    return data


def owners(request: HttpRequest | None) -> QuerySet:
    """The members who may be given a task, and those who still have one."""
    access = getattr(request, "access", None)
    members = Membership.objects.for_collectivity(access.collectivity if access else None)
    able = members.able_to(Ability.EDIT_ACTIONS) | members.filter(tasks__isnull=False)
    return able.distinct().select_related("user").order_by("user__label", "pk")


class TaskFilter(ReferenceFilter):
    """Tasks and milestones."""

    q = words("Mot de la tâche ou de l’action")
    who = django_filters.ChoiceFilter(
        choices=[("me", "Les miennes"), ("all", "Toutes"), ("none", "Sans responsable")],
        method="of_whom",
        label="À qui",
        empty_label=None,
    )
    owner = django_filters.ModelChoiceFilter(queryset=owners, label="Responsable", empty_label="Tous")
    state = django_filters.ChoiceFilter(
        choices=[("todo", "À faire"), ("late", "En retard"), ("done", "Faites"), ("all", "Toutes")],
        method="of_state",
        label="État",
        empty_label=None,
    )
    milestone = django_filters.BooleanFilter(
        method="of_milestones", label="Étapes clés seulement", widget=forms.CheckboxInput
    )

    class Meta:
        model = Task
        fields: list[str] = []

    def of_whom(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "me":
            return rows.filter(owner__user=self.request.access.user)
        return rows.filter(owner=None) if value == "none" else rows

    def of_state(self, rows: Any, name: str, value: str) -> QuerySet:
        if value == "late":
            return rows.late(timezone.localdate())
        if value == "done":
            return rows.exclude(done_on=None)
        return rows.to_do() if value == "todo" else rows

    def of_milestones(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(is_milestone=True) if value else rows
