"""The story of an event (SYS-19, SYS-23): the action that a delegation opens, its programme, what deserves a look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.utils import timezone

from aict.accounts import history
from aict.accounts.enums import Visibility
from aict.accounts.models import User
from aict.ui.typography import NBSP, long_day
from typology.enums import PROMOTION, EventKind
from typology.models import Action, ActionType, Appointment, Event, ProgrammeItem

RECEPTION = "accueil-delegations"  # code of the type: an inbound delegation is a promotion of the territory
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def opens_its_action(kind: str) -> bool:
    """Whether an event of this kind, saved without an action, opens one (SYS-23)."""
    return kind == EventKind.DELEGATION_IN


def open_action(event: Event, *, author: User | None) -> Action:
    """Log the action of an inbound delegation that has none, of the type « accueil de délégations étrangères ».

    It takes title, territory, dates and visibility from the event, which is not saved here.
    """
    action = Action(
        collectivity=event.collectivity,
        title=event.title,
        type=ActionType.objects.get(code=RECEPTION),
        territory=event.territory,
        starts=event.starts,
        ends=event.ends,
        visibility=event.visibility,
    )
    action.full_clean()
    action.save()
    history.record(instance=action, author=author)
    return action


# Programme -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """A moment of a day. `clash`: the title of an earlier moment that is not over when this one begins."""

    item: ProgrammeItem
    clash: str

    @property
    def hours(self) -> str:
        """« 9 h 30 – 11 h », « 9 h 30 », or nothing."""
        start, end = self.item.starts_at, self.item.ends_at
        if start is None:
            return f"jusqu’à {clock(end)}" if end else ""
        return f"{clock(start)} – {clock(end)}" if end else clock(start)


@dataclass(frozen=True)
class Day:
    """A day of a programme. `is_outside`: not one of the days of the event, whose dates have moved since."""

    day: date
    moments: list[Moment]
    is_outside: bool

    @property
    def heading(self) -> str:
        """« Lundi 1er mars 2027 »."""
        return f"{WEEKDAYS[self.day.weekday()].capitalize()} {long_day(self.day)}"


def clock(value: time) -> str:
    """« 9 h 30 », « 14 h »."""
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02}" if value.minute else f"{value.hour}{NBSP}h"


def programme(event: Event, items: Iterable[ProgrammeItem]) -> list[Day]:
    """The days of a programme, in order, from moments ordered by day and time."""
    days = groupby(items, key=lambda item: item.day)
    return [Day(day, _moments(list(rows)), not event.holds(day)) for day, rows in days]


def _moments(items: Sequence[ProgrammeItem]) -> list[Moment]:
    """A moment without an end lasts until the next one: it clashes with nothing."""
    found: list[Moment] = []
    busy, until = "", time.min  # what lasts the longest so far, and until when
    for item in items:
        clashes = busy and item.starts_at is not None and item.starts_at < until
        found.append(Moment(item, busy if clashes else ""))
        if item.starts_at is not None and item.ends_at is not None and item.ends_at > until:
            busy, until = item.title, item.ends_at
    return found


@dataclass(frozen=True)
class Meeting:
    """An appointment as the page of its event tells it."""

    appointment: Appointment
    is_outside: bool


# Advice ----------------------------------------------------------------------------------


def advice(event: Event, days: Sequence[Day], appointments: Iterable[Appointment]) -> list[str]:
    """What deserves a look, in sentences; nothing here holds anybody back."""
    found = []
    if outside := [day for day in days if day.is_outside]:
        told = ", ".join(long_day(day.day) for day in outside)
        found.append(f"Des moments du programme sont hors des dates de l’évènement, {event.span} : {told}.")
    found += [
        f"Deux moments se chevauchent {day.heading.lower()} : « {moment.clash} » n’est pas fini quand commence "
        f"« {moment.item.title} », à {clock(moment.item.starts_at)}."
        for day in days
        for moment in day.moments
        if moment.clash and moment.item.starts_at
    ]
    if event.visibility != Visibility.INTERNAL and event.action.visibility == Visibility.INTERNAL:
        found.append(
            f"Les réseaux ne voient pas cet évènement{NBSP}: son action, «{NBSP}{event.action.title}{NBSP}», est "
            "interne. Changez la visibilité de l’action pour qu’ils voient les deux."
        )
    if late := [row for row in appointments if is_outside(event, row.at)]:
        told = "Un rendez-vous est daté" if len(late) == 1 else f"{len(late)} rendez-vous sont datés"
        found.append(f"{told} hors des jours de l’évènement, {event.span} : vérifiez leurs dates.")
    if event.kind == EventKind.DELEGATION_IN and event.action.category.code != PROMOTION:
        found.append(
            "Cette délégation est rattachée à une action d’une autre catégorie : elle n’est pas comptée "
            "parmi les actions de promotion."
        )
    return found


def is_outside(event: Event, at: datetime | None) -> bool:
    """Whether a moment, when it is known, is not on a day of the event."""
    return at is not None and not event.holds(timezone.localdate(at))
