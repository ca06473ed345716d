"""Forms of the relation graphs: a graph, its actors, its links."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.svg import clean
from typology.fields import name_when_many
from typology.graphs import MAX_LINKS, MAX_NODES
from typology.models import GraphLink, GraphNode, RelationGraph
from typology.models.graphs import OTHER_GRAPH


class RelationGraphForm(TenantModelForm):
    """A graph: its title and what it tells."""

    class Meta(TenantModelForm.Meta):
        model = RelationGraph
        fields = ["title", "scenario"]
        help_texts = {
            "title": "Ce que le schéma montre : « Le jumelage avec Sfax et ses suites ».",
            "scenario": "L’histoire en deux ou trois phrases : par quoi tout commence, ce qui en sort.",
        }


class GraphPartForm(TenantModelForm):
    """An actor or a link of a graph, which is given by the address and never typed."""

    LIMIT = 0
    FULL = ""

    def _get_validation_exclusions(self) -> set[str]:
        # Uniqueness inside the graph is checked although no form shows that field.
        return super()._get_validation_exclusions() - {"graph"}

    def clean_label(self) -> str:
        label = clean(self.cleaned_data["label"])
        if not label:
            raise ValidationError("À remplir avec des lettres ou des chiffres.")
        return label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = self._meta.model.objects.for_collectivity(self.access.collectivity).filter(graph=self.instance.graph)
        if self.instance.pk is None and rows.count() >= self.LIMIT:
            raise ValidationError(self.FULL)
        return cleaned


class GraphNodeForm(GraphPartForm):
    """An actor: its name, and the record that it stands for, if any."""

    LIMIT = MAX_NODES
    FULL = f"Un schéma compte {MAX_NODES} acteurs au plus : au-delà, il ne se lit plus. Faites-en un second."

    class Meta(TenantModelForm.Meta):
        model = GraphNode
        fields = ["label", "actor", "stakeholder", "territory"]
        help_texts = {"label": "Court : il s’écrit dans le schéma. Deux acteurs ne portent pas le même nom."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territory, stakeholder = self.fields["territory"], self.fields["stakeholder"]
        territory.queryset = territory.queryset.select_related("country").order_by("name", "pk")
        territory.label_from_instance = lambda row: row.full_name
        stakeholder.queryset = stakeholder.queryset.order_by("name", "pk")
        for name in ("actor", "stakeholder", "territory"):
            self.fields[name].empty_label = "Aucun"
        name_when_many(self, "stakeholder", "territory")


class GraphLinkForm(GraphPartForm):
    """A link from an actor to another of the same graph."""

    LIMIT = MAX_LINKS
    FULL = f"Un schéma compte {MAX_LINKS} liens au plus : au-delà, il ne se lit plus. Faites-en un second."

    class Meta(TenantModelForm.Meta):
        model = GraphLink
        fields = ["source", "target", "label", "category"]
        help_texts = {
            "label": "Ce qui les lie, en quelques mots : jumelage, soutien aux projets…",
            "category": "Elle donne sa couleur et sa forme au lien.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            field: Any = self.fields[name]
            field.queryset = field.queryset.filter(graph=self.instance.graph).order_by("label", "pk")
            field.error_messages["invalid_choice"] = OTHER_GRAPH
            field.empty_label = "Choisir un acteur du schéma"
        category: Any = self.fields["category"]
        category.empty_label = "Aucune"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ends = {name: cleaned.get(name) for name in ("source", "target")}
        if all(ends.values()) and "label" in cleaned and self._is_there(label=cleaned["label"], **ends):
            self.add_error("label", "Ce lien est déjà dans le schéma : mêmes acteurs, même sens, mêmes mots.")
        return cleaned

    def _is_there(self, *, label: str, **ends: Any) -> bool:
        """Whatever the capitals: « Jumelage » and « jumelage » are one link."""
        rows = GraphLink.objects.for_collectivity(self.access.collectivity).filter(label__iexact=label, **ends)
        return rows.exclude(pk=self.instance.pk).exists()
