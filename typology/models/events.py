"""Missions, fairs, stands, forums and delegations (SYS-19, SYS-23)."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel, TenantQuerySet
from partners.models import Country, InternalService, Stakeholder, SupportActor, Territory
from typology.enums import AppointmentOutcome, AppointmentStatus, EventKind, ProgrammeKind, StandMode
from typology.models.actions import Action

HUNDRED = Decimal(100)


class EventQuerySet(RegisterQuerySet):
    """Queries on events."""

    def for_list(self) -> Self:
        """The latest first, with what a row shows."""
        return self.select_related("action__type__purpose__category", "country", "territory").order_by("-starts", "-pk")


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
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:event_detail", args=[self.pk])


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
                violation_error_message="Une part va de 0,01 à 100 %.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder} : {self.percent} %"

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
                violation_error_message="L’heure de fin précède celle de début : corrigez l’une des deux.",
            )
        ]

    def __str__(self) -> str:
        return self.title
