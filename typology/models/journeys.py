"""Firms supported (SYS-13) and youth mobility (SYS-41): who took part in what, when, at which stage."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.models import Country, EconomicField, Stakeholder, Territory
from typology.enums import MobilityDirection, MobilityKind, Modality, Stage
from typology.models.actions import Action
from typology.models.events import Event


class ParticipationQuerySet(TenantQuerySet):
    """Queries on the participations of firms."""

    def live(self) -> Self:
        """Of actions that are not deleted."""
        return self.filter(action__deleted_at=None)

    def for_journey(self) -> Self:
        """The latest first, with what a line shows."""
        return self.select_related("action__type__purpose__category", "event", "firm").order_by("-on", "-pk")


class Participation(TenantModel):
    """A firm that took part in an action, alone or with others, at one of the three stages of its journey."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="participations", verbose_name="action")
    event = models.ForeignKey(
        Event,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name="évènement",
    )
    firm = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, related_name="participations", verbose_name="entreprise"
    )
    stage = models.CharField("stade", max_length=15, choices=Stage.choices)
    modality = models.CharField("modalité", max_length=12, choices=Modality.choices, default=Modality.COLLECTIVE)
    on = models.DateField("date")
    note = models.TextField("ce qui a été fait", blank=True, max_length=2000)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "participation d’une entreprise"
        verbose_name_plural = "participations d’entreprises"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["collectivity", "firm", "-on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "action", "firm", "stage", "on"],
                name="participation_once",
                violation_error_message="Cette participation est déjà enregistrée : même entreprise, stade et jour.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm}, {self.get_stage_display().lower()}"

    def clean(self) -> None:
        """A firm, and an event of this very action; errors name no field, for forms do not show them all."""
        super().clean()
        if self.firm_id and not self.firm.is_firm:
            raise ValidationError(
                f"« {self.firm} » n’est pas enregistrée comme entreprise : corrigez le type de sa fiche, ou choisissez "
                "une autre fiche."
            )
        if self.event_id and self.event.action_id != self.action_id:
            raise ValidationError("Cet évènement est celui d’une autre action : choisissez-en un de cette action.")


class MobilityQuerySet(TenantQuerySet):
    """Queries on youth mobility."""

    def live(self) -> Self:
        """Of actions that are not deleted."""
        return self.filter(action__deleted_at=None)

    def in_year(self, year: int) -> Self:
        """That begin in the year, or end in it when their beginning is not known; without a date: of no year."""
        return self.filter(Q(starts__year=year) | Q(starts=None, ends__year=year))

    def matching(self, words: str) -> Self:
        """Whose programme or action holds the words."""
        return self.filter(Q(label__icontains=words) | Q(action__title__icontains=words))

    def for_list(self) -> Self:
        """The latest first, with what a row shows."""
        return self.select_related("action", "country", "territory", "field").order_by(
            F("starts").desc(nulls_last=True), "-pk"
        )


class Mobility(TenantModel):
    """Young people sent or hosted under an action: how many, where, with whom, and how many found a job afterwards."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="mobilities", verbose_name="action")
    label = models.CharField("programme ou promotion", max_length=200)
    kind = models.CharField("forme", max_length=15, choices=MobilityKind.choices, default=MobilityKind.INTERNSHIP)
    direction = models.CharField(
        "sens", max_length=8, choices=MobilityDirection.choices, default=MobilityDirection.SENT
    )
    young = models.PositiveIntegerField("nombre de jeunes", validators=[MinValueValidator(1)])
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, related_name="+", verbose_name="pays de destination ou d’origine"
    )
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mobilities",
        verbose_name="territoire partenaire",
    )
    is_priority_zone = models.BooleanField("zone prioritaire", default=False)
    field = models.ForeignKey(
        EconomicField, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="secteur"
    )
    partners = models.ManyToManyField(Stakeholder, blank=True, related_name="+", verbose_name="partenaires")
    starts = models.DateField("début", null=True, blank=True)
    ends = models.DateField("fin", null=True, blank=True)
    employed = models.PositiveIntegerField(
        "en emploi au retour", null=True, blank=True, help_text="Laissez vide tant que ce n’est pas connu."
    )
    note = models.TextField("remarques", blank=True, max_length=2000)

    objects = MobilityQuerySet.as_manager()

    class Meta:
        verbose_name = "mobilité de jeunes"
        verbose_name_plural = "mobilités de jeunes"
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=F("starts")),
                name="mobility_ends_after_start",
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(employed=None) | Q(employed__lte=F("young")),
                name="mobility_employed_are_among_the_young",
                violation_error_message="Plus de jeunes en emploi que de jeunes : corrigez l’un des deux nombres.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
