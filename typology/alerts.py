"""What the daily run tells of actions: tasks near their day or late, deadlines of calls, aids to declare.

The key of a notice holds the task, its day and the threshold: a day put off is told anew, the same one never is.
When several thresholds were passed unseen, only the nearest is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby

from aict.accounts import daily, notices
from aict.accounts.enums import Ability
from aict.accounts.models import Collectivity, Membership
from aict.accounts.notices import News
from aict.ui.templatetags.ui import plural
from aict.ui.typography import NBSP, long_day
from typology.aid_alerts import raise_aid_alerts
from typology.call_alerts import raise_call_alerts
from typology.models import Task

THRESHOLDS = (1, 7)  # days before a task is due, the nearest first

daily.source(raise_aid_alerts)
daily.source(raise_call_alerts)


@daily.source
def raise_tasks(collectivity: Collectivity, *, on: date) -> int:
    """Tell owners of what is due in 7 days, in one, or late; milestones are told to all who write actions.

    Two queries, then two and an insertion for the milestones and for each owner.
    """
    members = list(Membership.objects.for_collectivity(collectivity).able_to(Ability.EDIT_ACTIONS))
    if not members:
        return 0
    last = on + timedelta(days=THRESHOLDS[-1])
    pressing = Task.objects.for_collectivity(collectivity).to_do().filter(due_on__lte=last)
    tasks = list(pressing.select_related("action").order_by("owner_id", "due_on", "pk"))
    told = _tell(members, [task for task in tasks if task.is_milestone], on)
    able = {member.pk: member for member in members}
    own = [task for task in tasks if not task.is_milestone and task.owner_id in able]
    for owner, group in groupby(own, key=lambda task: task.owner_id):
        told += _tell([able[owner]], list(group), on)
    return told


def _tell(members: list[Membership], tasks: Iterable[Task], on: date) -> int:
    news = [_news(task, on) for task in tasks]
    return notices.tell(members=members, news=news) if news else 0


def _news(task: Task, on: date) -> News:
    left = (task.due_on - on).days  # type: ignore[operator]  # only tasks with a day are asked for
    threshold = "late" if left < 0 else next(days for days in THRESHOLDS if left <= days)
    when = "En retard" if left < 0 else ("À faire aujourd’hui", "À faire demain")[left] if left < 2 else ""
    when = when or f"À faire dans {plural(left, 'jour,jours')}"
    nature = "Étape clé" if task.is_milestone else "Tâche"
    return News(
        key=f"task:{task.pk}:{task.due_on:%Y-%m-%d}:{threshold}",
        tone="danger" if left < 0 else "warn" if left < 2 else "info",
        title=f"{when}{NBSP}: {task.title}",
        text=f"{nature} de l’action «{NBSP}{task.action.title}{NBSP}», pour le {long_day(task.due_on)}. "  # type: ignore[arg-type]
        "Marquez-la faite, ou changez sa date.",
        url=task.get_absolute_url(),
    )
