"""Good practices (SYS-53): the five focus items of the guide, and those of collectivités."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.reference import ReferenceModel
from aict.accounts.tenancy import RegisterModel, RegisterQuerySet
from partners.models import Territory
from typology.models.actions import Action
from typology.models.nomenclatures import Fiche


class FocusPractice(ReferenceModel):
    """A good practice that a fiche of the guide puts forward."""

    fiche = models.ForeignKey(Fiche, on_delete=models.PROTECT, related_name="focus", verbose_name="fiche")
    holder = models.CharField("porteur", max_length=160, blank=True)
    form = models.CharField("forme", max_length=160, blank=True)
    place = models.CharField("lieu", max_length=160, blank=True)
    facts = models.JSONField("faits", default=list, blank=True)
    figures = models.JSONField("chiffres", default=list, blank=True)
    today_text = models.TextField("aujourd’hui", blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "focus du guide"
        verbose_name_plural = "focus du guide"


class PracticeQuerySet(RegisterQuerySet):
    """Queries on good practices."""

    def for_list(self) -> Self:
        return self.select_related("fiche", "territory", "action").order_by("fiche__order", "title", "pk")

    def matching(self, words: str) -> Self:
        """Whose title, holder, place or facts hold the words."""
        return self.filter(
            Q(title__icontains=words)
            | Q(holder__icontains=words)
            | Q(place__icontains=words)
            | Q(facts__icontains=words)
        )

    def matching_shared(self, words: str) -> Self:
        """`matching` for a network, that is shown all these fields."""
        return self.matching(words)


class Practice(RegisterModel):
    """A good practice written by a collectivité; without a source it reads « non vérifié »."""

    title = models.CharField("intitulé", max_length=200)
    fiche = models.ForeignKey(Fiche, on_delete=models.PROTECT, related_name="practices", verbose_name="fiche")
    holder = models.CharField("porteur", max_length=160, blank=True)
    place = models.CharField("lieu", max_length=160, blank=True)
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="practices",
        verbose_name="territoire partenaire",
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="practices", verbose_name="action"
    )
    facts = models.TextField("faits", max_length=4000)
    figures = models.TextField("chiffres", blank=True, max_length=2000)
    lesson = models.TextField("ce que d’autres peuvent en reprendre", blank=True, max_length=2000)

    objects = PracticeQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "bonne pratique"
        verbose_name_plural = "bonnes pratiques"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:practice_detail", args=[self.pk])

    @property
    def is_verified(self) -> bool:
        """Whether it says where it comes from."""
        return bool(self.source.strip())
