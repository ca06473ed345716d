"""Forms of the actions' register: one module by family."""

from typology.forms.actions import ActionForm
from typology.forms.budget import BudgetLineForm
from typology.forms.graphs import GraphLinkForm, GraphNodeForm, RelationGraphForm
from typology.forms.local_roles import LocalRoleForm, MatrixForm
from typology.forms.targets import TargetForm

__all__ = [
    "ActionForm",
    "BudgetLineForm",
    "GraphLinkForm",
    "GraphNodeForm",
    "LocalRoleForm",
    "MatrixForm",
    "RelationGraphForm",
    "TargetForm",
]
