"""The choice of one of the 27 types, grouped by purpose, for forms and filters alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import django_filters
from django import forms
from django.forms.models import ModelChoiceIterator


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
