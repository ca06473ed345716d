"""The accepted drafts, written in one transaction through the models, with their history."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import F

from aict.accounts import history
from aict.accounts.models import Collectivity, User
from evaluation.models import Measure
from strategy.imports.drafting import Draft
from strategy.imports.planning import Plan
from strategy.imports.report import Outcome
from strategy.models import StepRow, StepState, Strategy
from strategy.steps import STEPS
from strategy.writing import open_steps
from typology import questions
from typology.models import Action

_SLUGS = {step.model: step.slug for step in STEPS}


@transaction.atomic
def write(plan: Plan, *, author: User | None = None) -> None:
    """Write every draft that is not unchanged; all of them or, on an error, none."""
    if plan.collectivity.pk is None:
        plan.collectivity.save()
        history.record(instance=plan.collectivity, author=author)
    touched: set[tuple[int, str]] = set()
    for draft in plan.drafts:
        if draft.outcome is Outcome.UNCHANGED or isinstance(draft.instance, Collectivity):
            continue
        _write(draft, plan.collectivity, author)
        if isinstance(draft.instance, StepRow):
            touched.add((draft.instance.strategy_id, _SLUGS[type(draft.instance)]))
    for strategy_id, slug in sorted(touched):
        _bump(plan.collectivity, strategy_id, slug, author)


def _write(draft: Draft, collectivity: Collectivity, author: User | None) -> None:
    row = draft.instance
    row.collectivity = collectivity
    for name, value in draft.values.items():
        # A row created a moment ago has its number now.
        if isinstance(value, models.Model):
            setattr(row, name, value)
    if isinstance(row, Measure) and row.pk is None:
        row.author = author
    is_new_strategy = isinstance(row, Strategy) and row.pk is None
    row.save()
    if is_new_strategy:
        open_steps(row)
    for name, rows in draft.related.items():
        row.set_related(name, rows)
    if isinstance(row, Action) and draft.before:
        questions.leave_answers(row)
    history.record(instance=row, author=author, before=draft.before)


def _bump(collectivity: Collectivity, strategy_id: int, slug: str, author: User | None) -> None:
    """Whoever has this step open is told that it changed."""
    strategy = Strategy.objects.get(pk=strategy_id)
    state, _ = StepState.objects.get_or_create(collectivity=collectivity, strategy=strategy, slug=slug)
    StepState.objects.filter(pk=state.pk).update(version=F("version") + 1, saved_by=author)
