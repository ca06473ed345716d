"""Loads the indicators and the kinds of potential impact."""

from decimal import Decimal
from pathlib import Path

from aict.accounts.reference import Report, read_yaml, sync
from evaluation.models import Indicator, PotentialImpact
from typology.models import ActionCategory, Fiche

_DECIMALS = ("access", "relevance", "minimum", "maximum")


def load(folder: Path) -> list[Report]:
    """39 indicators: scores exactly as printed, unit, direction and bounds ours."""
    data = read_yaml(folder / "indicators.yaml")
    fiches = {row.code: row for row in Fiche.objects.all()}
    categories = {row.code: row for row in ActionCategory.objects.all()}
    impacts = [dict(row, order=order) for order, row in enumerate(data["potential_impacts"], start=1)]
    indicators = []
    for order, row in enumerate(data["indicators"], start=1):
        values = dict(
            row, order=order, fiche=fiches.get(row.get("fiche")), category=categories.get(row.get("category"))
        )
        for name in _DECIMALS:
            values[name] = Decimal(str(row[name])) if name in row else None
        indicators.append(values)
    return [sync(PotentialImpact, impacts), sync(Indicator, indicators)]
