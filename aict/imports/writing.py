"""The accepted drafts, written in one transaction by whole tables, with one row of history each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction

from aict.accounts.models import Change, User
from aict.imports import copy_in
from aict.imports.planning import Draft
from aict.imports.report import Outcome

_BATCH = 1000


@transaction.atomic
def write(drafts: Sequence[Draft], *, author: User | None) -> None:
    """Write every draft that is not unchanged: all of them or, on an error, none. Tables in the order they come."""
    by_table: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.outcome is not Outcome.UNCHANGED:
            by_table.setdefault(draft.table.slug, []).append(draft)
    for some in by_table.values():
        _write_table(some, author)


def _write_table(drafts: list[Draft], author: User | None) -> None:
    table = drafts[0].table
    created = [draft.instance for draft in drafts if draft.outcome is Outcome.CREATED]
    copy_in.insert(created)
    changed = [draft for draft in drafts if draft.outcome is Outcome.UPDATED and draft.changed]
    # Rows that change the same columns go together: what a colleague wrote in another column stays.
    groups: dict[tuple[str, ...], list[Any]] = {}
    for draft in changed:
        groups.setdefault(tuple(sorted(draft.changed)), []).append(draft.instance)
    for names, rows in _few(groups):
        table.model.objects.bulk_create(
            rows,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*names, "updated_at"],
        )
    _write_lists(drafts)
    copy_in.insert([_line(draft, author) for draft in drafts])


def _few(groups: dict[tuple[str, ...], list[Any]]) -> Iterable[tuple[tuple[str, ...], list[Any]]]:
    """The groups as they are or, when they are many, one group: its rows are locked since they were read."""
    if len(groups) <= 10:
        return groups.items()
    names = tuple(sorted({name for key in groups for name in key}))
    return [(names, [row for rows in groups.values() for row in rows])]


def _write_lists(drafts: list[Draft]) -> None:
    table = drafts[0].table
    for name in sorted({name for draft in drafts for name in draft.lists}):
        some = [draft for draft in drafts if name in draft.lists]
        if name in table.parts:
            table.parts[name].replace([(draft.instance, draft.lists[name]) for draft in some])
        else:
            _replace_many(table.model._meta.get_field(name), some, name)


def _replace_many(field: Any, drafts: list[Draft], name: str) -> None:
    through: type[models.Model] = field.remote_field.through
    here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
    known = [draft.instance.pk for draft in drafts if draft.outcome is Outcome.UPDATED]
    if known:
        through._default_manager.filter(**{f"{here}__in": known}).delete()
    links = [
        through(**{f"{here}_id": draft.instance.pk, f"{there}_id": row.pk})
        for draft in drafts
        for row in draft.lists[name]
    ]
    copy_in.insert(links)


def _line(draft: Draft, author: User | None) -> Change:
    """The row of history of a draft, as `history.record` writes it one by one."""
    is_new = draft.outcome is Outcome.CREATED
    row = draft.instance
    return Change(
        collectivity_id=row.collectivity_id,
        author=author,
        verb=Change.Verb.CREATED if is_new else Change.Verb.UPDATED,
        model=row._meta.label_lower,
        object_id=row.pk,
        object_label=str(row)[:250],
        fields={label: [draft.before[label], draft.after[label]] for label in draft.before},
    )
