"""What the records of an action already say about its indicators (SYS-19, SYS-41): counted live, never stored.

A count is a help to whoever measures: it is shown beside the indicator, and becomes a measure only when somebody
records it. Nothing recorded gives no count at all: missing is never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from partners.models import Stakeholder
from typology import youth_mobility
from typology.enums import AppointmentOutcome, AppointmentStatus, EventKind
from typology.models import Action, Appointment, EventGuest, Participation
from typology.models.events import AppointmentQuerySet


@dataclass(frozen=True)
class Counter:
    """How one indicator is counted, in one query at most; `basis` tells the reader what was counted.

    `count` answers in the unit of the indicator, None when nothing is recorded.
    """

    count: Callable[[Action], Decimal | None]
    basis: str


@dataclass(frozen=True)
class Counted:
    """What the tool counts for an indicator of an action."""

    value: Decimal
    basis: str

    @property
    def plain(self) -> str:
        """The value as an address carries it: « 1200.5 »."""
        return f"{self.value.normalize():f}"

    @property
    def source(self) -> str:
        """Where a measure of this value comes from."""
        return f"Compté dans l’outil : {self.basis}."


def _firms(action: Action) -> Decimal | None:
    """Distinct firms that took part, or have an appointment that is not cancelled: a firm in both counts once."""
    took_part = Participation.objects.filter(Q(event=None) | Q(event__deleted_at=None), action=action)
    met = _appointments_of(action).counted()
    firms = Q(pk__in=took_part.order_by().values("firm")) | Q(pk__in=met.order_by().values("firm"))
    return Decimal(Stakeholder.objects.with_deleted_of(action.collectivity).filter(firms).count()) or None


def _appointments(action: Action) -> Decimal | None:
    """Appointments planned or held; 0 once all those recorded are cancelled."""
    kept = Count("pk", filter=~Q(status=AppointmentStatus.CANCELLED))
    found = _appointments_of(action).order_by().aggregate(recorded=Count("pk"), kept=kept)
    return Decimal(found["kept"]) if found["recorded"] else None


def _orders(action: Action) -> Decimal | None:
    """Euros of the orders told at appointments; not the whole turnover, which only the firms know."""
    ordered = _appointments_of(action).counted().filter(outcome=AppointmentOutcome.ORDER)
    return ordered.aggregate(total=Sum("amount"))["total"]


def _visitors(action: Action) -> Decimal | None:
    """People of the delegations received."""
    hosted = EventGuest.objects.for_collectivity(action.collectivity).filter(
        event__action=action, event__deleted_at=None, event__kind=EventKind.DELEGATION_IN
    )
    total = hosted.aggregate(total=Sum("people"))["total"]
    return None if total is None else Decimal(total)


def _appointments_of(action: Action) -> AppointmentQuerySet:
    rows: AppointmentQuerySet = Appointment.objects.for_collectivity(action.collectivity)
    return rows.filter(event__action=action, event__deleted_at=None)


COUNTERS: dict[str, Counter] = {
    "f1-entreprises-participantes": Counter(
        _firms, "entreprises distinctes des participations et des rendez-vous non annulés"
    ),
    "f1-rendez-vous": Counter(_appointments, "rendez-vous d’affaires prévus ou tenus, annulés exclus"),
    "f1-ca-genere": Counter(_orders, "commandes annoncées aux rendez-vous, montants connus seulement"),
    "f2-visiteurs-etrangers": Counter(_visitors, "personnes des délégations reçues"),
    "mobilite-jeunes": Counter(youth_mobility.young_people, "jeunes envoyés et accueillis, mobilités de l’action"),
    "emploi-retour-mobilite": Counter(
        youth_mobility.employment_rate, "jeunes en emploi, sur ceux des mobilités dont le retour est connu"
    ),
}


def counts_of(action: Action) -> dict[str, Decimal]:
    """By indicator code, what the records of an action count; a code without record is absent. One query each."""
    return {code: row.value for code, row in counted(action).items()}


def counted(action: Action, codes: Collection[str] = COUNTERS.keys()) -> dict[str, Counted]:
    """`counts_of` with what each count rests on; of these indicators only, when they are named."""
    asked = {code: counter for code, counter in COUNTERS.items() if code in codes}
    found = {code: (counter.count(action), counter.basis) for code, counter in asked.items()}
    return {code: Counted(value, basis) for code, (value, basis) in found.items() if value is not None}
