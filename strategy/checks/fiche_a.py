"""Checks of fiche A: internal resources (A1), state of existing links (A2)."""

from __future__ import annotations

from typing import Any

from partners.enums import ServiceFamily
from strategy.checks.rule import NOTHING, WHOLE_STEP, Places, check, lacking, of_action, of_row
from strategy.enums import FlowDirection, LinkKind, ServiceRole, Severity
from strategy.material import Material
from strategy.steps import A1, A2, B1


# A1 -----------------------------------------------------------------------------------------
def _competent_services(material: Material) -> list[Any]:
    """Economic services that take part."""
    active = (ServiceRole.PILOTE, ServiceRole.ASSOCIE, ServiceRole.CONSULTE)
    return [
        row for row in material.of(A1) if row.service and row.service.family == ServiceFamily.SDE and row.role in active
    ]


@check(
    A1,
    "services-economiques-non-associes",
    Severity.BLOCAGE,
    "Services économiques non associés.",
    "economic_concertation",
)
def _economic_services_left_out(material: Material) -> Places:
    refused = [of_row(row) for row in material.of(A1) if row.economic_concertation is False]
    if refused:
        return refused
    return NOTHING if _competent_services(material) else WHOLE_STEP


@check(
    A1,
    "export-sans-competence",
    Severity.ALERTE,
    "Action d’internationalisation ou de promotion sans service ni collectivité compétents en développement "
    "économique.",
)
def _export_without_competence(material: Material) -> Places:
    if _competent_services(material):
        return NOTHING
    return [of_action(a) for a in material.actions if a.category.code in ("internationalisation", "promotion")]


@check(
    A1,
    "cooperation-sans-acteur-economique",
    Severity.INFO,
    "Coopération économique sans acteur économique du territoire.",
    "actor_types",
)
def _cooperation_without_actor(material: Material) -> Places:
    if any(material.many(A1, row, "actor_types") for row in material.of(A1)) or material.of(B1):
        return NOTHING
    return [of_action(a) for a in material.actions if a.category.code == "cooperation" and a.economic_aim]


# A2 -----------------------------------------------------------------------------------------
@check(
    A2, "gisement-vide", Severity.ALERTE, "Aucun lien saisi pour l’un des cinq gisements de l’état des lieux.", "kind"
)
def _empty_source(material: Material) -> Places:
    present = {row.kind for row in material.of(A2)}
    return [lacking(kind.value, str(kind.label)) for kind in LinkKind if kind not in present]


@check(
    A2,
    "flux-un-seul-sens",
    Severity.INFO,
    "Flux décrits dans un seul sens : renseigner entrants et sortants.",
    "flow_direction",
)
def _one_way_flows(material: Material) -> Places:
    flows = [row for row in material.of(A2) if row.kind == LinkKind.RELATION_ECONOMIQUE]
    seen = {row.flow_direction for row in flows} - {""}
    return [of_row(row) for row in flows] if flows and len(seen) < len(FlowDirection) else NOTHING


@check(A2, "lien-sans-opportunite", Severity.INFO, "Liens sans opportunité relevée.", "opportunity")
def _links_without_opportunity(material: Material) -> Places:
    rows = material.of(A2)
    return [of_row(row) for row in rows] if rows and not any(row.opportunity for row in rows) else NOTHING
