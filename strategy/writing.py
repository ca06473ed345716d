"""Writing in the wizard: one row at a time, under the version of its step.

Two people on the same step: the first save wins, the second gets StaleStepError and keeps what was typed.
A strategy that is no longer a draft raises ValidationError.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from aict.accounts import history
from aict.accounts.models import Change, User
from strategy.forms import StepRowForm
from strategy.models import StepRow, StepState, Strategy
from strategy.steps import STEPS, Step


class StaleStepError(Exception):
    """Somebody saved this step since it was read."""


def open_steps(strategy: Strategy) -> None:
    """Give a new strategy its eight step states."""
    StepState.objects.bulk_create(
        StepState(collectivity=strategy.collectivity, strategy=strategy, slug=step.slug) for step in STEPS
    )


def versions(strategy: Strategy) -> dict[str, StepState]:
    """The state of each step, by slug."""
    return {
        state.slug: state
        for state in StepState.objects.for_collectivity(strategy.collectivity)
        .filter(strategy=strategy)
        .select_related("saved_by")
    }


@transaction.atomic
def save_row(*, form: StepRowForm, expected_version: int, author: User) -> StepRow:
    """Save a valid row. Raises StaleStepError when the step moved on since `expected_version`."""
    row = form.instance
    _take_turn(row.strategy, form.step, expected_version, author)
    if row.pk is None:
        row.position = _next_position(form.step, row.strategy)
    return form.save()


@transaction.atomic
def delete_row(*, row: StepRow, step: Step, expected_version: int, author: User) -> None:
    """Delete a row, and keep in the history what it was. Raises StaleStepError like `save_row`."""
    _take_turn(row.strategy, step, expected_version, author)
    history.record(instance=row, author=author, verb=Change.Verb.DELETED)
    row.delete()


@transaction.atomic
def add_rows(
    *,
    strategy: Strategy,
    step: Step,
    rows: Iterable[tuple[StepRow, dict[str, list[Any]]]],
    expected_version: int,
    author: User,
) -> int:
    """Add rows taken from the registers, with their many-to-many; how many were added.

    Raises StaleStepError like `save_row`: a double click adds nothing twice.
    """
    _take_turn(strategy, step, expected_version, author)
    count = 0
    for position, (row, many) in enumerate(rows, start=_next_position(step, strategy)):
        row.position = position
        row.full_clean()
        row.save()
        for name, targets in many.items():
            row.set_related(name, targets)
        history.record(instance=row, author=author)
        count += 1
    return count


def _take_turn(strategy: Strategy, step: Step, expected_version: int, author: User) -> None:
    # Locked, so that nothing is written into what is being adopted or frozen at the same time.
    Strategy.objects.select_for_update(no_key=True).get(pk=strategy.pk).refuse_unless_editable()
    moved = StepState.objects.filter(strategy=strategy, slug=step.slug, version=expected_version).update(
        version=F("version") + 1, saved_by=author, updated_at=timezone.now()
    )
    if not moved:
        raise StaleStepError


def _next_position(step: Step, strategy: Strategy) -> int:
    last = step.model.objects.of(strategy).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1
