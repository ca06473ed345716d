"""Checks of fiche C: priorities (C1), trust (C2), funding (C3)."""

from __future__ import annotations

from typing import Any

from strategy.checks.rule import Places, check, of_action, of_row
from strategy.enums import Horizon, Severity, SpendingNature, TerritoryUse
from strategy.material import Material
from strategy.steps import C1, C2, C3
from typology.enums import Timing


# C1 -----------------------------------------------------------------------------------------
def _where(row: Any) -> str:
    """What makes two priorities speak of the same territory."""
    return f"#{row.territory_id}" if row.territory_id else row.place.strip().casefold()


@check(
    C1,
    "cible-cooperation-prospection",
    Severity.INFO,
    "Cible de coopération ≠ cible de prospection : normal, mais à assumer explicitement.",
    "use",
)
def _two_geographies(material: Material) -> Places:
    rows = [row for row in material.of(C1) if row.use]
    cooperation = {_where(row) for row in rows if row.use != TerritoryUse.PROSPECTION}
    prospection = {_where(row) for row in rows if row.use != TerritoryUse.COOPERATION}
    return [of_row(row) for row in rows if _where(row) in cooperation ^ prospection]


@check(
    C1,
    "priorite-sans-croisement",
    Severity.ALERTE,
    "Priorité fondée sur un seul des trois éléments à croiser.",
    "supports",
)
def _single_support(material: Material) -> Places:
    return [of_row(row) for row in material.of(C1) if len(row.supports) < 2]


@check(
    C1,
    "promotion-sans-lien-durable",
    Severity.ALERTE,
    "Promotion (documents en langues étrangères, mission) sans lien de long terme avec le territoire visé.",
    "horizon",
)
def _promotion_without_lasting_link(material: Material) -> Places:
    rows = material.of(C1)
    lasting = {_where(row) for row in rows if row.horizon == Horizon.LONG_TERM}
    return [
        of_row(row)
        for row in rows
        if (row.use == TerritoryUse.PROSPECTION or row.mission_planned) and _where(row) not in lasting
    ]


@check(
    C1,
    "horizon-incoherent",
    Severity.INFO,
    "Lien de long terme sans accord, ou opération ponctuelle sans date.",
    "horizon",
)
def _incoherent_horizon(material: Material) -> Places:
    agreed = material.covered()
    dated = {action.territory_id for action in material.actions if action.starts}
    return [
        of_row(row)
        for row in material.of(C1)
        if (row.horizon == Horizon.LONG_TERM and row.territory_id not in agreed)
        or (row.horizon == Horizon.ONE_OFF and row.territory_id not in dated)
    ]


# C2 -----------------------------------------------------------------------------------------
@check(
    C2,
    "signature-sans-delegation",
    Severity.INFO,
    "Signature ou séminaire sans délégation économique invitée.",
    "delegation",
)
def _signature_without_delegation(material: Material) -> Places:
    return [of_row(row) for row in material.of(C2) if row.occasion and not row.delegation]


@check(C2, "accord-sans-action", Severity.ALERTE, "Accord sans action de court terme rattachée.", "actions")
def _agreement_without_action(material: Material) -> Places:
    used = {action.agreement_id for action in material.actions}
    return [
        of_row(row)
        for row in material.of(C2)
        if row.agreement_id and row.agreement_id not in used and not material.many(C2, row, "actions")
    ]


@check(C2, "action-sans-accord", Severity.INFO, "Action de court terme hors de tout lien durable.")
def _action_without_agreement(material: Material) -> Places:
    agreed = material.covered()
    return [
        of_action(action)
        for action in material.actions
        if action.timing in (Timing.PONCTUEL, Timing.RECURRENT)
        and action.territory
        and not action.territory.is_own
        and action.territory_id not in agreed
    ]


# C3 -----------------------------------------------------------------------------------------
@check(C3, "dispositif-perime", Severity.ALERTE, "Dispositif clos ou remplacé : voir ce qu’il est devenu.", "scheme")
def _outdated_scheme(material: Material) -> Places:
    return [of_row(row) for row in material.of(C3) if row.scheme and row.scheme.is_outdated]


@check(C3, "investissement-sans-bailleur-c", Severity.ALERTE, "Investissement sans bailleur.", "cofunders")
def _investment_without_funder(material: Material) -> Places:
    return [
        of_row(row)
        for row in material.of(C3)
        if row.spending_nature == SpendingNature.INVESTISSEMENT and not material.many(C3, row, "cofunders")
    ]


@check(
    C3,
    "aide-economique-c",
    Severity.ALERTE,
    "Bénéficiaire entreprise : toute prise en charge de coûts est une aide économique au sens européen.",
    "beneficiary",
)
def _beneficiary_is_a_firm(material: Material) -> Places:
    return [
        of_row(row) for row in material.of(C3) if row.beneficiary_type and row.beneficiary_type.code == "entreprise"
    ]


@check(C3, "besoin-non-couvert", Severity.INFO, "Action sans financement identifié.", "scheme")
def _uncovered_need(material: Material) -> Places:
    funded = {row.action_id for row in material.of(C3) if row.scheme_id}
    return [of_action(a) for a in material.actions if not a.has_own_budget and a.pk not in funded]
