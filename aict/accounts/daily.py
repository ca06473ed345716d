"""The daily run: what presses on the day is told to the members of each collectivité, then mailed.

An app that has something to tell writes `alerts.py` and marks its function with `@source`; nothing here knows a domain.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils import timezone

from aict.accounts import notices
from aict.accounts.models import Collectivity
from aict.accounts.notices import Mailing

logger = logging.getLogger(__name__)


class Source(Protocol):
    """Tells the members of a collectivité what presses on a date; how many notices are new."""

    def __call__(self, collectivity: Collectivity, *, on: date) -> int: ...


_SOURCES: list[Source] = []


def source(tells: Source) -> Source:
    """Make a source of news part of every daily run."""
    _SOURCES.append(tells)
    return tells


@dataclass(frozen=True)
class Run:
    """What a daily run did: collectivités read and failed, notices told, messages sent and refused."""

    collectivities: int
    broken: int
    told: int
    mailing: Mailing


def run(*, at: datetime) -> Run:
    """Tell every collectivité's news, then send the digests. Run twice on a day, the second changes nothing."""
    on = timezone.localdate(at)
    read = broken = told = 0
    for collectivity in Collectivity.objects.all():
        try:
            told += tell(collectivity, on=on)
            read += 1
        except Exception:  # one collectivité's bad luck must not keep the others from being told
            logger.exception("alerts of collectivité %s", collectivity.pk)
            broken += 1
    return Run(read, broken, told, notices.send_digests(at=at))


def tell(collectivity: Collectivity, *, on: date) -> int:
    """Ask every source what presses in one collectivité; how many notices are new."""
    return sum(tells(collectivity, on=on) for tells in _SOURCES)
