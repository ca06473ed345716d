"""Calls for projects that a collectivité watches, and its applications (SYS-39)."""

from __future__ import annotations

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from typology.enums import ApplicationState
from typology.models.actions import Action
from typology.models.nomenclatures import FundingScheme, Sdg


class FundingCallQuerySet(TenantQuerySet):
    """Queries on calls."""

    def for_list(self) -> Self:
        """The nearest deadline first, those without one last."""
        return self.select_related("scheme__funder").order_by(F("closes_on").asc(nulls_last=True), "pk")


class FundingCall(TenantModel):
    """An edition of a scheme that takes applications between two dates."""

    scheme = models.ForeignKey(FundingScheme, on_delete=models.PROTECT, related_name="calls", verbose_name="dispositif")
    title = models.CharField("intitulé", max_length=250)
    edition = models.CharField("édition", max_length=40, blank=True, help_text="Par exemple : 2027, ou 2ᵉ session.")
    opens_on = models.DateField("ouverture", null=True, blank=True)
    closes_on = models.DateField("date limite de dépôt", null=True, blank=True)
    axes = models.TextField("axes", blank=True, max_length=2000, help_text="Un par ligne.")
    sdgs = models.ManyToManyField(Sdg, blank=True, related_name="+", verbose_name="ODD visés")
    amount_max = models.DecimalField(
        "montant maximal par projet",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros.",
    )
    website = models.URLField("page de l’appel", blank=True)
    note = models.TextField("remarques", blank=True, max_length=2000)

    objects = FundingCallQuerySet.as_manager()

    class Meta:
        verbose_name = "appel à projets"
        verbose_name_plural = "appels à projets"
        ordering = ["closes_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="call_closes_after_opening",
                violation_error_message="La date limite précède l’ouverture : corrigez l’une des deux dates.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:call_detail", args=[self.pk])


class FundingApplicationQuerySet(TenantQuerySet):
    """Queries on applications."""

    def for_list(self) -> Self:
        return self.select_related("scheme", "call", "action").order_by("-updated_at", "-pk")


class FundingApplication(TenantModel):
    """What the collectivité asks of a scheme for an action: spotted, filed, obtained, refused, paid."""

    scheme = models.ForeignKey(
        FundingScheme, on_delete=models.PROTECT, related_name="applications", verbose_name="dispositif"
    )
    call = models.ForeignKey(
        FundingCall,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name="appel à projets",
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="applications", verbose_name="action"
    )
    title = models.CharField("projet présenté", max_length=250)
    axis = models.CharField("axe", max_length=250, blank=True)
    state = models.CharField("état", max_length=10, choices=ApplicationState.choices, default=ApplicationState.SPOTTED)
    filed_on = models.DateField("déposée le", null=True, blank=True)
    decided_on = models.DateField("décision le", null=True, blank=True)
    paid_on = models.DateField("payée le", null=True, blank=True)
    requested = models.DecimalField(
        "montant demandé", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    granted = models.DecimalField(
        "montant obtenu", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    paid = models.DecimalField(
        "montant payé", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    note = models.TextField("remarques", blank=True, max_length=2000)

    objects = FundingApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        verbose_name_plural = "candidatures"
        ordering = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:application_detail", args=[self.pk])
