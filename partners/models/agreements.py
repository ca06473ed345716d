"""Agreements: what a partnership rests on, and its legal state on a date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import (
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from aict.accounts.tenancy import SHARED, RegisterModel, RegisterQuerySet
from aict.ui.timelines import Period
from partners import cover_sql, legal_cover
from partners.enums import AgreementForm, AgreementStatus, StateException, Validity
from partners.legal_cover import IN_FORCE, Terms
from partners.models.amendments import AgreementParty, Amendment
from partners.models.territories import Territory, shared_territory_named

# typology.enums.ActionStatus.EN_COURS: this layer lies below and may not import it; a test compares both.
ACTION_UNDER_WAY = "en-cours"


CIRCLE = (
    "Cet accord suit déjà, de proche en proche, celui que vous modifiez : choisissez un accord plus ancien, ou aucun."
)


class AgreementQuerySet(RegisterQuerySet):
    """Queries on agreements. `on` is always given: no query knows what day it is."""

    def with_terms(self, on: date) -> Self:
        """Annotate `ends_on`, the end that holds on a date: the SQL twin of `legal_cover.terms(…).ends`."""
        return self if "ends_on" in self.query.annotations else self.annotate(ends_on=_end_on(on))

    def with_status(self, on: date) -> Self:
        """Annotate `status_on`, the SQL twin of `Agreement.status(on)`."""
        return self.with_terms(on).annotate(status_on=legal_cover.status_expression(on))

    def with_deadline(self, on: date) -> Self:
        """Annotate `deadline` (current end, else review date) and `left`, the time from `on` to it."""
        return self.with_terms(on).annotate(
            deadline=Coalesce("ends_on", "review_on"),
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
        """In force on a date, whether or not they are due for review; rows may carry the status of another date."""
        ends = f"ends_on_{on:%Y%m%d}"
        return (
            self.alias(**{ends: _end_on(on)})
            .alias(status_then=legal_cover.status_expression(on, ends))
            .filter(status_then__in=IN_FORCE)
        )

    def ending_within(self, on: date, days: int) -> Self:
        """In force on a date, with their end (else their review) at most `days` days later."""
        return self.with_status(on).with_deadline(on).due_within(days)

    def due_within(self, days: int) -> Self:
        """`ending_within`, for rows that already know their status and deadline."""
        return self.filter(status_on__in=IN_FORCE, left__range=(timedelta(0), timedelta(days=days)))

    def to_review(self) -> Self:
        """Of rows of `with_status`: no end, and a review due or never fixed; perpetual twinnings among them."""
        return self.filter(status_on=AgreementStatus.A_REVOIR)

    def with_effect_in(self, year: int) -> Self:
        """That have effect on one day of a year at least."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        # The first day that counts; later, only an avenant can bring an agreement back to effect.
        rows = self.alias(in_effect=legal_cover.start_expression()).filter(in_effect__lte=last)
        rows = rows.alias(began=Greatest("in_effect", Value(first)))
        rows = rows.alias(first_end=_end_on(OuterRef("began")))
        revived = Amendment.objects.filter(
            Q(agreement__denounced_on=None) | Q(effective_on__lt=F("agreement__denounced_on")),
            agreement=OuterRef("pk"),
            effective_on__gt=OuterRef("began"),
            effective_on__lte=last,
            ends__gte=F("effective_on"),
        )
        return rows.filter(
            Q(denounced_on=None) | Q(denounced_on__gt=F("began")),
            Q(first_end=None) | Q(first_end__gte=F("began")) | Exists(revived),
        )

    def uncovered(self, on: date) -> dict[int, list[Period]]:
        """Uncovered periods of each territory, between its agreements and after the last up to `on`; one query."""
        return cover_sql.uncovered(self, on)

    def with_parties(self) -> Self:
        """With their avenants and other parties, so that no row asks again; two queries."""
        parties = AgreementParty.objects.select_related("territory__country", "stakeholder")
        return self.prefetch_related("amendments", Prefetch("parties", parties))

    def for_list(self, on: date) -> Self:
        return (
            self.with_status(on)
            .with_deadline(on)
            .with_parties()
            .select_related("territory__country", "predecessor")
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

    def by_territory(self, among: Iterable[Territory] | None = None) -> dict[int, list[Any]]:
        """Every agreement, by the number of each territory that is party to it; three queries for a whole list.

        `among`: of the agreements of these territories alone, such as those of one page.
        """
        rows = self
        if among is not None:
            numbers = [territory.pk for territory in among]
            as_party = AgreementParty.objects.filter(agreement=OuterRef("pk"), territory__in=numbers)
            rows = self.filter(Q(territory__in=numbers) | Exists(as_party))
        found: dict[int, list[Any]] = {}
        for agreement in rows.order_by("pk").prefetch_related("amendments", "parties"):
            for number in agreement.covered_territories:
                found.setdefault(number, []).append(agreement)
        return found

    def territory_count(self) -> int:
        """How many territories are party to these agreements, each once."""
        others = AgreementParty.objects.filter(agreement__in=self.order_by().values("pk"), territory__isnull=False)
        return self.order_by().values_list("territory").union(others.order_by().values_list("territory")).count()

    def matching(self, words: str) -> Self:
        """Whose title, object, holder or one of whose parties holds the words."""
        party = Q(territory__name__icontains=words) | Q(stakeholder__name__icontains=words)
        return self.filter(
            self._own_words(words) | Q(territory__name__icontains=words) | _has_party(party | Q(name__icontains=words))
        )

    def matching_shared(self, words: str) -> Self:
        """`matching` for a network: the name of a party that is not shared is never searched."""
        stakeholder = Q(
            stakeholder__visibility__in=SHARED, stakeholder__deleted_at=None, stakeholder__name__icontains=words
        )
        party = shared_territory_named(words) | stakeholder | Q(name__icontains=words)
        return self.filter(self._own_words(words) | shared_territory_named(words) | _has_party(party))

    @staticmethod
    def _own_words(words: str) -> Q:
        amended = Amendment.objects.filter(agreement=OuterRef("pk"), object__icontains=words)
        own = Q(title__icontains=words) | Q(object__icontains=words) | Q(holder__icontains=words)
        return own | Q(Exists(amended))

    def for_networks(self) -> Self:
        """Rows of `for_list`, the latest first: the order by territory would place a hidden name in the alphabet."""
        return self.order_by(F("starts").desc(nulls_last=True), "pk")


def _end_on(day: Any) -> Coalesce:
    """The end that holds on a day (a date or an OuterRef): that of the latest avenant in effect which gives one."""
    amended = Amendment.objects.filter(agreement=OuterRef("pk"), effective_on__lte=day, ends__isnull=False)
    latest = amended.order_by("-effective_on", "-pk").values("ends")[:1]
    return Coalesce(Subquery(latest), "ends")


def _has_party(condition: Q) -> Q:
    """Agreements one of whose other parties fulfils a condition."""
    return Q(Exists(AgreementParty.objects.filter(condition, agreement=OuterRef("pk"))))


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
        help_text="CGCT, art. L.1115-5 : un accord avec un État étranger est interdit, sauf ces cas.",
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

    chosen_territories: Sequence[Territory] | None = None  # given by a form before `clean`, never stored

    class Meta(RegisterModel.Meta):
        verbose_name = "accord"
        verbose_name_plural = "accords"
        indexes = [models.Index(fields=["collectivity", "deleted_at", "ends"])]
        constraints = [
            *RegisterModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=models.F("starts")),
                name="agreement_ends_after_start",
                violation_error_message="La fin précède le début : corrigez l’une des deux dates.",
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
        # An import validates an agreement before its territory has a number: ask for the object.
        legal_cover.refuse_state_without_exception(self, [getattr(self, "territory", None), *self._other_territories()])
        self._refuse_circle()
        if unfit := legal_cover.unfit_amendment(self, legal_cover.amendments_of(self)):
            amendment, errors = unfit
            raise ValidationError(
                f"L’avenant « {amendment} » ne tiendrait plus avec ces dates. {' '.join(errors.values())}"
            )

    def _other_territories(self) -> list[Territory | None]:
        """Those that a form is about to make parties, else those that are."""
        if self.chosen_territories is not None:
            return list(self.chosen_territories)
        rows = self.parties.all() if self.pk else ()  # an import has them at hand
        return [party.territory for party in rows]

    def _refuse_circle(self) -> None:
        """Raise ValidationError when following the previous agreements leads back to this one."""
        seen = {self.pk}
        earlier = self.predecessor
        while earlier is not None and earlier.pk is not None:
            if earlier.pk in seen:
                raise ValidationError({"predecessor": CIRCLE})
            seen.add(earlier.pk)
            earlier = earlier.predecessor

    def status(self, on: date) -> AgreementStatus:
        """Legal state on a date, from the dates alone."""
        return legal_cover.status(self, on)

    def terms(self, on: date) -> Terms:
        """End, amount and object on a date, avenants included."""
        return legal_cover.terms(self, on)

    @property
    def covered_territories(self) -> set[int]:
        """The numbers of the territories that are party to it; no query when the parties were prefetched."""
        others = {party.territory_id for party in self.parties.all() if party.territory_id}
        return {self.territory_id, *others}

    @property
    def in_force_from(self) -> date | None:
        """First day of legal effect, when the recorded dates give one."""
        return legal_cover.in_force_from(self)
