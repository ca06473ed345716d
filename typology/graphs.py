"""Relation graphs (SYS-29): the guide's two examples, what a page draws of a graph, and what a deletion takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.utils.safestring import SafeString

from aict.accounts import history, registers
from aict.accounts.models import Collectivity, User
from aict.accounts.reference import read_yaml
from aict.ui.graphs import Box, Tie, relation_graph
from partners.models import SupportActor
from typology.models import ActionCategory, GraphLink, GraphNode, RelationGraph

MAX_NODES, MAX_LINKS = 60, 120  # beyond, nobody reads the drawing


@dataclass(frozen=True)
class Example:
    """One of the two printed examples, as the fixture carries it: who is tied to whom is our reconstruction."""

    code: str
    label: str
    title: str
    scenario: str
    nodes: Sequence[dict[str, str]]
    links: Sequence[dict[str, str]]


@lru_cache(maxsize=1)
def examples() -> dict[str, Example]:
    """The examples of fixtures/reference/examples.yaml by code, in the order of the guide."""
    rows = read_yaml(settings.FIXTURES_DIR / "reference" / "examples.yaml")["examples"]
    return {
        row["code"]: Example(
            row["code"], row["label"], row["title"], row["scenario"], tuple(row["nodes"]), tuple(row["links"])
        )
        for row in sorted(rows, key=lambda row: row["order"])
    }


def examples_to_load(collectivity: Collectivity) -> list[Example]:
    """Those that this collectivité has not loaded, or has deleted since."""
    loaded = set(RelationGraph.objects.for_collectivity(collectivity).values_list("example", flat=True))
    return [example for code, example in examples().items() if code not in loaded]


@transaction.atomic
def load_example(*, example: Example, collectivity: Collectivity, author: User | None) -> RelationGraph:
    """Write an example as a graph of the collectivité. Raises IntegrityError when it is already loaded."""
    mine = {"collectivity": collectivity}
    graph = RelationGraph.objects.create(title=example.title, scenario=example.scenario, example=example.code, **mine)
    actors = {actor.code: actor for actor in SupportActor.objects.filter(code__in=[n["ref"] for n in example.nodes])}
    categories = {category.code: category for category in ActionCategory.objects.all()}
    nodes = {}
    for row in example.nodes:
        node = GraphNode(graph=graph, label=row["label"], actor=actors.get(row["ref"]), **mine)
        node.save()
        nodes[row["code"]] = node
    for row in example.links:
        ends = {"source": nodes[row["from"]], "target": nodes[row["to"]]}
        GraphLink(graph=graph, label=row["label"], category=categories[row["category"]], **ends, **mine).save()
    history.record(instance=graph, author=author)
    return graph


@dataclass(frozen=True)
class Sheet:
    """What a graph's page shows: two drawings of the same links, for a wide and a narrow screen, and their rows."""

    nodes: Sequence[GraphNode]
    links: Sequence[GraphLink]
    categories: Sequence[ActionCategory]
    wide: SafeString | None
    narrow: SafeString | None
    is_large: bool

    @property
    def may_link(self) -> bool:
        return len(self.nodes) > 1


def sheet(graph: RelationGraph) -> Sheet:
    """Rows and drawings of a graph, from two queries; no drawing without an actor."""
    nodes = list(GraphNode.objects.for_collectivity(graph.collectivity).filter(graph=graph).for_page())
    links = list(GraphLink.objects.for_collectivity(graph.collectivity).filter(graph=graph).for_page())
    used = {link.category_id: link.category for link in links if link.category}
    categories = sorted(used.values(), key=lambda category: category.order)
    if not nodes:
        return Sheet(nodes, links, categories, None, None, False)
    boxes = [Box(node.pk, node.label, kind_of(node)) for node in nodes]
    ties = [
        Tie(link.source_id, link.target_id, link.label, link.category.shape if link.category else "") for link in links
    ]
    title, words = f"Schéma : {graph.title}", _description(nodes, links)
    wide = relation_graph(boxes, ties, title=title, description=words, chart_id="schema")
    narrow = relation_graph(boxes, ties, title=title, description=words, chart_id="schema-etroit", narrow=True)
    return Sheet(nodes, links, categories, wide.drawing, narrow.drawing, wide.is_large)


def kind_of(node: GraphNode) -> str:
    """What an actor of a graph stands for, in words; empty when it stands for itself."""
    if node.actor_id:
        return "acteur d’appui"
    if node.stakeholder_id:
        return "partie prenante"
    return "territoire" if node.territory_id else ""


def _description(nodes: Sequence[GraphNode], links: Sequence[GraphLink]) -> str:
    counts = f"{len(nodes)} acteur{'s' if len(nodes) > 1 else ''}, {len(links)} lien{'s' if len(links) > 1 else ''}."
    return f"{counts} La liste qui suit le schéma dit chaque lien en une phrase."


@transaction.atomic
def delete_node(*, node: GraphNode, author: User | None) -> None:
    """Delete an actor with its links, each told in the history."""
    for link in GraphLink.objects.for_collectivity(node.collectivity).touching(node).for_page():
        registers.remove(row=link, author=author)
    registers.remove(row=node, author=author)


@transaction.atomic
def delete_graph(*, graph: RelationGraph, author: User | None) -> None:
    """Delete a graph with its actors and links, each told in the history."""
    mine = {"graph": graph}
    for rows in (GraphLink.objects, GraphNode.objects):
        for row in rows.for_collectivity(graph.collectivity).filter(**mine).for_page():
            registers.remove(row=row, author=author)
    registers.remove(row=graph, author=author)
