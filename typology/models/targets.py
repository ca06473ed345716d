"""Where the collectivité aims, by mode of action (SYS-17), and who does what there (SYS-16)."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.models import Country, Stakeholder, SupportActor, Territory
from typology.enums import TargetReason
from typology.models.nomenclatures import ActionCategory, ActionType, TargetZone

NOT_OF_THE_FICHE = (
    "La fiche de ce mode ne propose pas cette zone : choisissez dans sa liste. "
    "Le territoire de la collectivité ne se vise que par la promotion (fiche 2)."
)
OWN_ELSEWHERE = (
    "Votre propre territoire ne se vise que par la promotion, avec la zone « Territoire de la collectivité »."
)
ABROAD_ON_OWN = "La zone « Territoire de la collectivité » désigne votre territoire : laissez ce champ vide."
OWN_REASON = "Cette raison va avec la zone « Territoire de la collectivité » de la fiche 2 : choisissez-en une autre."


class TargetQuerySet(TenantQuerySet):
    """Queries on targets."""

    def for_list(self) -> Self:
        """By mode, then in the order of the fiche, with everything that a row shows."""
        return self.select_related("category", "zone", "country", "territory__country").order_by(
            "category__order", "zone__order", "territory__name", "country__order", "pk"
        )


class Target(TenantModel):
    """A zone of a fiche, made precise by a country or a territory, aimed at by one mode of action, and why."""

    ONE_BY = ("zone", "territory", "country")  # what `clean` refuses twice (partners/merging.py)

    category = models.ForeignKey(ActionCategory, on_delete=models.PROTECT, related_name="+", verbose_name="mode")
    zone = models.ForeignKey(TargetZone, on_delete=models.PROTECT, related_name="+", verbose_name="zone de la fiche")
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="territoire"
    )
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="pays"
    )
    reason = models.CharField("raison", max_length=20, choices=TargetReason.choices)
    note = models.TextField("précision", blank=True, max_length=2000)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "cible géographique"
        verbose_name_plural = "cibles géographiques"
        ordering = ["category__order", "zone__order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(territory=None) | Q(country=None),
                name="target_place_is_one",
                violation_error_message="Donnez un territoire ou un pays, pas les deux.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.territory or self.country or self.zone} ({self.category.short_label})"

    def get_absolute_url(self) -> str:
        return reverse("typology:target_list")

    @property
    def place(self) -> Territory | Country | None:
        """The precise place, when there is one."""
        return self.territory or self.country

    @property
    def place_country(self) -> Country | None:
        """The country of the precise place."""
        return self.territory.country if self.territory else self.country

    def clean(self) -> None:
        """A zone of its mode's fiche; one's own territory is aimed at by promotion alone (fiche 2). Never twice."""
        super().clean()
        if self.zone_id is None:
            return
        errors = {}
        if self.zone.category_id != self.category_id:
            errors["zone"] = NOT_OF_THE_FICHE
        if self.territory and self.territory.is_own != self.zone.is_own_territory:
            errors["territory"] = ABROAD_ON_OWN if self.zone.is_own_territory else OWN_ELSEWHERE
        if self.country and self.zone.is_own_territory:
            errors["country"] = ABROAD_ON_OWN
        if self.reason == TargetReason.OWN and not self.zone.is_own_territory:
            errors["reason"] = OWN_REASON
        if errors:
            raise ValidationError(errors)
        twins = Target.objects.for_collectivity(self.collectivity).exclude(pk=self.pk)
        if twins.filter(zone=self.zone, territory=self.territory, country=self.country).exists():
            raise ValidationError("Cette cible est déjà enregistrée pour ce mode : même zone, même lieu.")


class LocalRoleQuerySet(TenantQuerySet):
    """Queries on local roles."""

    def for_matrix(self) -> Self:
        return self.select_related("actor", "stakeholder", "territory", "type").order_by("type__order", "pk")

    def written_for(self, territory: Territory | None) -> Self:
        """Those written for this territory itself; None: those that hold everywhere."""
        return self.filter(territory=territory)

    def holding_in(self, territory: Territory | None) -> Self:
        """Those of this territory and those that hold everywhere."""
        return self.filter(Q(territory=territory) | Q(territory=None))

    def years(self) -> list[int]:
        """Years with at least one role, the latest first."""
        return list(self.order_by("-year").values_list("year", flat=True).distinct())


class LocalRole(TenantModel):
    """Who does one type of action in a territory in a year; without actor nor stakeholder: the collectivité itself."""

    ONE_BY = ("territory", "year", "type", "actor", "stakeholder")  # one square of the matrix (partners/merging.py)

    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="local_roles",
        verbose_name="territoire",
        help_text="Vide : tous les territoires.",
    )
    year = models.PositiveSmallIntegerField("année", validators=[MinValueValidator(1990), MaxValueValidator(2100)])
    type = models.ForeignKey(ActionType, on_delete=models.PROTECT, related_name="+", verbose_name="type d’action")
    actor = models.ForeignKey(
        SupportActor, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="acteur d’appui"
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="local_roles",
        verbose_name="partie prenante",
    )
    note = models.CharField("précision", max_length=200, blank=True)

    objects = LocalRoleQuerySet.as_manager()

    class Meta:
        verbose_name = "rôle local"
        verbose_name_plural = "rôles locaux"
        ordering = ["year", "type__order", "pk"]
        indexes = [models.Index(fields=["collectivity", "year"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor=None) | Q(stakeholder=None),
                name="local_role_of_one_actor",
                violation_error_message="Donnez un acteur d’appui ou une partie prenante, pas les deux.",
            )
        ]

    def __str__(self) -> str:
        where = self.territory or "tous les territoires"
        return f"{self.actor or self.stakeholder or self.collectivity} : {self.type}, {where}, {self.year}"

    def get_absolute_url(self) -> str:
        place = f"&territory={self.territory_id}" if self.territory_id else ""
        return f"{reverse('typology:local_role_matrix')}?year={self.year}{place}"
