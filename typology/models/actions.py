"""Actions: what the collectivité does, against exactly one of the 27 types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from aict.accounts.tenancy import RegisterModel, RegisterQuerySet
from partners.models import Agreement, EconomicField, ElectedPortfolio, InternalService, Stakeholder, Territory
from partners.models.territories import shared_territory_named
from typology.enums import STATUS_ICONS, STATUS_KINDS, ActionStatus, Timing
from typology.models.nomenclatures import ActionCategory, ActionType, FicheOption, Sdg, TargetZone
from typology.models.offices import Office
from typology.models.series import Series, Tag

MEND_ANSWER = "choisissez dans les listes de la fiche de cette action."


def other_fiche(options: Iterable[Any]) -> str:
    """The refusal of choices that the fiche of an action does not offer."""
    named = ", ".join(f"« {option} »" for option in options)
    return f"{named} : c’est une réponse d’une autre fiche ; {MEND_ANSWER}"


# The columns of the filters of the list, in its index (PostgreSQL; SQLite has no such index, and needs none).
_FILTERED = [
    "starts",
    "ends",
    "status",
    "type",
    "territory",
    "agreement",
    "lead_service",
    "elected_portfolio",
    "economic_aim",
    "visibility",
]


def _listed_on() -> Coalesce:
    """The day by which actions are listed: never null, so that one index serves the order and its keys."""
    return Coalesce("starts", Value(date.min), output_field=models.DateField())


class ActionQuerySet(RegisterQuerySet):
    """Queries on actions."""

    def for_list(self) -> Self:
        """The latest first, those without a date last, on every database; `listed_on` is what they are ordered by."""
        return (
            self.select_related("type__purpose__category", "territory__country", "lead_service")
            .annotate(listed_on=_listed_on())
            .order_by("-listed_on", "pk")
        )

    def for_detail(self) -> Self:
        """With all that the page of one action cites."""
        return self.select_related(
            "type__purpose__category",
            "territory__country",
            "lead_service",
            "elected_portfolio",
            "zone",
            "agreement__territory__level",
            "office",
            "series",
        ).prefetch_related("associated_services", "fields", "stakeholders", "sdgs", "tags")

    def economic(self) -> Self:
        """Those that count in economic totals (SYS-01)."""
        return self.filter(economic_aim=True)

    def of_category(self, code: str) -> Self:
        return self.filter(type__purpose__category__code=code)

    def lacking(self, what: str) -> Self:
        """Without one of the things that the sheet asks: resultat, interet, indicateur, pilote, dates or odd."""
        if what == "indicateur":
            uses = Action.indicator_uses.rel.related_model.objects.filter(action=OuterRef("pk"))
            return self.filter(~Exists(uses))
        empty = {
            "resultat": Q(expected_result=""),
            "interet": Q(local_interest=""),
            "pilote": Q(lead_service=None),
            "dates": Q(starts=None),
            "odd": Q(sdgs=None),
        }
        return self.filter(empty[what])

    def in_year(self, year: int) -> Self:
        """That run at least one day in the year; a date that is not known leaves its side open."""
        # On `listed_on`, so that the years of long ago are reached through the index of the list.
        rows = self.alias(listed_on=_listed_on()).filter(listed_on__lte=date(year, 12, 31))
        return rows.filter(Q(ends=None) | Q(ends__gte=date(year, 1, 1)))

    def under_way(self) -> Self:
        return self.filter(status=ActionStatus.EN_COURS)

    def templates(self) -> Self:
        """Those proposed as a starting point of a new action."""
        return self.filter(is_template=True).select_related("type").order_by("title", "pk")

    def lasting(self) -> Self:
        """Recurrent or permanent, and not finished: what goes on until somebody ends it."""
        return self.filter(timing__in=[Timing.RECURRENT, Timing.PERMANENT]).exclude(
            status__in=[ActionStatus.TERMINEE, ActionStatus.ABANDONNEE]
        )

    def with_budget(self) -> Self:
        """Annotate `planned_total`, in euros: what all funders plan; None when no amount is known."""
        lines = Action.budget_lines.rel.related_model.objects.filter(action=OuterRef("pk")).order_by().values("action")
        return self.annotate(planned_total=Subquery(lines.annotate(total=Sum("planned")).values("total")))

    def with_spending(self) -> Self:
        """Annotate `actual_total`, in euros: what all funders have paid; None when no amount is known."""
        lines = Action.budget_lines.rel.related_model.objects.filter(action=OuterRef("pk")).order_by().values("action")
        return self.annotate(actual_total=Subquery(lines.annotate(total=Sum("actual")).values("total")))

    def with_follow_up(self) -> Self:
        """Annotate `indicator_count`: how many indicators follow each action."""
        uses = Action.indicator_uses.rel.related_model.objects.filter(action=OuterRef("pk")).order_by().values("action")
        return self.annotate(indicator_count=Coalesce(Subquery(uses.annotate(total=Count("pk")).values("total")), 0))

    def tally(self) -> list[dict[str, Any]]:
        """`count` and `planned` euros by `category` (its id) and economic aim."""
        return list(
            self.order_by()
            .values("economic_aim", category=F("type__purpose__category"))
            .annotate(count=Count("pk", distinct=True), planned=Sum("budget_lines__planned"))
        )

    def by_category(self) -> list[CategoryActions]:
        """The actions under each of the three categories, an empty one included; two queries."""
        groups: dict[int, list[Any]] = {}
        for action in self.for_list().with_budget().with_spending():
            groups.setdefault(action.category.pk, []).append(action)
        return [CategoryActions(row, groups.get(row.pk, [])) for row in ActionCategory.objects.current()]

    def count_by_type(self) -> dict[int, int]:
        """How many actions are logged against each type, by the type's id."""
        return dict(self.order_by().values_list("type").annotate(Count("pk")))

    def matching(self, words: str) -> Self:
        """Whose title, expected result, type or territory holds the words.

        Types and territories are found first, by two small queries: the rest is then read from indexes alone. Their
        numbers show nothing, for the rows stay those of the collectivité.
        """
        places = list(Territory.objects.filter(name__icontains=words).values_list("pk", flat=True))
        return self.filter(self._own_words(words) | Q(territory__in=places))

    def matching_shared(self, words: str) -> Self:
        """`matching` for a network: the name of a territory that is not shared is never searched."""
        return self.filter(self._own_words(words) | shared_territory_named(words))

    @staticmethod
    def _own_words(words: str) -> Q:
        types = list(ActionType.objects.filter(label__icontains=words).values_list("pk", flat=True))
        return Q(title__icontains=words) | Q(expected_result__icontains=words) | Q(type__in=types)


@dataclass(frozen=True)
class CategoryActions:
    """The actions of one category; economic totals leave the non-economic ones out (SYS-01)."""

    category: ActionCategory
    actions: list[Action]

    @property
    def economic(self) -> list[Action]:
        """Those that count in economic totals."""
        return [action for action in self.actions if action.economic_aim]

    @property
    def planned(self) -> Decimal | None:
        """Planned euros of the economic actions; None when no amount is known."""
        known = [action.planned_total for action in self.economic if action.planned_total is not None]
        return sum(known, Decimal(0)) if known else None


class Action(RegisterModel):
    """A typed action; its purpose and category follow from its type and are never entered."""

    title = models.CharField("titre", max_length=250)
    type = models.ForeignKey(ActionType, on_delete=models.PROTECT, related_name="actions", verbose_name="type d’action")
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name="territoire",
        help_text="Vide : plusieurs territoires, ou aucun en particulier.",
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="actions", verbose_name="accord"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="actions", verbose_name="bureau"
    )
    status = models.CharField("état", max_length=12, choices=ActionStatus.choices, default=ActionStatus.PREVUE)
    status_reason = models.TextField(
        "motif de la suspension ou de l’abandon", blank=True, max_length=2000, help_text="Ce qui bloque, ou pourquoi."
    )
    timing = models.CharField("rythme", max_length=10, choices=Timing.choices, default=Timing.PONCTUEL)
    starts = models.DateField("début", null=True, blank=True)
    ends = models.DateField("fin", null=True, blank=True)
    lead_service = models.ForeignKey(
        InternalService,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="service pilote",
    )
    associated_services = models.ManyToManyField(
        InternalService, blank=True, related_name="+", verbose_name="services associés"
    )
    elected_portfolio = models.ForeignKey(
        ElectedPortfolio,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="délégation de l’élu référent",
    )
    zone = models.ForeignKey(
        TargetZone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="zone cible"
    )
    answers = models.ManyToManyField(FicheOption, blank=True, related_name="+", verbose_name="réponses à la fiche")
    tags = models.ManyToManyField(Tag, blank=True, related_name="actions", verbose_name="étiquettes")
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="actions", verbose_name="série"
    )
    edition = models.PositiveSmallIntegerField("édition", null=True, blank=True)
    is_template = models.BooleanField(
        "modèle", default=False, help_text="Proposée comme point de départ d’une nouvelle action."
    )
    cost_estimate = models.DecimalField(
        "coût total estimé",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros, tous financeurs.",
    )
    fields = models.ManyToManyField(EconomicField, blank=True, related_name="+", verbose_name="champs économiques")
    stakeholders = models.ManyToManyField(
        Stakeholder, blank=True, related_name="actions", verbose_name="parties prenantes"
    )
    sdgs = models.ManyToManyField(Sdg, blank=True, related_name="+", verbose_name="ODD servis")
    economic_aim = models.BooleanField(
        "visée économique",
        default=True,
        help_text="Décochez pour une coopération non économique qui associe des acteurs économiques : "
        "elle est gardée et montrée, mais hors des totaux économiques.",
    )
    economic_actors = models.BooleanField("associe des acteurs économiques", default=True)
    # SYS-01, first of the two questions; unknown until somebody answers.
    partnership = models.BooleanField("partenariat entre territoires", null=True, blank=True)
    expected_result = models.TextField("résultat attendu", blank=True, max_length=4000)
    local_interest = models.TextField("intérêt local", blank=True, max_length=4000)
    gate_override_reason = models.TextField(
        "motif de la dérogation",
        blank=True,
        max_length=2000,
        help_text="Pour programmer l’action sans intérêt local, résultat attendu ou indicateur. "
        "Le motif reste affiché.",
    )

    risk_waiver = models.TextField(
        "pourquoi aucun risque n’est évalué",
        blank=True,
        max_length=2000,
        help_text="Pour une coopération qui associe des entreprises.",
    )

    objects = ActionQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "action"
        verbose_name_plural = "actions"
        indexes = [
            # What the filters read is beside the order: the count and the page leave the wide rows of others alone.
            models.Index(
                "collectivity",
                _listed_on().desc(),
                "id",
                include=_FILTERED,
                condition=Q(deleted_at=None),
                name="action_in_list",
            )
        ]
        constraints = [
            *RegisterModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=models.F("starts")),
                name="action_ends_after_start",
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(cost_estimate=None) | Q(cost_estimate__gte=0),
                name="action_cost_positive",
                violation_error_message="Un coût ne peut pas être négatif.",
            ),
            models.UniqueConstraint(
                fields=["collectivity", "series", "edition"],
                condition=Q(deleted_at=None),
                name="edition_once_in_its_series",
                violation_error_message="Cette édition existe déjà dans la série.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:action_detail", args=[self.pk])

    def set_related(self, name: str, rows: Iterable[models.Model]) -> None:
        """`TenantModel.set_related`; answers are those of the fiche of the action's category (SYS-10)."""
        rows = list(rows)
        if name == "answers" and (foreign := self.foreign_answers(rows)):
            raise ValidationError({"answers": other_fiche(foreign)})
        super().set_related(name, rows)

    def foreign_answers(self, options: Iterable[Any]) -> list[Any]:
        """Of some choices, those that this action's fiche does not offer, and the risks, assessed one by one."""
        own = self.category.pk
        return [row for row in options if row.section.fiche.category_id != own or row.group == FicheOption.RISKS]

    def clean(self) -> None:
        super().clean()
        if self.zone_id and self.type_id and self.zone.category_id != self.category.pk:
            raise ValidationError(f"La zone « {self.zone} » est une réponse d’une autre fiche : {MEND_ANSWER}")

    @property
    def category(self) -> ActionCategory:
        return self.type.purpose.category

    @property
    def status_kind(self) -> str:
        """What the `status` tag draws its state with."""
        return STATUS_KINDS[self.status]

    @property
    def status_icon(self) -> str:
        """The icon of the state."""
        return STATUS_ICONS[self.status]
