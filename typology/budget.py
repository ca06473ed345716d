"""The budget of an action: who plans and pays what, the two natures apart, whether the plan is balanced (SYS-28)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aict.ui.typography import euros
from typology.enums import ApplicationState, LineNature, Severity
from typology.models import Action, BudgetLine, FundingApplication

ACQUIRED = (ApplicationState.OBTAINED, ApplicationState.PAID)
# Whose money makes an investment possible: the two lists of the guide (fiche 3, « Combien »: MEAE, AFD; European Union,
# World Bank), and the other actors of the State and development banks that its support system names.
WIDER_FUNDERS = {"meae", "afd", "union-europeenne", "banque-mondiale"}
WIDER_FUNDERS |= {"daect", "services-etat", "ministere-economie", "dg-tresor", "ambassades", "business-france"}
WIDER_FUNDERS |= {"bpifrance", "bmi", "bad", "uemoa"}


@dataclass(frozen=True)
class Sums:
    """Euros planned and paid on some lines; None when no line gives an amount. `lacking`: lines without one."""

    label: str
    planned: Decimal | None
    actual: Decimal | None
    planned_lacking: int
    actual_lacking: int


@dataclass(frozen=True)
class Finding:
    """Something that the budget says."""

    severity: Severity
    text: str


@dataclass(frozen=True)
class Budget:
    """The lines of an action and their sums: the collectivité's own, the others', all; then each nature apart."""

    lines: Sequence[BudgetLine]
    sums: Sequence[Sums]
    natures: Sequence[Sums]

    @property
    def total(self) -> Sums:
        """All lines together."""
        return self.sums[-1]


def budget(lines: Iterable[BudgetLine]) -> Budget:
    """Sums of the lines of one action, in euros."""
    rows = list(lines)
    own = [row for row in rows if row.is_own]
    others = [row for row in rows if not row.is_own]
    sums = [_sums("Collectivité", own), _sums("Autres financeurs", others), _sums("Total", rows)]
    natures = [_sums(label, [row for row in rows if row.nature == nature]) for nature, label in LineNature.choices]
    return Budget(rows, sums, natures)


def findings(action: Action, known: Budget, applications: Sequence[FundingApplication]) -> list[Finding]:
    """What to know before counting on this budget; advice, never a bar."""
    found = [*_balance(action, known), *_not_acquired(applications)]
    invests = any(row.nature == LineNature.INVESTMENT for row in known.lines)
    if invests and not has_wider_funder(known.lines, applications):
        found.append(
            Finding(
                Severity.ALERTE,
                "Un investissement sans financeur national ou international : le guide réserve ces dépenses aux "
                "projets qui en ont un. Ajoutez sa ligne, ou revoyez la nature de la dépense.",
            )
        )
    return found


def has_wider_funder(lines: Iterable[BudgetLine], applications: Iterable[FundingApplication]) -> bool:
    """Whether a national or international funder bears some line, or has granted an application."""
    funders = [row.funder for row in lines] + [row.scheme.funder for row in applications if row.state in ACQUIRED]
    return any(funder is not None and funder.code in WIDER_FUNDERS for funder in funders)


def _balance(action: Action, known: Budget) -> list[Finding]:
    """The estimated cost against what the lines plan."""
    cost, planned = action.cost_estimate, known.total.planned
    if cost is None or planned is None:
        return []
    if planned < cost:
        return [
            Finding(Severity.ALERTE, f"Reste à financer : {euros(cost - planned)} sur un coût estimé de {euros(cost)}.")
        ]
    if planned > cost:
        return [
            Finding(
                Severity.ALERTE,
                f"Les lignes dépassent le coût estimé de {euros(planned - cost)} : corrigez l’un ou l’autre.",
            )
        ]
    return [Finding(Severity.INFO, f"Budget équilibré : les lignes couvrent le coût estimé de {euros(cost)}.")]


def _not_acquired(applications: Sequence[FundingApplication]) -> list[Finding]:
    """Co-funding asked for and not obtained yet: not to be counted on."""
    return [
        Finding(
            Severity.ALERTE,
            f"Cofinancement non acquis : « {row.title} » ({row.scheme}), {row.get_state_display().lower()}"
            + (f", {euros(row.requested)} demandés." if row.requested is not None else "."),
        )
        for row in applications
        if row.state not in ACQUIRED
    ]


def _sums(label: str, rows: Sequence[BudgetLine]) -> Sums:
    planned = [row.planned for row in rows if row.planned is not None]
    actual = [row.actual for row in rows if row.actual is not None]
    return Sums(
        label,
        sum(planned, Decimal(0)) if planned else None,
        sum(actual, Decimal(0)) if actual else None,
        len(rows) - len(planned),
        len(rows) - len(actual),
    )
