"""Agreements: what a partnership rests on, and its legal state on a date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, DateField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from aict.accounts.tenancy import RegisterModel, RegisterQuerySet, TenantModel
from partners import legal_cover
from partners.enums import AgreementForm, AgreementStatus, StateException, Validity
from partners.legal_cover import IN_FORCE
from partners.models.stakeholders import Stakeholder
from partners.models.territories import Territory, shared_territory_named

# typology.enums.ActionStatus.EN_COURS: this layer lies below and may not import it; a test compares both.
ACTION_UNDER_WAY = "en-cours"


class AgreementQuerySet(RegisterQuerySet):
    """Queries on agreements. `on` is always given: no query knows what day it is."""

    def with_status(self, on: date) -> Self:
        """Annotate `status_on`, the SQL twin of `Agreement.status(on)`."""
        return self.annotate(status_on=legal_cover.status_expression(on))

    def with_deadline(self, on: date) -> Self:
        """Annotate `deadline` (end, else review date) and `left`, the time from `on` to it."""
        return self.annotate(
            deadline=Coalesce("ends", "review_on"),
            left=ExpressionWrapper(F("deadline") - Value(on, output_field=DateField()), output_field=DurationField()),
        )

    def with_actions(self) -> Self:
        """Annotate `action_count`, and `under_way` among them; deleted actions do not count."""
        live = Q(actions__deleted_at=None)
        return self.annotate(
            action_count=Count("actions", filter=live),
            under_way=Count("actions", filter=live & Q(actions__status=ACTION_UNDER_WAY)),
        )

    def in_force(self, on: date) -> Self:
        """In force on a date, whether or not they are due for review."""
        return self.with_status(on).filter(status_on__in=IN_FORCE)

    def ending_within(self, on: date, days: int) -> Self:
        """In force on a date, with their end (else their review) at most `days` days later."""
        return self.with_status(on).with_deadline(on).due_within(days)

    def due_within(self, days: int) -> Self:
        """`ending_within`, for rows that already know their status and deadline."""
        return self.filter(status_on__in=IN_FORCE, left__range=(timedelta(0), timedelta(days=days)))

    def for_list(self, on: date) -> Self:
        return (
            self.with_status(on)
            .with_deadline(on)
            .select_related("territory__country")
            .order_by("territory__name", "-starts", "pk")
        )

    def by_urgency(self, on: date) -> Self:
        """Rows of `for_list(on)`, the most pressing first."""
        return (
            self.with_actions()
            .annotate(urgency=legal_cover.urgency_expression(on))
            .order_by("urgency", F("deadline").asc(nulls_last=True), "territory__name", "pk")
        )

    def tally(self) -> dict[str, int]:
        """Of rows of `for_list`: how many in all, expired, due within 180 days, not transmitted, to review."""
        due = Q(status_on__in=IN_FORCE, left__range=(timedelta(0), timedelta(days=legal_cover.SOON[-1])))
        return self.order_by().aggregate(
            total=Count("pk"),
            expired=Count("pk", filter=Q(status_on=AgreementStatus.EXPIRE)),
            due=Count("pk", filter=due),
            untransmitted=Count("pk", filter=Q(status_on=AgreementStatus.DELIBERE)),
            to_review=Count("pk", filter=Q(status_on=AgreementStatus.A_REVOIR)),
        )

    def covering(self, territory: Territory | int) -> Self:
        """Agreements to which a territory is party, first partner or not; each once."""
        as_party = AgreementParty.objects.filter(agreement=OuterRef("pk"), territory=territory)
        return self.filter(Q(territory=territory) | Exists(as_party))

    def by_territory(self) -> dict[int, list[Any]]:
        """Every agreement, by the number of each territory that is party to it; three queries for a whole list."""
        found: dict[int, list[Any]] = {}
        for agreement in self.order_by("pk").prefetch_related("amendments", "parties"):
            others = {party.territory_id for party in agreement.parties.all()} - {None}
            for number in {agreement.territory_id, *others}:
                found.setdefault(number, []).append(agreement)
        return found

    def matching(self, words: str) -> Self:
        """Whose title, object, holder or territory holds the words."""
        return self.filter(self._own_words(words) | Q(territory__name__icontains=words))

    def matching_shared(self, words: str) -> Self:
        """`matching` for a network: the name of a territory that is not shared is never searched."""
        return self.filter(self._own_words(words) | shared_territory_named(words))

    @staticmethod
    def _own_words(words: str) -> Q:
        return Q(title__icontains=words) | Q(object__icontains=words) | Q(holder__icontains=words)

    def for_networks(self) -> Self:
        """Rows of `for_list`, the latest first: the order by territory would place a hidden name in the alphabet."""
        return self.order_by(F("starts").desc(nulls_last=True), "pk")


class Agreement(RegisterModel):
    """A dated commitment with a territory (CGCT L.1115-1); its status is computed, never stored."""

    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="agreements", verbose_name="territoire"
    )
    title = models.CharField("intitulé", max_length=250)
    form = models.CharField("forme", max_length=20, choices=AgreementForm.choices)
    validity = models.CharField("validité", max_length=15, choices=Validity.choices)
    holder = models.CharField(
        "porteur", max_length=160, help_text="La collectivité ou l’organisme qui a signé ou signera."
    )
    object = models.TextField("objet", max_length=4000)
    amount = models.DecimalField(
        "montant prévisionnel",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros. 0 est une réponse (CGCT, art. L.1115-1).",
    )
    deliberation_on = models.DateField("date de délibération", null=True, blank=True)
    transmitted_on = models.DateField(
        "transmission au préfet", null=True, blank=True, help_text="Date d’entrée en vigueur (CGCT, art. L.1115-1)."
    )
    signed_on = models.DateField("date de signature", null=True, blank=True)
    signed_year = models.PositiveSmallIntegerField(
        "année de signature",
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2200)],
        help_text="Quand le jour n’est pas connu.",
    )
    starts = models.DateField("début", null=True, blank=True)
    ends = models.DateField("fin", null=True, blank=True)
    review_on = models.DateField("date de révision", null=True, blank=True)
    denounced_on = models.DateField("dénoncé le", null=True, blank=True)
    state_exception = models.CharField(
        "exception pour un accord avec un État",
        max_length=12,
        choices=StateException.choices,
        blank=True,
        help_text="CGCT, art. L.1115-5 : un accord avec un État étranger est interdit, sauf ces cas.",
    )
    state_exception_reference = models.CharField("référence de l’exception", max_length=200, blank=True)
    predecessor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name="accord précédent",
        help_text="L’accord que celui-ci renouvelle ou remplace.",
    )
    lapse_decided_on = models.DateField("extinction décidée le", null=True, blank=True, editable=False)
    lapse_reason = models.TextField("motif de l’extinction", blank=True, max_length=2000, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta(RegisterModel.Meta):
        verbose_name = "accord"
        verbose_name_plural = "accords"
        indexes = [models.Index(fields=["collectivity", "deleted_at", "ends"])]
        constraints = [
            *RegisterModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=models.F("starts")),
                name="agreement_ends_after_start",
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="agreement_amount_positive",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partners:agreement_detail", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        legal_cover.refuse_state_without_exception(self)

    def status(self, on: date) -> AgreementStatus:
        """Legal state on a date, from the dates alone."""
        return legal_cover.status(self, on)

    @property
    def in_force_from(self) -> date | None:
        """First day of legal effect, when the recorded dates give one."""
        return legal_cover.in_force_from(self)


class AgreementParty(TenantModel):
    """Another party to an agreement: a partner territory, a stakeholder, or a name; exactly one of the three.

    `Agreement.territory` is the first partner and is not repeated here.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties", verbose_name="accord")
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="party_to",
        verbose_name="territoire",
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="party_to",
        verbose_name="partie prenante",
    )
    name = models.CharField("autre organisme", max_length=200, blank=True)

    class Meta:
        verbose_name = "partie à un accord"
        verbose_name_plural = "parties à un accord"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(territory__isnull=False, stakeholder=None, name="")
                | Q(territory=None, stakeholder__isnull=False, name="")
                | Q(territory=None, stakeholder=None) & ~Q(name=""),
                name="agreement_party_is_one",
                violation_error_message="Donnez un territoire, une partie prenante ou un nom : un seul des trois.",
            )
        ]

    def __str__(self) -> str:
        return str(self.territory or self.stakeholder or self.name)


class Amendment(TenantModel):
    """An avenant: from a date on, another end, amount or object; what it leaves empty does not change."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="amendments", verbose_name="accord")
    title = models.CharField("intitulé", max_length=200)
    deliberation_on = models.DateField("date de délibération", null=True, blank=True)
    effective_on = models.DateField(
        "prend effet le",
        help_text="Date de transmission au préfet (CGCT, art. L.1115-1), ou date plus tardive prévue par l’avenant.",
    )
    ends = models.DateField("nouvelle fin", null=True, blank=True)
    amount = models.DecimalField(
        "nouveau montant",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros : le montant total de l’accord, non la différence.",
    )
    object = models.TextField("nouvel objet", blank=True, max_length=4000)

    class Meta:
        verbose_name = "avenant"
        verbose_name_plural = "avenants"
        ordering = ["effective_on", "pk"]
        indexes = [models.Index(fields=["agreement", "effective_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=False) | Q(amount__isnull=False) | ~Q(object=""),
                name="amendment_changes_something",
                violation_error_message="Un avenant change la fin, le montant ou l’objet : donnez l’un des trois.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="amendment_amount_positive",
                violation_error_message="Un montant ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.agreement.get_absolute_url()
