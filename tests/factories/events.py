"""Events and their parts: `EventFactory(collectivity=c)` makes its action."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from typology.models import Appointment, Event, EventGuest, ProgrammeItem, StandShare


def _of(name: str) -> factory.SelfAttribute:
    return factory.SelfAttribute(f"..{name}")


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    action = factory.SubFactory("tests.factories.ActionFactory", collectivity=_of("collectivity"))
    kind = "mission"
    title = factory.Sequence(lambda n: f"Mission {n}")
    starts = date(2027, 3, 1)
    ends = date(2027, 3, 4)


class EventGuestFactory(DjangoModelFactory):
    class Meta:
        model = EventGuest

    event = factory.SubFactory(EventFactory, collectivity=_of("collectivity"))
    organisation = factory.Sequence(lambda n: f"Chambre de commerce {n}")


class StandShareFactory(DjangoModelFactory):
    """Of the collectivité itself."""

    class Meta:
        model = StandShare

    event = factory.SubFactory(EventFactory, collectivity=_of("collectivity"))
    percent = 100


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    event = factory.SubFactory(EventFactory, collectivity=_of("collectivity"))
    firm = factory.SubFactory("tests.factories.FirmFactory", collectivity=_of("collectivity"))
    counterpart = factory.Sequence(lambda n: f"Acheteur {n}")


class ProgrammeItemFactory(DjangoModelFactory):
    class Meta:
        model = ProgrammeItem

    event = factory.SubFactory(EventFactory, collectivity=_of("collectivity"))
    day = date(2027, 3, 1)
    kind = "visite"
    title = factory.Sequence(lambda n: f"Visite {n}")
