"""Budget lines of actions: who bears what, when, for which policy, and for which firm."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Sum

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from aict.ui.typography import euros
from partners.models import Stakeholder, SupportActor
from typology import state_aid
from typology.enums import LineNature
from typology.models.actions import Action
from typology.models.nomenclatures import PublicPolicy

FIRST_YEAR, LAST_YEAR = 1990, 2100  # bounds of a budget year and of the filter by year


class BudgetLineQuerySet(TenantQuerySet):
    """Queries on budget lines."""

    def for_table(self) -> Self:
        return self.select_related("funder", "bearer", "beneficiary", "policy").order_by("year", "pk")

    def total_planned(self) -> Decimal:
        """Sum of planned amounts, in euros."""
        return self.aggregate(total=Sum("planned"))["total"] or Decimal(0)

    def economic(self) -> Self:
        """Lines of actions that count in economic totals (SYS-01)."""
        return self.filter(action__economic_aim=True, action__deleted_at=None)


class BudgetLine(TenantModel):
    """What one funder plans and pays for an action in a year, in euros."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="budget_lines", verbose_name="action")
    year = models.PositiveSmallIntegerField(
        "année", validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    planned = models.DecimalField(
        "prévu", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    actual = models.DecimalField(
        "réalisé", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    funder = models.ForeignKey(
        SupportActor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="financeur",
        help_text="Vide : la collectivité elle-même.",
    )
    bearer = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="financeur parmi vos parties prenantes",
        help_text="Une entreprise, une chambre, un pôle… de votre registre.",
    )
    beneficiary = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="entreprise bénéficiaire",
        help_text="Si ce coût est pris en charge pour une entreprise nommée : c’est alors une aide économique.",
    )
    nature = models.CharField(
        "nature de la dépense", max_length=15, choices=LineNature.choices, default=LineNature.ACTION
    )
    policy = models.ForeignKey(
        PublicPolicy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="politique publique servie",
    )
    label = models.CharField("libellé", max_length=160, blank=True)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne de budget"
        verbose_name_plural = "lignes de budget"
        ordering = ["year", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(planned=None) | Q(planned__gte=0)) & (Q(actual=None) | Q(actual__gte=0)),
                name="budget_line_positive",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=Q(funder=None) | Q(bearer=None),
                name="budget_line_of_one_funder",
                violation_error_message="Donnez un acteur d’appui ou une partie prenante, pas les deux.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}, {self.funder_name}"

    def clean(self) -> None:
        """A cost borne for somebody else's firm is an aid: the firm must be one, and the amount known."""
        super().clean()
        if not self.makes_aid or self.beneficiary is None:
            return
        if refused := state_aid.firm_refusal(self.beneficiary):
            raise ValidationError({"beneficiary": refused})
        if not self.aid_amount:
            raise ValidationError(
                {"planned": "Un coût pris en charge pour une entreprise a un montant supérieur à 0 : c’est une aide."}
            )
        if self.aid_amount > state_aid.MOST:
            told = f"Le registre des aides va jusqu’à {euros(state_aid.MOST)} par aide : vérifiez ce montant."
            raise ValidationError({"actual" if self.planned is None else "planned": told})

    def twin(self) -> BudgetLine | None:
        """Another line of the action that says the same: year, who bears it and for whom, label, amounts."""
        same = {name: getattr(self, name) for name in ("action", "year", "funder", "bearer", "beneficiary")}
        rows = BudgetLine.objects.for_collectivity(self.collectivity).for_table().exclude(pk=self.pk)
        rows = rows.filter(**same, label__iexact=self.label, nature=self.nature)
        return rows.filter(planned=self.planned, actual=self.actual).first()

    @property
    def makes_aid(self) -> bool:
        """Borne by another for a named firm: an economic aid (guide, fiche 1, « Combien »)."""
        return self.beneficiary_id is not None and self.beneficiary_id != self.bearer_id

    @property
    def aid_amount(self) -> Decimal | None:
        """What the firm receives, in euros: as planned, else as paid; None when neither is known."""
        return self.actual if self.planned is None else self.planned

    @property
    def is_own(self) -> bool:
        """Paid by the collectivité itself."""
        return self.funder_id is None and self.bearer_id is None

    @property
    def funder_name(self) -> str:
        return str(self.funder or self.bearer or "Collectivité")
