"""Relation graphs: who is tied to whom, and by what (SYS-29)."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.models import Stakeholder, SupportActor, Territory
from typology.models.nomenclatures import ActionCategory

OTHER_GRAPH = "Cet acteur n’est pas dans ce schéma : un lien reste à l’intérieur d’un schéma."


class RelationGraphQuerySet(TenantQuerySet):
    """Queries on graphs."""

    def with_counts(self) -> Self:
        """Annotate `node_count` and `link_count`."""
        return self.annotate(
            node_count=Count("nodes", distinct=True), link_count=Count("links", distinct=True)
        ).order_by("title", "pk")


class GraphNodeQuerySet(TenantQuerySet):
    """Queries on the actors of graphs."""

    def for_page(self) -> Self:
        """In the order in which they were added, with what they stand for."""
        return self.select_related("actor", "stakeholder", "territory").order_by("pk")


class GraphLinkQuerySet(TenantQuerySet):
    """Queries on the links of graphs."""

    def for_page(self) -> Self:
        """In the order in which they were added, with their two ends and their category."""
        return self.select_related("source", "target", "category").order_by("pk")

    def touching(self, node: GraphNode) -> Self:
        """The links that go when this actor goes."""
        return self.filter(Q(source=node) | Q(target=node))


class RelationGraph(TenantModel):
    """A drawing of actors and links; `example` is the code of the printed example that it reconstructs."""

    title = models.CharField("titre", max_length=160)
    scenario = models.TextField("récit", blank=True, max_length=2000)
    example = models.CharField("exemple imprimé", max_length=20, blank=True, editable=False)

    objects = RelationGraphQuerySet.as_manager()

    class Meta:
        verbose_name = "schéma de relations"
        verbose_name_plural = "schémas de relations"
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "example"],
                condition=~Q(example=""),
                name="graph_example_loaded_once",
                violation_error_message="Cet exemple du guide est déjà chargé.",
            )
        ]

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

    objects = GraphNodeQuerySet.as_manager()

    class Meta:
        verbose_name = "acteur du schéma"
        verbose_name_plural = "acteurs du schéma"
        ordering = ["pk"]
        constraints = [
            # The sentences that stand for the drawing name actors: two of one name could not be told apart.
            models.UniqueConstraint(
                fields=["collectivity", "graph", "label"],
                name="graph_node_named_once",
                violation_error_message="Un acteur du schéma porte déjà ce nom : précisez-le, "
                "par exemple « SRI de Sfax ».",
            ),
            models.CheckConstraint(
                condition=Q(actor=None, stakeholder=None)
                | Q(actor=None, territory=None)
                | Q(stakeholder=None, territory=None),
                name="graph_node_stands_for_one",
                violation_error_message="Un acteur du schéma représente une seule fiche : "
                "un acteur d’appui, une partie prenante ou un territoire.",
            ),
        ]

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

    objects = GraphLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien du schéma"
        verbose_name_plural = "liens du schéma"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "graph", "source", "target", "label"],
                name="graph_link_once",
                violation_error_message="Ce lien est déjà dans le schéma : mêmes acteurs, même sens, mêmes mots.",
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")),
                name="graph_link_between_two",
                violation_error_message="Un lien va d’un acteur à un autre : choisissez deux acteurs différents.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target} : {self.label}"

    def get_absolute_url(self) -> str:
        return self.graph.get_absolute_url()

    def clean(self) -> None:
        super().clean()
        ends = {"source": self.source_id and self.source, "target": self.target_id and self.target}
        if strays := {name: OTHER_GRAPH for name, node in ends.items() if node and node.graph_id != self.graph_id}:
            raise ValidationError(strays)
