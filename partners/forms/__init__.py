"""Forms of the partners' registers, one module by register."""

from partners.forms.actors import ActorCorrectionForm
from partners.forms.agreements import AgreementForm
from partners.forms.amendments import AmendmentForm, LapseForm
from partners.forms.contacts import ContactForm
from partners.forms.stakeholders import StakeholderForm
from partners.forms.territories import TerritoryForm

__all__ = [
    "ActorCorrectionForm",
    "AgreementForm",
    "AmendmentForm",
    "ContactForm",
    "LapseForm",
    "StakeholderForm",
    "TerritoryForm",
]
