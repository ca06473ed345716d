"""The life of a representation office (SYS-24): what it costs by year, and what its closing ends.

Closing an office ends its recurrent and permanent actions: those that run are finished on that day, those that had
not begun are suspended. Re-opening restarts none of them: each is taken up again on its own page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.safestring import SafeString

from aict.accounts import history
from aict.accounts.models import User
from aict.ui import charts
from aict.ui.typography import long_day
from typology.enums import ActionStatus
from typology.models import Action, Office, OfficeCost

_NOT_BEGUN = (ActionStatus.PREVUE, ActionStatus.PROGRAMMEE)


@dataclass(frozen=True)
class Ending:
    """What closing does to one action. `ends`: its new end; None when its dates stay as they are."""

    action: Action
    status: ActionStatus
    ends: date | None

    @property
    def sentence(self) -> str:
        """What happens, for the page that asks before doing it."""
        if self.status == ActionStatus.SUSPENDUE:
            return "Pas encore commencée : suspendue, ses dates restent."
        if self.ends is None:
            return f"Terminée ; sa fin reste le {long_day(self.action.ends)}." if self.action.ends else "Terminée."
        return f"Terminée, avec une fin au {long_day(self.ends)}."


def endings(office: Office, on: date) -> list[Ending]:
    """What closing the office on a day does to its lasting actions, in the order of their titles."""
    rows = office.actions.for_collectivity(office.collectivity).lasting().select_related("type__purpose__category")
    return [ending for row in rows.order_by("title", "pk") if (ending := _ending(row, on))]


def _ending(action: Action, on: date) -> Ending | None:
    """None when there is nothing to change: a suspended action that would begin after the closing."""
    begins_later = action.starts is not None and action.starts > on
    not_begun = action.starts is None and action.status in _NOT_BEGUN
    if begins_later or not_begun:
        return None if action.status == ActionStatus.SUSPENDUE else Ending(action, ActionStatus.SUSPENDUE, None)
    ended_before = action.ends is not None and action.ends <= on
    return Ending(action, ActionStatus.TERMINEE, None if ended_before else on)


@transaction.atomic
def close(*, office: Office, on: date, author: User | None) -> list[Ending]:
    """Close the office and end its lasting actions, all or nothing, with one line of history each.

    Raises ValidationError, in French, when it is closed already or when the day precedes its opening.
    """
    office = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if office.closed_on:
        raise ValidationError(f"Ce bureau est déjà fermé depuis le {long_day(office.closed_on)}.")
    if office.starts and on < office.starts:
        raise ValidationError(f"La fermeture précède l’ouverture, le {long_day(office.starts)} : corrigez la date.")
    done = endings(office, on)
    for ending in done:
        _apply(ending, author)
    before = history.state_of(office)
    office.closed_on = on
    office.save(update_fields=["closed_on", "updated_at"])
    history.record(instance=office, author=author, before=before)
    return done


def _apply(ending: Ending, author: User | None) -> None:
    action = ending.action
    before = history.state_of(action)
    action.status = ending.status
    action.ends = ending.ends or action.ends
    action.save(update_fields=["status", "ends", "updated_at"])
    history.record(instance=action, author=author, before=before)


@transaction.atomic
def reopen(*, office: Office, author: User | None) -> None:
    """Take the closing back. The actions that it ended stay ended. Raises ValidationError when it is open."""
    office = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if not office.closed_on:
        raise ValidationError("Ce bureau n’est pas fermé.")
    before = history.state_of(office)
    office.closed_on = None
    office.save(update_fields=["closed_on", "updated_at"])
    history.record(instance=office, author=author, before=before)


@dataclass(frozen=True)
class YearCost:
    """One year's cost in euros, with its bar on the scale of the dearest year."""

    cost: OfficeCost
    drawing: SafeString


@dataclass(frozen=True)
class Costs:
    """The costs of an office, the latest year first, and their sum; None when no cost is known."""

    years: list[YearCost]
    total: Decimal | None


def costs(rows: Iterable[OfficeCost], *, accent: str) -> Costs:
    """The yearly costs of one office. A year without a row is not known: it is absent, never 0."""
    known = sorted(rows, key=lambda row: -row.year)
    widest = max((row.amount for row in known), default=Decimal(0)) or Decimal(1)
    years = [YearCost(row, charts.bar(float(row.amount / widest), color=accent)) for row in known]
    return Costs(years, sum((row.amount for row in known), Decimal(0)) if known else None)
