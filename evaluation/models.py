"""Indicators (reference), their use by an action, and dated measures."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aict.accounts.models import User
from aict.accounts.reference import ReferenceModel, ReferenceQuerySet
from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel
from evaluation.enums import (
    Direction,
    Frequency,
    IndicatorNature,
    IndicatorTable,
    MeasureState,
    ValueType,
)
from partners.models import Territory
from typology.models import Action, ActionCategory, Fiche


class PotentialImpact(ReferenceModel):
    """A kind of effect an action may have (guide, fiche D)."""

    class Meta(ReferenceModel.Meta):
        verbose_name = "type d’impact potentiel"
        verbose_name_plural = "types d’impact potentiel"


class IndicatorQuerySet(ReferenceQuerySet):
    """Queries on the 39 indicators."""

    def proposed_for(self, category: str) -> Self:
        """The result indicators named by the fiche of a category (SYS-45)."""
        return self.current().filter(table=IndicatorTable.RESULT, category__code=category)

    def matching(self, words: str) -> Self:
        """Whose label, unit or method holds the words."""
        return self.filter(Q(label__icontains=words) | Q(unit__icontains=words) | Q(method__icontains=words))

    def shown_by_default(self) -> Self:
        """Without those that a collectivité must ask for (product rule 10)."""
        return self.filter(off_by_default=False)

    def by_score(self, name: str) -> Self:
        """The highest `access` or `relevance` first, unscored ones last, else in the printed order."""
        return self.order_by(F(name).desc(nulls_last=True), "order")

    def printed_scores(self, name: str) -> list[tuple[str, str]]:
        """The distinct scores of `access` or `relevance` as printed, lowest first, as choices."""
        rows = self.current().exclude(**{name: None}).order_by(name).values_list(f"{name}_printed", flat=True)
        return [(printed, printed) for printed in dict.fromkeys(rows)]


class Indicator(ReferenceModel):
    """An indicator of the guide, with its access and relevance scores exactly as printed."""

    table = models.CharField("tableau", max_length=22, choices=IndicatorTable.choices)
    fiche = models.ForeignKey(
        Fiche, on_delete=models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name="fiche"
    )
    category = models.ForeignKey(
        ActionCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name="catégorie",
    )
    access = models.DecimalField("accès", max_digits=3, decimal_places=1, null=True, blank=True)
    relevance = models.DecimalField("pertinence", max_digits=3, decimal_places=1, null=True, blank=True)
    access_printed = models.CharField("accès, tel qu’imprimé", max_length=5, blank=True)
    relevance_printed = models.CharField("pertinence, telle qu’imprimée", max_length=5, blank=True)
    nature = models.CharField("nature", max_length=20, choices=IndicatorNature.choices, blank=True)
    unit = models.CharField("unité", max_length=60, blank=True)
    value_type = models.CharField("type de valeur", max_length=10, choices=ValueType.choices)
    direction = models.CharField("sens", max_length=10, choices=Direction.choices)
    period = models.CharField("période", max_length=120, blank=True)
    minimum = models.DecimalField("minimum", max_digits=18, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField("maximum", max_digits=18, decimal_places=2, null=True, blank=True)
    method = models.TextField("méthode", blank=True)
    caution = models.TextField("précaution", blank=True)
    off_by_default = models.BooleanField("masqué par défaut", default=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta(ReferenceModel.Meta):
        verbose_name = "indicateur"
        verbose_name_plural = "indicateurs"

    def refuse_out_of_range(self, value: Decimal) -> None:
        """Raise ValidationError when a value lies outside the indicator's bounds."""
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            bounds = f"au moins {low:f}" if high is None else f"entre {low:f} et {high:f}"
            raise ValidationError(
                {"value": f"« {value:f} » est hors des bornes de l’indicateur : {bounds} ({self.unit})."}
            )


class IndicatorUse(TenantModel):
    """An action followed by an indicator, with its starting value and target."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="indicator_uses", verbose_name="action")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="uses", verbose_name="indicateur")
    baseline = models.DecimalField("valeur de départ", max_digits=18, decimal_places=2, null=True, blank=True)
    target = models.DecimalField("cible", max_digits=18, decimal_places=2, null=True, blank=True)
    target_on = models.DateField("date de la cible", null=True, blank=True)
    data_source = models.CharField("source de la donnée", max_length=250, blank=True)
    frequency = models.CharField("fréquence", max_length=15, choices=Frequency.choices, blank=True)

    class Meta:
        verbose_name = "indicateur suivi"
        verbose_name_plural = "indicateurs suivis"
        ordering = ["indicator__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "action", "indicator"],
                name="indicator_once_per_action",
                violation_error_message="Cet indicateur est déjà suivi pour cette action.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} ({self.action})"


class MeasureQuerySet(RegisterQuerySet):
    """Queries on measures."""

    def for_list(self) -> Self:
        return self.select_related("indicator", "action", "territory").order_by("-year", "indicator__order", "pk")

    def matching(self, words: str) -> Self:
        return self.filter(Q(indicator__label__icontains=words) | Q(scope__icontains=words))

    def series(self, indicator: Indicator) -> Self:
        """Values of one indicator, oldest first."""
        return self.filter(indicator=indicator).order_by(F("year"), "measured_on", "pk")


class Measure(RegisterModel):
    """A dated value of an indicator, with its source and state."""

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="measures", verbose_name="indicateur"
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="action"
    )
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="territoire"
    )
    year = models.PositiveSmallIntegerField("année", validators=[MinValueValidator(1950), MaxValueValidator(2100)])
    measured_on = models.DateField("date de mesure", null=True, blank=True)
    value = models.DecimalField("valeur", max_digits=18, decimal_places=2)
    unit = models.CharField("unité", max_length=60)
    scope = models.CharField("périmètre", max_length=250, blank=True, help_text="Ce qui a vraiment été compté.")
    note = models.TextField("remarque", blank=True, max_length=2000)
    state = models.CharField("état", max_length=10, choices=MeasureState.choices, default=MeasureState.DRAFT)
    return_reason = models.TextField("motif du renvoi", blank=True, max_length=2000)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="auteur", editable=False
    )

    objects = MeasureQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "mesure"
        verbose_name_plural = "mesures"
        indexes = [models.Index(fields=["collectivity", "deleted_at", "-year"])]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:measure_detail", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        # An imported value may be in another unit than its indicator's: its bounds then say nothing.
        if self.indicator_id and self.value is not None and self.unit == self.indicator.unit:
            self.indicator.refuse_out_of_range(self.value)
