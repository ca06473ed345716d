"""Relation graphs: their pages, their actors and their links, and the guide's examples."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import graphs
from typology.forms import GraphLinkForm, GraphNodeForm, RelationGraphForm
from typology.models import GraphLink, GraphNode, RelationGraph


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    collectivity = request.access.collectivity
    page = registers.page_of(request, RelationGraph.objects.for_collectivity(collectivity).with_counts())
    context = {"page": page, "examples": graphs.examples_to_load(collectivity)}
    return render(request, "typology/graph_list.html", context)


@require_safe
@requires(Ability.VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    graph = _graph(request, pk)
    context = {"graph": graph, "sheet": graphs.sheet(graph), "changes": registers.changes_of(graph)}
    return render(request, "typology/graph_detail.html", context)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest) -> HttpResponse:
    return _graph_written(request, RelationGraph(), "Schéma ajouté")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _graph_written(request, _graph(request, pk), "Schéma modifié")


def _graph_written(request: HttpRequest, graph: RelationGraph, done: str) -> HttpResponse:
    return registers.written(request, RelationGraphForm, graph, template="typology/graph_form.html", done=done)


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    graph = _graph(request, pk)
    if request.method == "POST":
        graphs.delete_graph(graph=graph, author=request.access.user)
        messages.success(request, f"Suppression faite : « {graph} ».")
        return redirect("typology:graph_list")
    sheet = graphs.sheet(graph)
    return render(request, "typology/graph_delete.html", {"graph": graph, "part": graph, "sheet": sheet})


@require_POST
@requires(Ability.EDIT_ACTIONS)
def load_examples(request: HttpRequest) -> HttpResponse:
    """Both examples of the guide, or the one that `code` names; an example already there is not loaded twice."""
    code = request.POST.get("code", "")
    missing = graphs.examples_to_load(request.access.collectivity)
    chosen = [example for example in missing if code in ("", example.code)]
    loaded = []
    for example in chosen:
        try:
            author = request.access.user
            loaded.append(graphs.load_example(example=example, collectivity=request.access.collectivity, author=author))
        except IntegrityError:  # somebody loaded it at the same moment
            continue
    if loaded:
        messages.success(request, f"Chargé : {' ; '.join(f'« {graph} »' for graph in loaded)}.")
    else:
        messages.info(request, "Rien à charger : cet exemple est déjà là, ou le guide ne le connaît pas.")
    return redirect(loaded[0] if len(loaded) == 1 else "typology:graph_list")


@requires(Ability.EDIT_ACTIONS)
def node_create(request: HttpRequest, graph_pk: int) -> HttpResponse:
    return _node_written(request, GraphNode(graph=_graph(request, graph_pk)), "Acteur ajouté")


@requires(Ability.EDIT_ACTIONS)
def node_edit(request: HttpRequest, graph_pk: int, pk: int) -> HttpResponse:
    return _node_written(request, _part(request, GraphNode, graph_pk, pk), "Acteur modifié")


def _node_written(request: HttpRequest, node: GraphNode, done: str) -> HttpResponse:
    context = {"graph": node.graph}
    return registers.written(
        request, GraphNodeForm, node, template="typology/graph_node_form.html", done=done, context=context
    )


@requires(Ability.EDIT_ACTIONS)
def node_delete(request: HttpRequest, graph_pk: int, pk: int) -> HttpResponse:
    node = _part(request, GraphNode, graph_pk, pk)
    if request.method == "POST":
        graphs.delete_node(node=node, author=request.access.user)
        messages.success(request, f"Suppression faite : « {node} » et ses liens.")
        return redirect(node.graph)
    links = list(GraphLink.objects.for_collectivity(request.access.collectivity).touching(node).for_page())
    context = {"graph": node.graph, "part": node, "links": links}
    return render(request, "typology/graph_delete.html", context)


@requires(Ability.EDIT_ACTIONS)
def link_create(request: HttpRequest, graph_pk: int) -> HttpResponse:
    return _link_written(request, GraphLink(graph=_graph(request, graph_pk)), "Lien ajouté")


@requires(Ability.EDIT_ACTIONS)
def link_edit(request: HttpRequest, graph_pk: int, pk: int) -> HttpResponse:
    return _link_written(request, _part(request, GraphLink, graph_pk, pk), "Lien modifié")


def _link_written(request: HttpRequest, link: GraphLink, done: str) -> HttpResponse:
    context = {"graph": link.graph}
    return registers.written(
        request, GraphLinkForm, link, template="typology/graph_link_form.html", done=done, context=context
    )


@requires(Ability.EDIT_ACTIONS)
def link_delete(request: HttpRequest, graph_pk: int, pk: int) -> HttpResponse:
    link = _part(request, GraphLink, graph_pk, pk)
    page = link.graph.get_absolute_url()
    return registers.removal(
        request,
        link,
        noun="ce lien",
        says="Les deux acteurs restent au schéma.",
        trail=[("Schémas", reverse("typology:graph_list")), (str(link.graph), page)],
        back=page,
    )


def _graph(request: HttpRequest, pk: int) -> RelationGraph:
    return get_owned_or_404(request, RelationGraph.objects, pk=pk)


def _part(request: HttpRequest, model: Any, graph_pk: int, pk: int) -> Any:
    """An actor or a link of this very graph."""
    return get_owned_or_404(request, model.objects.select_related("graph"), pk=pk, graph=_graph(request, graph_pk))
