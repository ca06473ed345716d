"""Where the collectivité aims, by mode of action (SYS-17), and who does what there (SYS-16)."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.models import Country, Stakeholder, SupportActor, Territory
from typology.enums import TargetReason
from typology.models.nomenclatures import ActionCategory, ActionType, TargetZone


class TargetQuerySet(TenantQuerySet):
    """Queries on targets."""

    def for_list(self) -> Self:
        """By mode, then in the order of the fiche, with everything that a row shows."""
        return self.select_related("category", "zone", "country", "territory__country").order_by(
            "category__order", "zone__order", "territory__name", "country__label", "pk"
        )


class Target(TenantModel):
    """A zone of a fiche, made precise by a country or a territory, aimed at by one mode of action, and why."""

    category = models.ForeignKey(ActionCategory, on_delete=models.PROTECT, related_name="+", verbose_name="mode")
    zone = models.ForeignKey(TargetZone, on_delete=models.PROTECT, related_name="+", verbose_name="zone de la fiche")
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="territoire"
    )
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pays"
    )
    reason = models.CharField("raison", max_length=20, choices=TargetReason.choices)
    note = models.TextField("précision", blank=True, max_length=2000)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "cible géographique"
        verbose_name_plural = "cibles géographiques"
        ordering = ["category__order", "zone__order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(territory=None) | Q(country=None),
                name="target_place_is_one",
                violation_error_message="Donnez un territoire ou un pays, pas les deux.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.territory or self.country or self.zone} ({self.category.short_label})"

    def get_absolute_url(self) -> str:
        return reverse("typology:target_list")


class LocalRoleQuerySet(TenantQuerySet):
    """Queries on local roles."""


class LocalRole(TenantModel):
    """Who does one type of action in a territory in a year; without actor nor stakeholder: the collectivité itself."""

    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="local_roles",
        verbose_name="territoire",
        help_text="Vide : tous les territoires.",
    )
    year = models.PositiveSmallIntegerField("année", validators=[MinValueValidator(1990), MaxValueValidator(2100)])
    type = models.ForeignKey(ActionType, on_delete=models.PROTECT, related_name="+", verbose_name="type d’action")
    actor = models.ForeignKey(
        SupportActor, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="acteur d’appui"
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="local_roles",
        verbose_name="partie prenante",
    )
    note = models.CharField("précision", max_length=200, blank=True)

    objects = LocalRoleQuerySet.as_manager()

    class Meta:
        verbose_name = "rôle local"
        verbose_name_plural = "rôles locaux"
        ordering = ["year", "type__order", "pk"]
        indexes = [models.Index(fields=["collectivity", "year"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor=None) | Q(stakeholder=None),
                name="local_role_of_one_actor",
                violation_error_message="Donnez un acteur d’appui ou une partie prenante, pas les deux.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor or self.stakeholder or self.collectivity}, {self.type}, {self.year}"
