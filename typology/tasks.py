"""Tasks of actions: done and taken up again, told to whoever answers for them, and milestones on one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.safestring import SafeString

from aict.accounts import history, notices
from aict.accounts.models import User
from aict.accounts.notices import News
from aict.ui.colors import PALETTE
from aict.ui.svg import clamp, frame, join, pct, tag, text_at
from aict.ui.templatetags.ui import plural
from aict.ui.typography import NBSP, long_day
from typology.models import Action, Task

SOON_DAYS = 7  # a task due within a week is shown, and told, as such
_MARGIN = 0.04  # of the time shown, on each side of the first and last days


@dataclass(frozen=True)
class Row:
    """A task as the lists show it; `number` is its figure on the line of milestones, 0 when it is not drawn."""

    task: Task
    kind: str  # what the `status` tag draws
    icon: str
    text: str
    number: int = 0

    @property
    def is_late(self) -> bool:
        return self.kind == "danger"


def rows(tasks: Iterable[Task], on: date) -> list[Row]:
    """Each task with what it is on a date: done, late, near, to do."""
    return [_row(task, on) for task in tasks]


def _row(task: Task, on: date, number: int = 0) -> Row:
    if task.done_on:
        return Row(task, "ok", "okc", f"Fait le {task.done_on:%d/%m/%Y}", number)
    if task.due_on is None:
        return Row(task, "mute", "todo", "À faire, sans échéance", number)
    left = (task.due_on - on).days
    if left < 0:
        return Row(task, "danger", "clock", f"En retard de {plural(-left, 'jour,jours')}", number)
    if left <= SOON_DAYS:
        when = ("Pour aujourd’hui", "Pour demain")[left] if left < 2 else f"Dans {plural(left, 'jour,jours')}"
        return Row(task, "warn", "clock", when, number)
    return Row(task, "mute", "todo", "À faire", number)


# Gestures --------------------------------------------------------------------------------


@transaction.atomic
def finish(*, task: Task, author: User | None, on: date) -> bool:
    """Note that a task was done on a day; False when it already was."""
    return _set_done(task, author, on) if task.done_on is None else False


@transaction.atomic
def reopen(*, task: Task, author: User | None) -> bool:
    """Make a task one to do again; False when it already was."""
    return _set_done(task, author, None) if task.done_on else False


def _set_done(task: Task, author: User | None, on: date | None) -> bool:
    before = history.state_of(task)
    task.done_on = on
    task.save(update_fields=["done_on", "updated_at"])
    history.record(instance=task, author=author, before=before)
    return True


def tell_owner(*, task: Task, author: User | None) -> int:
    """Tell somebody that a task is theirs, unless they took it themselves; how many notices are new."""
    if task.owner is None or task.owner.user_id == getattr(author, "pk", None):
        return 0
    due = f" Pour le {long_day(task.due_on)}." if task.due_on else ""
    news = News(
        key=f"task:{task.pk}:given",
        tone="info",
        title=f"Tâche à votre nom{NBSP}: {task.title}",
        text=f"Action «{NBSP}{task.action.title}{NBSP}».{due} Confiée par {author or 'un compte retiré'}.",
        url=task.get_absolute_url(),
    )
    return notices.tell(members=[task.owner], news=[news])


# The line of milestones ------------------------------------------------------------------


@dataclass(frozen=True)
class Milestones:
    """The milestones of an action: their table, and their line; None when no date can be drawn."""

    rows: Sequence[Row]
    drawing: SafeString | None


def milestones(action: Action, tasks: Iterable[Task], *, on: date, accent: str) -> Milestones:
    """Milestones by date, numbered as on their line, those without a date last."""
    ordered = sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or on, task.pk))
    table = [_row(task, on, number if task.due_on else 0) for number, task in enumerate(ordered, 1)]
    dated = [row for row in table if row.number]
    return Milestones(table, _line(action, dated, on, accent) if dated else None)


def _line(action: Action, dated: Sequence[Row], on: date, accent: str) -> SafeString:
    days = [day for row in dated if (day := row.task.due_on)]
    known = [*days, *(day for day in (action.starts, action.ends) if day)]
    scale = _Scale(min(known), max(known))
    parts = [tag("line", x1="0%", x2="100%", y1=24, y2=24, stroke=PALETTE["ink-400"])]
    if action.starts and action.ends:
        left, right = scale.at(action.starts), scale.at(action.ends + timedelta(days=1))
        parts.append(tag("rect", x=pct(left), y=22, width=pct(right - left), height=4, fill=PALETTE["ink-400"]))
    if scale.first <= on <= scale.last:
        x = pct(scale.at(on))
        look = {"stroke": PALETTE["ink-900"], "stroke_width": 1.5, "stroke_dasharray": "3 3"}
        parts += [tag("line", x1=x, x2=x, y1=10, y2=40, **look), text_at(x, 66, "aujourd’hui", anchor=scale.anchor(on))]
    parts += [_mark(row, pct(scale.at(day)), accent) for row, day in zip(dated, days, strict=True)]
    words = [f"{row.number}. {row.task.title}, {row.task.due_on:%d/%m/%Y}, {row.text.lower()}" for row in dated]
    return frame(
        join(parts),
        chart_id=f"etapes-{action.pk}",
        title="Étapes clés de l’action",
        description=f"{NBSP}; ".join(words),
        height=72,
    )


def _mark(row: Row, x: str, accent: str) -> SafeString:
    """A milestone: a full disc when done, a diamond when late, a ring otherwise; its figure below."""
    if row.kind == "ok":
        shape = tag("circle", cx=x, cy=24, r=7, fill=accent)
    elif row.is_late:
        # A nested drawing: a diamond has no percentage of its own.
        diamond = tag("path", d="M0 -9 L9 0 L0 9 L-9 0 Z", fill=PALETTE["ink-900"])
        shape = tag("svg", diamond, x=x, y=24, overflow="visible")
    else:
        shape = tag("circle", cx=x, cy=24, r=6, fill=PALETTE["surface"], stroke=accent, stroke_width=3)
    return join([shape, text_at(x, 50, row.number, anchor="middle", fill=PALETTE["ink-900"], bold=True)])


@dataclass(frozen=True)
class _Scale:
    start: date
    end: date

    @property
    def _days(self) -> int:
        return max((self.end - self.start).days, 1)

    @property
    def first(self) -> date:
        return self.start

    @property
    def last(self) -> date:
        return self.end

    def at(self, day: date) -> float:
        """Percentage of the width, kept away from both edges."""
        share = clamp((day - self.start).days / self._days)
        return 100 * (_MARGIN + share * (1 - 2 * _MARGIN))

    def anchor(self, day: date) -> str:
        """How a word stands on this day without leaving the drawing."""
        x = self.at(day)
        return "start" if x < 12 else "end" if x > 88 else "middle"
