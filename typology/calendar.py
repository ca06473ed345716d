"""The calendar (SYS-18): what begins, ends or is due between two days, by month and as a list.

Everything here is pure but `entries`, which reads a fixed number of queries. A day is a date: an action has no hour.
"""

from __future__ import annotations

import calendar as weeks_of
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, TextChoices

from aict.accounts.models import Collectivity
from aict.accounts.register_forms import FIRST_YEAR, LAST_YEAR
from aict.ui.typography import NBSP, long_day
from partners import calendars as agreements
from partners.models import InternalService, Territory
from typology.enums import ActionStatus, Timing
from typology.models import Action, ActionCategory, AidLine, Event, FundingCall, Task
from typology.models.actions import ActionQuerySet

MOST = 1000  # entries of one kind: beyond, the page says that it does not hold them all
LONG_DAYS = 14  # beyond, a stretch is shown by its first and last days, and named once under the month
PER_DAY = 4  # entries in a cell of the month; the list of the day has the others
DECLARATION = timedelta(days=90)  # 20 working days, whatever the holidays: never later than this after the grant
_DAY = timedelta(days=1)


class Kind(TextChoices):
    """What is written in the calendar, in the order of one day."""

    EVENT = "evenement", "Évènement"
    ACTION = "action", "Action"
    MILESTONE = "etape", "Étape clé"
    TASK = "tache", "Tâche"
    CALL = "appel", "Appel à projets"
    AID = "aide", "Aide à déclarer"
    AGREEMENT = "accord", "Accord"


ICONS: dict[str, str] = {
    Kind.EVENT: "people",
    Kind.ACTION: "cal",
    Kind.MILESTONE: "pin",
    Kind.TASK: "todo",
    Kind.CALL: "clock",
    Kind.AID: "doc",
    Kind.AGREEMENT: "link",
}
_ORDER = {kind: order for order, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Filters:
    """What is asked for: kinds (none: all), an action's category, territory or service, one member's own."""

    kinds: tuple[str, ...] = ()
    category: ActionCategory | None = None
    territory: Territory | None = None
    service: InternalService | None = None
    member: int | None = None  # a membership: its tasks, and the actions and events where it has one
    tasks_of: int | None = None  # a membership: of the tasks, its own only

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True)
class Entry:
    """Something dated; `end` is its last day, None when nothing ends it. `key` is the same from day to day."""

    kind: Kind
    key: str
    title: str
    url: str
    start: date
    end: date | None
    changed_at: datetime
    note: str = ""
    category: ActionCategory | None = None
    is_late: bool = False
    of: str = ""  # the key of the action that an event belongs to

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def is_long(self) -> bool:
        """Whether every day of it would drown the others."""
        return self.end is None or (self.end - self.start).days >= LONG_DAYS

    @property
    def period(self) -> str:
        """« le 3 mars 2027 », « du 3 mars 2027 au 5 mars 2027 », « depuis le 3 mars 2027 »."""
        if self.end is None:
            return f"depuis le {long_day(self.start)}"
        if self.end == self.start:
            return f"le {long_day(self.start)}"
        return f"du {long_day(self.start)} au {long_day(self.end)}"

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


# What is read ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scope:
    collectivity: Collectivity
    start: date
    end: date
    filters: Filters
    on: date

    @property
    def days(self) -> tuple[date, date]:
        return self.start, self.end

    def actions(self, *, anywhere: bool = False) -> ActionQuerySet:
        """The actions that the filters leave; `anywhere`: whatever the territory."""
        chosen = self.filters
        rows = Action.objects.for_collectivity(self.collectivity).exclude(status=ActionStatus.ABANDONNEE)
        if chosen.category:
            rows = rows.filter(type__purpose__category=chosen.category)
        if chosen.territory and not anywhere:
            rows = rows.filter(territory=chosen.territory)
        if chosen.service:
            associated = Action.associated_services.through.objects.filter(
                action=OuterRef("pk"), internalservice=chosen.service
            )
            rows = rows.filter(Q(lead_service=chosen.service) | Exists(associated))
        if chosen.member:
            rows = rows.filter(Exists(Task.objects.filter(action=OuterRef("pk"), owner=chosen.member)))
        return rows

    @property
    def is_narrow(self) -> bool:
        """Whether what hangs on no action is left out."""
        chosen = self.filters
        return bool(chosen.category or chosen.service or chosen.member)


def entries(
    collectivity: Collectivity, start: date, end: date, filters: Filters | None = None, *, on: date
) -> list[Entry]:
    """What touches a day from `start` to `end`, both included; at most seven queries, and MOST rows of each kind.

    `on` is the date of reading: what is due before it, and not done, is late. Abandoned actions and models stay out.
    """
    scope = _Scope(collectivity, start, end, filters or Filters(), on)
    found: list[Entry] = []
    for kinds, source in _SOURCES:
        if any(scope.filters.wants(kind) for kind in kinds):
            found += source(scope)
    found = _told_once(entry for entry in found if scope.filters.wants(entry.kind))
    return sorted(found, key=lambda entry: (entry.start, _ORDER[entry.kind], entry.title, entry.key))


def _told_once(found: Iterable[Entry]) -> list[Entry]:
    """Without the actions that an event tells already: a delegation's own has its title and its days."""
    rows = list(found)
    told = {(row.of, row.title, row.start, row.end) for row in rows if row.of}
    return [row for row in rows if (row.key, row.title, row.start, row.end) not in told]


def is_cut(found: Iterable[Entry]) -> bool:
    """Whether a kind reached MOST: there may be more than what is shown."""
    counts: dict[str, int] = {}
    for entry in found:
        counts[entry.kind] = counts.get(entry.kind, 0) + 1
    return any(count >= MOST for count in counts.values())


def action_entry(action: Action) -> Entry | None:
    """An action in the calendar, its type's category read; None without a date."""
    start = action.starts or action.ends
    if start is None:
        return None
    lasting = action.timing != Timing.PONCTUEL and action.status != ActionStatus.TERMINEE
    end = action.ends or (None if lasting else start)
    note = action.get_status_display()
    return Entry(
        Kind.ACTION, f"action-{action.pk}", action.title, action.get_absolute_url(), start, end, action.updated_at,
        note, action.category,
    )  # fmt: skip


def event_entry(event: Event) -> Entry:
    """An event in the calendar, its action's category read."""
    note = ", ".join(filter(None, (event.get_kind_display(), event.place)))
    return Entry(
        Kind.EVENT, f"evenement-{event.pk}", event.title, event.get_absolute_url(), event.starts,
        event.ends or event.starts, event.updated_at, note, event.action.category, of=f"action-{event.action_id}",
    )  # fmt: skip


def _actions(scope: _Scope) -> Iterator[Entry]:
    touching = Q(ends__gte=scope.start) | Q(ends=None, starts__gte=scope.start)
    lasting = Q(ends=None) & ~Q(timing=Timing.PONCTUEL) & ~Q(status=ActionStatus.TERMINEE)
    rows = scope.actions().filter(Q(touching | lasting, starts__lte=scope.end) | Q(starts=None, ends__range=scope.days))
    for action in rows.select_related("type__purpose__category").order_by("starts", "pk")[:MOST]:
        if entry := action_entry(action):
            yield entry


def _events(scope: _Scope) -> Iterator[Entry]:
    rows = Event.objects.for_collectivity(scope.collectivity).filter(action__in=scope.actions(anywhere=True))
    rows = rows.filter(Q(ends__gte=scope.start) | Q(ends=None, starts__gte=scope.start), starts__lte=scope.end)
    if place := scope.filters.territory:
        rows = rows.filter(Q(territory=place) | Q(territory=None, action__territory=place))
    for event in rows.select_related("action__type__purpose__category").order_by("starts", "pk")[:MOST]:
        yield event_entry(event)


def _tasks(scope: _Scope) -> Iterator[Entry]:
    rows = Task.objects.for_collectivity(scope.collectivity).filter(due_on__range=scope.days)
    rows = rows.filter(action__in=scope.actions())
    if scope.filters.member:
        rows = rows.filter(owner=scope.filters.member)
    if scope.filters.tasks_of:
        rows = rows.filter(Q(owner=scope.filters.tasks_of) | Q(is_milestone=True))
    for task in rows.select_related("action__type__purpose__category").order_by("due_on", "pk")[:MOST]:
        kind = Kind.MILESTONE if task.is_milestone else Kind.TASK
        day: date = task.due_on  # type: ignore[assignment]  # only tasks with a day are asked for
        note = f"{task.action.title}{f', fait le {task.done_on:%d/%m/%Y}' if task.done_on else ''}"
        yield Entry(
            kind, f"tache-{task.pk}", task.title, task.get_absolute_url(), day, day, task.updated_at, note,
            task.action.category, is_late=task.done_on is None and day < scope.on,
        )  # fmt: skip


def _calls(scope: _Scope) -> Iterator[Entry]:
    if scope.is_narrow or scope.filters.territory:
        return
    rows = FundingCall.objects.for_collectivity(scope.collectivity).filter(closes_on__range=scope.days)
    for call in rows.select_related("scheme").order_by("closes_on", "pk")[:MOST]:
        day: date = call.closes_on  # type: ignore[assignment]  # only calls with a deadline are asked for
        yield Entry(
            Kind.CALL, f"appel-{call.pk}", call.title, call.get_absolute_url(), day, day, call.updated_at,
            f"Date limite, {call.scheme.label}",
        )  # fmt: skip


def _aids(scope: _Scope) -> Iterator[Entry]:
    rows = AidLine.objects.for_collectivity(scope.collectivity).to_declare()
    rows = rows.filter(granted_on__range=(_before(scope.start, DECLARATION), scope.end))
    if scope.is_narrow or scope.filters.territory:
        rows = rows.filter(action__in=scope.actions())
    for aid in rows.select_related("firm", "regime").order_by("granted_on", "pk")[:MOST]:
        day = aid.declare_by
        if day is None or not scope.start <= day <= scope.end:
            continue
        yield Entry(
            Kind.AID, f"aide-{aid.pk}", f"{aid.firm}{NBSP}: {aid.measure}", aid.get_absolute_url(), day, day,
            aid.updated_at, "Dernier jour pour déclarer sur la plateforme nationale", is_late=day < scope.on,
        )  # fmt: skip


def _agreements(scope: _Scope) -> Iterator[Entry]:
    if scope.is_narrow:
        return
    rows = agreements.between(
        scope.collectivity, scope.start, scope.end, on=scope.on, territory=scope.filters.territory, most=MOST
    )
    for row in rows:
        late = row.days < 0 and row.nature != "Fin"
        agreement = row.agreement
        yield Entry(
            Kind.AGREEMENT, f"accord-{agreement.pk}-{row.code}", agreement.title, agreement.get_absolute_url(), row.day,
            row.day, agreement.updated_at, row.nature, is_late=late,
        )  # fmt: skip


_SOURCES = (
    ((Kind.ACTION,), _actions),
    ((Kind.EVENT,), _events),
    ((Kind.TASK, Kind.MILESTONE), _tasks),
    ((Kind.CALL,), _calls),
    ((Kind.AID,), _aids),
    ((Kind.AGREEMENT,), _agreements),
)


def _before(day: date, span: timedelta) -> date:
    return day - span if day - date.min > span else date.min


# What is shown ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """An entry on one of its days; `part` is « début », « suite », « fin », or nothing when it has one day."""

    entry: Entry
    part: str


@dataclass(frozen=True)
class Day:
    """A cell of the month: its first items, how many more there are, whether it belongs to the month."""

    day: date
    items: Sequence[Item]
    more: int
    in_month: bool
    is_today: bool


@dataclass(frozen=True)
class Month:
    """Whole weeks from Monday, the month before and after (None at the bounds), and what lasts through it.

    `kinds` and `categories`: those that its cells show, for the legend.
    """

    first: date
    weeks: Sequence[Sequence[Day]]
    previous: date | None
    following: date | None
    lasting: Sequence[Entry]
    kinds: Sequence[tuple[str, str]]  # icon, word
    categories: Sequence[ActionCategory]


def month_days(first: date) -> list[date]:
    """The days of whole weeks, from Monday, that hold the month of this first day."""
    return list(weeks_of.Calendar().itermonthdates(first.year, first.month))


def month(first: date, found: Sequence[Entry], *, on: date) -> Month:
    """The entries of `month_days(first)` in their cells."""
    days = month_days(first)
    cells = [_day(day, found, first, on) for day in days]
    return Month(
        first,
        [cells[index : index + 7] for index in range(0, len(cells), 7)],
        _month_or_none(days[0] if days[0] < first else first - _DAY),
        _month_or_none(first.replace(day=28) + timedelta(days=4)),
        [entry for entry in found if entry.is_long],
        [(ICONS[kind], kind.label) for kind in Kind if any(entry.kind == kind for entry in found)],
        sorted({entry.category for entry in found if entry.category}, key=lambda row: row.order),
    )


def _day(day: date, found: Sequence[Entry], first: date, on: date) -> Day:
    items = [Item(entry, part) for entry in found if (part := _part(entry, day)) is not None]
    items.sort(key=lambda item: item.part == "suite")  # what goes on gives way to what is new that day
    kept = items if len(items) <= PER_DAY + 1 else items[:PER_DAY]  # never « + 1 »: it takes the same room
    return Day(day, kept, len(items) - len(kept), day.month == first.month, day == on)


def _part(entry: Entry, day: date) -> str | None:
    if not entry.covers(day):
        return None
    if entry.start == entry.end:
        return ""
    if day == entry.start:
        return "début"
    if day == entry.end:
        return "fin"
    return None if entry.is_long else "suite"


def _month_or_none(day: date) -> date | None:
    return day.replace(day=1) if FIRST_YEAR <= day.year <= LAST_YEAR else None


@dataclass(frozen=True)
class Agenda:
    """The list: what has already begun on its first day, then each day that has something."""

    begun: Sequence[Entry]
    days: Sequence[tuple[date, Sequence[Entry]]]


def agenda(start: date, found: Sequence[Entry]) -> Agenda:
    """The entries by the day they begin."""
    days: dict[date, list[Entry]] = {}
    for entry in found:
        if entry.start >= start:
            days.setdefault(entry.start, []).append(entry)
    return Agenda([entry for entry in found if entry.start < start], sorted(days.items()))
