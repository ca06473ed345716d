"""What hangs on the demonstration's actions: answers, links, events, firms, money, aids, calls, tasks, comments…"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone

from aict.accounts import history
from aict.accounts.models import Collectivity, Membership, User
from aict.accounts.reference import ReferenceModel
from aict.accounts.tenancy import RegisterModel, TenantModel
from evaluation.models import IndicatorUse
from strategy.imports.reading import Row
from typology.models import (
    Action,
    ActionLink,
    AidLine,
    Appointment,
    Brand,
    BudgetLine,
    Campaign,
    Comment,
    Event,
    EventGuest,
    FundingApplication,
    FundingCall,
    Mobility,
    Participation,
    Practice,
    ProgrammeItem,
    PublicPolicy,
    QuestionNote,
    RiskAssessment,
    Series,
    StandShare,
    Tag,
    Task,
)

# In the order in which they are written: a row may cite those above it.
LISTS: dict[str, type[TenantModel]] = {
    "risk_assessments": RiskAssessment,
    "action_links": ActionLink,
    "funding_calls": FundingCall,
    "funding_applications": FundingApplication,
    "events": Event,
    "stand_shares": StandShare,
    "event_guests": EventGuest,
    "appointments": Appointment,
    "participations": Participation,
    "programme_items": ProgrammeItem,
    "tasks": Task,
    "comments": Comment,
    "mobilities": Mobility,
    "brands": Brand,
    "campaigns": Campaign,
    "practices": Practice,
    "budget_lines": BudgetLine,
    "aid_lines": AidLine,
    "indicator_uses": IndicatorUse,
}
# By what a row without reference is cited.
_NAMES: dict[type[models.Model], str] = {BudgetLine: "label", FundingCall: "title", Series: "name", Tag: "name"}


def complete(case: Row, collectivity: Collectivity, author: User) -> None:
    """Write every list of the file, each row checked and in the history."""
    named: dict[str, type[TenantModel]] = {"series": Series, "tags": Tag}
    for name, model in named.items():
        for row in case[name]:
            _create(model, row, collectivity, author)
    for row in case["actions"]:
        _fill(row, collectivity, author)
    for name, model in LISTS.items():
        for row in case[name]:
            _create(model, row, collectivity, author)
    for code, refs in case["policies"].items():
        lines = BudgetLine.objects.for_collectivity(collectivity).filter(action__ref__in=refs, policy=None)
        lines.update(policy=PublicPolicy.objects.get(code=code))


def _create(model: type[TenantModel], row: Mapping[str, Any], collectivity: Collectivity, author: User) -> TenantModel:
    lists = {field.name for field in model._meta.many_to_many} & row.keys()
    values = {name: _value(model, name, value, collectivity) for name, value in row.items() if name not in lists}
    instance = model(collectivity=collectivity, **values)
    instance.full_clean()
    instance.save()
    for name in lists:
        instance.set_related(name, _several(model, name, row[name], collectivity))
    history.record(instance=instance, author=author)
    return instance


def _fill(row: Mapping[str, Any], collectivity: Collectivity, author: User) -> None:
    """Fields of an action that is already there, and what it says under each question."""
    action = Action.objects.for_collectivity(collectivity).select_related("type__purpose__category").get(ref=row["ref"])
    before = history.state_of(action)
    for name, value in row.items():
        if name == "notes":
            for question, text in value.items():
                note = QuestionNote(collectivity=collectivity, action=action, question=question, text=text)
                note.full_clean()
                note.save()
        elif isinstance(value, list):
            action.set_related(name, _several(Action, name, value, collectivity))
        else:
            setattr(action, name, _value(Action, name, value, collectivity))
    action.full_clean()
    action.save()
    history.record(instance=action, author=author, before=before)


def _value(model: type[models.Model], name: str, value: Any, collectivity: Collectivity) -> Any:
    """A plain value as its field wants it, or the row that it cites."""
    field: Any = model._meta.get_field(name)
    if field.is_relation:
        return _cited(field.related_model, value, collectivity)
    if isinstance(field, models.DateTimeField):
        moment = datetime.combine(value, datetime.min.time()) if type(value) is date else field.to_python(value)
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return field.to_python(value)


def _several(model: type[models.Model], name: str, keys: list[str], collectivity: Collectivity) -> list[Any]:
    related: Any = model._meta.get_field(name).related_model
    return [_cited(related, key, collectivity) for key in keys]


def _cited(model: Any, key: str, collectivity: Collectivity) -> Any:
    """A nomenclature by its code, a register by its reference, a member or an account by its role."""
    if issubclass(model, ReferenceModel):
        return model.objects.get(code=key)
    if issubclass(model, RegisterModel):
        return model.objects.for_collectivity(collectivity).get(ref=key)
    if model in (Membership, User):
        member = Membership.objects.for_collectivity(collectivity).get(role=key)
        return member if model is Membership else member.user
    return model.objects.for_collectivity(collectivity).get(**{_NAMES[model]: key})
