"""Reference data: read-only nomenclatures with stable codes, loaded by `load_reference`.

An app that owns nomenclatures has a `nomenclatures.py` with `load(folder) -> list[Report]`.
A row is keyed by its code; a label that changed is updated; a row that left the source is
retired, and deleted only when nothing cites it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from django.db import models


class ReferenceQuerySet(models.QuerySet):
    """Queries of a nomenclature."""

    def current(self) -> Self:
        """Rows still in the source, in its order."""
        return self.filter(retired=False)


class ReferenceModel(models.Model):
    """A row of a nomenclature, shared by all collectivités."""

    code = models.SlugField("code", max_length=80, unique=True)
    label = models.CharField("libellé", max_length=250)
    order = models.PositiveSmallIntegerField("ordre", default=0)
    retired = models.BooleanField("retiré", default=False)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Report:
    """What one nomenclature's load did, in rows."""

    name: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0
    deleted: int = 0


def read_yaml(path: Path) -> Any:
    """The content of one fixture file."""
    with path.open(encoding="utf-8") as stream:
        # The safe loader, in C where libyaml is there: S506 cannot see through the choice.
        return yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def sync(
    model: type[models.Model],
    rows: Iterable[Mapping[str, Any]],
    *,
    key: str = "code",
    related: Mapping[str, Mapping[str, Iterable[models.Model]]] | None = None,
) -> Report:
    """Make a nomenclature equal to `rows`, without ever deleting a row that something cites.

    `related` maps a many-to-many field to {key value: rows}. Running it twice changes nothing.
    """
    existing = {getattr(row, key): row for row in model._default_manager.all()}
    retirable = any(field.name == "retired" for field in model._meta.fields)
    wanted = {values[key]: dict(values, **({"retired": False} if retirable else {})) for values in rows}
    fresh, changed = [], set()
    for code, values in wanted.items():
        if (row := existing.get(code)) is None:
            fresh.append(model(**values))
            fresh[-1].clean_fields()
            continue
        differing = [name for name, value in values.items() if getattr(row, name) != value]
        for name in differing:
            setattr(row, name, values[name])
        if differing:
            row.clean_fields()
            row.save()
            changed.add(code)
    model._default_manager.bulk_create(fresh)
    if related:
        changed |= _relate(model, key, related) - {getattr(row, key) for row in fresh}
    kept = wanted.keys() & existing.keys()
    retired, deleted = _let_go(row for code, row in existing.items() if code not in wanted)
    return Report(
        name=str(model._meta.verbose_name_plural),
        created=len(fresh),
        updated=len(changed),
        unchanged=len(kept) - len(changed),
        retired=retired,
        deleted=deleted,
    )


def _relate(
    model: type[models.Model], key: str, related: Mapping[str, Mapping[str, Iterable[models.Model]]]
) -> set[str]:
    """Set many-to-many rows where they differ; the keys of the rows that changed."""
    changed = set()
    for row in model._default_manager.prefetch_related(*related):
        for name, wanted in related.items():
            targets = list(wanted.get(getattr(row, key), ()))
            if set(getattr(row, name).all()) != set(targets):
                getattr(row, name).set(targets)
                changed.add(getattr(row, key))
    return changed


def _let_go(rows: Iterable[models.Model]) -> tuple[int, int]:
    retired = deleted = 0
    for row in rows:
        if _is_cited(row):
            if not row.retired:
                row.retired = True
                row.save(update_fields=["retired"])
                retired += 1
        else:
            row.delete()
            deleted += 1
    return retired, deleted


def _is_cited(row: models.Model) -> bool:
    """Whether any foreign key or many-to-many points at this row, those without a way back included."""
    relations = [
        field for field in row._meta.get_fields(include_hidden=True) if field.auto_created and field.is_relation
    ]
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: row}).exists()
        for relation in relations
        if not relation.concrete and relation.related_model is not None
    )
