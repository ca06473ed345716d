"""Territories: where a collectivité acts, itself included."""

from __future__ import annotations

from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from aict.accounts.tenancy import SHARED, RegisterModel, RegisterQuerySet, TenantModel
from partners.models.nomenclatures import Country, TerritorialLevel

# Code of a row of typology.ActionCategory, which lies above and may not be imported; a test reads it there.
COOPERATION = "cooperation"


def shared_territory_named(words: str) -> Q:
    """For rows that cite a territory: its name holds the words, and networks may read it."""
    return Q(territory__visibility__in=SHARED, territory__deleted_at=None, territory__name__icontains=words)


class TerritoryQuerySet(RegisterQuerySet):
    """Queries on territories."""

    def for_list(self) -> Self:
        return self.select_related("country", "level").order_by("name", "pk")

    def abroad(self) -> Self:
        """Without the collectivité's own territory."""
        return self.filter(is_own=False)

    def without_agreement_in(self, year: int) -> Self:
        """Partner territories that no agreement covers on any day of a year, as first partner or as another party."""
        agreements = self.model.agreements.rel.related_model.objects.filter(deleted_at=None).with_effect_in(year)
        party = self.model.party_to.rel.related_model.objects.filter(territory=OuterRef("pk"), agreement__in=agreements)
        return self.abroad().exclude(Exists(agreements.filter(territory=OuterRef("pk"))) | Exists(party))

    def own(self) -> Any:
        """The collectivité's own territory, when it is recorded."""
        return self.filter(is_own=True).select_related("country").first()

    def with_actions(self) -> Self:
        """Annotate `action_count`, and `prospecting_count` for those that are not cooperation; none deleted."""
        live = Q(actions__deleted_at=None)
        return self.annotate(
            action_count=Count("actions", filter=live),
            prospecting_count=Count("actions", filter=live & ~Q(actions__type__purpose__category__code=COOPERATION)),
        )

    def tally(self) -> dict[str, int]:
        """How many territories, and in how many countries, the collectivité's own left out."""
        return self.order_by().aggregate(
            total=Count("pk", filter=Q(is_own=False)),
            countries=Count("country", filter=Q(is_own=False), distinct=True),
        )

    def matching(self, words: str) -> Self:
        """Whose name, local name or country holds the words."""
        return self.filter(
            Q(name__icontains=words) | Q(name_local__icontains=words) | Q(country__label__icontains=words)
        )


class Territory(RegisterModel):
    """A partner or target territory abroad, or the collectivité's own territory."""

    name = models.CharField("nom", max_length=160)
    name_en = models.CharField("nom en anglais", max_length=160, blank=True)
    name_local = models.CharField("nom en écriture d’origine", max_length=160, blank=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", verbose_name="pays")
    level = models.ForeignKey(TerritorialLevel, on_delete=models.PROTECT, related_name="+", verbose_name="échelon")
    latitude = models.DecimalField(
        "latitude",
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text="En degrés, de −90 à 90. Facultatif : sans elle, le territoire n’est pas sur la carte.",
    )
    longitude = models.DecimalField(
        "longitude",
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text="En degrés, de −180 à 180.",
    )
    population = models.PositiveIntegerField("population", null=True, blank=True)
    wikidata = models.CharField("identifiant Wikidata", max_length=20, blank=True)
    links = models.TextField("liens", blank=True, max_length=2000, help_text="Une adresse par ligne.")
    is_own = models.BooleanField("territoire de la collectivité", default=False)
    note = models.TextField("remarques", blank=True, max_length=4000)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="fusionné dans",
    )

    objects = TerritoryQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        indexes = [models.Index(fields=["collectivity", "deleted_at", "name"])]
        constraints = [
            *RegisterModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["collectivity"],
                condition=Q(is_own=True, deleted_at=None),
                name="one_own_territory",
                violation_error_message="Votre collectivité a déjà son propre territoire.",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="territory_both_coordinates",
                violation_error_message="Donnez la latitude et la longitude ensemble, ou aucune des deux.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:territory_detail", args=[self.pk])

    @property
    def full_name(self) -> str:
        """« Sfax (Tunisie) »; the country alone when the territory is a country."""
        return self.name if self.name == self.country.label else f"{self.name} ({self.country.label})"


class FormerName(TenantModel):
    """A name that a territory bore, here or in a row merged into it: searching it still finds the territory."""

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="former_names", verbose_name="territoire"
    )
    name = models.CharField("ancien nom", max_length=160)
    until = models.DateField("jusqu’au")

    class Meta:
        verbose_name = "ancien nom"
        verbose_name_plural = "anciens noms"
        ordering = ["-until", "pk"]

    def __str__(self) -> str:
        return self.name
