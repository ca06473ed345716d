"""Contacts: the least that is needed to write to somebody, and where it comes from. Never shown to a network."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.enums import Fate
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.enums import ContactRole
from partners.models.stakeholders import Stakeholder
from partners.models.territories import Territory

STALE_YEARS = 3  # without contact for longer, a contact is reviewed (CNIL, « référentiel » on commercial management)


class ContactQuerySet(TenantQuerySet):
    """Queries on contacts."""

    def for_list(self) -> Self:
        return self.select_related("stakeholder", "territory__country").order_by("name", "pk")

    def stale(self, on: date) -> Self:
        """Whose last contact is three years old or more on a date."""
        return self.filter(last_contact_on__lte=years_before(on, STALE_YEARS))

    def matching(self, words: str) -> Self:
        """Whose name, post, address, stakeholder or territory holds the words."""
        return self.filter(
            Q(name__icontains=words)
            | Q(function__icontains=words)
            | Q(email__icontains=words)
            | Q(stakeholder__name__icontains=words)
            | Q(territory__name__icontains=words)
        )


class Contact(TenantModel):
    """A person met at a stakeholder or in a partner territory (RGPD: minimal, dated, sourced)."""

    name = models.CharField("nom", max_length=160)
    function = models.CharField("fonction", max_length=160, blank=True)
    role = models.CharField("rôle", max_length=12, choices=ContactRole.choices, default=ContactRole.TECHNICAL)
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name="partie prenante",
    )
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name="territoire"
    )
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    source = models.CharField(
        "origine des données", max_length=200, help_text="Carte de visite, site public, courrier du partenaire…"
    )
    last_contact_on = models.DateField("dernier contact")

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "contact"
        verbose_name_plural = "contacts"
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["collectivity", "last_contact_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(stakeholder__isnull=False) | Q(territory__isnull=False),
                name="contact_belongs_somewhere",
                violation_error_message="Rattachez ce contact à une partie prenante ou à un territoire.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:contact_detail", args=[self.pk])

    def is_stale(self, on: date) -> bool:
        """The twin of `stale`, for a row already read."""
        return self.last_contact_on <= years_before(on, STALE_YEARS)

    def fate_of_mention(self, named: set[str]) -> Fate:
        """A contact who is the person goes; one whose source or post names the person loses the mention."""
        return Fate.DELETE if named & {"name", "email", "phone"} else Fate.REDACT


def years_before(on: date, years: int) -> date:
    """The same day some years earlier; 28 February for a 29 that does not exist."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)
