"""A strategy, the version of each of its steps, and the frozen versions made into documents."""

from __future__ import annotations

import secrets
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aict.accounts.enums import Fate
from aict.accounts.models import User
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from strategy.enums import StrategyStatus


class StrategyQuerySet(TenantQuerySet):
    """Queries on strategies."""

    def for_list(self) -> Self:
        return self.order_by("-period_start", "-pk")

    def being_written(self) -> Strategy | None:
        """The draft or revision to go on with, the latest period first."""
        latest: Any = (
            self.filter(status__in=[StrategyStatus.DRAFT, StrategyStatus.IN_REVISION])
            .select_related("collectivity")
            .for_list()
            .first()
        )
        return latest


class Strategy(TenantModel):
    """A strategy of economic international action over a period, built in eight steps."""

    ref = models.SlugField("référence", max_length=80, blank=True)
    title = models.CharField("titre", max_length=200)
    period_start = models.PositiveSmallIntegerField(
        "première année", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    period_end = models.PositiveSmallIntegerField(
        "dernière année", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    status = models.CharField(
        "état", max_length=12, choices=StrategyStatus.choices, default=StrategyStatus.DRAFT, editable=False
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)
    public_policies = models.TextField(
        "politiques publiques liées",
        blank=True,
        max_length=4000,
        help_text="Plan climat, SRDEII, projet de territoire… : ce que la stratégie sert et ce qui la sert.",
    )
    asked_of_assembly = models.TextField(
        "ce qui est demandé à l’assemblée",
        blank=True,
        max_length=4000,
        help_text="Une demande par ligne. Elles closent la page destinée aux élus.",
    )
    deliberation_number = models.CharField("numéro de délibération", max_length=60, blank=True, editable=False)
    adopted_on = models.DateField("adoptée le", null=True, blank=True, editable=False)

    objects = StrategyQuerySet.as_manager()

    class Meta:
        verbose_name = "stratégie"
        verbose_name_plural = "stratégies"
        constraints = [
            models.UniqueConstraint(fields=["collectivity", "ref"], condition=~Q(ref=""), name="strategy_ref_once"),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")),
                name="strategy_period_ordered",
                violation_error_message="La dernière année précède la première : corrigez l’une des deux.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("strategy:strategy_detail", args=[self.pk])

    @property
    def period(self) -> str:
        return f"{self.period_start}-{self.period_end}"

    @property
    def is_editable(self) -> bool:
        """Steps accept writing only in a draft or a revision."""
        return self.status in (StrategyStatus.DRAFT, StrategyStatus.IN_REVISION)

    def refuse_unless_editable(self) -> None:
        """Raise ValidationError when the strategy is in review, adopted or archived."""
        if not self.is_editable:
            raise ValidationError(
                f"Cette stratégie est « {self.get_status_display().lower()} » : elle ne se modifie plus. "
                "Revenez au brouillon, ou ouvrez une révision."
            )


class StepState(TenantModel):
    """The version of one step: it refuses a stale save."""

    strategy = models.ForeignKey(
        Strategy, on_delete=models.CASCADE, related_name="step_states", verbose_name="stratégie"
    )
    slug = models.SlugField("étape", max_length=30)
    version = models.PositiveIntegerField("version", default=0)
    saved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="enregistré par"
    )

    class Meta:
        verbose_name = "état d’étape"
        verbose_name_plural = "états d’étape"
        constraints = [models.UniqueConstraint(fields=["collectivity", "strategy", "slug"], name="one_state_per_step")]

    def __str__(self) -> str:
        return f"{self.slug}, version {self.version}"


def version_path(version: StrategyVersion, filename: str) -> str:
    """A document is stored under the hash of its data and an unguessable part."""
    return f"documents/{version.sha256[:16]}-{secrets.token_hex(8)}.pdf"


class StrategyVersion(TenantModel):
    """A frozen snapshot of a strategy and the PDF made from it: same snapshot, same document."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="versions", verbose_name="stratégie")
    number = models.PositiveIntegerField("numéro")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    snapshot = models.JSONField("données figées")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="auteur")
    pdf = models.FileField("document", upload_to=version_path, blank=True)
    pages = models.PositiveSmallIntegerField("pages", null=True, blank=True)
    is_adopted = models.BooleanField("version adoptée", default=False)

    class Meta:
        verbose_name = "version de stratégie"
        verbose_name_plural = "versions de stratégie"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["collectivity", "strategy", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["collectivity", "strategy", "sha256"], name="version_snapshot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.strategy}, version {self.number}"

    def fate_of_mention(self, named: set[str]) -> Fate:
        """An adopted version is an act: an archive (Code du patrimoine, art. L.211-1). A working one can be remade."""
        return Fate.KEEP if self.is_adopted else Fate.DELETE
