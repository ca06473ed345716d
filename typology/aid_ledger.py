"""The ledger of aids to firms (SYS-20): what is compared before saving, what follows a budget line, one firm's account.

A page shows the arithmetic first, and saves once its very figures have been read: `fingerprint` is what the page sends
back. The single undertaking is locked meanwhile, so that two aids saved at once cannot both find room for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from aict.accounts import registers
from aict.accounts.models import Collectivity, User
from partners.models import FirmGroup, Stakeholder
from typology import state_aid
from typology.models import AidLine, AidRegime, BudgetLine
from typology.models.state_aid import AidLineQuerySet
from typology.state_aid import Aid, Comparison, Total

# On every page and paper that shows a total: it is never the whole of what the firm received.
RESERVE = (
    "Seules les aides enregistrées dans cet outil sont comptées. Vérifiez sur la plateforme nationale des aides d’État "
    "ce que l’entreprise a reçu d’autres financeurs publics, et demandez-lui sa déclaration."
)
REASON_WANTED = (
    "Le cumul dépasse le plafond : écrivez pourquoi l’aide est enregistrée malgré tout. Le motif restera affiché."
)


def plain(aid: AidLine) -> Aid:
    """An aid as the pure functions read it."""
    return Aid(
        granted_on=aid.granted_on,
        amount=aid.amount,
        family=aid.regime.family,
        ceiling=aid.regime.ceiling,
        years=aid.regime.years,
        firm=aid.firm.name,
        measure=aid.measure,
        key=aid.pk,
    )


def lock(firm: Stakeholder) -> None:
    """Hold the single undertaking until the end of the transaction: its group, then the firm itself."""
    if firm.group_id:
        FirmGroup.objects.select_for_update(no_key=True).get(pk=firm.group_id)
    Stakeholder.objects.select_for_update(of=("self",), no_key=True).get(pk=firm.pk)


def comparison(aid: AidLine) -> Comparison:
    """An aid, new or changed, beside those that its single undertaking has. One query."""
    rows = AidLine.objects.for_collectivity(aid.collectivity).of_undertaking(aid.firm)
    return state_aid.compare(plain(aid), [plain(row) for row in rows.for_ledger()])


def fingerprint(compared: Comparison) -> str:
    """What the person has read: any other figure gives another text, and the page is shown again."""
    read = [(line.aid, line.running) for total in (compared.own, compared.worst) for line in total.lines]
    return hashlib.sha256(repr((compared.aid, compared.worst.ceiling, read)).encode()).hexdigest()[:32]


def usual_regime(on: date) -> AidRegime | None:
    """The regime offered first on a day: the first of the list that bounds aids and applies."""
    return next((row for row in AidRegime.objects.current() if row.family and row.applies_on(on)), None)


# The aid of a budget line ------------------------------------------------------------------------------------------


def aid_of(line: BudgetLine) -> AidLine:
    """The saved aid of a line, else a new one, not saved."""
    saved = AidLine.objects.filter(budget_line=line).for_ledger().first() if line.pk else None
    return saved or AidLine(collectivity=line.collectivity)


def follow(line: BudgetLine, aid: AidLine) -> None:
    """Give an aid the firm, the amount and the action of the line that makes it. Not saved."""
    aid.firm, aid.amount, aid.action = line.beneficiary, line.aid_amount, line.action  # type: ignore[assignment]


@transaction.atomic
def remove_line(*, row: BudgetLine, author: User | None) -> None:
    """Remove a budget line and the aid that it made; the history keeps both."""
    for aid in AidLine.objects.filter(budget_line=row).for_ledger():
        registers.remove(row=aid, author=author)
    registers.remove(row=row, author=author)


@dataclass(frozen=True)
class Waiting:
    """Aids that the national register expects: how many, how many past their deadline, and the next deadline."""

    count: int
    late: int
    next: date | None


def waiting(rows: AidLineQuerySet, *, on: date) -> Waiting:
    """What is left to declare among these aids, on a day. One query."""
    deadlines = [aid.declare_by for aid in rows.to_declare().select_related("regime")]
    known = [day for day in deadlines if day is not None]
    return Waiting(len(known), sum(day < on for day in known), min((day for day in known if day >= on), default=None))


# The account of a firm ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """One regime's total for a single undertaking on a day, and the windows in which it went over the ceiling."""

    regime: AidRegime
    total: Total
    exceeded: Sequence[Total]

    @property
    def percent(self) -> int:
        """How much of the ceiling is used, in whole percents, 100 at most."""
        if not self.total.ceiling:
            return 0
        return min(100, int(100 * self.total.amount / self.total.ceiling))


@dataclass(frozen=True)
class Standing:
    """Where a firm stands on a day: its group, its accounts, every aid of the single undertaking."""

    firm: Stakeholder
    members: Sequence[Stakeholder]
    accounts: Sequence[Account]
    covered: Sequence[AidLine]
    aids: Sequence[AidLine]
    on: date

    @property
    def is_exceeded(self) -> bool:
        """Whether some window, past or present, is over its ceiling."""
        return any(account.exceeded for account in self.accounts)

    @property
    def counted(self) -> list[AidLine]:
        """The aids of the rolling years, of every regime: those that an attestation lists, the oldest first."""
        span = state_aid.window(self.on)
        return sorted((aid for aid in self.aids if aid.granted_on in span), key=lambda aid: (aid.granted_on, aid.pk))


def standing(firm: Stakeholder, collectivity: Collectivity, *, on: date) -> Standing:
    """The account of a firm and of those that form a single undertaking with it. Three queries at most."""
    aids = list(AidLine.objects.for_collectivity(collectivity).of_undertaking(firm).for_ledger())
    members = [firm]
    if firm.group_id:
        members = list(Stakeholder.objects.for_collectivity(collectivity).filter(group=firm.group_id).order_by("name"))
    regimes = [row for row in AidRegime.objects.current() if row.family and row.applies_on(on)]
    known, accounts = [plain(aid) for aid in aids], []
    for place, regime in enumerate(regimes):
        total = state_aid.total(known, family=regime.family, on=on, ceiling=regime.ceiling)
        above = state_aid.exceeded(known, family=regime.family)
        if place == 0 or total.lines or above:  # the general regime always: nothing received is an answer
            accounts.append(Account(regime, total, above))
    covered = [aid for aid in aids if not aid.regime.family]
    return Standing(firm, members, accounts, covered, aids, on)
