"""Good practices, brands and their campaigns."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from typology.models import Brand, Campaign, Fiche, Practice


class PracticeFactory(DjangoModelFactory):
    class Meta:
        model = Practice

    title = factory.Sequence(lambda n: f"Pratique {n}")
    fiche = factory.LazyFunction(lambda: Fiche.objects.get(code="fiche-1"))
    facts = "Douze PME préparées ensemble."


class BrandFactory(DjangoModelFactory):
    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Marque {n}")


class CampaignFactory(DjangoModelFactory):
    class Meta:
        model = Campaign

    brand = factory.SubFactory(BrandFactory, collectivity=factory.SelfAttribute("..collectivity"))
    title = factory.Sequence(lambda n: f"Campagne {n}")
    kind = "marketing"
