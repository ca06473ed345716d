"""Typology 3 → 6 → 27, fiches, funding schemes, glossary; actions, offices, targets, local roles, relation graphs."""

from typology.models.actions import Action, BudgetLine
from typology.models.documents import ActionDocument
from typology.models.graphs import GraphLink, GraphNode, RelationGraph
from typology.models.nomenclatures import (
    ActionCategory,
    ActionPurpose,
    ActionType,
    ExportPhase,
    Fiche,
    FicheSection,
    FundingScheme,
    GlossaryTerm,
    Sdg,
    Skill,
    TargetZone,
)
from typology.models.offices import Office, OfficeCost
from typology.models.targets import LocalRole, Target

__all__ = [
    "Action",
    "ActionCategory",
    "ActionDocument",
    "ActionPurpose",
    "ActionType",
    "BudgetLine",
    "ExportPhase",
    "Fiche",
    "FicheSection",
    "FundingScheme",
    "GlossaryTerm",
    "GraphLink",
    "GraphNode",
    "LocalRole",
    "Office",
    "OfficeCost",
    "RelationGraph",
    "Sdg",
    "Skill",
    "Target",
    "TargetZone",
]
