"""Territorial brands and the campaigns around them (SYS-22)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse

from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel, TenantQuerySet
from partners.models import Stakeholder, Territory
from typology.enums import CampaignKind
from typology.models.actions import Action


class BrandQuerySet(RegisterQuerySet):
    """Queries on brands."""

    def for_list(self) -> Self:
        """By name, with who governs each and how many campaigns carry it."""
        return self.prefetch_related("members").annotate(campaign_count=Count("campaigns")).order_by("name", "pk")

    def matching(self, words: str) -> Self:
        """Whose name, claim or audience holds the words."""
        return self.filter(Q(name__icontains=words) | Q(claim__icontains=words) | Q(audience__icontains=words))


class Brand(RegisterModel):
    """A territorial brand: who governs it, in which languages it speaks, to whom."""

    name = models.CharField("nom de la marque", max_length=160)
    claim = models.CharField("signature", max_length=200, blank=True)
    since = models.PositiveSmallIntegerField("année de lancement", null=True, blank=True)
    languages = models.CharField("langues", max_length=200, blank=True, help_text="Par exemple : français, anglais.")
    audience = models.TextField("publics visés", blank=True, max_length=2000)
    members = models.ManyToManyField(
        Stakeholder, blank=True, related_name="brands", verbose_name="membres de la gouvernance"
    )
    website = models.URLField("site", blank=True)
    note = models.TextField("remarques", blank=True, max_length=4000)

    objects = BrandQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "marque territoriale"
        verbose_name_plural = "marques territoriales"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("typology:brand_detail", args=[self.pk])

    @property
    def is_incomplete(self) -> bool:
        """Whether nobody is said to govern it (SYS-22)."""
        return not self.members.all()


class CampaignQuerySet(TenantQuerySet):
    """Queries on campaigns."""

    def for_list(self) -> Self:
        """The latest first, with what a row shows."""
        return (
            self.select_related("brand", "action")
            .prefetch_related("territories")
            .order_by(F("starts").desc(nulls_last=True), "-pk")
        )


class Campaign(TenantModel):
    """A campaign: territorial marketing, which carries a brand, or promotion, with or without one."""

    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name="marque"
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name="action"
    )
    title = models.CharField("intitulé", max_length=200)
    kind = models.CharField("nature", max_length=10, choices=CampaignKind.choices)
    starts = models.DateField("début", null=True, blank=True)
    ends = models.DateField("fin", null=True, blank=True)
    languages = models.CharField("langues", max_length=200, blank=True)
    audience = models.CharField("publics visés", max_length=250, blank=True)
    territories = models.ManyToManyField(Territory, blank=True, related_name="+", verbose_name="territoires visés")
    note = models.TextField("supports et résultats", blank=True, max_length=2000)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "campagne"
        verbose_name_plural = "campagnes"
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=F("starts")),
                name="campaign_ends_after_start",
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CampaignKind.MARKETING, brand=None),
                name="marketing_carries_a_brand",
                violation_error_message="Le marketing territorial porte une marque : choisissez-la.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
