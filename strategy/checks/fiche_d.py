"""Checks of fiche D: expected results and indicators (D1)."""

from __future__ import annotations

from strategy.checks.rule import WHOLE_STEP, Places, check, of_action, of_row
from strategy.enums import Severity
from strategy.material import Material
from strategy.steps import D1


# D1 -----------------------------------------------------------------------------------------
@check(D1, "pas-d-indicateur", Severity.ALERTE, "Pas d’indicateur de résultat formulé.", "indicators")
def _no_indicator(material: Material) -> Places:
    return [of_row(row) for row in material.of(D1) if not material.many(D1, row, "indicators")]


@check(
    D1,
    "pas-de-resultat",
    Severity.BLOCAGE,
    "Résultat attendu non explicité dès la définition de la stratégie.",
    "expected_result",
)
def _no_expected_result(material: Material) -> Places:
    rows = material.of(D1)
    stated = {row.action_id for row in rows if row.expected_result}
    silent = [row for row in rows if not row.expected_result]
    spoken_of = stated | {row.action_id for row in silent}
    without_row = [of_action(action) for action in material.actions if action.pk not in spoken_of]
    return [*map(of_row, silent), *without_row] if (rows or without_row) else WHOLE_STEP


@check(
    D1,
    "retombee-supposee",
    Severity.ALERTE,
    "Retombée supposée sans lien avec le type d’action : choisir un type d’impact.",
    "impacts",
)
def _assumed_effect(material: Material) -> Places:
    return [of_row(row) for row in material.of(D1) if not material.many(D1, row, "impacts")]


@check(D1, "interet-local-absent", Severity.ALERTE, "Intérêt local non formulé.", "local_interest")
def _no_local_interest(material: Material) -> Places:
    return [of_row(row) for row in material.of(D1) if not row.local_interest]


@check(
    D1,
    "indicateur-peu-accessible",
    Severity.INFO,
    "Tous les indicateurs retenus ont un accès de 1 : prévoir comment obtenir la donnée.",
    "indicators",
)
def _hard_indicators(material: Material) -> Places:
    hard = {choice.pk for choice in material.reference("hard-indicators")}
    found = []
    for row in material.of(D1):
        chosen = {choice.pk for choice in material.many(D1, row, "indicators")}
        if chosen and chosen <= hard:
            found.append(of_row(row))
    return found
