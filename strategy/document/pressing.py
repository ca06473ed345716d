"""What presses: the few things an elected official must know today, the gravest first, each with its date."""

from __future__ import annotations

from datetime import date, timedelta

from partners.enums import AgreementStatus
from strategy.document.frozen import Frozen, Record
from strategy.document.parts import Bullet
from strategy.document.words import counted, full_day, line, shortened
from strategy.enums import FundingStatus, Severity
from strategy.steps import BY_SLUG, C2, C3
from typology.enums import ActionStatus

_SHOWN = 4
_SOON = 180  # days ahead


def pressing(data: Frozen) -> tuple[Bullet, ...]:
    """Blocking checks, agreements without effect under actions in progress, dates that come; four at most."""
    found = [*_blocking(data), *_uncovered(data), *_dated(data)]
    return tuple(found[:_SHOWN])


def _blocking(data: Frozen) -> list[Bullet]:
    return [
        Bullet(f"À lever (étape {BY_SLUG[finding['step']].code})", line(finding["message"]))
        for finding in data.findings
        if finding["severity"] == Severity.BLOCAGE
    ]


def _uncovered(data: Frozen) -> list[Bullet]:
    """Actions in progress whose agreement expired or was denounced."""
    found = []
    for agreement in data.agreements:
        if agreement["status"] not in (AgreementStatus.EXPIRE, AgreementStatus.DENONCE):
            continue
        running = [
            action
            for action in data.actions
            if action["agreement"] == agreement["id"] and action["status"] == ActionStatus.EN_COURS
        ]
        if running:
            since = f" le {full_day(agreement['ends'])}" if agreement["ends"] else ""
            said = counted(len(running), "action continue,actions continuent", feminine=True)
            found.append(Bullet(_name(data, agreement), f"accord {agreement['status_label'].lower()}{since}, {said}."))
    return found


def _dated(data: Frozen) -> list[Bullet]:
    """What comes within six months, the nearest first."""
    last = (date.fromisoformat(data.on) + timedelta(days=_SOON)).isoformat()
    found = [*_ending(data), *_deadlines(data), *_meetings(data)]
    return [bullet for when, bullet in sorted(found, key=lambda pair: pair[0]) if data.on <= when <= last]


def _ending(data: Frozen) -> list[tuple[str, Bullet]]:
    return [
        (agreement["ends"], Bullet(_name(data, agreement), f"l’accord finit le {full_day(agreement['ends'])}."))
        for agreement in data.agreements
        if agreement["ends"] and agreement["status"] in (AgreementStatus.EN_VIGUEUR, AgreementStatus.A_REVOIR)
    ]


def _deadlines(data: Frozen) -> list[tuple[str, Bullet]]:
    waiting = {
        FundingStatus.REPERE: "demande à déposer avant le {}.",
        FundingStatus.DEPOSE: "demande déposée, échéance le {}.",
        "": "statut à préciser, échéance le {}.",
    }
    return [
        (when, Bullet(shortened(row.title, 48), waiting[row.values["status"]].format(full_day(when)), row.mark))
        for row in data.rows(C3)
        if (when := row.values["deadline"]) and row.values["status"] in waiting
    ]


def _meetings(data: Frozen) -> list[tuple[str, Bullet]]:
    return [
        (
            when,
            Bullet(
                row.text("partner_authority") or row.title,
                f"{row.text('occasion').lower()} le {full_day(when)}.",
                row.mark,
            ),
        )
        for row in data.rows(C2)
        if (when := row.values["held_on"])
    ]


def _name(data: Frozen, agreement: Record) -> str:
    place = data.territory(agreement["territory"])
    return line(place["name"] if place else agreement["title"])
