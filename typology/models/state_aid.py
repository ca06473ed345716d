"""State aid (SYS-20, product rule 7): dated regimes, and every aid granted to a named firm."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.urls import reverse
from django.utils import timezone

from aict.accounts.reference import ReferenceModel
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.models import Stakeholder
from typology import state_aid
from typology.enums import RegimeKind
from typology.models.actions import Action
from typology.models.budget import BudgetLine


class AidRegime(ReferenceModel):
    """A legal ground of aid and its ceiling, between two dates; regimes of one family share one total."""

    kind = models.CharField("nature", max_length=12, choices=RegimeKind.choices)
    regulation = models.CharField("texte", max_length=200)
    family = models.SlugField("famille de cumul", max_length=40, blank=True)
    ceiling = models.DecimalField("plafond (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    years = models.PositiveSmallIntegerField("années glissantes", default=3)
    valid_from = models.DateField("applicable à partir du")
    valid_until = models.DateField("applicable jusqu’au", null=True, blank=True)
    declare_days = models.PositiveSmallIntegerField("jours ouvrables pour déclarer", null=True, blank=True)
    declare_from = models.DateField("déclaration obligatoire à partir du", null=True, blank=True)
    note = models.TextField("remarque", blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "régime d’aide"
        verbose_name_plural = "régimes d’aide"

    def applies_on(self, day: date) -> bool:
        """Whether an aid may be granted under it on that day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @property
    def period(self) -> str:
        """« du 01/01/2024 au 31/12/2030 »."""
        start = f"{self.valid_from:%d/%m/%Y}"
        return f"du {start} au {self.valid_until:%d/%m/%Y}" if self.valid_until else f"depuis le {start}"


class AidLineQuerySet(TenantQuerySet):
    """Queries on the ledger."""

    def for_ledger(self) -> Self:
        """The latest first, with what a line shows."""
        return self.select_related("firm__group", "regime", "action", "budget_line").order_by("-granted_on", "-pk")

    def matching(self, words: str) -> Self:
        """Whose measure, firm or action holds the words."""
        return self.filter(
            Q(measure__icontains=words) | Q(firm__name__icontains=words) | Q(action__title__icontains=words)
        )

    def to_declare(self) -> Self:
        """Granted since the national register is compulsory for their regime, and not declared there yet."""
        return self.filter(
            declared_on=None, regime__declare_days__isnull=False, granted_on__gte=F("regime__declare_from")
        )

    def most_urgent_first(self) -> Self:
        """Those to declare by their deadline, the late ones first; then the others, the latest first.

        Deadlines follow the dates of grant: every regime gives the same number of working days.
        """
        waiting = self.model.objects.to_declare().filter(pk=OuterRef("pk"))
        asked = self.annotate(waits=Exists(waiting))
        return asked.order_by("-waits", Case(When(waits=True, then=F("granted_on"))), "-granted_on", "-pk")

    def of_undertaking(self, firm: Stakeholder) -> Self:
        """Aids to a firm, and to those that form a single undertaking with it."""
        return self.filter(firm__group=firm.group_id) if firm.group_id else self.filter(firm=firm)


class AidLine(TenantModel):
    """An aid granted to a named firm, in euros of gross grant equivalent."""

    firm = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="aids", verbose_name="entreprise")
    amount = models.DecimalField(
        "montant",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="En euros d’équivalent-subvention brut.",
    )
    granted_on = models.DateField("date d’octroi", help_text="Le jour où l’entreprise acquiert le droit à l’aide.")
    regime = models.ForeignKey(AidRegime, on_delete=models.PROTECT, related_name="+", verbose_name="régime")
    measure = models.CharField("mesure", max_length=200, help_text="Ce qui est pris en charge, pour l’attestation.")
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="aids", verbose_name="action"
    )
    budget_line = models.ForeignKey(
        BudgetLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="aids",
        verbose_name="ligne de budget",
    )
    override_reason = models.TextField(
        "motif du dépassement", blank=True, max_length=2000, help_text="Demandé si le cumul dépasse le plafond."
    )
    declared_on = models.DateField("déclarée sur la plateforme nationale le", null=True, blank=True)
    note = models.TextField("remarques", blank=True, max_length=2000)

    objects = AidLineQuerySet.as_manager()

    class Meta:
        verbose_name = "aide économique"
        verbose_name_plural = "aides économiques"
        ordering = ["-granted_on", "-pk"]
        indexes = [models.Index(fields=["collectivity", "firm", "granted_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "budget_line"],
                name="aid_once_per_budget_line",
                violation_error_message="Cette ligne de budget a déjà son aide.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="aid_is_positive",
                violation_error_message="Le montant d’une aide est supérieur à zéro.",
            ),
            models.CheckConstraint(
                condition=Q(declared_on=None) | Q(declared_on__gte=F("granted_on")),
                name="aid_declared_after_grant",
                violation_error_message="La déclaration ne peut pas précéder l’octroi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm}, {self.measure}"

    def get_absolute_url(self) -> str:
        return reverse("typology:aid_firm", args=[self.firm_id])

    @property
    def line_url(self) -> str:
        """Where the budget line that makes this aid is edited; empty for an aid entered by itself."""
        line = self.budget_line
        return reverse("typology:budget_line_edit", args=[line.action_id, line.pk]) if line else ""

    def clean(self) -> None:
        """The firm can be told apart, the day makes sense, and the regime applied on that day."""
        super().clean()
        errors = {}
        if self.firm_id and (refused := state_aid.firm_refusal(self.firm)):
            errors["firm"] = refused
        if self.granted_on and (refused := state_aid.date_refusal(self.granted_on, on=timezone.localdate())):
            errors["granted_on"] = refused
        elif self.granted_on and self.regime_id and not self.regime.applies_on(self.granted_on):
            errors["regime"] = (
                f"Ce régime s’applique {self.regime.period} : il ne peut pas fonder une aide du "
                f"{self.granted_on:%d/%m/%Y}. Choisissez celui de cette date, ou corrigez la date."
            )
        if self.granted_on and self.declared_on and self.declared_on < self.granted_on:
            errors.setdefault(
                "granted_on", f"L’aide a été déclarée le {self.declared_on:%d/%m/%Y}, donc octroyée avant."
            )
        if errors:
            raise ValidationError(errors)

    @property
    def declare_by(self) -> date | None:
        """The last day to declare it on the national register; None when nothing obliges to."""
        days, since = self.regime.declare_days, self.regime.declare_from
        if days is None or since is None or self.granted_on < since:
            return None
        return state_aid.declare_by(self.granted_on, days)

    def is_late(self, on: date) -> bool:
        """Whether its declaration should have been made before this day."""
        return self.declared_on is None and self.declare_by is not None and self.declare_by < on
