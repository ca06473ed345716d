"""Relation graphs (SYS-29): the guide's examples, one's own graphs, actors, links, and what is refused."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aict.accounts.models import Change
from aict.accounts.reference import read_yaml
from partners.models import SupportActor
from tests.factories import (
    GraphLinkFactory,
    GraphNodeFactory,
    RelationGraphFactory,
    StakeholderFactory,
    TerritoryFactory,
)
from typology import graphs
from typology.models import ActionCategory, GraphLink, GraphNode, RelationGraph

LIST = reverse("typology:graph_list")
LOAD = reverse("typology:graph_examples")


def text_of(response) -> str:
    """The page's words, tags removed, spaces flattened."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def sentences(response) -> list[str]:
    """The links of a graph's page, as sentences."""
    found = re.findall(r"<li><div>([^<]*→[^<]*)<b>([^<]*)</b>([^<]*)</div>", response.content.decode())
    return ["".join(parts).replace("\u00a0", " ").strip() for parts in found]


def page_of(actor, graph):
    return actor.client.get(graph.get_absolute_url())


def address(name: str, graph: RelationGraph, part=None) -> str:
    return reverse(f"typology:graph_{name}", args=[graph.pk, part.pk] if part else [graph.pk])


@pytest.fixture
def graph(officer) -> RelationGraph:
    return RelationGraphFactory(collectivity=officer.collectivity, title="Notre réseau")


def node(graph: RelationGraph, label: str, **values) -> GraphNode:
    return GraphNodeFactory(collectivity=graph.collectivity, graph=graph, label=label, **values)


def link(source: GraphNode, target: GraphNode, label: str = "jumelage", **values) -> GraphLink:
    mine = {"collectivity": source.collectivity, "graph": source.graph}
    return GraphLinkFactory(source=source, target=target, label=label, **mine, **values)


# Acceptance ------------------------------------------------------------------------------


def test_sys_29_both_examples_load_with_their_actors_and_links_marked_as_a_reconstruction(officer):
    assert "Charger les deux exemples du guide" in text_of(officer.client.get(LIST))
    assert officer.client.post(LOAD).status_code == 302
    rows = RelationGraph.objects.for_collectivity(officer.collectivity).with_counts().order_by("example")
    assert [(row.example, row.node_count, row.link_count) for row in rows] == [
        ("exemple-1", 5, 4),
        ("exemple-2", 7, 5),
    ]
    for row in rows:
        page = page_of(officer, row)
        assert re.search(r'<span class="st st-warn">.*?Reconstitution</span>', page.content.decode(), re.S)
        assert "ce tracé est notre hypothèse" in text_of(page)
        assert len(sentences(page)) == row.link_count
    assert officer.client.get(LIST).content.decode().count("Reconstitution</span>") == 2


def test_sys_29_adding_an_actor_and_a_link_survives_a_reload(officer):
    officer.client.post(LOAD, {"code": "exemple-1"})
    example = RelationGraph.objects.get()
    answer = officer.client.post(address("node_create", example), {"label": "Université"})
    assert answer.status_code == 302
    added = GraphNode.objects.get(label="Université")
    cci = GraphNode.objects.get(label="CCI")
    data = {"source": cci.pk, "target": added.pk, "label": "stages", "category": ""}
    assert officer.client.post(address("link_create", example), data).status_code == 302
    for _ in range(2):
        page = page_of(officer, example)
        assert "CCI → Université : stages" in sentences(page)
        assert "6 acteurs" in text_of(page)
        assert "5 liens" in text_of(page)
        drawing = re.search(r'<svg class="relations".*?</svg>', page.content.decode(), re.S)[0]
        assert ">Université<" in drawing
        assert ">stages<" in drawing
        assert "Reconstitution" in page.content.decode()


# Examples --------------------------------------------------------------------------------


def test_the_examples_are_as_the_fixture_carries_them(officer):
    officer.client.post(LOAD)
    for example in read_yaml(settings.FIXTURES_DIR / "reference" / "examples.yaml")["examples"]:
        loaded = RelationGraph.objects.get(example=example["code"])
        names = {row["code"]: row["label"] for row in example["nodes"]}
        assert [row.label for row in loaded.nodes.all()] == list(names.values())
        assert [(r.source.label, r.target.label, r.label, r.category.code) for r in loaded.links.for_page()] == [
            (names[row["from"]], names[row["to"]], row["label"], row["category"]) for row in example["links"]
        ]
        refs = {row["label"]: row["ref"] for row in example["nodes"]}
        for row in loaded.nodes.for_page():
            assert (row.actor.code if row.actor else "sri") == refs[row.label]
        assert {row["certainty"] for row in (*example["nodes"], *example["links"])} == {"hypothese"}


def test_an_example_is_not_loaded_twice(officer):
    officer.client.post(LOAD, {"code": "exemple-2"})
    again = officer.client.post(LOAD, {"code": "exemple-2"}, follow=True)
    assert "Rien à charger" in text_of(again)
    officer.client.post(LOAD)
    assert sorted(RelationGraph.objects.values_list("example", flat=True)) == ["exemple-1", "exemple-2"]
    assert "Les exemples du guide" not in text_of(officer.client.get(LIST))
    example = graphs.examples()["exemple-1"]
    with pytest.raises(IntegrityError), transaction.atomic():
        graphs.load_example(example=example, collectivity=officer.collectivity, author=officer.user)


def test_an_unknown_example_is_not_loaded(officer):
    for code in ("exemple-3", "<script>", "\x00"):
        assert officer.client.post(LOAD, {"code": code}).status_code == 302
    assert not RelationGraph.objects.exists()


def test_each_collectivite_has_its_own_examples(officer, stranger):
    officer.client.post(LOAD)
    stranger.client.post(LOAD)
    assert RelationGraph.objects.count() == 4
    assert RelationGraph.objects.for_collectivity(stranger.collectivity).count() == 2


def test_a_deleted_example_can_be_loaded_again(officer):
    officer.client.post(LOAD, {"code": "exemple-1"})
    officer.client.post(address("delete", RelationGraph.objects.get()))
    assert not RelationGraph.objects.exists()
    officer.client.post(LOAD, {"code": "exemple-1"})
    assert RelationGraph.objects.get().nodes.count() == 5


# Graphs, actors, links -------------------------------------------------------------------


def test_a_graph_is_drawn_from_nothing(economic):
    answer = economic.client.post(reverse("typology:graph_create"), {"title": "Le salon de mars", "scenario": ""})
    graph = RelationGraph.objects.get()
    assert answer["Location"] == graph.get_absolute_url()
    page = page_of(economic, graph)
    assert "Rien à dessiner encore" in text_of(page)
    assert "Reconstitution" not in page.content.decode()
    assert "Ajouter un lien" not in text_of(page)
    assert Change.objects.get(model="typology.relationgraph").author == economic.user


def test_an_actor_leads_to_the_page_of_what_it_stands_for(officer, graph):
    territory = TerritoryFactory(collectivity=graph.collectivity, name="Sfax")
    stakeholder = StakeholderFactory(collectivity=graph.collectivity, name="Pôle photonique")
    actor = SupportActor.objects.get(code="business-france")
    node(graph, "La ville", territory=territory)
    node(graph, "Le pôle", stakeholder=stakeholder)
    node(graph, "L’agence", actor=actor)
    html = page_of(officer, graph).content.decode()
    for url in (
        territory.get_absolute_url(),
        stakeholder.get_absolute_url(),
        reverse("partners:actor_detail", args=[actor.code]),
    ):
        assert f'href="{url}"' in html


def test_an_actor_stands_for_one_record(officer, graph):
    data = {
        "label": "Deux à la fois",
        "territory": TerritoryFactory(collectivity=graph.collectivity).pk,
        "stakeholder": StakeholderFactory(collectivity=graph.collectivity).pk,
    }
    answer = officer.client.post(address("node_create", graph), data)
    assert "représente une seule fiche" in text_of(answer)
    assert not GraphNode.objects.exists()


def test_two_actors_of_a_graph_have_two_names(officer, graph):
    node(graph, "SRI")
    answer = officer.client.post(address("node_create", graph), {"label": " SRI "})
    assert "porte déjà ce nom : précisez-le" in text_of(answer)
    elsewhere = RelationGraphFactory(collectivity=graph.collectivity)
    assert officer.client.post(address("node_create", elsewhere), {"label": "SRI"}).status_code == 302


def test_a_link_to_itself_is_refused(officer, graph):
    a = node(graph, "A")
    node(graph, "B")
    data = {"source": a.pk, "target": a.pk, "label": "boucle"}
    answer = officer.client.post(address("link_create", graph), data)
    assert "choisissez deux acteurs différents" in text_of(answer)
    assert not GraphLink.objects.exists()


def test_a_link_between_two_graphs_is_refused(officer, graph):
    a = node(graph, "A")
    far = node(RelationGraphFactory(collectivity=graph.collectivity), "Ailleurs")
    data = {"source": a.pk, "target": far.pk, "label": "lien"}
    answer = officer.client.post(address("link_create", graph), data)
    assert "Cet acteur n’est pas dans ce schéma" in text_of(answer)
    with pytest.raises(ValidationError, match="pas dans ce schéma"):
        GraphLink(collectivity=graph.collectivity, graph=graph, source=a, target=far, label="lien").full_clean()
    assert not GraphLink.objects.exists()


def test_the_same_link_twice_is_refused_whatever_the_capitals(officer, graph):
    a, b = node(graph, "A"), node(graph, "B")
    first = link(a, b, "Jumelage")
    data = {"source": a.pk, "target": b.pk, "label": "jumelage"}
    answer = officer.client.post(address("link_create", graph), data)
    assert "Ce lien est déjà dans le schéma" in text_of(answer)
    back = {"source": b.pk, "target": a.pk, "label": "jumelage"}
    assert officer.client.post(address("link_create", graph), back).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        link(a, b, "Jumelage")
    same = {"source": a.pk, "target": b.pk, "label": "Jumelage", "category": ""}
    assert officer.client.post(address("link_edit", graph, first), same).status_code == 302


def test_a_link_is_modified_and_deleted(officer, graph):
    a, b = node(graph, "A"), node(graph, "B")
    row = link(a, b)
    coop = ActionCategory.objects.get(code="cooperation")
    data = {"source": b.pk, "target": a.pk, "label": "accueil", "category": coop.pk}
    assert officer.client.post(address("link_edit", graph, row), data).status_code == 302
    assert sentences(page_of(officer, graph)) == ["B → A : accueil (coopération)"]
    assert officer.client.post(address("link_delete", graph, row)).status_code == 302
    assert not GraphLink.objects.exists()
    assert GraphNode.objects.count() == 2
    assert Change.objects.filter(model="typology.graphlink", verb=Change.Verb.DELETED).count() == 1


def test_deleting_an_actor_says_which_links_go_with_it(officer, graph):
    a, b, c = (node(graph, name) for name in "ABC")
    link(a, b, "jumelage")
    link(c, a, "soutien")
    link(b, c, "accueil")
    confirm = text_of(officer.client.get(address("node_delete", graph, a)))
    assert "2 liens partent avec lui" in confirm
    assert "A → B : jumelage" in confirm
    assert "C → A : soutien" in confirm
    assert "accueil" not in confirm
    assert officer.client.post(address("node_delete", graph, a)).status_code == 302
    assert sentences(page_of(officer, graph)) == ["B → C : accueil"]
    told = Change.objects.filter(verb=Change.Verb.DELETED).values_list("model", flat=True)
    assert sorted(told) == ["typology.graphlink", "typology.graphlink", "typology.graphnode"]
    alone = node(graph, "Seul")
    assert "Aucun lien ne part avec lui" in text_of(officer.client.get(address("node_delete", graph, alone)))


def test_deleting_a_graph_says_what_goes_with_it(officer, graph):
    link(node(graph, "A"), node(graph, "B"))
    assert "2 acteurs et 1 lien" in text_of(officer.client.get(address("delete", graph)))
    assert RelationGraph.objects.exists()
    officer.client.post(address("delete", graph))
    assert not GraphNode.objects.exists()
    assert Change.objects.filter(verb=Change.Verb.DELETED).count() == 4


def test_a_part_is_found_in_its_own_graph_only(officer, graph):
    other = RelationGraphFactory(collectivity=graph.collectivity)
    row = link(node(graph, "A"), node(graph, "B"))
    assert officer.client.get(address("link_edit", other, row)).status_code == 404
    assert officer.client.post(address("node_delete", other, row.source)).status_code == 404
    assert GraphLink.objects.exists()


def test_a_graph_stays_readable(officer, graph, monkeypatch):
    from typology.forms import GraphLinkForm, GraphNodeForm

    monkeypatch.setattr(GraphNodeForm, "LIMIT", 2)
    monkeypatch.setattr(GraphLinkForm, "LIMIT", 1)
    a, b = node(graph, "A"), node(graph, "B")
    assert "60 acteurs au plus" in text_of(officer.client.post(address("node_create", graph), {"label": "C"}))
    assert officer.client.post(address("node_edit", graph, a), {"label": "Alpha"}).status_code == 302
    link(a, b)
    data = {"source": b.pk, "target": a.pk, "label": "retour"}
    assert "120 liens au plus" in text_of(officer.client.post(address("link_create", graph), data))


def test_no_list_holds_more_than_300_options(officer, graph):
    for number in range(301):
        TerritoryFactory(collectivity=graph.collectivity, name=f"Ville {number}")
    html = officer.client.get(address("node_create", graph)).content.decode()
    assert all(select.count("<option") <= 300 for select in re.findall(r"<select.*?</select>", html, re.S))
    answer = officer.client.post(address("node_create", graph), {"label": "La ville", "territory": "Ville 300"})
    assert answer.status_code == 302
    assert GraphNode.objects.get().territory.name == "Ville 300"


def test_the_drawing_and_its_sentences_hold_the_same_links(officer, graph):
    a, b = node(graph, "<b>A</b>"), node(graph, "B")
    link(a, b, "<script>alert(1)</script>")
    html = page_of(officer, graph).content.decode()
    assert "<script>alert" not in html
    assert html.count('<svg class="relations"') == 2  # wide and narrow, one of them shown
    assert "2 acteurs, 1 lien." in html
    assert "&lt;b&gt;A&lt;/b&gt; → B" in html


def test_an_elected_official_reads_and_is_offered_no_gesture(elected):
    graph = RelationGraphFactory(collectivity=elected.collectivity, title="À lire")
    link(node(graph, "A"), node(graph, "B"))
    for html in (elected.client.get(LIST).content.decode(), page_of(elected, graph).content.decode()):
        assert "À lire" in html
        assert "/modifier/" not in html
        assert "/nouveau/" not in html
        assert "Charger" not in html


def test_the_number_of_queries_does_not_grow(officer, graph):
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.client.get(url).status_code == 200
        return len(queries)

    category = ActionCategory.objects.first()
    first = node(graph, "A", territory=TerritoryFactory(collectivity=graph.collectivity))
    link(first, node(graph, "B"), category=category)
    count(LIST)
    before = count(LIST), count(graph.get_absolute_url())
    for number in range(29):
        territory = TerritoryFactory(collectivity=graph.collectivity)
        link(first, node(graph, f"N{number}", territory=territory), f"lien {number}", category=category)
        RelationGraphFactory(collectivity=graph.collectivity)
    assert (count(LIST), count(graph.get_absolute_url())) == before
    assert max(before) <= 12
