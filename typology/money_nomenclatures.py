"""Loads the regimes of state aid and the public policies that an expense serves."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from aict.accounts.reference import Report, read_yaml, sync
from typology.models import AidRegime, PublicPolicy


def load(folder: Path) -> list[Report]:
    """Both nomenclatures of the money of actions."""
    regimes = read_yaml(folder / "aid_regimes.yaml")["regimes"]
    policies = read_yaml(folder / "public_policies.yaml")["policies"]
    return [
        sync(AidRegime, [_regime(order, row) for order, row in enumerate(regimes, start=1)]),
        sync(PublicPolicy, [dict(row, order=order) for order, row in enumerate(policies, start=1)]),
    ]


def _regime(order: int, row: dict[str, Any]) -> dict[str, Any]:
    """Every column, so that one removed from the file is emptied in the database."""
    ceiling = row.get("ceiling")
    return {
        **{name: row.get(name) for name in ("valid_until", "declare_days", "declare_from")},
        **{name: row[name] for name in ("code", "label", "kind", "regulation", "family", "valid_from")},
        "ceiling": None if ceiling is None else Decimal(ceiling),
        "years": row.get("years", 3),
        "note": row.get("note", ""),
        "order": order,
    }
