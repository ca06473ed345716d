"""Nomenclatures of the partners' register: read-only, loaded by `load_reference`."""

from django.db import models

from aict.accounts.reference import ReferenceModel
from partners.enums import CountryList, ServiceFamily, StakeholderFamily


class Country(ReferenceModel):
    """A country or area; code = ISO 3166-1 alpha-2, in lower case."""

    iso3 = models.CharField("code ISO à trois lettres", max_length=3)
    continent = models.CharField("continent", max_length=20, blank=True)
    subregion = models.CharField("sous-région", max_length=60, blank=True)
    income_group = models.CharField("groupe de revenu (Banque mondiale)", max_length=40, blank=True)
    is_least_developed = models.BooleanField("pays moins avancé", default=False)
    dac_code = models.CharField("code CAD", max_length=5, blank=True)
    in_eu = models.BooleanField("Union européenne", default=False)
    in_oecd = models.BooleanField("OCDE", default=False)

    class Meta(ReferenceModel.Meta):
        # `order`, computed at load: a database sorts « Bénin » after « Burundi », and « Îles » after « Zimbabwe ».
        ordering = ["order", "label"]
        verbose_name = "pays"
        verbose_name_plural = "pays"

    @property
    def is_france(self) -> bool:
        return self.code == "fr"


class CountryGroup(ReferenceModel):
    """A country's place in a dated list, from `valid_from` until a later edition takes over; `label`: the group."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="groups", verbose_name="pays")
    list = models.CharField("liste", max_length=10, choices=CountryList.choices)
    valid_from = models.DateField("valable à partir du")
    valid_until = models.DateField("valable jusqu’au", null=True, blank=True)
    source = models.CharField("source", max_length=200)

    class Meta(ReferenceModel.Meta):
        verbose_name = "groupe d’un pays"
        verbose_name_plural = "groupes des pays"


class TerritorialLevel(ReferenceModel):
    """A level of authority, at home or abroad; `label` is the guide's plural, `singular` what a page shows."""

    singular = models.CharField("au singulier", max_length=60)
    priority_for = models.JSONField("catégories prioritaires", default=list, blank=True)
    complementary_for = models.JSONField("domaines complémentaires", default=list, blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "échelon territorial"
        verbose_name_plural = "échelons territoriaux"

    def __str__(self) -> str:
        return self.singular


class EconomicField(ReferenceModel):
    """A field of the local economy (SYS-04)."""

    group_code = models.SlugField("code du groupe", max_length=40)
    group = models.CharField("groupe", max_length=120)
    in_fiche_b = models.BooleanField("liste de la fiche B", default=False)

    class Meta(ReferenceModel.Meta):
        verbose_name = "champ économique local"
        verbose_name_plural = "champs économiques locaux"


class StakeholderType(ReferenceModel):
    """One of the 24 types of stakeholder."""

    family = models.CharField("famille", max_length=15, choices=StakeholderFamily.choices)
    in_fiche_b = models.BooleanField("liste de la fiche B", default=False)

    class Meta(ReferenceModel.Meta):
        verbose_name = "type de partie prenante"
        verbose_name_plural = "types de partie prenante"


class NafSection(ReferenceModel):
    """A section of the French activity nomenclature, in one of its versions."""

    version = models.CharField("version", max_length=12)
    letter = models.CharField("lettre", max_length=1)

    class Meta(ReferenceModel.Meta):
        verbose_name = "section NAF"
        verbose_name_plural = "sections NAF"

    def __str__(self) -> str:
        return f"{self.letter} – {self.label} (NAF {self.version})"

    @property
    def edition(self) -> str:
        """The version, and until or from when INSEE gives activity codes in it."""
        span = "à partir du 1ᵉʳ janvier 2027" if self.version == "2025" else "jusqu’au 31 décembre 2026"
        return f"NAF {self.version}, {span}"


class InternalService(ReferenceModel):
    """A department of a collectivité."""

    family = models.CharField("famille", max_length=5, choices=ServiceFamily.choices)
    acronyms = models.JSONField("sigles", default=list, blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "service"
        verbose_name_plural = "services"


class ElectedPortfolio(ReferenceModel):
    """What an elected official is in charge of."""

    is_thematic = models.BooleanField("délégation thématique", default=False)

    class Meta(ReferenceModel.Meta):
        verbose_name = "délégation d’élu"
        verbose_name_plural = "délégations d’élus"

    # Guide, fiche B: economic portfolios are economy, innovation and tourism.
    ECONOMIC = ("developpement-economique", "innovation", "tourisme")
