"""The history of changes: who, when, what changed.

Whatever writes for a person calls `record`: the forms (TenantModelForm), the import, and each gesture that is
no form (delete and restore, members and invitations, states of measures, life of a strategy). No signal does.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import date_format

from aict.accounts.models import Change, Collectivity, User
from aict.accounts.tenancy import RegisterModel
from aict.ui.typography import number

_SILENT = {"id", "collectivity", "created_at", "updated_at", "deleted_at", "token"}


def state_of(instance: models.Model) -> dict[str, str]:
    """Every field of a saved row as text, keyed by its French label; empty for an unsaved row."""
    if instance.pk is None:
        return {}
    state = {}
    for field in instance._meta.concrete_fields:
        if field.name not in _SILENT:
            state[str(field.verbose_name)] = as_text(instance, field)
    for field in instance._meta.many_to_many:
        rows = getattr(instance, field.name).all()
        state[str(field.verbose_name)] = ", ".join(sorted(str(row) for row in rows))
    return state


def record(
    *,
    instance: models.Model,
    author: User | None,
    before: dict[str, str] | None = None,
    verb: str = "",
    told: dict[str, list[str]] | None = None,
) -> Change | None:
    """Write one history row; None when nothing changed. `before` is `state_of` taken ahead of the write.

    `told`: what the columns of the row do not show, as label → [before, after].
    """
    before = before or {}
    verb = verb or (Change.Verb.UPDATED if before else Change.Verb.CREATED)
    changed = {}
    if verb == Change.Verb.UPDATED:
        after = state_of(instance)
        changed = {label: [before.get(label, ""), new] for label, new in after.items() if before.get(label, "") != new}
        if not changed and not told:
            return None
    elif verb == Change.Verb.DELETED and not isinstance(instance, RegisterModel):
        # What leaves the database is kept here; a register's row only changes state.
        changed = {label: [old, ""] for label, old in state_of(instance).items() if old}
    return Change.objects.create(
        collectivity=instance if isinstance(instance, Collectivity) else instance.collectivity,  # type: ignore[attr-defined]
        author=author,
        verb=verb,
        model=instance._meta.label_lower,
        object_id=instance.pk,
        object_label=str(instance)[:250],
        fields=changed | (told or {}),
    )


def record_parts(*, instance: models.Model, author: User | None, label: str, before: str, after: str) -> None:
    """Write in the history of a row that its parts, kept in rows of their own, are no longer the same."""
    if before != after:
        Change.objects.create(
            collectivity=instance.collectivity,  # type: ignore[attr-defined]
            author=author,
            verb=Change.Verb.UPDATED,
            model=instance._meta.label_lower,
            object_id=instance.pk,
            object_label=str(instance)[:250],
            fields={label: [before, after]},
        )


def as_text(instance: models.Model, field: models.Field) -> str:
    """The value of a field as the history keeps it; empty for none."""
    if field.choices:
        return str(getattr(instance, f"get_{field.name}_display")())
    value: Any = getattr(instance, field.name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal):  # 0 and 0.00 are one amount, before and after the database
        is_cents = getattr(field, "decimal_places", None) == 2 and value != value.to_integral()
        return number(value, 2 if is_cents else None)
    if isinstance(value, date):
        return date_format(value, "d/m/Y")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
