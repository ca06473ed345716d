"""Missions, fairs, stands, forums and delegations (SYS-19, SYS-23)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from aict.accounts.enums import Ability
from aict.accounts.tenancy import SHARED, RegisterModel, RegisterQuerySet, TenantModel, TenantQuerySet
from aict.ui.typography import long_day
from partners.models import Country, InternalService, Stakeholder, SupportActor, Territory
from typology.enums import AppointmentOutcome, AppointmentStatus, EventKind, ProgrammeKind, StandMode
from typology.models.actions import Action

if TYPE_CHECKING:
    from aict.accounts.access import Access

HUNDRED = Decimal(100)


class EventQuerySet(RegisterQuerySet):
    """Queries on events."""

    def for_list(self) -> Self:
        """The latest first, with what a row shows."""
        return self.select_related("action__type__purpose__category", "country", "territory").order_by("-starts", "-pk")

    def for_detail(self) -> Self:
        """With all that the page of one event cites."""
        return self.select_related("action__type__purpose__category", "country", "territory__country").prefetch_related(
            "services"
        )

    def live(self) -> Self:
        """Of actions that are not deleted."""
        return self.filter(action__deleted_at=None)

    def visible_to(self, access: Access) -> Self:
        """A network reads the shared events of shared actions only."""
        rows = super().visible_to(access).live()
        return rows if access.may(Ability.VIEW) else rows.filter(action__visibility__in=SHARED)

    def in_year(self, year: int) -> Self:
        """That last at least one day in the year; without an end, an event lasts its first day."""
        return self.filter(starts__lte=date(year, 12, 31)).filter(
            Q(ends__gte=date(year, 1, 1)) | Q(ends=None, starts__gte=date(year, 1, 1))
        )

    def with_counts(self) -> Self:
        """Annotate `firm_count`, `appointment_count` (not cancelled) and `guest_total` (people); None when none is.

        A firm counts once, whether it took part, has an appointment, or both.
        """

        def of(rows: models.QuerySet, value: models.Aggregate) -> Subquery:
            return Subquery(rows.filter(event=OuterRef("pk")).order_by().values("event").annotate(n=value).values("n"))

        took_part = Event.participations.rel.related_model.objects.all()
        noted = took_part.filter(event=OuterRef("event"), firm=OuterRef("firm"))
        only_met = Appointment.objects.counted().filter(~Exists(noted))
        firms = Count("firm", distinct=True)
        return self.annotate(
            firm_count=NullIf(Coalesce(of(took_part, firms), 0) + Coalesce(of(only_met, firms), 0), Value(0)),
            appointment_count=of(Appointment.objects.counted(), Count("pk")),
            guest_total=of(EventGuest.objects.all(), Sum("people")),
        )

    def matching(self, words: str) -> Self:
        """Whose title, place, country, action or territory holds the words."""
        return self.filter(
            self._own_words(words) | Q(action__title__icontains=words) | Q(territory__name__icontains=words)
        )

    def matching_shared(self, words: str) -> Self:
        """`matching` for a network: searched in what it is shown."""
        return self.filter(self._own_words(words))

    @staticmethod
    def _own_words(words: str) -> Q:
        return Q(title__icontains=words) | Q(place__icontains=words) | Q(country__label__icontains=words)


class Event(RegisterModel):
    """A dated operation of an action: a mission, a fair, a stand, a forum, a delegation in or out."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="events", verbose_name="action")
    kind = models.CharField("genre", max_length=20, choices=EventKind.choices)
    title = models.CharField("intitulé", max_length=250)
    starts = models.DateField("début")
    ends = models.DateField("fin", null=True, blank=True)
    place = models.CharField("lieu", max_length=160, blank=True)
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pays"
    )
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name="territoire partenaire",
    )
    attendees = models.PositiveIntegerField("participants attendus ou comptés", null=True, blank=True)
    stand_mode = models.CharField("portage du stand", max_length=20, choices=StandMode.choices, blank=True)
    objectives = models.TextField("objectifs", blank=True, max_length=4000)
    protocol = models.TextField("protocole", blank=True, max_length=4000)
    outcome = models.TextField("résultats", blank=True, max_length=4000)
    services = models.ManyToManyField(InternalService, blank=True, related_name="+", verbose_name="services chargés")

    objects = EventQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "évènement"
        verbose_name_plural = "évènements"
        indexes = [models.Index(fields=["collectivity", "deleted_at", "-starts", "-id"])]
        constraints = [
            *RegisterModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                name="event_ends_after_start",
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:event_detail", args=[self.pk])

    @property
    def last_day(self) -> date:
        """Its end; without one, it lasts a day."""
        return self.ends or self.starts

    @property
    def is_delegation(self) -> bool:
        return self.kind in (EventKind.DELEGATION_IN, EventKind.DELEGATION_OUT)

    @property
    def where(self) -> str:
        """« Tunis (Tunisie) », one of the two, or nothing."""
        place, country = self.place, str(self.country or "")
        return f"{place} ({country})" if place and country and place != country else place or country

    @property
    def span(self) -> str:
        """« du 3 mars 2027 au 5 mars 2027 », or « le 3 mars 2027 »."""
        if self.last_day == self.starts:
            return f"le {long_day(self.starts)}"
        return f"du {long_day(self.starts)} au {long_day(self.last_day)}"

    def holds(self, day: date) -> bool:
        """Whether a day is one of its days."""
        return self.starts <= day <= self.last_day


class EventGuest(TenantModel):
    """Who comes: an organisation and a post, and how many people; no name of a person is needed."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="guests", verbose_name="évènement")
    organisation = models.CharField("organisme", max_length=200)
    post = models.CharField("fonction", max_length=160, blank=True)
    people = models.PositiveSmallIntegerField(
        "nombre de personnes", default=1, validators=[MinValueValidator(1), MaxValueValidator(9999)]
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="partie prenante",
    )

    class Meta:
        verbose_name = "invité"
        verbose_name_plural = "invités"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.post}" if self.post else self.organisation


class StandShare(TenantModel):
    """The part of a stand that one body bears, in percent; neither actor nor stakeholder nor name: the collectivité."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="shares", verbose_name="évènement")
    actor = models.ForeignKey(
        SupportActor, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="acteur d’appui"
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="partie prenante",
    )
    name = models.CharField("autre porteur", max_length=160, blank=True)
    percent = models.DecimalField(
        "part (%)",
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(HUNDRED)],
    )

    class Meta:
        verbose_name = "part de stand"
        verbose_name_plural = "parts de stand"
        ordering = ["-percent", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100),
                name="stand_share_is_a_percentage",
                violation_error_message="Une part va de 0,01 à 100 %.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder} : {self.percent} %"

    @property
    def holder(self) -> str:
        """Who bears it."""
        return str(self.actor or self.stakeholder or self.name or "Collectivité")


class AppointmentQuerySet(TenantQuerySet):
    """Queries on appointments."""

    def for_table(self) -> Self:
        return self.select_related("firm").order_by(F("at").asc(nulls_last=True), "pk")

    def counted(self) -> Self:
        """Obtained: planned or held, not cancelled."""
        return self.exclude(status=AppointmentStatus.CANCELLED)


class Appointment(TenantModel):
    """A B2B appointment of a firm at an event, and what came out of it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="appointments", verbose_name="évènement")
    firm = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, related_name="appointments", verbose_name="entreprise"
    )
    counterpart = models.CharField("interlocuteur (organisme)", max_length=200)
    at = models.DateTimeField("jour et heure", null=True, blank=True)
    status = models.CharField(
        "état", max_length=8, choices=AppointmentStatus.choices, default=AppointmentStatus.PLANNED
    )
    outcome = models.CharField("suite", max_length=12, choices=AppointmentOutcome.choices, blank=True)
    amount = models.DecimalField(
        "montant de la commande ou du devis",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros, s’il est connu.",
    )
    note = models.TextField("remarques", blank=True, max_length=2000)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "rendez-vous d’affaires"
        verbose_name_plural = "rendez-vous d’affaires"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.firm} – {self.counterpart}"


class ProgrammeItemQuerySet(TenantQuerySet):
    """Queries on the moments of programmes."""

    def for_programme(self) -> Self:
        return self.select_related("service").order_by("day", F("starts_at").asc(nulls_first=True), "pk")


class ProgrammeItem(TenantModel):
    """A moment of an event's programme, with who is in charge."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="programme", verbose_name="évènement")
    day = models.DateField("jour")
    starts_at = models.TimeField("de", null=True, blank=True)
    ends_at = models.TimeField("à", null=True, blank=True)
    kind = models.CharField("genre", max_length=20, choices=ProgrammeKind.choices)
    title = models.CharField("intitulé", max_length=200)
    place = models.CharField("lieu", max_length=160, blank=True)
    service = models.ForeignKey(
        InternalService,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="service chargé",
    )
    note = models.TextField("consignes", blank=True, max_length=2000)

    objects = ProgrammeItemQuerySet.as_manager()

    class Meta:
        verbose_name = "moment du programme"
        verbose_name_plural = "moments du programme"
        ordering = ["day", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
                name="programme_item_ends_after_start",
                violation_error_message="L’heure de fin précède celle de début : corrigez l’une des deux.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.event_id and self.day and not self.event.holds(self.day):
            raise ValidationError(
                {
                    "day": f"Le {long_day(self.day)} n’est pas un jour de l’évènement, qui a lieu {self.event.span} : "
                    "corrigez le jour, ou les dates de l’évènement."
                }
            )
