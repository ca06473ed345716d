"""Several actions changed in one gesture: their state, their lead service, their tags.

Each action obeys the rule of its own form: the moves of its state, the local-interest gate, the written reason. What is
refused is told with its reason and left whole: its service and its tags do not change either. What is accepted is
written in one transaction, each action with its history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from aict.accounts import history
from aict.accounts.access import number_in
from aict.accounts.models import Change, Collectivity, User
from partners.models import InternalService
from typology import gate, status_moves
from typology.models import Action, Tag

MOST_EDITED = 500  # actions in one gesture: what a person can still read over


@dataclass(frozen=True)
class Wanted:
    """What a person asks for the chosen actions; an empty part changes nothing."""

    status: str = ""
    reason: str = ""
    service: InternalService | None = None
    added: Sequence[Tag] = ()
    removed: Sequence[Tag] = ()


@dataclass(frozen=True)
class Refused:
    """An action left as it was, and why."""

    action: Action
    reason: str


@dataclass(frozen=True)
class Outcome:
    """How many actions changed, how many were as asked already, and which were refused."""

    changed: int
    unchanged: int
    refused: list[Refused]


def chosen(collectivity: Collectivity | None, numbers: Iterable[str]) -> QuerySet:
    """The live actions of this collectivité among these numbers, at most MOST_EDITED + 1; any other text is unknown."""
    known = {number for text in numbers if (number := number_in(text)) is not None}
    rows = Action.objects.for_collectivity(collectivity)
    return rows.filter(pk__in=sorted(known)[: MOST_EDITED + 1])


@transaction.atomic
def apply(*, actions: QuerySet, wanted: Wanted, author: User | None) -> Outcome:
    """Change these actions as asked; a constant number of queries, whatever their number up to MOST_EDITED."""
    locked = list(actions.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    rows = Action.objects.filter(pk__in=locked).with_follow_up().for_list().prefetch_related("tags")
    accepted, refused, unchanged = [], [], 0
    for action in rows:
        if why := _refusal(action, wanted):
            refused.append(Refused(action, why))
        elif fields := _changes(action, wanted):
            accepted.append((action, fields))
        else:
            unchanged += 1
    _write(accepted, wanted, author)
    return Outcome(len(accepted), unchanged, refused)


def _refusal(action: Action, wanted: Wanted) -> str:
    """Why the action may not take the asked state; empty when it may, or when none is asked."""
    if not wanted.status or wanted.status == action.status:
        return ""
    found = status_moves.refusals(
        before=action.status,
        after=wanted.status,
        reason=wanted.reason,
        given=gate.gate_of(action, indicators=action.indicator_count),
    )
    return " ".join(found.values())


def _changes(action: Action, wanted: Wanted) -> dict[str, list[str]]:
    """What changes, as the history tells it (label → before, after); the columns are set on the action."""
    found: dict[str, list[str]] = {}
    for name, value in _columns(action, wanted).items():
        field: Any = Action._meta.get_field(name)
        before = history.as_text(action, field)
        setattr(action, name, value)
        if before != (after := history.as_text(action, field)):
            found[str(field.verbose_name)] = [before, after]
    had = {tag.name for tag in action.tags.all()}
    has = (had | {tag.name for tag in wanted.added}) - {tag.name for tag in wanted.removed}
    if had != has:
        found[str(Action._meta.get_field("tags").verbose_name)] = [", ".join(sorted(had)), ", ".join(sorted(has))]
    return found


def _columns(action: Action, wanted: Wanted) -> dict[str, object]:
    columns: dict[str, object] = {}
    if wanted.status and wanted.status != action.status:
        columns |= {"status": wanted.status, "status_reason": status_moves.reason_kept(wanted.status, wanted.reason)}
    if wanted.service:
        columns["lead_service"] = wanted.service
    return columns


def _write(accepted: Sequence[tuple[Action, dict[str, list[str]]]], wanted: Wanted, author: User | None) -> None:
    rows, now = [action for action, _ in accepted], timezone.now()
    for action in rows:
        action.updated_at = now
    Action.objects.bulk_update(rows, ["status", "status_reason", "lead_service", "updated_at"])
    through = Action.tags.through.objects
    through.filter(action__in=rows, tag__in=wanted.removed).delete()
    kept = [tag for tag in wanted.added if tag not in wanted.removed]
    pairs = [Action.tags.through(action=action, tag=tag) for action in rows for tag in kept]
    through.bulk_create(pairs, ignore_conflicts=True)
    Change.objects.bulk_create(
        Change(
            collectivity_id=action.collectivity_id,
            author=author,
            verb=Change.Verb.UPDATED,
            model=Action._meta.label_lower,
            object_id=action.pk,
            object_label=str(action)[:250],
            fields=fields,
        )
        for action, fields in accepted
    )
