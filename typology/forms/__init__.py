"""Forms of the actions' register: one module by family."""

from typology.forms.actions import ActionForm
from typology.forms.budget import BudgetLineForm
from typology.forms.graphs import GraphLinkForm, GraphNodeForm, RelationGraphForm
from typology.forms.local_roles import LocalRoleForm, MatrixForm
from typology.forms.questions import QuestionForm, RiskForm
from typology.forms.quick_action import QuickActionForm
from typology.forms.targets import TargetForm

__all__ = [
    "ActionForm",
    "BudgetLineForm",
    "GraphLinkForm",
    "GraphNodeForm",
    "LocalRoleForm",
    "MatrixForm",
    "QuestionForm",
    "QuickActionForm",
    "RelationGraphForm",
    "RiskForm",
    "TargetForm",
]
