"""Regimes, firms that can be told apart, and their aids."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from aict.accounts.siren import is_valid_siren
from partners.models import Stakeholder, StakeholderType
from typology.models import AidLine, AidRegime


def siren(number: int) -> str:
    """A SIREN whose key is right, another for each number."""
    stem = f"{30_000_000 + number:08d}"
    return next(f"{stem}{key}" for key in range(10) if is_valid_siren(f"{stem}{key}"))


class AidedFirmFactory(DjangoModelFactory):
    """A firm with its SIREN."""

    class Meta:
        model = Stakeholder

    name = factory.Sequence(lambda n: f"Entreprise aidée {n}")
    type = factory.LazyFunction(lambda: StakeholderType.objects.get(code="entreprise"))
    siren = factory.Sequence(siren)


class AidLineFactory(DjangoModelFactory):
    class Meta:
        model = AidLine

    firm = factory.SubFactory(AidedFirmFactory, collectivity=factory.SelfAttribute("..collectivity"))
    amount = 1000
    granted_on = date(2026, 9, 15)
    regime = factory.LazyFunction(lambda: AidRegime.objects.get(code="de-minimis-general"))
    measure = factory.Sequence(lambda n: f"Stand {n}")
