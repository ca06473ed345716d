"""Links between actions, calls and applications."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from typology.models import ActionLink, FundingApplication, FundingCall, FundingScheme


class ActionLinkFactory(DjangoModelFactory):
    class Meta:
        model = ActionLink

    source = factory.SubFactory("tests.factories.ActionFactory", collectivity=factory.SelfAttribute("..collectivity"))
    kind = "mene-a"
    target = factory.SubFactory("tests.factories.ActionFactory", collectivity=factory.SelfAttribute("..collectivity"))


class FundingCallFactory(DjangoModelFactory):
    class Meta:
        model = FundingCall

    scheme = factory.LazyFunction(lambda: FundingScheme.objects.get(code="meae-daect-aap-2017"))
    title = factory.Sequence(lambda n: f"Appel à projets {n}")
    opens_on = date(2026, 1, 15)
    closes_on = date(2026, 12, 31)


class FundingApplicationFactory(DjangoModelFactory):
    class Meta:
        model = FundingApplication

    scheme = factory.LazyFunction(lambda: FundingScheme.objects.get(code="meae-daect-aap-2017"))
    title = factory.Sequence(lambda n: f"Projet présenté {n}")
