"""Stakeholders: who acts with the collectivité, at home and abroad."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from aict.accounts.siren import validate_siren
from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel
from partners.enums import Place, StakeholderFamily
from partners.models.nomenclatures import EconomicField, NafSection, StakeholderType
from partners.models.territories import Territory

FIRM = "entreprise"  # code of the type whose rows are firms


class StakeholderQuerySet(RegisterQuerySet):
    """Queries on stakeholders."""

    def for_list(self) -> Self:
        """With what a row shows: type, group, section, fields and places."""
        return (
            self.select_related("type", "group", "naf").prefetch_related("fields", "territories").order_by("name", "pk")
        )

    def with_actions(self) -> Self:
        """Annotate `action_count`; deleted actions do not count."""
        return self.annotate(action_count=Count("actions", filter=Q(actions__deleted_at=None)))

    def with_place(self) -> Self:
        """Annotate `is_abroad` (type « À l’étranger », or present there) and `is_home`; both may hold.

        The types of fiche B are those of the home territory; a firm without SIREN, present abroad alone, is foreign.
        """
        places = Territory.objects.filter(stakeholders=OuterRef("pk"))
        in_france = Q(country__code="fr") | Q(is_own=True)
        foreign_type = Q(type__family=StakeholderFamily.ETRANGER)
        is_there, is_here = Q(Exists(places.exclude(in_france))), Q(Exists(places.filter(in_france)))
        foreign_firm = Q(type__code=FIRM, siren="") & is_there & ~is_here
        return self.annotate(is_home=Q(~foreign_type & ~foreign_firm), is_abroad=Q(foreign_type | is_there))

    def placed(self, where: str) -> Self:
        """At home (`ici`) or abroad (`etranger`); who is on both sides answers to both."""
        return self.with_place().filter(**({"is_home": True} if where == Place.HOME else {"is_abroad": True}))

    def firms(self) -> Self:
        """Firms alone: the type says it."""
        return self.filter(type__code=FIRM)

    def tally(self) -> dict[str, int]:
        """How many in all, how many economic actors (family « monde économique »), how many firms."""
        economic = Q(type__family=StakeholderFamily.ECONOMIE)
        return self.order_by().aggregate(
            total=Count("pk", distinct=True),
            economic=Count("pk", filter=economic, distinct=True),
            firms=Count("pk", filter=Q(type__code=FIRM), distinct=True),
        )

    def matching(self, words: str) -> Self:
        """Whose name or local name holds the words; not the note, that networks may not read."""
        return self.filter(Q(name__icontains=words) | Q(name_local__icontains=words))


class FirmGroup(TenantModel):
    """Firms that make a single undertaking: their aids are counted together (Regulation (EU) 2023/2831, art. 2)."""

    name = models.CharField("nom du groupe", max_length=200)

    class Meta:
        verbose_name = "groupe d’entreprises"
        verbose_name_plural = "groupes d’entreprises"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "name"],
                name="firm_group_once",
                violation_error_message="Ce groupe est déjà enregistré dans votre collectivité.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:group_detail", args=[self.pk])


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
    group = models.ForeignKey(
        FirmGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="firms",
        verbose_name="groupe",
        help_text="Les entreprises d’un groupe forment une entreprise unique pour le cumul des aides.",
    )
    naf = models.ForeignKey(
        NafSection, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="section NAF"
    )
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

    @property
    def is_firm(self) -> bool:
        """Whether aids granted to it count (Regulation (EU) 2023/2831): its type says so."""
        return self.type.code == FIRM

    def same_siren(self) -> Stakeholder | None:
        """Another stakeholder of the collectivité with the same SIREN, deleted or not."""
        if not self.siren:
            return None
        rows = Stakeholder.objects.with_deleted_of(self.collectivity).filter(siren=self.siren)
        return rows.exclude(pk=self.pk).order_by("deleted_at", "pk").first()
