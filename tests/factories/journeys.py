"""Participations of firms, mobility of young people."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from partners.models import Country
from typology.models import Mobility, Participation


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = Participation

    action = factory.SubFactory("tests.factories.ActionFactory", collectivity=factory.SelfAttribute("..collectivity"))
    firm = factory.SubFactory("tests.factories.FirmFactory", collectivity=factory.SelfAttribute("..collectivity"))
    stage = "amont"
    modality = "collective"
    on = date(2026, 3, 1)


class MobilityFactory(DjangoModelFactory):
    class Meta:
        model = Mobility

    action = factory.SubFactory("tests.factories.ActionFactory", collectivity=factory.SelfAttribute("..collectivity"))
    label = factory.Sequence(lambda n: f"Promotion {n}")
    young = 10
    country = factory.LazyFunction(lambda: Country.objects.get(code="de"))
    starts = date(2026, 2, 1)
