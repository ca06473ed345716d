"""What gathers actions: series of editions (SYS-18), tags of the collectivité, typed links (product rule 8)."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from aict.accounts.tenancy import TenantModel

MOST_MONTHS = 120  # ten years between two editions: beyond, nobody speaks of the same event
MOST_YEARS = 15  # a rule goes no further than this from its first edition


class Series(TenantModel):
    """A recurring action: one edition every so many months, until a day that is always given."""

    name = models.CharField("nom de la série", max_length=250)
    every_months = models.PositiveSmallIntegerField(
        "une édition tous les … mois",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
    )
    until = models.DateField("dernière édition au plus tard le")

    class Meta:
        verbose_name = "série d’éditions"
        verbose_name_plural = "séries d’éditions"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Tag(TenantModel):
    """A word of the collectivité's own, to find its actions again."""

    name = models.CharField("étiquette", max_length=40)

    class Meta:
        verbose_name = "étiquette"
        verbose_name_plural = "étiquettes"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "name"],
                name="tag_once",
                violation_error_message="Cette étiquette existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return self.name
