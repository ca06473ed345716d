"""The constraints of a model judged in memory: thousands of rows, no query.

`CheckConstraint.validate` asks the database once per row and constraint; here the same conditions are computed, and
what is not understood is left to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.constants import LOOKUP_SEP

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda left, right: left == right,
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
    "in": lambda left, right: left in right,
}


class NotUnderstoodError(Exception):
    """A condition that only the database can judge."""


def truth(condition: Any, row: models.Model) -> bool | None:
    """The value of a condition on a row: true, false or, as in SQL, unknown (None)."""
    values = [truth(one, row) if isinstance(one, Q) else _lookup(one, row) for one in condition.children]
    match condition.connector:
        case Q.AND:
            result = False if False in values else None if None in values else True
        case Q.OR:
            result = True if True in values else None if None in values else False
        case _:
            raise NotUnderstoodError
    return result if result is None else result is not condition.negated


def _lookup(child: Any, row: models.Model) -> bool | None:
    if not isinstance(child, tuple):
        raise NotUnderstoodError
    path, wanted = child
    name, *rest = path.split(LOOKUP_SEP)
    lookup = rest[0] if rest else "exact"
    if len(rest) > 1 or lookup not in (*_COMPARE, "isnull"):
        raise NotUnderstoodError
    value = _value(row, name)
    if isinstance(wanted, F):
        wanted = _value(row, wanted.name)
        if wanted is None:
            return None
    if lookup == "isnull":
        return (value is None) is bool(wanted)
    if wanted is None:
        return value is None
    return None if value is None else _COMPARE[lookup](value, wanted)


def _value(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise NotUnderstoodError
    if isinstance(field, models.ForeignKey):
        # A row of the same file has no number yet: it is no empty value.
        return getattr(row, field.attname) or getattr(row, field.name, None)
    return getattr(row, field.attname)


def violations(row: models.Model) -> list[str]:
    """The messages of the CHECK constraints that a row breaks."""
    found = []
    for constraint in row._meta.constraints:
        if not isinstance(constraint, models.CheckConstraint):
            continue
        try:
            if truth(constraint.condition, row) is False:
                found.append(str(constraint.get_violation_error_message()))
        except NotUnderstoodError:
            try:
                constraint.validate(type(row), row)
            except ValidationError as error:
                found.extend(error.messages)
    return found


class Taken:
    """What the unique constraints of a model already hold in one collectivité, rows of the file included."""

    def __init__(self, model: type[models.Model], rows: Iterable[models.Model]) -> None:
        self._unique = [
            one
            for one in model._meta.constraints
            if isinstance(one, models.UniqueConstraint) and one.fields and not one.expressions
        ]
        self._holders: dict[Hashable, Any] = {}
        for row in rows:
            self.keep(row)

    def keep(self, row: models.Model) -> None:
        """From now on this row holds its places."""
        for key, _ in self._places(row):
            self._holders[key] = row

    def conflicts(self, row: models.Model) -> list[str]:
        """The messages of the constraints whose place another row holds."""
        return [message for key, message in self._places(row) if not self._is_free(key, row)]

    def _is_free(self, key: Hashable, row: models.Model) -> bool:
        holder = self._holders.get(key)
        return holder is None or holder is row or (holder.pk is not None and holder.pk == row.pk)

    def _places(self, row: models.Model) -> Iterable[tuple[Hashable, str]]:
        for constraint in self._unique:
            if constraint.condition is not None and truth(constraint.condition, row) is not True:
                continue
            values = tuple(_value(row, name) for name in constraint.fields if name != "collectivity")
            if None not in values:
                yield (constraint.name, values), str(constraint.get_violation_error_message())
