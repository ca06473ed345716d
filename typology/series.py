"""Recurring actions (SYS-18): the rule of a series, its next edition, and the advice to come back.

A rule always ends: at most MOST_YEARS after its first edition. An edition is made once (its number is unique in the
series, and the series is locked while one is made) and never begins after the last day of the rule.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from aict.accounts import history
from aict.accounts.models import User
from aict.ui.typography import NBSP, french, long_day
from typology import duplicating
from typology.enums import INTERNATIONALISATION, PROMOTION, ActionStatus, Severity, Timing
from typology.gaps import Gap
from typology.models import Action, Series
from typology.models.series import MOST_YEARS

_YEAR = re.compile(r"[\s,–-]*(édition\s+)?\(?\b(19|20)\d\d\b\)?\s*$")
_TITLE: int = Action._meta.get_field("title").max_length or 250


# Dates ------------------------------------------------------------------------------------


def shifted(day: date, months: int, *, anchor: int = 0) -> date:
    """The day so many months later, the last of the month when it has no such day (31 January → 28 February).

    `anchor`: the day of the month that the series aims at, so that 31 January, 28 February, 31 March do not drift.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    aimed = anchor if anchor and day.day == min(anchor, monthrange(day.year, day.month)[1]) else day.day
    return date(year, month + 1, min(aimed, last))


def end_of_reach(first: date) -> date:
    """The last day that a rule may reach: MOST_YEARS after its first edition."""
    return shifted(first, 12 * MOST_YEARS)


def rule_errors(*, first: date | None, until: date | None) -> dict[str, str]:
    """What is wrong with a rule, by the name of its field, with how to mend."""
    if first is None:
        return {"until": "Donnez d’abord la date de début de l’action : l’édition suivante se compte à partir d’elle."}
    if until is None:
        return {"until": "Une série s’arrête toujours : donnez le jour après lequel aucune édition ne commence."}
    if until < first:
        return {"until": f"La série s’arrête avant sa première édition, le {long_day(first)} : corrigez la date."}
    if until > (latest := end_of_reach(first)):
        return {"until": f"Trop loin : une série court {MOST_YEARS} ans au plus, jusqu’au {long_day(latest)} ici."}
    return {}


# Editions ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Editions:
    """The editions of a series in their order, and what comes after the one that is looked at."""

    series: Series
    rows: Sequence[Action]
    next_title: str
    next_starts: date | None
    next_ends: date | None
    refusal: str

    @property
    def last(self) -> Action:
        """The latest edition: the next one is made from it."""
        return self.rows[-1]


def editions_of(action: Action) -> Editions | None:
    """The editions of the series of an action; None when it is not in one. One query, whatever their number."""
    series = action.series
    if series is None or action.deleted_at:
        return None
    rows = list(series.actions.filter(deleted_at=None).select_related("type").order_by("edition", "pk"))
    last = rows[-1]
    starts, ends = _next_dates(series, rows)
    refusal = _refusal(series, last, starts)
    return Editions(series, rows, next_title(series, starts) if starts else "", starts, ends, refusal)


def _next_dates(series: Series, rows: Sequence[Action]) -> tuple[date | None, date | None]:
    first, last = rows[0], rows[-1]
    if last.starts is None:
        return None, None
    starts = shifted(last.starts, series.every_months, anchor=first.starts.day if first.starts else 0)
    if last.ends is None:
        return starts, None
    ends = shifted(last.ends, series.every_months, anchor=first.ends.day if first.ends else 0)
    return starts, max(starts, ends)


def _refusal(series: Series, last: Action, starts: date | None) -> str:
    """Why there is no next edition; empty when there may be one."""
    if starts is None:
        return f"« {last.title} » n’a pas de date de début : donnez-la pour dater l’édition suivante."
    if starts > series.until:
        return f"La série s’arrête le {long_day(series.until)} ; l’édition suivante commencerait le {long_day(starts)}."
    return ""


def next_title(series: Series, starts: date) -> str:
    """« Forum de Sfax, édition 2028 »; with the month when the series comes back within a year."""
    yearly = series.every_months % 12 == 0
    end = f", édition {starts.year}" if yearly else f", édition de {long_day(starts).partition(NBSP)[2]}"
    return series.name[: _TITLE - len(end)] + end


def name_of(action: Action) -> str:
    """The title of an action without its year: « Forum de Sfax 2027 » → « Forum de Sfax »."""
    return _YEAR.sub("", action.title).strip(" ,–-") or action.title


@transaction.atomic
def make_recurrent(
    *, action: Action, name: str, every_months: int, until: date | None, author: User | None, edition: int = 1
) -> Series:
    """Give an action its rule and the number of its edition, or change the rule of its series.

    Raises ValidationError, in French, by field.
    """
    own = Series.objects.select_for_update().filter(pk=action.series_id).first() if action.series_id else None
    first = own.actions.filter(deleted_at=None).order_by("edition").first() if own else action
    if errors := rule_errors(first=(first or action).starts, until=until):
        raise ValidationError(errors)
    series = own or Series(collectivity=action.collectivity)
    before = history.state_of(series)
    series.name, series.every_months, series.until = name, every_months, until  # type: ignore[assignment]
    series.full_clean()
    series.save()
    history.record(instance=series, author=author, before=before)
    if action.series_id is None:
        join(action=action, series=series, edition=edition, author=author)
    return series


@transaction.atomic
def join(*, action: Action, series: Series, edition: int, author: User | None) -> None:
    """Put an action logged apart among the editions of a series. Raises ValidationError when its number is taken."""
    before = history.state_of(action)
    action.series, action.edition, action.timing = series, edition, Timing.RECURRENT
    action.full_clean()
    action.save(update_fields=["series", "edition", "timing", "updated_at"])
    history.record(instance=action, author=author, before=before)


@transaction.atomic
def make_next(*, action: Action, author: User | None) -> tuple[Action, bool]:
    """The edition that follows `action`, and whether it was made now: asked twice, it is made once.

    Raises ValidationError, in French, when the action has no rule or when the rule ends before.
    """
    if action.series_id is None:
        raise ValidationError("Cette action n’a pas de règle de récurrence : donnez-en une d’abord.")
    Series.objects.select_for_update().get(pk=action.series_id)  # two clicks: the second one waits, then finds it
    editions = editions_of(action)
    assert editions is not None
    if later := next((row for row in editions.rows if (row.edition or 0) > (action.edition or 0)), None):
        return later, False
    if editions.refusal:
        raise ValidationError(editions.refusal)
    copy = duplicating.duplicate(
        action=action,
        title=editions.next_title,
        starts=editions.next_starts,
        ends=editions.next_ends,
        with_budget=True,
        author=author,
        series=editions.series,
        edition=(action.edition or 1) + 1,
    )
    return copy, True


# Advice -----------------------------------------------------------------------------------

# Guide, « Quand » of fiches 1 and 2. Fiche 3 sets no such rule.
_COME_BACK = {
    PROMOTION: (
        "promotion-sans-recurrence",
        Severity.ALERTE,
        "Promotion ponctuelle, sans autre édition",
        "Le guide (fiche 2, « Quand ») attend les résultats de la répétition : mêmes salons, évènement périodique, "
        "missions renouvelées sur un même territoire.",
    ),
    INTERNATIONALISATION: (
        "operation-sans-suite",
        Severity.INFO,
        "Opération ponctuelle, sans autre édition",
        "Le guide (fiche 1, « Quand ») le rappelle : revenir régulièrement crée la confiance, et la confiance, des "
        "contrats.",
    ),
}


def recurrence_gaps(action: Action) -> list[Gap]:
    """The recurrence warning of the guide (SYS-18): the one rule of it, for the page as for the checks above.

    A one-off promotion without another edition is warned, a one-off operation of internationalisation is told. A
    recurrent action without a rule cannot make its next edition: told too. At most one query.
    """
    url = reverse("typology:action_recurrence", args=[action.pk])
    if action.status == ActionStatus.ABANDONNEE:
        return []
    if action.timing == Timing.RECURRENT and action.series_id is None:
        why = "Avec une règle, l’édition suivante se crée d’un geste, à sa date."
        return [Gap("recurrence-sans-regle", "Règle de récurrence", why, url, Severity.INFO)]
    if action.timing != Timing.PONCTUEL or action.category.code not in _COME_BACK or _has_siblings(action):
        return []
    code, severity, what, why = _COME_BACK[action.category.code]
    return [Gap(code, what, french(why), url, severity)]


def _has_siblings(action: Action) -> bool:
    if action.series_id is None:
        return False
    return Action.objects.filter(series_id=action.series_id, deleted_at=None).exclude(pk=action.pk).exists()
