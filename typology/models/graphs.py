"""Relation graphs: who is tied to whom, and by what (SYS-29)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aict.accounts.tenancy import TenantModel
from partners.models import Stakeholder, SupportActor, Territory
from typology.models.nomenclatures import ActionCategory


class RelationGraph(TenantModel):
    """A drawing of actors and links; `example` is the code of the printed example that it reconstructs."""

    title = models.CharField("titre", max_length=160)
    scenario = models.TextField("récit", blank=True, max_length=2000)
    example = models.CharField("exemple imprimé", max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = "schéma de relations"
        verbose_name_plural = "schémas de relations"
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("typology:graph_detail", args=[self.pk])


class GraphNode(TenantModel):
    """An actor of a graph; it may stand for a support actor, a stakeholder or a territory."""

    graph = models.ForeignKey(RelationGraph, on_delete=models.CASCADE, related_name="nodes", verbose_name="schéma")
    label = models.CharField("acteur", max_length=80)
    actor = models.ForeignKey(
        SupportActor, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="acteur d’appui"
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="graph_nodes",
        verbose_name="partie prenante",
    )
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="graph_nodes",
        verbose_name="territoire",
    )

    class Meta:
        verbose_name = "acteur du schéma"
        verbose_name_plural = "acteurs du schéma"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return self.graph.get_absolute_url()


class GraphLink(TenantModel):
    """A link from an actor of a graph to another of the same graph."""

    graph = models.ForeignKey(RelationGraph, on_delete=models.CASCADE, related_name="links", verbose_name="schéma")
    source = models.ForeignKey(GraphNode, on_delete=models.CASCADE, related_name="+", verbose_name="de")
    target = models.ForeignKey(GraphNode, on_delete=models.CASCADE, related_name="+", verbose_name="vers")
    label = models.CharField("lien", max_length=120)
    category = models.ForeignKey(
        ActionCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="catégorie"
    )

    class Meta:
        verbose_name = "lien du schéma"
        verbose_name_plural = "liens du schéma"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("target")),
                name="graph_link_between_two",
                violation_error_message="Un lien va d’un acteur à un autre.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target} : {self.label}"

    def get_absolute_url(self) -> str:
        return self.graph.get_absolute_url()
