"""Stakeholders: who acts with the collectivité, at home and abroad."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.siren import validate_siren
from aict.accounts.tenancy import RegisterModel, RegisterQuerySet
from partners.models.nomenclatures import EconomicField, StakeholderType
from partners.models.territories import Territory


class StakeholderQuerySet(RegisterQuerySet):
    """Queries on stakeholders."""

    def for_list(self) -> Self:
        return self.select_related("type").prefetch_related("fields").order_by("name", "pk")

    def matching(self, words: str) -> Self:
        """Whose name, local name or note holds the words."""
        return self.filter(Q(name__icontains=words) | Q(name_local__icontains=words) | Q(note__icontains=words))


class Stakeholder(RegisterModel):
    """A firm, cluster, university, association, public body… that takes part or could."""

    name = models.CharField("nom", max_length=200)
    name_local = models.CharField("nom en écriture d’origine", max_length=200, blank=True)
    type = models.ForeignKey(StakeholderType, on_delete=models.PROTECT, related_name="+", verbose_name="type")
    fields = models.ManyToManyField(EconomicField, blank=True, related_name="+", verbose_name="champs économiques")
    territories = models.ManyToManyField(
        Territory, blank=True, related_name="stakeholders", verbose_name="territoires où l’acteur est présent"
    )
    siren = models.CharField("SIREN", max_length=9, blank=True, validators=[validate_siren])
    website = models.URLField("site", blank=True)
    note = models.TextField("remarques", blank=True, max_length=4000)

    objects = StakeholderQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "partie prenante"
        verbose_name_plural = "parties prenantes"
        indexes = [models.Index(fields=["collectivity", "deleted_at", "name"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:stakeholder_detail", args=[self.pk])
