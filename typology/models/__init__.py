"""Typology 3 → 6 → 27, fiches, schemes, glossary; actions and what hangs on them; offices, targets, graphs."""

from typology.models.actions import Action
from typology.models.brands import Brand, Campaign
from typology.models.budget import BudgetLine
from typology.models.documents import ActionDocument
from typology.models.events import Appointment, Event, EventGuest, ProgrammeItem, StandShare
from typology.models.follow_ups import Comment, Task
from typology.models.funding import FundingApplication, FundingCall
from typology.models.graphs import GraphLink, GraphNode, RelationGraph
from typology.models.journeys import Mobility, Participation
from typology.models.links import ActionLink
from typology.models.nomenclatures import (
    ActionCategory,
    ActionPurpose,
    ActionType,
    ExportPhase,
    Fiche,
    FicheOption,
    FicheSection,
    FundingScheme,
    GlossaryTerm,
    PublicPolicy,
    Sdg,
    Skill,
    TargetZone,
)
from typology.models.offices import Office, OfficeCost
from typology.models.practices import FocusPractice, Practice
from typology.models.questions import QuestionNote, RiskAssessment
from typology.models.series import Series, Tag
from typology.models.state_aid import AidLine, AidRegime
from typology.models.targets import LocalRole, Target

__all__ = [
    "Action",
    "ActionCategory",
    "ActionDocument",
    "ActionLink",
    "ActionPurpose",
    "ActionType",
    "AidLine",
    "AidRegime",
    "Appointment",
    "Brand",
    "BudgetLine",
    "Campaign",
    "Comment",
    "Event",
    "EventGuest",
    "ExportPhase",
    "Fiche",
    "FicheOption",
    "FicheSection",
    "FocusPractice",
    "FundingApplication",
    "FundingCall",
    "FundingScheme",
    "GlossaryTerm",
    "GraphLink",
    "GraphNode",
    "LocalRole",
    "Mobility",
    "Office",
    "OfficeCost",
    "Participation",
    "Practice",
    "ProgrammeItem",
    "PublicPolicy",
    "QuestionNote",
    "RelationGraph",
    "RiskAssessment",
    "Sdg",
    "Series",
    "Skill",
    "StandShare",
    "Tag",
    "Target",
    "TargetZone",
    "Task",
]
