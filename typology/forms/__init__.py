"""Forms of the actions' register: one module by family."""

from typology.forms.actions import ActionForm
from typology.forms.budget import BudgetLineForm

__all__ = ["ActionForm", "BudgetLineForm"]
