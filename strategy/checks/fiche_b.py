"""Checks of fiche B: stakeholders (B1), political vision (B2)."""

from __future__ import annotations

from partners.models import ElectedPortfolio
from strategy.checks.rule import NOTHING, WHOLE_STEP, Places, check, lacking, of_action, of_row
from strategy.enums import Severity, Topic
from strategy.material import Material
from strategy.steps import B1, B2


# B1 -----------------------------------------------------------------------------------------
@check(
    B1,
    "champ-non-couvert",
    Severity.ALERTE,
    "Champ économique local sans partie prenante identifiée.",
    "fields",
)
def _uncovered_fields(material: Material) -> Places:
    covered = {choice.pk for row in material.of(B1) for choice in material.many(B1, row, "fields")}
    return [lacking(c.code, c.label) for c in material.reference("fiche-b-fields") if c.pk not in covered]


@check(B1, "type-non-couvert", Severity.INFO, "Type d’acteur de la liste sans partie prenante identifiée.", "type")
def _uncovered_types(material: Material) -> Places:
    covered = {row.type_id for row in material.of(B1)}
    return [lacking(c.code, c.label) for c in material.reference("fiche-b-types") if c.pk not in covered]


@check(B1, "opportunite-sans-force", Severity.INFO, "Opportunité sans force locale décrite.", "strengths")
def _opportunity_without_strength(material: Material) -> Places:
    return [of_row(row) for row in material.of(B1) if row.opportunities and not row.strengths]


# B2 -----------------------------------------------------------------------------------------
@check(
    B2,
    "sans-vision",
    Severity.BLOCAGE,
    "Vision à long terme absente : les engagements et les réponses aux sollicitations n’ont pas de base.",
    "long_term_vision",
)
def _no_vision(material: Material) -> Places:
    rows = material.of(B2)
    if any(row.long_term_vision for row in rows):
        return NOTHING
    return [of_row(row) for row in rows] or WHOLE_STEP


def _portfolios(material: Material) -> set[str]:
    return {choice.code for row in material.of(B2) for choice in material.many(B2, row, "portfolios")}


@check(
    B2,
    "elu-economie-absent",
    Severity.ALERTE,
    "Aucun élu chargé du développement économique, de l’innovation ou du tourisme rencontré.",
    "portfolios",
)
def _no_economic_portfolio(material: Material) -> Places:
    return NOTHING if _portfolios(material) & set(ElectedPortfolio.ECONOMIC) else WHOLE_STEP


@check(
    B2,
    "elu-thematique",
    Severity.INFO,
    "Coopération non économique avec acteurs économiques : associer l’élu thématique.",
    "portfolios",
)
def _no_thematic_portfolio(material: Material) -> Places:
    if any(code.startswith("thematique-") for code in _portfolios(material)):
        return NOTHING
    return [of_action(a) for a in material.actions if not a.economic_aim and a.economic_actors]


@check(B2, "sujet-non-aborde", Severity.INFO, "L’un des quatre sujets de l’échange n’a pas été abordé.", "topics")
def _topics_left_out(material: Material) -> Places:
    raised = {code for row in material.of(B2) for code in row.topics}
    return [lacking(topic.value, str(topic.label)) for topic in Topic if topic not in raised]


@check(
    B2,
    "specificite-non-clarifiee",
    Severity.INFO,
    "Place de l’AICT économique par rapport à la coopération décentralisée et au développement économique non "
    "clarifiée.",
    "articulation",
)
def _no_articulation(material: Material) -> Places:
    rows = material.of(B2)
    if any(row.articulation for row in rows):
        return NOTHING
    return [of_row(row) for row in rows] or WHOLE_STEP
