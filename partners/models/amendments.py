"""What hangs on an agreement: its other parties, and the avenants that change its terms from a date on."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from aict.accounts.tenancy import TenantModel
from partners import legal_cover
from partners.models.stakeholders import Stakeholder
from partners.models.territories import Territory


class AgreementParty(TenantModel):
    """Another party to an agreement: a partner territory, a stakeholder, or a name; exactly one of the three.

    `Agreement.territory` is the first partner and is not repeated here.
    """

    ONE_BY = ("agreement", "territory")  # of two territories merged, one party remains (partners/merging.py)

    agreement = models.ForeignKey(
        "partners.Agreement", on_delete=models.CASCADE, related_name="parties", verbose_name="accord"
    )
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="party_to",
        verbose_name="territoire",
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="party_to",
        verbose_name="partie prenante",
    )
    name = models.CharField("autre organisme", max_length=200, blank=True)

    class Meta:
        verbose_name = "partie à un accord"
        verbose_name_plural = "parties à un accord"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(territory__isnull=False, stakeholder=None, name="")
                | Q(territory=None, stakeholder__isnull=False, name="")
                | Q(territory=None, stakeholder=None) & ~Q(name=""),
                name="agreement_party_is_one",
                violation_error_message="Donnez un territoire, une partie prenante ou un nom : un seul des trois.",
            )
        ]

    def __str__(self) -> str:
        return str(self.territory or self.stakeholder or self.name)

    def clean(self) -> None:
        super().clean()
        legal_cover.refuse_party(self)


class Amendment(TenantModel):
    """An avenant: from a date on, another end, amount or object; what it leaves empty does not change."""

    agreement = models.ForeignKey(
        "partners.Agreement", on_delete=models.CASCADE, related_name="amendments", verbose_name="accord"
    )
    title = models.CharField("intitulé", max_length=200)
    deliberation_on = models.DateField("date de délibération", null=True, blank=True)
    effective_on = models.DateField(
        "transmis au préfet, effet le",
        help_text="Sans transmission, un avenant n’a pas d’effet (CGCT, art. L.1115-1) : "
        "ce jour-là, ou le jour plus tardif qu’il prévoit.",
    )
    ends = models.DateField("nouvelle fin", null=True, blank=True)
    amount = models.DecimalField(
        "nouveau montant",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros : le montant total de l’accord, non la différence.",
    )
    object = models.TextField("nouvel objet", blank=True, max_length=4000)

    class Meta:
        verbose_name = "avenant"
        verbose_name_plural = "avenants"
        ordering = ["effective_on", "pk"]
        indexes = [models.Index(fields=["agreement", "effective_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=False) | Q(amount__isnull=False) | ~Q(object=""),
                name="amendment_changes_something",
                violation_error_message="Un avenant change la fin, le montant ou l’objet : donnez l’un des trois.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="amendment_amount_positive",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.agreement.get_absolute_url()

    def clean(self) -> None:
        super().clean()
        if self.effective_on is None:
            return
        others = [one for one in legal_cover.amendments_of(self.agreement) if one.pk != self.pk]
        if unfit := legal_cover.unfit_amendment(self.agreement, [*others, self]):
            amendment, errors = unfit
            if amendment is self:
                raise ValidationError(errors)
            raise ValidationError(f"L’avenant « {amendment} » ne tiendrait plus. {' '.join(errors.values())}")
