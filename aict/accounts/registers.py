"""What every register does alike: page its rows, write one, delete it softly or for good, restore, tell its history.

A register's own views stay short and name these gestures; nothing here knows a domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from aict.accounts import history
from aict.accounts.enums import Ability
from aict.accounts.models import Change, User
from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel
from aict.accounts.tenant_forms import TenantModelForm

PAGE_SIZE = 50
HISTORY_ROWS = 30


@dataclass(frozen=True)
class Citation:
    """How many rows of one kind point at a row; `nouns` feeds the `plural` filter."""

    count: int
    nouns: str


def rows_to_list(request: HttpRequest, rows: Any, restore: Ability) -> tuple[RegisterQuerySet, bool]:
    """The rows of a list page, and whether they are the deleted ones.

    `?supprimes=1` shows deleted rows to those who may restore them; it means nothing to others.
    """
    deleted = request.GET.get("supprimes") == "1" and request.access.may(restore)
    collectivity = request.access.collectivity
    return (rows.deleted_of(collectivity) if deleted else rows.for_collectivity(collectivity)), deleted


def page_of(request: HttpRequest, rows: models.QuerySet, count: int | None = None) -> Page:
    """The page that the address asks for, fifty rows each; the nearest one when it does not exist.

    `count`: how many rows there are, when the page has counted them already.
    """
    paginator = Paginator(rows, PAGE_SIZE)
    if count is not None:
        paginator.count = count  # type: ignore[misc]  # a cached property: given, it is not queried
    return paginator.get_page(request.GET.get("page"))


def get_readable_or_404(request: HttpRequest, rows: Any, pk: int) -> Any:
    """A row of this collectivité, deleted or not: what cites a deleted row must stay readable."""
    row = rows.with_deleted_of(request.access.collectivity).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def changes_of(row: TenantModel) -> Sequence[Change]:
    """The latest changes of a row, newest first, with their authors; one query."""
    return list(Change.objects.for_collectivity(row.collectivity).about(row).select_related("author")[:HISTORY_ROWS])


@transaction.atomic
def delete(*, row: RegisterModel, author: User | None, at: datetime) -> None:
    """Put a row among the deleted ones and write it in the history."""
    row.deleted_at = at
    row.save(update_fields=["deleted_at", "updated_at"])
    history.record(instance=row, author=author, verb=Change.Verb.DELETED)


@transaction.atomic
def remove(*, row: TenantModel, author: User | None) -> None:
    """Delete for good what has no list of deleted rows (a part of a row, a choice); the history keeps its content."""
    history.record(instance=row, author=author, verb=Change.Verb.DELETED)
    row.delete()


@transaction.atomic
def restore(*, row: RegisterModel, author: User | None) -> None:
    """Bring a deleted row back. Raises ValidationError when another row has taken its place since."""
    row.deleted_at = None
    row.validate_constraints()
    row.save(update_fields=["deleted_at", "updated_at"])
    history.record(instance=row, author=author, verb=Change.Verb.RESTORED)


def citations(row: RegisterModel) -> list[Citation]:
    """What points at a row in its collectivité; its own parts (deleted with it) are not citations."""
    found = []
    for relation in row._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.many_to_many)):
            continue
        model = relation.related_model
        if (
            model is None
            or not issubclass(model, TenantModel)
            or getattr(relation, "on_delete", None) is models.CASCADE
        ):
            continue
        rows = model.objects.for_collectivity(row.collectivity)
        if count := rows.filter(**{relation.field.name: row.pk}).count():
            found.append(Citation(count, f"{model._meta.verbose_name},{model._meta.verbose_name_plural}"))
    return found


def written(
    request: HttpRequest,
    form_class: type[TenantModelForm],
    row: Any,
    *,
    template: str,
    done: str,
    initial: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    back: str = "",
) -> HttpResponse:
    """The form of a row (GET), then its write (POST): a message (`done` and its name), and its page.

    `back`: where a part of another row goes next, for it has no page of its own.

    Refused, the same page comes back with what was typed, each error beside its field. The template gets `form`,
    `row`, `saved_name` (empty for a new row) and `context`; `initial` fills a new row only.
    """
    saved_name = str(row) if row.pk else ""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_class(*sent, instance=row, initial=None if row.pk else initial, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(request, f"{done} : « {row} ».")
        return redirect(back or row)
    return render(request, template, {"form": form, "row": row, "saved_name": saved_name, **(context or {})})


def deletion(request: HttpRequest, row: RegisterModel, *, noun: str, back: str, label: str) -> HttpResponse:
    """The confirmation page (GET), then the deletion (POST). `noun`: « ce territoire »; `back`, `label`: the list."""
    if request.method == "POST":
        delete(row=row, author=request.access.user, at=timezone.now())
        messages.success(request, f"Suppression faite : « {row} ». La liste « Supprimés » permet de rétablir la fiche.")
        return redirect(back)
    context = {"row": row, "noun": noun, "back": back, "label": label, "citations": citations(row)}
    return render(request, "ui/confirm_delete.html", context)


def removal(
    request: HttpRequest,
    row: TenantModel,
    *,
    noun: str,
    says: str,
    trail: Sequence[tuple[str, str]],
    back: str,
    gesture: Callable[..., None] = remove,
) -> HttpResponse:
    """The confirmation page (GET), then the deletion for good (POST), by `gesture`.

    `noun`: « cette cible »; `says`: what changes elsewhere; `trail`: the pages above, name and address; `back`: where
    to go next. A gesture that raises ValidationError deletes nothing, and its reason is told there.
    """
    if request.method == "POST":
        try:
            gesture(row=row, author=request.access.user)
        except ValidationError as refusal:
            messages.error(request, f"« {row} » n’est pas supprimé. {' '.join(refusal.messages)}")
            return redirect(back)
        messages.success(request, f"Suppression faite : « {row} ».")
        return redirect(back)
    context = {"row": row, "noun": noun, "says": says, "trail": trail, "back": back}
    return render(request, "ui/confirm_removal.html", context)


def restoration(request: HttpRequest, rows: Any, pk: int, *, back: str) -> HttpResponse:
    """Restore a deleted row, then show it; or say why it cannot come back."""
    row = rows.deleted_of(request.access.collectivity).filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        restore(row=row, author=request.access.user)
    except ValidationError as refusal:
        messages.error(request, f"« {row} » n’est pas rétabli. {' '.join(refusal.messages)}")
        return redirect(back)
    messages.success(request, f"« {row} » est de retour dans la liste.")
    return redirect(row)
