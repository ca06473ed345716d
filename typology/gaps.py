"""What an action still lacks, said the same way by every area that looks for it."""

from __future__ import annotations

from dataclasses import dataclass

from typology.enums import Severity


@dataclass(frozen=True)
class Gap:
    """One thing to complete: what, why it matters, and the address of the field that mends it."""

    code: str
    what: str
    why: str
    url: str
    severity: str = Severity.ALERTE
