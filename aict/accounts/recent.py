"""The latest changes of a collectivité, each with the kind of its object and the page where it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from aict.accounts.attachments import Attachment
from aict.accounts.models import Change, Collectivity
from aict.accounts.tenancy import TenantModel


@dataclass(frozen=True)
class Recent:
    """A change to show; `kind` is empty for a model that is no more, `url` for an object without a page."""

    change: Change
    kind: str
    url: str


def latest(collectivity: Collectivity, count: int) -> list[Recent]:
    """The `count` latest changes. One query for them, and one at most by kind of object that has a page."""
    changes = list(Change.objects.for_collectivity(collectivity).select_related("author")[:count])
    urls = _urls(changes, collectivity)
    return [Recent(one, _kind(one), urls.get((one.model, one.object_id), "")) for one in changes]


def _kind(change: Change) -> str:
    model = _model(change.model)
    return str(model._meta.verbose_name) if model else ""


def _urls(changes: Sequence[Change], collectivity: Collectivity) -> dict[tuple[str, int], str]:
    """By model and number: the pages of the objects that are still there."""
    found = {}
    for label in {change.model for change in changes}:
        for row in _rows(label, {one.object_id for one in changes if one.model == label}, collectivity):
            found[label, row.pk] = row.get_absolute_url()
    return found


def _rows(label: str, numbers: set[int], collectivity: Collectivity) -> Iterable[Any]:
    model = _model(label)
    # A document has an address too, but it downloads a file.
    if model is None or not issubclass(model, TenantModel) or issubclass(model, Attachment):
        return []
    if not hasattr(model, "get_absolute_url"):
        return []
    # Deleted rows left out; with the parent of a part, whose page is the part's.
    return model._default_manager.for_collectivity(collectivity).filter(pk__in=numbers).select_related()


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None
