"""Agreements: what a partnership rests on, and its legal state on a date."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.tenancy import RegisterModel, RegisterQuerySet
from partners import legal_cover
from partners.enums import AgreementForm, AgreementStatus, StateException, Validity
from partners.models.territories import Territory


class AgreementQuerySet(RegisterQuerySet):
    """Queries on agreements. `on` is always given: no query knows what day it is."""

    def with_status(self, on: date) -> Self:
        """Annotate `status_on`, the SQL twin of `Agreement.status(on)`."""
        return self.annotate(status_on=legal_cover.status_expression(on))

    def in_force(self, on: date) -> Self:
        """In force on a date, whether or not they are due for review."""
        return self.with_status(on).filter(status_on__in=[AgreementStatus.EN_VIGUEUR, AgreementStatus.A_REVOIR])

    def for_list(self, on: date) -> Self:
        return self.with_status(on).select_related("territory__country").order_by("territory__name", "-starts", "pk")

    def matching(self, words: str) -> Self:
        """Whose title, object, holder or territory holds the words."""
        return self.filter(
            Q(title__icontains=words)
            | Q(object__icontains=words)
            | Q(holder__icontains=words)
            | Q(territory__name__icontains=words)
        )


class Agreement(RegisterModel):
    """A dated commitment with a territory (CGCT L.1115-1); its status is computed, never stored."""

    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="agreements", verbose_name="territoire"
    )
    title = models.CharField("intitulé", max_length=250)
    form = models.CharField("forme", max_length=20, choices=AgreementForm.choices)
    validity = models.CharField("validité", max_length=15, choices=Validity.choices)
    holder = models.CharField(
        "porteur", max_length=160, help_text="La collectivité ou l’organisme qui a signé ou signera."
    )
    object = models.TextField("objet", max_length=4000)
    amount = models.DecimalField(
        "montant prévisionnel",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros. 0 est une réponse (CGCT, art. L.1115-1).",
    )
    deliberation_on = models.DateField("date de délibération", null=True, blank=True)
    transmitted_on = models.DateField(
        "transmission au préfet", null=True, blank=True, help_text="Date d’entrée en vigueur (CGCT, art. L.1115-1)."
    )
    signed_on = models.DateField("date de signature", null=True, blank=True)
    signed_year = models.PositiveSmallIntegerField(
        "année de signature",
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2200)],
        help_text="Quand le jour n’est pas connu.",
    )
    starts = models.DateField("début", null=True, blank=True)
    ends = models.DateField("fin", null=True, blank=True)
    review_on = models.DateField("date de révision", null=True, blank=True)
    denounced_on = models.DateField("dénoncé le", null=True, blank=True)
    state_exception = models.CharField(
        "exception pour un accord avec un État",
        max_length=12,
        choices=StateException.choices,
        blank=True,
        help_text="CGCT, art. L.1115-5 : un accord avec un État étranger est interdit, sauf ces cas.",
    )
    state_exception_reference = models.CharField("référence de l’exception", max_length=200, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "accord"
        verbose_name_plural = "accords"
        indexes = [models.Index(fields=["collectivity", "deleted_at", "ends"])]
        constraints = [
            *RegisterModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=models.F("starts")),
                name="agreement_ends_after_start",
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="agreement_amount_positive",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partners:agreement_detail", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        legal_cover.refuse_state_without_exception(self)

    def status(self, on: date) -> AgreementStatus:
        """Legal state on a date, from the dates alone."""
        return legal_cover.status(self, on)

    @property
    def in_force_from(self) -> date | None:
        """First day of legal effect, when the recorded dates give one."""
        return legal_cover.in_force_from(self)
