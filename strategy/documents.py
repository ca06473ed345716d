"""From a strategy to its document: freeze, request, make."""

from __future__ import annotations

from datetime import date

from aict.accounts.models import User
from strategy.models import Strategy


def adopt_and_request(
    *, strategy: Strategy, author: User, deliberation_number: str, on: date, today: date
) -> None:
    """Freeze what was voted, adopt it, and ask for its PDF."""
    raise NotImplementedError
