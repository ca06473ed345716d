"""Indicators (reference), their use by an action, and dated measures."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse

from aict.accounts.models import User
from aict.accounts.reference import ReferenceModel, ReferenceQuerySet
from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel, TenantQuerySet
from aict.ui.typography import number
from evaluation.enums import (
    STATE_ICONS,
    STATE_KINDS,
    Direction,
    Frequency,
    IndicatorNature,
    IndicatorTable,
    MeasureState,
    ValueType,
)
from partners.models import Territory
from typology.figures import figure, quantity
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

    def get_absolute_url(self) -> str:
        return reverse("evaluation:indicator_detail", args=[self.code])

    @property
    def bounds(self) -> str:
        """« de 0 à 100 », « au moins 0 », or empty."""
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            return f"de {number(low)} à {number(high)}"
        if low is not None:
            return f"au moins {number(low)}"
        return "" if high is None else f"au plus {number(high)}"

    def refuse_out_of_range(self, value: Decimal) -> None:
        """Raise ValidationError when a value lies outside the indicator's bounds."""
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise ValidationError(
                {"value": f"« {number(value)} » est hors des bornes de l’indicateur : {self.bounds} ({self.unit})."}
            )


class IndicatorUseQuerySet(TenantQuerySet):
    """Queries on the indicators that follow actions."""

    def with_last_measure(self) -> Self:
        """Annotate `last_id`, `last_value`, `last_unit`, `last_year`, `last_state`: the latest value of each.

        A returned value is not one: whoever returned it says that it does not hold.
        """
        measures = (
            Measure.objects.filter(action=OuterRef("action"), indicator=OuterRef("indicator"), deleted_at=None)
            .exclude(state=MeasureState.RETURNED)
            .order_by("-year", F("measured_on").desc(nulls_last=True), "-pk")
        )
        names = {"id": "pk", "value": "value", "unit": "unit", "year": "year", "state": "state"}
        last = {f"last_{name}": Subquery(measures.values(field)[:1]) for name, field in names.items()}
        return self.select_related("indicator").annotate(**last).order_by("indicator__order", "pk")

    def following(self, indicator: Indicator) -> Self:
        """The live actions that an indicator follows, by title."""
        return (
            self.filter(indicator=indicator, action__deleted_at=None)
            .select_related("action", "indicator")
            .order_by("action__title")
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

    objects = IndicatorUseQuerySet.as_manager()

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

    @property
    def start_text(self) -> str:
        """The starting value as text, empty when not known."""
        return figure(self.baseline, self.indicator.unit)

    @property
    def target_text(self) -> str:
        """The target as text, empty when there is none."""
        return figure(self.target, self.indicator.unit)

    @property
    def last_state_label(self) -> str:
        """The state of the last measure that `with_last_measure` found, in French."""
        return MeasureState(self.last_state).label.lower()


class MeasureQuerySet(RegisterQuerySet):
    """Queries on measures."""

    def for_list(self) -> Self:
        return self.select_related("indicator", "action", "territory").order_by("-year", "indicator__order", "pk")

    def tally(self) -> dict[str, int]:
        """How many measures in each state, and in all (`total`)."""
        states = {state.value: Count("pk", filter=Q(state=state)) for state in MeasureState}
        return self.order_by().aggregate(total=Count("pk"), **states)

    def validated(self) -> Self:
        """What a colleague has checked: the only values shown outside the collectivité."""
        return self.filter(state=MeasureState.VALIDATED)

    def matching(self, words: str) -> Self:
        """Whose indicator or scope holds the words."""
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

    @property
    def quantity(self) -> str:
        """The value with its unit: `1 234,50 €`, `46 rendez-vous`."""
        return quantity(self.value, self.unit)

    @property
    def state_kind(self) -> str:
        """What the `status` tag draws its state with."""
        return STATE_KINDS[self.state]

    @property
    def state_icon(self) -> str:
        """The icon of the state."""
        return STATE_ICONS[self.state]

    def clean(self) -> None:
        super().clean()
        # An imported value may be in another unit than its indicator's: its bounds then say nothing.
        if self.indicator_id and self.value is not None and self.unit == self.indicator.unit:
            self.indicator.refuse_out_of_range(self.value)
