"""What presses today: agreements, uncovered actions, returned values, blocking checks — each with its next gesture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from aict.accounts.access import Access
from aict.accounts.enums import Ability
from aict.ui import typography
from evaluation.enums import MeasureState
from evaluation.models import Measure
from partners.enums import AgreementStatus
from partners.legal_cover import IN_FORCE
from partners.models import Agreement
from strategy import progress
from strategy.material import Material
from strategy.models import Strategy
from strategy.progress import StepProgress
from typology.models import Action, BudgetLine

HORIZON = 180  # days: the first of the alerts of product rule 4
URGENT = 30


@dataclass(frozen=True)
class Item:
    """One thing to handle: how grave, what, why, and where to do it."""

    tone: str
    word: str
    title: str
    text: str
    url: str
    gesture: str


@dataclass(frozen=True)
class Deadline:
    """The end or review of an agreement in force, within 180 days."""

    agreement: Agreement
    day: date
    days: int

    @property
    def tone(self) -> str:
        return "danger" if self.days <= URGENT else "warn" if self.days <= 90 else "info"

    @property
    def nature(self) -> str:
        return "fin" if self.agreement.ends_on else "révision"


@dataclass(frozen=True)
class Agenda:
    """The home page of one person on one day."""

    items: list[Item]
    deadlines: list[Deadline]
    strategy: Strategy | None
    steps: list[StepProgress]

    @property
    def urgent(self) -> int:
        return sum(item.tone == "danger" for item in self.items)

    @property
    def done(self) -> int:
        return sum(step.status == "complete" for step in self.steps)

    @property
    def resume(self) -> StepProgress | None:
        """The first step that is not complete."""
        return next((step for step in self.steps if step.status != "complete"), None)


def of(access: Access, on: date) -> Agenda:
    """Everything to handle, the gravest first, whatever the number of rows behind."""
    agreements = list(Agreement.objects.for_collectivity(access.collectivity).for_list(on))
    strategy = Strategy.objects.for_collectivity(access.collectivity).being_written()
    steps = progress.of(Material.load(strategy, on)) if strategy else []
    deadlines = _deadlines(agreements, on)
    followers = {row.predecessor_id: row for row in agreements if row.predecessor_id}
    items = [
        *(_ending(deadline, followers.get(deadline.agreement.pk)) for deadline in deadlines if deadline.days <= 90),
        *_uncovered(access, agreements),
        *_untransmitted(agreements),
        *_returned(access),
        *_blocked(strategy, steps),
    ]
    order = ["danger", "warn", "info"]
    return Agenda(sorted(items, key=lambda item: order.index(item.tone)), deadlines, strategy, steps)


def figures(access: Access, on: date) -> list[tuple[str, str, str]]:
    """Five figures for the head of the page: label, value, precision. Money leaves out non-economic actions."""
    collectivity = access.collectivity
    agreements = Agreement.objects.for_collectivity(collectivity)
    actions = Action.objects.for_collectivity(collectivity)
    in_force = agreements.in_force(on)
    lines = BudgetLine.objects.for_collectivity(collectivity).economic().filter(year=on.year)
    validated = Measure.objects.for_collectivity(collectivity).filter(year=on.year, state=MeasureState.VALIDATED)
    planned = lines.total_planned()
    return [
        ("Territoires sous accord", typography.number(in_force.territory_count()), "aujourd’hui"),
        ("Accords en vigueur", typography.number(in_force.count()), f"sur {agreements.count()} au registre"),
        ("Actions en cours", typography.number(actions.under_way().count()), f"sur {actions.count()} au répertoire"),
        (
            f"Budget prévu en {on.year}",
            f"{typography.number(planned, 0)}{typography.NBSP}€" if planned else "",
            "actions économiques, tous financeurs",
        ),
        (f"Mesures validées, {on.year}", typography.number(validated.count()), "indicateurs relevés cette année"),
    ]


def _deadlines(agreements: list[Agreement], on: date) -> list[Deadline]:
    found = []
    for agreement in agreements:
        day = agreement.deadline  # of the terms of today, avenants included
        if agreement.lapse_decided_on or agreement.status_on not in IN_FORCE:
            continue
        if day and 0 <= (day - on).days <= HORIZON:
            found.append(Deadline(agreement, day, (day - on).days))
    return sorted(found, key=lambda deadline: deadline.day)


def _ending(deadline: Deadline, follower: Agreement | None) -> Item:
    """An agreement near its end; once the one that follows is prepared, that one is to be carried through."""
    agreement = deadline.agreement
    verb = "Se termine" if agreement.ends_on else "À réviser"
    then = f" La suite est préparée\u00a0: «\u00a0{follower.title}\u00a0»." if follower else ""
    return Item(
        tone="info" if follower else deadline.tone,
        word=f"{deadline.nature.capitalize()} dans {deadline.days} j",
        title=f"{agreement.title} – {agreement.territory}",
        text=typography.french(f"{verb} le {typography.long_day(deadline.day)}.{then}"),
        url=follower.get_absolute_url() if follower else reverse("partners:agreement_renewal", args=[agreement.pk]),
        gesture="Voir la suite" if follower else "Préparer la suite",
    )


def _uncovered(access: Access, agreements: list[Agreement]) -> Iterator[Item]:
    """Product rule 4: an action under way with a territory where no agreement is in force."""
    covered: set[int] = set()
    ends: dict[int, date] = {}
    for agreement in agreements:
        if agreement.status_on in IN_FORCE:
            covered |= agreement.covered_territories
        for number in agreement.covered_territories if agreement.ends_on else ():
            ends[number] = max(agreement.ends_on, ends.get(number, agreement.ends_on))
    actions = Action.objects.for_collectivity(access.collectivity).under_way().of_category("cooperation")
    for action in actions.for_list().exclude(Q(territory=None) | Q(territory__is_own=True)):
        if action.territory_id in covered:
            continue
        ended = ends.get(action.territory_id or 0)
        why = f"Dernier accord échu le {typography.long_day(ended)}." if ended else "Aucun accord au registre."
        yield Item(
            tone="danger",
            word="Sans couverture",
            title=f"«\u00a0{action.title}\u00a0» continue sans accord en vigueur",
            text=why,
            url=action.territory.get_absolute_url(),
            gesture="Régulariser",
        )


def _untransmitted(agreements: list[Agreement]) -> Iterator[Item]:
    for agreement in agreements:
        if agreement.status_on == AgreementStatus.DELIBERE and agreement.deliberation_on:
            yield Item(
                tone="warn",
                word="Date manquante",
                title=f"{agreement.title}\u00a0: transmission au préfet",
                text=f"Délibéré le {typography.long_day(agreement.deliberation_on)}. Sans date de transmission, "
                f"l’accord n’entre pas en vigueur (CGCT, art.{typography.NBSP}L.1115-1).",
                url=agreement.get_absolute_url(),
                gesture="Saisir la date",
            )


def _returned(access: Access) -> Iterator[Item]:
    if not access.may(Ability.EDIT_MEASURES):
        return
    returned = Measure.objects.for_collectivity(access.collectivity).filter(state=MeasureState.RETURNED)
    for measure in returned.for_list()[:10]:
        yield Item(
            tone="info",
            word="Valeur renvoyée",
            title=typography.french(f"{measure.indicator}, {measure.year} : {typography.number(measure.value)}"),
            text=measure.return_reason,
            url=measure.get_absolute_url(),
            gesture="Corriger",
        )


def _blocked(strategy: Strategy | None, steps: list[StepProgress]) -> Iterator[Item]:
    for step in steps:
        for finding in step.findings:
            if finding.is_blocking and strategy:
                yield Item(
                    tone="danger",
                    word="Point bloquant",
                    title=f"Stratégie {strategy.period}, étape {step.step.code}",
                    text=f"{finding.message} {finding.where}".strip(),
                    url=finding.url(strategy.pk),
                    gesture=f"Reprendre {step.step.code}",
                )
