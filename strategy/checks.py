"""The checks of fiches A to D: each says what lacks, where, and never mends by itself.

A check takes the Material and yields the places concerned; it fires when there is at least one, or
when it returns WHOLE_STEP. Codes, severities and messages are those of the reference data
(a test compares them). « explicite » and « implicite » checks come from the guide, others are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aict.ui import typography
from partners.enums import ServiceFamily
from partners.models import ElectedPortfolio
from strategy.enums import (
    FlowDirection,
    Horizon,
    LinkKind,
    ServiceRole,
    Severity,
    SpendingNature,
    TerritoryUse,
    Topic,
)
from strategy.findings import Finding, Place
from strategy.material import Material
from strategy.steps import A1, A2, B1, B2, C1, C2, C3, D1, Step
from typology.enums import Timing
from typology.models import Action

Places = Iterable[Place]
WHOLE_STEP = (Place(ref="", label=""),)
NOTHING: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Check:
    """A rule of one step."""

    code: str
    step: Step
    severity: Severity
    message: str
    field: str
    find: Callable[[Material], Places]


CHECKS: list[Check] = []


def _check(
    step: Step, code: str, severity: Severity, message: str, field: str = ""
) -> Callable[[Callable[[Material], Places]], Callable[[Material], Places]]:
    def register(find: Callable[[Material], Places]) -> Callable[[Material], Places]:
        CHECKS.append(Check(code, step, severity, typography.french(message), field, find))
        return find

    return register


def run(material: Material) -> list[Finding]:
    """Every check that fires, in the order of the steps."""
    findings = []
    for check in CHECKS:
        places = tuple(check.find(material))
        if places:
            findings.append(
                Finding(
                    code=check.code,
                    severity=check.severity,
                    step_slug=check.step.slug,
                    message=check.message,
                    places=tuple(place for place in places if place.label),
                    field=check.field,
                )
            )
    return findings


def _row(row: Any) -> Place:
    return Place(ref=row.ref or f"ligne-{row.pk}", label=str(row)[:80], pk=row.pk)


def _action(action: Action) -> Place:
    return Place(ref=action.ref or f"action-{action.pk}", label=action.title[:80], url=action.get_absolute_url())


def _lacking(code: str, label: str) -> Place:
    return Place(ref=code, label=label)


# A1 ----------------------------------------------------------------------------------------
def _competent_services(material: Material) -> list[Any]:
    """Economic services that take part."""
    active = (ServiceRole.PILOTE, ServiceRole.ASSOCIE, ServiceRole.CONSULTE)
    return [
        row
        for row in material.of(A1)
        if row.service and row.service.family == ServiceFamily.SDE and row.role in active
    ]


@_check(
    A1,
    "services-economiques-non-associes",
    Severity.BLOCAGE,
    "Services économiques non associés.",
    "economic_concertation",
)
def _economic_services_left_out(material: Material) -> Places:
    refused = [_row(row) for row in material.of(A1) if row.economic_concertation is False]
    if refused:
        return refused
    return NOTHING if _competent_services(material) else WHOLE_STEP


@_check(
    A1,
    "export-sans-competence",
    Severity.ALERTE,
    "Action d’internationalisation ou de promotion sans service ni collectivité compétents en développement "
    "économique.",
)
def _export_without_competence(material: Material) -> Places:
    if _competent_services(material):
        return NOTHING
    return [_action(a) for a in material.actions if a.category.code in ("internationalisation", "promotion")]


@_check(
    A1,
    "cooperation-sans-acteur-economique",
    Severity.INFO,
    "Coopération économique sans acteur économique du territoire.",
    "actor_types",
)
def _cooperation_without_actor(material: Material) -> Places:
    if any(material.many(A1, row, "actor_types") for row in material.of(A1)) or material.of(B1):
        return NOTHING
    return [_action(a) for a in material.actions if a.category.code == "cooperation" and a.economic_aim]


# A2 ----------------------------------------------------------------------------------------
@_check(
    A2, "gisement-vide", Severity.ALERTE, "Aucun lien saisi pour l’un des cinq gisements de l’état des lieux.", "kind"
)
def _empty_source(material: Material) -> Places:
    present = {row.kind for row in material.of(A2)}
    return [_lacking(kind.value, str(kind.label)) for kind in LinkKind if kind not in present]


@_check(
    A2,
    "flux-un-seul-sens",
    Severity.INFO,
    "Flux décrits dans un seul sens : renseigner entrants et sortants.",
    "flow_direction",
)
def _one_way_flows(material: Material) -> Places:
    flows = [row for row in material.of(A2) if row.kind == LinkKind.RELATION_ECONOMIQUE]
    seen = {row.flow_direction for row in flows} - {""}
    return [_row(row) for row in flows] if flows and len(seen) < len(FlowDirection) else NOTHING


@_check(A2, "lien-sans-opportunite", Severity.INFO, "Liens sans opportunité relevée.", "opportunity")
def _links_without_opportunity(material: Material) -> Places:
    rows = material.of(A2)
    return [_row(row) for row in rows] if rows and not any(row.opportunity for row in rows) else NOTHING


# B1 ----------------------------------------------------------------------------------------
@_check(
    B1,
    "champ-non-couvert",
    Severity.ALERTE,
    "Champ économique local sans partie prenante identifiée.",
    "fields",
)
def _uncovered_fields(material: Material) -> Places:
    covered = {choice.pk for row in material.of(B1) for choice in material.many(B1, row, "fields")}
    return [_lacking(c.code, c.label) for c in material.reference("fiche-b-fields") if c.pk not in covered]


@_check(B1, "type-non-couvert", Severity.INFO, "Type d’acteur de la liste sans partie prenante identifiée.", "type")
def _uncovered_types(material: Material) -> Places:
    covered = {row.type_id for row in material.of(B1)}
    return [_lacking(c.code, c.label) for c in material.reference("fiche-b-types") if c.pk not in covered]


@_check(B1, "opportunite-sans-force", Severity.INFO, "Opportunité sans force locale décrite.", "strengths")
def _opportunity_without_strength(material: Material) -> Places:
    return [_row(row) for row in material.of(B1) if row.opportunities and not row.strengths]


# B2 ----------------------------------------------------------------------------------------
@_check(
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
    return [_row(row) for row in rows] or WHOLE_STEP


def _portfolios(material: Material) -> set[str]:
    return {choice.code for row in material.of(B2) for choice in material.many(B2, row, "portfolios")}


@_check(
    B2,
    "elu-economie-absent",
    Severity.ALERTE,
    "Aucun élu chargé du développement économique, de l’innovation ou du tourisme rencontré.",
    "portfolios",
)
def _no_economic_portfolio(material: Material) -> Places:
    return NOTHING if _portfolios(material) & set(ElectedPortfolio.ECONOMIC) else WHOLE_STEP


@_check(
    B2,
    "elu-thematique",
    Severity.INFO,
    "Coopération non économique avec acteurs économiques : associer l’élu thématique.",
    "portfolios",
)
def _no_thematic_portfolio(material: Material) -> Places:
    if any(code.startswith("thematique-") for code in _portfolios(material)):
        return NOTHING
    return [_action(a) for a in material.actions if not a.economic_aim and a.economic_actors]


@_check(B2, "sujet-non-aborde", Severity.INFO, "L’un des quatre sujets de l’échange n’a pas été abordé.", "topics")
def _topics_left_out(material: Material) -> Places:
    raised = {code for row in material.of(B2) for code in row.topics}
    return [_lacking(topic.value, str(topic.label)) for topic in Topic if topic not in raised]


@_check(
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
    return [_row(row) for row in rows] or WHOLE_STEP


# C1 ----------------------------------------------------------------------------------------
def _where(row: Any) -> str:
    """What makes two priorities speak of the same territory."""
    return f"#{row.territory_id}" if row.territory_id else row.place.strip().casefold()


@_check(
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
    return [_row(row) for row in rows if _where(row) in cooperation ^ prospection]


@_check(
    C1,
    "priorite-sans-croisement",
    Severity.ALERTE,
    "Priorité fondée sur un seul des trois éléments à croiser.",
    "supports",
)
def _single_support(material: Material) -> Places:
    return [_row(row) for row in material.of(C1) if len(row.supports) < 2]


@_check(
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
        _row(row)
        for row in rows
        if (row.use == TerritoryUse.PROSPECTION or row.mission_planned) and _where(row) not in lasting
    ]


@_check(
    C1,
    "horizon-incoherent",
    Severity.INFO,
    "Lien de long terme sans accord, ou opération ponctuelle sans date.",
    "horizon",
)
def _incoherent_horizon(material: Material) -> Places:
    agreed = {agreement.territory_id for agreement in material.agreements}
    dated = {action.territory_id for action in material.actions if action.starts}
    return [
        _row(row)
        for row in material.of(C1)
        if (row.horizon == Horizon.LONG_TERM and row.territory_id not in agreed)
        or (row.horizon == Horizon.ONE_OFF and row.territory_id not in dated)
    ]


# C2 ----------------------------------------------------------------------------------------
@_check(
    C2,
    "signature-sans-delegation",
    Severity.INFO,
    "Signature ou séminaire sans délégation économique invitée.",
    "delegation",
)
def _signature_without_delegation(material: Material) -> Places:
    return [_row(row) for row in material.of(C2) if row.occasion and not row.delegation]


@_check(C2, "accord-sans-action", Severity.ALERTE, "Accord sans action de court terme rattachée.", "actions")
def _agreement_without_action(material: Material) -> Places:
    used = {action.agreement_id for action in material.actions}
    return [
        _row(row)
        for row in material.of(C2)
        if row.agreement_id and row.agreement_id not in used and not material.many(C2, row, "actions")
    ]


@_check(C2, "action-sans-accord", Severity.INFO, "Action de court terme hors de tout lien durable.")
def _action_without_agreement(material: Material) -> Places:
    agreed = {agreement.territory_id for agreement in material.agreements}
    return [
        _action(action)
        for action in material.actions
        if action.timing in (Timing.PONCTUEL, Timing.RECURRENT)
        and action.territory
        and not action.territory.is_own
        and action.territory_id not in agreed
    ]


# C3 ----------------------------------------------------------------------------------------
@_check(C3, "dispositif-perime", Severity.ALERTE, "Dispositif clos ou remplacé : voir ce qu’il est devenu.", "scheme")
def _outdated_scheme(material: Material) -> Places:
    return [_row(row) for row in material.of(C3) if row.scheme and row.scheme.is_outdated]


@_check(C3, "investissement-sans-bailleur-c", Severity.ALERTE, "Investissement sans bailleur.", "cofunders")
def _investment_without_funder(material: Material) -> Places:
    return [
        _row(row)
        for row in material.of(C3)
        if row.spending_nature == SpendingNature.INVESTISSEMENT and not material.many(C3, row, "cofunders")
    ]


@_check(
    C3,
    "aide-economique-c",
    Severity.ALERTE,
    "Bénéficiaire entreprise : toute prise en charge de coûts est une aide économique au sens européen.",
    "beneficiary",
)
def _beneficiary_is_a_firm(material: Material) -> Places:
    return [
        _row(row) for row in material.of(C3) if row.beneficiary_type and row.beneficiary_type.code == "entreprise"
    ]


@_check(C3, "besoin-non-couvert", Severity.INFO, "Action sans financement identifié.", "scheme")
def _uncovered_need(material: Material) -> Places:
    funded = {row.action_id for row in material.of(C3) if row.scheme_id}
    return [_action(a) for a in material.actions if not a.has_own_budget and a.pk not in funded]


# D1 ----------------------------------------------------------------------------------------
@_check(D1, "pas-d-indicateur", Severity.ALERTE, "Pas d’indicateur de résultat formulé.", "indicators")
def _no_indicator(material: Material) -> Places:
    return [_row(row) for row in material.of(D1) if not material.many(D1, row, "indicators")]


@_check(
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
    without_row = [_action(action) for action in material.actions if action.pk not in spoken_of]
    return [*map(_row, silent), *without_row] if (rows or without_row) else WHOLE_STEP


@_check(
    D1,
    "retombee-supposee",
    Severity.ALERTE,
    "Retombée supposée sans lien avec le type d’action : choisir un type d’impact.",
    "impacts",
)
def _assumed_effect(material: Material) -> Places:
    return [_row(row) for row in material.of(D1) if not material.many(D1, row, "impacts")]


@_check(D1, "interet-local-absent", Severity.ALERTE, "Intérêt local non formulé.", "local_interest")
def _no_local_interest(material: Material) -> Places:
    return [_row(row) for row in material.of(D1) if not row.local_interest]


@_check(
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
            found.append(_row(row))
    return found
