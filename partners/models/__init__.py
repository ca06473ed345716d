"""The partners' register: reference lists, territories, agreements, stakeholders."""

from partners.models.agreements import Agreement
from partners.models.nomenclatures import (
    Country,
    EconomicField,
    ElectedPortfolio,
    InternalService,
    StakeholderType,
    SupportActor,
    TerritorialLevel,
)
from partners.models.stakeholders import Stakeholder
from partners.models.territories import Territory

__all__ = [
    "Agreement",
    "Country",
    "EconomicField",
    "ElectedPortfolio",
    "InternalService",
    "Stakeholder",
    "StakeholderType",
    "SupportActor",
    "TerritorialLevel",
    "Territory",
]
