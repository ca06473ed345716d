"""A copy of an action: what stays true from one time to the next, without its dates, results and commitments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from aict.accounts import history
from aict.accounts.models import User
from aict.accounts.tenancy import RegisterModel
from typology.models import Action, BudgetLine, QuestionNote, RiskAssessment, Series
from typology.models.budget import FIRST_YEAR, LAST_YEAR

# What stays true. Neither dates, state and its reasons, sharing, provenance, nor what hangs on one moment: measures,
# events, participations, aids, applications, tasks, comments, documents.
KEPT = (
    "type",
    "territory",
    "agreement",
    "office",
    "timing",
    "lead_service",
    "elected_portfolio",
    "zone",
    "cost_estimate",
    "economic_aim",
    "economic_actors",
    "partnership",
    "expected_result",
    "local_interest",
    "risk_waiver",
)
KEPT_MANY = ("associated_services", "answers", "tags", "fields", "stakeholders", "sdgs")


@transaction.atomic
def duplicate(
    *,
    action: Action,
    title: str,
    starts: date | None,
    ends: date | None,
    with_budget: bool,
    author: User | None,
    series: Series | None = None,
    edition: int | None = None,
) -> Action:
    """A new action, planned and internal, with what stays true of the first one; deleted rows are left behind.

    `with_budget`: the planned amounts too, in the years that the new dates give; never the actual ones, nor the firm
    that a line named, for a cost borne for a firm is an aid. Raises ValidationError when the copy would break a rule.
    """
    copy = Action(
        collectivity=action.collectivity, title=title, starts=starts, ends=ends, series=series, edition=edition
    )
    for name in KEPT:
        setattr(copy, name, _alive(getattr(action, name)))
    copy.full_clean()
    copy.save()
    for name in KEPT_MANY:
        copy.set_related(name, [row for row in _rows(action, name) if _alive(row) is not None])
    _copy_rows(QuestionNote, action.notes.all(), copy)
    _copy_rows(RiskAssessment, action.risks.all(), copy)
    # Indicators live in the layer above: the same are followed, their start and target belong to one time.
    uses = action.indicator_uses.all()
    _copy_rows(uses.model, uses, copy, baseline=None, target=None, target_on=None)
    if with_budget:
        _copy_budget(action, copy)
    history.record(instance=copy, author=author)
    return copy


def _copy_budget(action: Action, copy: Action) -> None:
    years = copy.starts.year - action.starts.year if copy.starts and action.starts else 0
    # A cost that a deleted stakeholder bears stays behind: without it, it would read as the collectivité's own.
    for line in action.budget_lines.exclude(planned=None).filter(bearer__deleted_at=None).order_by("pk"):
        if not FIRST_YEAR <= line.year + years <= LAST_YEAR:
            raise ValidationError({"starts": f"Le budget irait en {line.year + years} : corrigez la date."})
        _copy_rows(BudgetLine, [line], copy, actual=None, beneficiary=None, year=line.year + years)


def left_behind(action: Action) -> list[str]:
    """What a copy would not take, because it was deleted since: « le territoire Sfax »."""
    named = [
        (Action._meta.get_field(name).verbose_name, getattr(action, name))
        for name in ("territory", "agreement", "office")
    ]
    named += [("partie prenante", row) for row in action.stakeholders.all()]
    borne = action.budget_lines.exclude(bearer=None).select_related("bearer").order_by("pk")
    named += [("le coût que porte", row) for row in {line.bearer_id: line.bearer for line in borne}.values()]
    return [f"{label} « {row} »" for label, row in named if row is not None and _alive(row) is None]


def _rows(action: Action, name: str) -> list[Any]:
    """The rows of a list; of the answers, those of the action's own fiche: a change of type may have left others."""
    if name != "answers":
        return list(getattr(action, name).all())
    rows = list(action.answers.select_related("section__fiche"))
    foreign = action.foreign_answers(rows)
    return [row for row in rows if row not in foreign]


def _alive(value: Any) -> Any:
    """The value, or None for a row that was deleted since."""
    return None if isinstance(value, RegisterModel) and value.deleted_at else value


def _copy_rows(model: type[models.Model], rows: Any, copy: Action, **changed: Any) -> None:
    """The rows of an action, once more under its copy; those that cite a deleted row keep the rest."""
    for row in rows:
        values = {f.name: getattr(row, f.name) for f in model._meta.concrete_fields if not f.primary_key}
        alive = {name: _alive(value) for name, value in values.items() if name not in ("created_at", "updated_at")}
        model(**{**alive, "action": copy, **changed}).save()
