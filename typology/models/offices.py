"""Representation offices, in Brussels or abroad (SYS-24)."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel
from partners.models import Country, Stakeholder, Territory
from partners.models.territories import shared_territory_named
from typology.enums import ActionStatus


class OfficeQuerySet(RegisterQuerySet):
    """Queries on offices."""

    def for_list(self) -> Self:
        return self.select_related("country", "territory", "host").order_by("name", "pk")

    def with_actions(self) -> Self:
        """Annotate `action_count` and, of these, `under_way`."""
        live = Q(actions__deleted_at=None)
        return self.annotate(
            action_count=Count("actions", filter=live),
            under_way=Count("actions", filter=live & Q(actions__status=ActionStatus.EN_COURS)),
        )

    def with_costs(self) -> Self:
        """Annotate `cost_total`, and `last_cost` of `last_year`, in euros; None when no cost is known."""
        costs = OfficeCost.objects.filter(office=OuterRef("pk")).order_by()
        latest = costs.order_by("-year")
        return self.annotate(
            cost_total=Subquery(costs.values("office").annotate(total=Sum("amount")).values("total")),
            last_cost=Subquery(latest.values("amount")[:1]),
            last_year=Subquery(latest.values("year")[:1]),
        )

    def matching(self, words: str) -> Self:
        """Whose name, place, role, country, territory or host holds the words."""
        return self.filter(
            self._own_words(words) | Q(territory__name__icontains=words) | Q(host__name__icontains=words)
        )

    def matching_shared(self, words: str) -> Self:
        """`matching` for a network: neither the host nor a territory that is not shared is searched."""
        return self.filter(self._own_words(words) | shared_territory_named(words))

    @staticmethod
    def _own_words(words: str) -> Q:
        return (
            Q(name__icontains=words)
            | Q(place__icontains=words)
            | Q(role__icontains=words)
            | Q(country__label__icontains=words)
        )


class Office(RegisterModel):
    """An office or branch that speaks for the collectivité: where, what for, since when, at whose place."""

    name = models.CharField("nom", max_length=160)
    place = models.CharField("ville", max_length=160)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", verbose_name="pays")
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offices",
        verbose_name="territoire partenaire",
    )
    role = models.TextField("rôle", max_length=2000)
    host = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_offices",
        verbose_name="structure d’accueil",
    )
    starts = models.DateField("ouverture", null=True, blank=True)
    closed_on = models.DateField("fermeture", null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "bureau"
        verbose_name_plural = "bureaux"
        constraints = [
            *RegisterModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(starts=None) | Q(closed_on__gte=models.F("starts")),
                name="office_closes_after_opening",
                violation_error_message="La fermeture précède l’ouverture : corrigez l’une des deux dates.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("typology:office_detail", args=[self.pk])

    @property
    def where(self) -> str:
        """« Bruxelles (Belgique) »."""
        return f"{self.place} ({self.country})"

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None


class OfficeCost(TenantModel):
    """What an office cost in a year, in euros."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="costs", verbose_name="bureau")
    year = models.PositiveSmallIntegerField("année", validators=[MinValueValidator(1990), MaxValueValidator(2100)])
    amount = models.DecimalField("coût", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = "coût d’un bureau"
        verbose_name_plural = "coûts d’un bureau"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "office", "year"],
                name="office_cost_once_a_year",
                violation_error_message="Le coût de cette année est déjà enregistré : modifiez-le.",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="office_cost_positive",
                violation_error_message="Un coût ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}, {self.year}"
