"""A measured figure as text: euros as euros, any other number as it is."""

from __future__ import annotations

from decimal import Decimal

from aict.ui.typography import NBSP, euros, number

EUROS = "EUR"  # how the nomenclature of indicators writes the unit of an amount


def figure(value: Decimal | None, unit: str) -> str:
    """`1 234,50 €` or `46`; empty when not known, so that a page shows it as missing."""
    if value is None:
        return ""
    return euros(value) if unit == EUROS else number(value)


def quantity(value: Decimal, unit: str) -> str:
    """`1 234,50 €` or `46 rendez-vous`."""
    return figure(value, unit) if unit == EUROS else f"{number(value)}{NBSP}{unit}"
