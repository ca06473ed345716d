"""Territories: where a collectivité acts, itself included."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
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
        own, party = self._covering(self._related("agreements").filter(deleted_at=None).with_effect_in(year))
        return self.abroad().exclude(Exists(own) | Exists(party))

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

    def settled(self) -> Any:
        """The same rows, known by number: what a page counts, tallies and shows, its filters work out once."""
        return self.model._default_manager.filter(pk__in=list(self.order_by().values_list("pk", flat=True)))

    def tally(self) -> dict[str, int]:
        """How many partner territories, in how many countries, and the collectivité's own apart (0 or 1)."""
        return self.order_by().aggregate(
            total=Count("pk", filter=Q(is_own=False)),
            countries=Count("country", filter=Q(is_own=False), distinct=True),
            own=Count("pk", filter=Q(is_own=True)),
        )

    def with_use(self) -> Self:
        """Annotate `use`: what the territory is for, from what is recorded (product rule 9).

        Cooperation: an agreement or an action of cooperation. Prospecting: an action of the other two categories, or a
        target of theirs. Nothing recorded yet: cooperation.
        """
        code = "type__purpose__category__code"
        actions = self._related("actions").filter(territory=OuterRef("pk"), deleted_at=None)
        targets = self._related("targets").filter(territory=OuterRef("pk")).exclude(category__code=COOPERATION)
        agreements, parties = self._covering(self._related("agreements").filter(deleted_at=None))
        cooperates = Exists(agreements) | Exists(parties) | Exists(actions.filter(**{code: COOPERATION}))
        prospects = Exists(actions.exclude(**{code: COOPERATION})) | Exists(targets)
        return self.annotate(
            use=Case(
                When(prospects & cooperates, then=Value("both")),
                When(prospects, then=Value("prospection")),
                default=Value("cooperation"),
                output_field=CharField(),
            )
        )

    def with_category(self, code: str) -> Self:
        """With at least one action of a category (code of typology.ActionCategory), not deleted."""
        actions = self._related("actions").filter(type__purpose__category__code=code, deleted_at=None)
        return self.filter(Exists(actions.filter(territory=OuterRef("pk"))))

    def with_agreement(self, status: str, on: date) -> Self:
        """Party to at least one agreement in this state on a date."""
        agreements = self._related("agreements").filter(deleted_at=None).with_status(on).filter(status_on=status)
        own, party = self._covering(agreements)
        return self.filter(Exists(own) | Exists(party))

    def without_agreement(self) -> Self:
        """Partner territories that are party to no agreement, past or to come."""
        own, party = self._covering(self._related("agreements").filter(deleted_at=None))
        return self.abroad().exclude(Exists(own) | Exists(party))

    def active_in(self, year: int) -> Self:
        """With an agreement in effect, or an action under way, on one day of a year at least."""
        own, party = self._covering(self._related("agreements").filter(deleted_at=None).with_effect_in(year))
        actions = self._related("actions").filter(territory=OuterRef("pk"), deleted_at=None)
        running = actions.filter(
            Q(starts__lte=date(year, 12, 31)) | Q(starts=None, ends__year=year),
            Q(ends__gte=date(year, 1, 1)) | Q(ends=None),
        )
        return self.filter(Exists(own) | Exists(party) | Exists(running))

    def _covering(self, agreements: Any) -> tuple[Any, Any]:
        """Of these agreements, those with each territory as first partner, and those with it as another party."""
        # Asked of each party in turn: « agreement in (…) » would work out those of the whole instance.
        is_one = Exists(agreements.filter(pk=OuterRef("agreement")))
        party = self._related("party_to").filter(is_one, territory=OuterRef("pk"))
        return agreements.filter(territory=OuterRef("pk")), party

    def _related(self, name: str) -> Any:
        # Agreements lie in a later module, actions and targets in a higher layer: they are reached backwards.
        return self.model._meta.get_field(name).related_model._default_manager.all()

    def matching(self, words: str) -> Self:
        """One of whose names (French, English, local, former) or whose country holds the words; each once."""
        former = FormerName.objects.filter(territory=OuterRef("pk"), name__icontains=words)
        return self.filter(
            Q(name__icontains=words)
            | Q(name_en__icontains=words)
            | Q(name_local__icontains=words)
            | Q(country__label__icontains=words)
            | Q(Exists(former))
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

    def keep_former_name(self, name: str, *, until: date) -> None:
        """Keep a name that the territory bore until a day; one that it bears again is former no more."""
        self.former_names.filter(name__iexact=self.name).delete()
        if name.casefold() != self.name.casefold() and not self.former_names.filter(name__iexact=name).exists():
            FormerName.objects.create(territory=self, name=name, until=until, collectivity=self.collectivity)

    @property
    def link_list(self) -> list[str]:
        """The web addresses, as they were typed; anything else is no link."""
        return [word for word in self.links.split() if word.lower().startswith(("http://", "https://"))]


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
