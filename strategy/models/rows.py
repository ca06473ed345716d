"""Rows of the eight steps. A draft row may be incomplete: steps.py says which fields each step needs."""

from __future__ import annotations

from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from aict.accounts.enums import SourceNature
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from evaluation.enums import Frequency
from evaluation.models import Indicator, PotentialImpact
from partners.models import (
    Agreement,
    EconomicField,
    ElectedPortfolio,
    InternalService,
    Stakeholder,
    StakeholderType,
    SupportActor,
    Territory,
)
from strategy.enums import (
    FlowDirection,
    FlowNature,
    FundingStatus,
    Horizon,
    LinkKind,
    Occasion,
    Score,
    ServiceRole,
    SpendingNature,
    TerritoryUse,
)
from strategy.models.strategies import Strategy
from typology.models import Action, ActionCategory, ActionType, ExportPhase, FundingScheme, Sdg, Skill

TEXT: dict[str, Any] = {"blank": True, "max_length": 4000}
OPTIONAL: dict[str, Any] = {"null": True, "blank": True, "related_name": "+"}


class StepRowQuerySet(TenantQuerySet):
    """Rows of one step of one strategy."""

    def of(self, strategy: Strategy) -> Self:
        return self.for_collectivity(strategy.collectivity).filter(strategy=strategy).order_by("position", "pk")

    def for_circle(self) -> Self:
        """Trust events of an agreement with their short actions, the latest first (SYS-37)."""
        return self.prefetch_related("actions").order_by(F("held_on").desc(nulls_last=True), "pk")


class StepRow(TenantModel):
    """What the rows of all steps share: their place, their import key, what they rest on."""

    strategy = models.ForeignKey(Strategy, on_delete=models.CASCADE, related_name="+", verbose_name="stratégie")
    position = models.PositiveIntegerField("rang", default=0, editable=False)
    ref = models.SlugField("référence", max_length=80, blank=True, editable=False)
    nature = models.CharField("nature", max_length=10, choices=SourceNature.choices, blank=True)
    source = models.TextField("source", blank=True, max_length=2000)
    assumed = models.JSONField("champs supposés", default=list, blank=True, editable=False)

    objects = StepRowQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "strategy", "ref"],
                condition=~Q(ref=""),
                name="%(class)s_ref_once",
            )
        ]


class InternalResource(StepRow):
    """A1: a service that can be mobilised."""

    service = models.ForeignKey(InternalService, on_delete=models.PROTECT, verbose_name="service", **OPTIONAL)
    local_title = models.CharField("intitulé local du service", max_length=160, blank=True)
    authority = models.CharField(
        "collectivité de rattachement",
        max_length=160,
        blank=True,
        help_text="La compétence économique peut relever d’une autre collectivité.",
    )
    role = models.CharField("rôle dans l’AICT économique", max_length=12, choices=ServiceRole.choices, blank=True)
    categories = models.ManyToManyField(
        ActionCategory, blank=True, related_name="+", verbose_name="catégories d’action couvertes"
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name="compétences disponibles")
    contact_post = models.CharField(
        "référent", max_length=160, blank=True, help_text="Un poste plutôt qu’un nom : il survit aux départs."
    )
    economic_concertation = models.BooleanField(
        "concertation avec les services économiques effective", null=True, blank=True
    )
    actor_types = models.ManyToManyField(
        StakeholderType,
        blank=True,
        related_name="+",
        verbose_name="acteurs économiques du territoire associés (y compris associatifs)",
    )

    class Meta(StepRow.Meta):
        verbose_name = "service mobilisable"
        verbose_name_plural = "services mobilisables"

    def __str__(self) -> str:
        return self.local_title or (str(self.service) if self.service else "Service à préciser")


class InternationalLink(StepRow):
    """A2: an existing link with a territory abroad."""

    kind = models.CharField("type de lien", max_length=25, choices=LinkKind.choices, blank=True)
    flow_direction = models.CharField(
        "sens du flux",
        max_length=10,
        choices=FlowDirection.choices,
        blank=True,
        help_text="Demandé si le lien est une relation économique.",
    )
    flow_nature = models.CharField(
        "nature du flux",
        max_length=16,
        choices=FlowNature.choices,
        blank=True,
        help_text="Demandée si le lien est une relation économique.",
    )
    place = models.CharField("territoire ou pays concerné", max_length=200, blank=True)
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, verbose_name="territoire du registre", **OPTIONAL
    )
    holder_actor = models.ForeignKey(
        SupportActor, on_delete=models.PROTECT, verbose_name="porteur, acteur d’appui", **OPTIONAL
    )
    holder_type = models.ForeignKey(
        StakeholderType, on_delete=models.PROTECT, verbose_name="porteur, type d’acteur", **OPTIONAL
    )
    object = models.TextField("objet", **TEXT)
    starts = models.DateField("date de début", null=True, blank=True)
    ends = models.DateField("échéance", null=True, blank=True)
    volume = models.DecimalField("volume (montant ou nombre)", max_digits=18, decimal_places=2, null=True, blank=True)
    data_source = models.CharField("source de la donnée", max_length=250, blank=True)
    opportunity = models.TextField("opportunité pour le développement économique", **TEXT)

    class Meta(StepRow.Meta):
        verbose_name = "lien international"
        verbose_name_plural = "liens internationaux"
        constraints = [
            *StepRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(holder_actor=None) | Q(holder_type=None),
                name="link_one_holder",
                violation_error_message="Un lien a un seul porteur.",
            ),
        ]

    def __str__(self) -> str:
        return self.place or "Lien à préciser"

    @property
    def holder(self) -> SupportActor | StakeholderType | None:
        return self.holder_actor or self.holder_type


class StakeholderAssessment(StepRow):
    """B1: a stakeholder of the territory and what it could bring."""

    stakeholder = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, verbose_name="partie prenante du registre", **OPTIONAL
    )
    name = models.CharField("nom", max_length=200, blank=True)
    type = models.ForeignKey(StakeholderType, on_delete=models.PROTECT, verbose_name="type d’acteur", **OPTIONAL)
    fields = models.ManyToManyField(EconomicField, blank=True, related_name="+", verbose_name="champs économiques")
    strengths = models.TextField("forces en présence", **TEXT)
    local_impact = models.PositiveSmallIntegerField(
        "impact économique local", choices=Score.choices, null=True, blank=True, help_text="Échelle 0-5, la nôtre."
    )
    international_potential = models.PositiveSmallIntegerField(
        "potentiel d’internationalisation",
        choices=Score.choices,
        null=True,
        blank=True,
        help_text="Échelle 0-5, la nôtre.",
    )
    active_in = models.TextField(
        "territoires où l’acteur est déjà présent", help_text="Un territoire par ligne.", **TEXT
    )
    opportunities = models.TextField("opportunités d’actions économiques internationales", **TEXT)
    categories = models.ManyToManyField(
        ActionCategory, blank=True, related_name="+", verbose_name="catégorie d’action visée"
    )

    class Meta(StepRow.Meta):
        verbose_name = "partie prenante évaluée"
        verbose_name_plural = "parties prenantes évaluées"

    def __str__(self) -> str:
        return self.name or "Partie prenante à préciser"

    @property
    def ranking(self) -> int | None:
        """Impact × potential, 0 to 25; None while one is missing (SYS-33)."""
        if self.local_impact is None or self.international_potential is None:
            return None
        return self.local_impact * self.international_potential


class PoliticalExchange(StepRow):
    """B2: a meeting with elected officials, and the vision it gave."""

    portfolios = models.ManyToManyField(ElectedPortfolio, blank=True, related_name="+", verbose_name="élus rencontrés")
    held_on = models.DateField("date de l’échange", null=True, blank=True)
    topics = models.JSONField("sujets abordés", default=list, blank=True)
    expectations = models.TextField("attendus exprimés", **TEXT)
    articulation = models.TextField(
        "articulation avec la coopération décentralisée et le développement économique", **TEXT
    )
    long_term_vision = models.TextField("vision à long terme", **TEXT)
    medium_term = models.TextField("engagements à moyen terme", **TEXT)
    short_term = models.TextField("engagements à court terme", **TEXT)
    services = models.ManyToManyField(
        InternalService, blank=True, related_name="+", verbose_name="services à mobiliser"
    )
    request_criteria = models.TextField("critères de réponse aux sollicitations", **TEXT)

    class Meta(StepRow.Meta):
        verbose_name = "échange avec les élus"
        verbose_name_plural = "échanges avec les élus"

    def __str__(self) -> str:
        return f"Échange du {self.held_on:%d/%m/%Y}" if self.held_on else "Échange à dater"


class Priority(StepRow):
    """C1: a territory or zone, its sectors and types of action."""

    place = models.CharField("territoire ou zone", max_length=200, blank=True)
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, verbose_name="territoire du registre", **OPTIONAL
    )
    fields = models.ManyToManyField(EconomicField, blank=True, related_name="+", verbose_name="secteurs")
    action_types = models.ManyToManyField(ActionType, blank=True, related_name="+", verbose_name="types d’action")
    use = models.CharField("usage du territoire", max_length=22, choices=TerritoryUse.choices, blank=True)
    horizon = models.CharField("horizon", max_length=22, choices=Horizon.choices, blank=True)
    supports = models.JSONField("éléments qui fondent la priorité", default=list, blank=True)
    objective = models.TextField("objectif", **TEXT)
    level = models.PositiveSmallIntegerField("niveau de priorité", choices=Score.choices, null=True, blank=True)
    languages = models.TextField("langues des documents de promotion", help_text="Une langue par ligne.", **TEXT)
    mission_planned = models.BooleanField("mission à l’étranger prévue", null=True, blank=True)

    class Meta(StepRow.Meta):
        verbose_name = "priorité"
        verbose_name_plural = "priorités"

    def __str__(self) -> str:
        return self.place or "Priorité à préciser"


class TrustEvent(StepRow):
    """C2: a signature or follow-up seminar with an economic delegation."""

    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="trust_events",
        verbose_name="accord ou convention",
    )
    partner_authority = models.CharField("collectivité étrangère partenaire", max_length=200, blank=True)
    occasion = models.CharField("occasion", max_length=16, choices=Occasion.choices, blank=True)
    held_on = models.DateField("date", null=True, blank=True)
    delegation = models.JSONField("composition de la délégation économique", default=list, blank=True)
    counterparts = models.TextField("homologues rencontrés", **TEXT)
    actions = models.ManyToManyField(
        Action, blank=True, related_name="trust_events", verbose_name="actions de court terme rattachées"
    )
    contribution = models.TextField("ce que ces actions apportent à la vision longue", **TEXT)

    class Meta(StepRow.Meta):
        verbose_name = "rendez-vous de confiance"
        verbose_name_plural = "rendez-vous de confiance"

    def __str__(self) -> str:
        return self.partner_authority or (str(self.agreement) if self.agreement else "Rendez-vous à préciser")


class FundingNeed(StepRow):
    """C3: a need to fund and the scheme that could."""

    need = models.TextField("besoin à financer", **TEXT)
    action = models.ForeignKey(
        Action,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_needs",
        verbose_name="action concernée",
    )
    spending_nature = models.CharField("nature", max_length=15, choices=SpendingNature.choices, blank=True)
    amount = models.DecimalField(
        "montant", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    scheme = models.ForeignKey(FundingScheme, on_delete=models.PROTECT, verbose_name="dispositif", **OPTIONAL)
    export_phase = models.ForeignKey(ExportPhase, on_delete=models.PROTECT, verbose_name="phase (export)", **OPTIONAL)
    beneficiary = models.CharField("bénéficiaire", max_length=200, blank=True)
    beneficiary_type = models.ForeignKey(
        StakeholderType, on_delete=models.PROTECT, verbose_name="type de bénéficiaire", **OPTIONAL
    )
    cofunders = models.ManyToManyField(SupportActor, blank=True, related_name="+", verbose_name="cofinanceurs")
    deadline = models.DateField("date limite", null=True, blank=True)
    status = models.CharField("statut", max_length=10, choices=FundingStatus.choices, blank=True)

    class Meta(StepRow.Meta):
        verbose_name = "besoin de financement"
        verbose_name_plural = "besoins de financement"

    def __str__(self) -> str:
        return self.need or "Besoin à préciser"


class ExpectedResult(StepRow):
    """D1: what an action should yield, and how it will be seen."""

    action = models.ForeignKey(
        Action,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="strategy_results",
        verbose_name="action ou politique",
    )
    expected_result = models.TextField("résultat attendu", **TEXT)
    impacts = models.ManyToManyField(
        PotentialImpact, blank=True, related_name="+", verbose_name="type d’impact potentiel"
    )
    local_interest = models.TextField("intérêt local servi", **TEXT)
    indicators = models.ManyToManyField(Indicator, blank=True, related_name="+", verbose_name="indicateurs")
    baseline = models.DecimalField("valeur de départ", max_digits=18, decimal_places=2, null=True, blank=True)
    target = models.DecimalField("cible", max_digits=18, decimal_places=2, null=True, blank=True)
    target_on = models.DateField("date de la cible", null=True, blank=True)
    data_source = models.CharField("source de la donnée", max_length=250, blank=True)
    frequency = models.CharField("fréquence de mesure", max_length=15, choices=Frequency.choices, blank=True)
    sdgs = models.ManyToManyField(Sdg, blank=True, related_name="+", verbose_name="ODD servis")

    class Meta(StepRow.Meta):
        verbose_name = "résultat attendu"
        verbose_name_plural = "résultats attendus"

    def __str__(self) -> str:
        return str(self.action) if self.action else "Résultat à rattacher"
