"""Contacts: the least that is needed to write to somebody, and where it comes from. Never shown to a network."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.enums import ContactRole
from partners.models.stakeholders import Stakeholder
from partners.models.territories import Territory


class ContactQuerySet(TenantQuerySet):
    """Queries on contacts."""


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
