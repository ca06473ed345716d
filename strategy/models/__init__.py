"""Strategies, the rows of their eight steps, and their frozen versions."""

from strategy.models.rows import (
    ExpectedResult,
    FundingNeed,
    InternalResource,
    InternationalLink,
    PoliticalExchange,
    Priority,
    StakeholderAssessment,
    StepRow,
    TrustEvent,
)
from strategy.models.strategies import StepState, Strategy, StrategyVersion

__all__ = [
    "ExpectedResult",
    "FundingNeed",
    "InternalResource",
    "InternationalLink",
    "PoliticalExchange",
    "Priority",
    "StakeholderAssessment",
    "StepRow",
    "StepState",
    "Strategy",
    "StrategyVersion",
    "TrustEvent",
]
