"""Stakeholders: who acts with the collectivité, at home and abroad."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from aict.accounts.siren import validate_siren
from aict.accounts.tenancy import RegisterModel, RegisterQuerySet
from partners.enums import StakeholderFamily
from partners.models.nomenclatures import EconomicField, StakeholderType
from partners.models.territories import Territory


class StakeholderQuerySet(RegisterQuerySet):
    """Queries on stakeholders."""

    def for_list(self) -> Self:
        return self.select_related("type").prefetch_related("fields", "territories").order_by("name", "pk")

    def with_actions(self) -> Self:
        """Annotate `action_count`; deleted actions do not count."""
        return self.annotate(action_count=Count("actions", filter=Q(actions__deleted_at=None)))

    def tally(self) -> dict[str, int]:
        """How many in all, and how many economic actors (family « monde économique »)."""
        economic = Q(type__family=StakeholderFamily.ECONOMIE)
        return self.order_by().aggregate(total=Count("pk"), economic=Count("pk", filter=economic))

    def matching(self, words: str) -> Self:
        """Whose name or local name holds the words; not the note, that networks may not read."""
        return self.filter(Q(name__icontains=words) | Q(name_local__icontains=words))


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
