"""The actors of the support system that the source documents name, and where a collectivité puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from aict.accounts.reference import ReferenceModel, ReferenceQuerySet
from aict.accounts.tenancy import TenantModel
from aict.ui.typography import fold
from partners.enums import ActorKind, ActorLocation, ActorSector, ActorStatus, SupportedCategory
from partners.models.nomenclatures import StakeholderType

if TYPE_CHECKING:
    from aict.accounts.models import Collectivity


class SupportActorQuerySet(ReferenceQuerySet):
    """Queries on the actors of the support system."""

    def for_list(self) -> Self:
        return self.current().select_related("stakeholder_type")

    def placed_for(self, collectivity: Collectivity | None) -> Self:
        """Annotate `sector_here`, `location_here`, `note_here` and `is_corrected`: the place that this collectivité
        gives, else the guide's. None: the guide's.
        """
        own = ActorCorrection.objects.for_collectivity(collectivity).filter(actor=OuterRef("pk"))
        return self.annotate(
            sector_here=Coalesce(Subquery(own.values("sector")[:1]), F("sector")),
            location_here=Coalesce(Subquery(own.values("location")[:1]), F("location")),
            note_here=Coalesce(Subquery(own.values("note")[:1]), models.Value("")),
            is_corrected=Exists(own),
        )

    def on_map(self) -> Self:
        """Of `placed_for`: those of the guide's map, and those that the collectivité placed itself."""
        return self.filter(Q(on_map=True) | Q(is_corrected=True))

    def matching(self, words: str) -> Self:
        """Which one of its names, or what became of it, holds the words, accents and capitals apart."""
        return self.filter(folded__contains=fold(words))

    def of_category(self, code: str) -> Self:
        """Cited for a category of action. The list is read as text: SQLite cannot search inside it."""
        return self.annotate(codes=Cast("categories", TextField())).filter(codes__contains=f'"{code}"')

    def changed(self) -> Self:
        """Those that changed name, form or context since the guide was printed."""
        return self.filter(today_status__in=ActorStatus.changed())


class SupportActor(ReferenceModel):
    """An actor of the support system named by the source documents; may fund or carry an action."""

    acronym = models.CharField("sigle", max_length=40, blank=True)
    names = models.JSONField("noms imprimés", default=list, blank=True)
    kind = models.CharField("genre", max_length=15, choices=ActorKind.choices)
    stakeholder_type = models.ForeignKey(
        StakeholderType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="type"
    )
    sector = models.CharField("secteur", max_length=10, choices=ActorSector.choices)
    location = models.CharField("lieu", max_length=12, choices=ActorLocation.choices)
    # Whether the prose says it, or we deduced it from a map whose colours are lost.
    sector_is_certain = models.BooleanField("secteur certain", default=False)
    location_is_certain = models.BooleanField("lieu certain", default=False)
    on_map = models.BooleanField("sur la carte du guide", default=False)
    map_label = models.CharField("libellé de la carte", max_length=60, blank=True)
    missions = models.JSONField("missions", default=list, blank=True)
    # Codes of typology.ActionCategory, which lies above and may not be imported.
    categories = models.JSONField("catégories d’action", default=list, blank=True)
    site_printed = models.CharField("site imprimé", max_length=200, blank=True)
    is_fixed_point = models.BooleanField("point fixe du guide", default=False)
    today_status = models.CharField("état actuel", max_length=12, choices=ActorStatus.choices, blank=True)
    today_is_checked = models.BooleanField("état actuel vérifié", default=False)
    today = models.TextField("aujourd’hui", blank=True)
    cited_in = models.JSONField("cité dans", default=list, blank=True)
    folded = models.TextField("texte cherché", blank=True, editable=False)

    objects = SupportActorQuerySet.as_manager()

    class Meta(ReferenceModel.Meta):
        verbose_name = "acteur d’appui"
        verbose_name_plural = "acteurs d’appui"

    def get_absolute_url(self) -> str:
        return reverse("partners:actor_detail", args=[self.code])

    @property
    def other_names(self) -> list[str]:
        """Printed names that are neither the label nor the acronym."""
        shown = {fold(self.label), fold(self.acronym)}
        return [name for name in self.names if fold(name) not in shown]

    @property
    def badges(self) -> list[SupportedCategory]:
        """Its categories of action, for `{% category %}`."""
        return [SupportedCategory(code) for code in self.categories]

    @property
    def has_changed(self) -> bool:
        """Whether its name, form or context is no longer that of the guide."""
        return self.today_status in ActorStatus.changed()

    @property
    def today_kind(self) -> str:
        """Kind of `{% status %}` of what became of it."""
        return ActorStatus(self.today_status).kind if self.today_status else "mute"


class ActorCorrection(TenantModel):
    """Where a collectivité places an actor of the support system, when it knows better than the guide."""

    actor = models.ForeignKey(SupportActor, on_delete=models.PROTECT, related_name="+", verbose_name="acteur")
    sector = models.CharField("secteur", max_length=10, choices=ActorSector.choices)
    location = models.CharField("lieu", max_length=12, choices=ActorLocation.choices)
    note = models.CharField("remarque", max_length=300, blank=True)

    class Meta:
        verbose_name = "correction locale"
        verbose_name_plural = "corrections locales"
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "actor"],
                name="one_correction_by_actor",
                violation_error_message="Cet acteur a déjà une correction : modifiez-la.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor} : {self.get_sector_display()}, {self.get_location_display()}"

    def get_absolute_url(self) -> str:
        return self.actor.get_absolute_url()
