"""Rows of the nomenclatures kept in each process, and the filters that choose among them without a query.

    categories = ReferenceRows(ActionCategory.objects.current())  # once, in a module
    categories.all()                                              # rows to read, never to change
    category = ReferenceChoiceFilter(rows=categories, field_name="type__purpose__category", label="Catégorie")

`load_reference` calls `bump`: its own process reads again at once, the others within CHECK_SECONDS. A row kept a
minute too long shows an old label; what is saved is checked by the forms and by the database, which read their own.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import django_filters
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django_filters import fields as filter_fields

CHECK_SECONDS = 60
_VERSION = "aict.reference.version"


class _Shelf:
    """What this process keeps, the version it was read at, and when the version was last asked."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.rows: dict[ReferenceRows, dict[str, Any]] = {}
        self.version: str | None = None
        self.checked = -float(CHECK_SECONDS)

    def check(self) -> None:
        """Forget everything when another process has loaded the nomenclatures since."""
        now = time.monotonic()
        if now - self.checked < CHECK_SECONDS:
            return
        version = cache.get(_VERSION)
        if version != self.version:
            self.forget()
        self.version, self.checked = version, now


_shelf = _Shelf()


class ReferenceRows:
    """The rows of one queryset of a nomenclature, in its order, by the text of their key."""

    def __init__(self, queryset: models.QuerySet, key: str = "code") -> None:
        self.queryset, self.key = queryset, key

    def __deepcopy__(self, memo: dict[int, Any]) -> ReferenceRows:
        return self  # a filter set copies its filters at each request: they share what is kept

    def by_key(self) -> dict[str, Any]:
        """Each row by its key; one query in the life of a version."""
        _shelf.check()
        if (found := _shelf.rows.get(self)) is None:
            found = _shelf.rows[self] = {str(getattr(row, self.key)): row for row in self.queryset.all()}
        return found

    def all(self) -> list[Any]:
        """The rows, in their order."""
        return list(self.by_key().values())


def bump() -> None:
    """The nomenclatures changed: read them again, here and, within CHECK_SECONDS, in the other processes."""
    forget()
    cache.set(_VERSION, uuid.uuid4().hex, None)


def forget() -> None:
    """Read everything again in this process."""
    _shelf.forget()


class _Choices(filter_fields.ModelChoiceIterator):
    """Key and label of each row; under headings when the field has `heading_of`."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        rows = self.field.rows.by_key().items()
        if self.field.heading_of is None:
            yield from ((key, str(row)) for key, row in rows)
            return
        for heading, group in groupby(rows, key=lambda item: self.field.heading_of(item[1])):
            yield (heading, [(key, str(row)) for key, row in group])

    def __len__(self) -> int:
        return len(self.field.rows.by_key()) + (self.field.empty_label is not None)


class ReferenceChoiceField(filter_fields.ModelChoiceField):
    """A select of kept rows: neither its options nor the row chosen take a query."""

    iterator = _Choices

    def __init__(self, *, rows: ReferenceRows, heading_of: Any = None, **kwargs: Any) -> None:
        self.rows, self.heading_of = rows, heading_of
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        row = self.rows.by_key().get(str(value))
        if row is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return row


class ReferenceChoiceFilter(django_filters.ModelChoiceFilter):
    """A filter by a row of a nomenclature, named in the address by its key."""

    field_class = ReferenceChoiceField

    def __init__(self, *args: Any, rows: ReferenceRows, **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, queryset=rows.queryset, to_field_name=rows.key, **kwargs)
