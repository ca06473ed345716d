"""Loads the official list of régions, départements and intercommunalités."""

import csv
from pathlib import Path

from aict.accounts.enums import CollectivityKind
from aict.accounts.models import Authority
from aict.accounts.reference import Report, sync

_KINDS = {
    "REG": CollectivityKind.REGION,
    "DEP": CollectivityKind.DEPARTEMENT,
    "METRO": CollectivityKind.METROPOLE,
    "MET69": CollectivityKind.METROPOLE,
    "CU": CollectivityKind.COMMUNAUTE_URBAINE,
    "CA": CollectivityKind.EPCI,
    "CC": CollectivityKind.EPCI,
}


def load(folder: Path) -> list[Report]:
    """COG 2026 and INSEE populations (Licence Ouverte 2.0)."""
    with (folder / "collectivites.csv").open(encoding="utf-8") as stream:
        rows = [
            {
                "code": f"{row['level']}-{row['code']}".lower(),
                "siren": row["siren"],
                "label": row["name"],
                "order": 0,
                "kind": _KINDS[row["kind"] or row["level"]],
                "insee_code": row["code"],
                "departement": row["departement"],
                "region": row["region"],
                "population": int(row["population"]) if row["population"] else None,
            }
            for row in csv.DictReader(stream)
        ]
    return [sync(Authority, rows)]
