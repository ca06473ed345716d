"""Choices of the forms: one of the 27 types under its purpose; a row by its name when they are too many to list."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator

LISTED = 300  # options of a select: beyond, the name is typed


class TypesByPurpose(ModelChoiceIterator):
    """Choices under one heading per purpose, in the order of the guide, read in one query."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        rows = self.queryset.select_related("purpose__category").order_by("order")
        for purpose, types in groupby(rows, key=lambda row: row.purpose):
            yield (purpose.heading, [self.choice(row) for row in types])


class ActionTypeField(forms.ModelChoiceField):
    """A select of the 27 types."""

    iterator = TypesByPurpose


class _ActionTypeFilterField(ActionTypeField):
    def __init__(self, *, null_label: str | None = None, null_value: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # an action always has a type: there is no « none » to filter


class ActionTypeChoiceFilter(django_filters.ModelChoiceFilter):
    """The same select in a filter."""

    field_class = _ActionTypeFilterField


class RowByNameField(forms.ModelChoiceField):
    """A row of a long register, found by its name: no select holds thousands of options. Needs no JavaScript."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        words = str(value or "").replace("\x00", "").strip()
        if not words:
            return None
        # « Sfax (Tunisie) »: what a label adds to the name tells homonyms apart.
        named = self.queryset.filter(name__iexact=words.partition(" (")[0]) | self.queryset.filter(name__iexact=words)
        rows = list(named[:20])
        rows = [row for row in rows if self.label_from_instance(row).casefold() == words.casefold()] or rows
        if len(rows) == 1:
            return rows[0]
        near = rows or list(self.queryset.filter(name__icontains=words)[:5])
        told = ", ".join(f"« {self.label_from_instance(row)} »" for row in near)
        if rows:
            raise ValidationError(f"Plusieurs fiches portent ce nom : écrivez l’une de celles-ci. {told}.")
        hint = f"Noms proches : {told}." if told else "Ajoutez d’abord sa fiche, ou laissez vide."
        raise ValidationError(f"Aucune fiche ne s’appelle « {words[:80]} ». {hint}")

    def prepare_value(self, value: Any) -> Any:
        """The name of the row already chosen; what was typed, otherwise."""
        row = self.queryset.filter(pk=value).first() if isinstance(value, int) else None
        return self.label_from_instance(row) if row else value


def name_when_many(form: forms.BaseForm, *names: str) -> None:
    """Turn the selects that would hold more than LISTED options into fields where the name is typed."""
    for name in names:
        field: Any = form.fields[name]
        if field.queryset.order_by()[: LISTED + 1].count() <= LISTED:
            continue
        typed: Any = RowByNameField(
            queryset=field.queryset,
            label=field.label,
            required=field.required,
            help_text=f"{field.help_text} Écrivez le nom tel qu’il est au registre.".strip(),
        )
        typed.label_from_instance = field.label_from_instance
        form.fields[name] = typed
