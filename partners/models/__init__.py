"""The partners' register: reference lists, territories, agreements, stakeholders, contacts, documents."""

from partners.models.actors import ActorCorrection, SupportActor
from partners.models.agreements import Agreement
from partners.models.amendments import AgreementParty, Amendment
from partners.models.contacts import Contact
from partners.models.documents import Document
from partners.models.nomenclatures import (
    Country,
    CountryGroup,
    EconomicField,
    ElectedPortfolio,
    InternalService,
    NafSection,
    StakeholderType,
    TerritorialLevel,
)
from partners.models.stakeholders import FirmGroup, Stakeholder
from partners.models.territories import FormerName, Territory

__all__ = [
    "ActorCorrection",
    "Agreement",
    "AgreementParty",
    "Amendment",
    "Contact",
    "Country",
    "CountryGroup",
    "Document",
    "EconomicField",
    "ElectedPortfolio",
    "FirmGroup",
    "FormerName",
    "InternalService",
    "NafSection",
    "Stakeholder",
    "StakeholderType",
    "SupportActor",
    "TerritorialLevel",
    "Territory",
]
