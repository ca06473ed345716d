"""Typology 3 → 6 → 27, fiches, funding schemes, glossary, and the actions logged against them."""

from typology.models.actions import Action, BudgetLine
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
)

__all__ = [
    "Action",
    "ActionCategory",
    "ActionPurpose",
    "ActionType",
    "BudgetLine",
    "ExportPhase",
    "Fiche",
    "FicheSection",
    "FundingScheme",
    "GlossaryTerm",
    "Sdg",
    "Skill",
]
