"""Calls for projects that a collectivité watches, and its applications (SYS-39)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.urls import reverse

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from typology.enums import ApplicationState, CallState
from typology.models.actions import Action
from typology.models.nomenclatures import FundingScheme, Sdg

CLOSING_DAYS = 30  # from then on, an open call is said to close soon


class FundingCallQuerySet(TenantQuerySet):
    """Queries on calls."""

    def by_deadline(self, on: date) -> Self:
        """For a list on a date: deadlines to come first, the nearest on top; then undated calls; then past ones."""
        rank = Case(When(closes_on__gte=on, then=Value(0)), When(closes_on=None, then=Value(1)), default=Value(2))
        return (
            self.select_related("scheme__funder")
            .prefetch_related("sdgs")
            .annotate(rank=rank, application_count=Count("applications"))
            .order_by("rank", "closes_on", "pk")
        )

    def in_state(self, state: str, on: date) -> Self:
        """Those that stand so on a date; the twin of FundingCall.state."""
        begun = Q(opens_on=None) | Q(opens_on__lte=on)
        soon = on + timedelta(days=CLOSING_DAYS)
        conditions = {
            CallState.UNDATED: Q(opens_on=None, closes_on=None),
            CallState.UPCOMING: Q(opens_on__gt=on),
            CallState.CLOSED: begun & Q(closes_on__lt=on),
            CallState.CLOSING: begun & Q(closes_on__gte=on, closes_on__lte=soon),
            CallState.OPEN: begun & (Q(closes_on__gt=soon) | Q(closes_on=None, opens_on__lte=on)),
        }
        return self.filter(conditions[CallState(state)])

    def open_on(self, on: date) -> Self:
        """Those that take applications on a date, or will: neither past nor without any date."""
        return self.filter(Q(closes_on__gte=on) | Q(closes_on=None, opens_on__isnull=False))

    def matching(self, words: str) -> Self:
        """Whose title, edition, axes or scheme hold the words."""
        return self.filter(
            Q(title__icontains=words)
            | Q(edition__icontains=words)
            | Q(axes__icontains=words)
            | Q(scheme__label__icontains=words)
        )

    def for_list(self) -> Self:
        """The nearest deadline first, those without one last."""
        return self.select_related("scheme__funder").order_by(F("closes_on").asc(nulls_last=True), "pk")


class FundingCall(TenantModel):
    """An edition of a scheme that takes applications between two dates."""

    scheme = models.ForeignKey(FundingScheme, on_delete=models.PROTECT, related_name="calls", verbose_name="dispositif")
    title = models.CharField("intitulé", max_length=250)
    edition = models.CharField("édition", max_length=40, blank=True, help_text="Par exemple : 2027, ou 2ᵉ session.")
    opens_on = models.DateField("ouverture", null=True, blank=True)
    closes_on = models.DateField("date limite de dépôt", null=True, blank=True)
    axes = models.TextField("axes", blank=True, max_length=2000, help_text="Un par ligne.")
    sdgs = models.ManyToManyField(Sdg, blank=True, related_name="+", verbose_name="ODD visés")
    amount_max = models.DecimalField(
        "montant maximal par projet",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="En euros.",
    )
    website = models.URLField("page de l’appel", blank=True)
    note = models.TextField("remarques", blank=True, max_length=2000)

    objects = FundingCallQuerySet.as_manager()

    class Meta:
        verbose_name = "appel à projets"
        verbose_name_plural = "appels à projets"
        ordering = ["closes_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="call_closes_after_opening",
                violation_error_message="La date limite précède l’ouverture : corrigez l’une des deux dates.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:call_detail", args=[self.pk])

    @property
    def axis_list(self) -> list[str]:
        """The axes that an application may choose from; empty when the call lists none."""
        return [line.strip() for line in self.axes.splitlines() if line.strip()]

    def state(self, on: date) -> CallState:
        """Where the call stands on a date."""
        if self.opens_on is None and self.closes_on is None:
            return CallState.UNDATED
        if self.opens_on and self.opens_on > on:
            return CallState.UPCOMING
        if self.closes_on is None:
            return CallState.OPEN
        left = (self.closes_on - on).days
        return CallState.CLOSED if left < 0 else CallState.CLOSING if left <= CLOSING_DAYS else CallState.OPEN


class FundingApplicationQuerySet(TenantQuerySet):
    """Queries on applications."""

    def for_list(self) -> Self:
        """The latest touched first."""
        return self.select_related("scheme", "call", "action").order_by("-updated_at", "-pk")

    def matching(self, words: str) -> Self:
        """Whose title, axis, scheme, call or action hold the words."""
        return self.filter(
            Q(title__icontains=words)
            | Q(axis__icontains=words)
            | Q(scheme__label__icontains=words)
            | Q(call__title__icontains=words)
            | Q(action__title__icontains=words)
        )

    def by_state(self) -> dict[str, dict[str, Any]]:
        """Number and euros asked, granted and paid, by state; None when no amount is known."""
        rows = self.order_by().values("state")
        sums = {name: Sum(name) for name in ("requested", "granted", "paid")}
        return {row["state"]: row for row in rows.annotate(count=Count("pk"), **sums)}


class FundingApplication(TenantModel):
    """What the collectivité asks of a scheme for an action: spotted, filed, obtained, refused, paid."""

    scheme = models.ForeignKey(
        FundingScheme, on_delete=models.PROTECT, related_name="applications", verbose_name="dispositif"
    )
    call = models.ForeignKey(
        FundingCall,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name="appel à projets",
    )
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="applications", verbose_name="action"
    )
    title = models.CharField("projet présenté", max_length=250)
    axis = models.CharField("axe", max_length=250, blank=True)
    state = models.CharField("état", max_length=10, choices=ApplicationState.choices, default=ApplicationState.SPOTTED)
    filed_on = models.DateField("déposée le", null=True, blank=True)
    decided_on = models.DateField("décision le", null=True, blank=True)
    paid_on = models.DateField("payée le", null=True, blank=True)
    requested = models.DecimalField(
        "montant demandé", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    granted = models.DecimalField(
        "montant obtenu", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    paid = models.DecimalField(
        "montant payé", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    note = models.TextField("remarques", blank=True, max_length=2000)

    objects = FundingApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        verbose_name_plural = "candidatures"
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[ApplicationState.OBTAINED, ApplicationState.PAID]) | Q(granted__isnull=False),
                name="application_obtained_has_amount",
                violation_error_message="Une candidature obtenue dit combien : donnez le montant obtenu.",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.SPOTTED) | Q(filed_on=None),
                name="application_spotted_is_not_filed",
                violation_error_message="Une candidature repérée n’a pas de date de dépôt : enregistrez son dépôt.",
            ),
            models.CheckConstraint(
                condition=Q(paid=None) | Q(paid__lte=F("granted")),
                name="application_paid_within_granted",
                violation_error_message="Le montant payé dépasse le montant obtenu : corrigez l’un des deux.",
            ),
            models.CheckConstraint(
                condition=(Q(decided_on=None) | Q(decided_on__gte=F("filed_on")))
                & (Q(paid_on=None) | Q(paid_on__gte=F("decided_on"))),
                name="application_dates_in_order",
                violation_error_message="Dépôt, décision, paiement : ces dates se suivent. Corrigez celle qui précède.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:application_detail", args=[self.pk])

    def clean(self) -> None:
        """The call is of the scheme, the axis one of its axes, and each state has its dates and amounts."""
        super().clean()
        errors = {**self._of_the_call(), **self._of_the_state()}
        if errors:
            raise ValidationError(errors)

    def _of_the_call(self) -> dict[str, str]:
        if self.call is None:
            return {}
        if self.call.scheme_id != self.scheme_id:
            return {
                "call": f"Cet appel relève de « {self.call.scheme} » : choisissez ce dispositif, ou un autre appel."
            }
        if self.call.axis_list and self.axis and self.axis not in self.call.axis_list:
            told = ", ".join(f"« {axis} »" for axis in self.call.axis_list)
            return {"axis": f"L’appel ne propose pas cet axe. Choisissez parmi : {told}."}
        return {}

    def _of_the_state(self) -> dict[str, str]:
        lacking = [name for name in REQUIRED[ApplicationState(self.state)] if getattr(self, name) is None]
        return {name: f"À donner pour l’état « {self.get_state_display()} »." for name in lacking}


# What each state cannot do without.
REQUIRED: dict[str, tuple[str, ...]] = {
    ApplicationState.SPOTTED: (),
    ApplicationState.FILED: ("filed_on",),
    ApplicationState.OBTAINED: ("filed_on", "decided_on", "granted"),
    ApplicationState.REFUSED: ("filed_on", "decided_on"),
    ApplicationState.PAID: ("filed_on", "decided_on", "granted", "paid_on", "paid"),
}
