"""Relation graphs drawn on the server: nothing over anything, everything inside, the same drawing each time."""

import random
import re
from itertools import combinations
from time import perf_counter
from xml.etree import ElementTree

import pytest

from aict.ui.graphlayout import plan, structure
from aict.ui.graphs import NARROW, WIDE, Box, Tie, breadth_of, relation_graph, wrap

WORDS = [
    "jumelage",
    "soutien aux projets",
    "organisation d’échanges entre chambres de commerce et d’industrie",
    "mise en relation d’acteurs économiques",
    "x" * 120,
]
NAMES = [
    "CCI",
    "SRI de la collectivité",
    "Agences de développement",
    "Association des professionnels",
    "W" * 80,
    "صفاقس",
]


def draw(boxes, ties, **more):
    return relation_graph(boxes, ties, title="Schéma", description="Texte", chart_id="s", **more)


def sample(seed: int, count: int, links: int) -> tuple[list[Box], list[Tie]]:
    chance = random.Random(seed)
    boxes = [Box(n, f"{chance.choice(NAMES)} {n}", chance.choice(["", "territoire"])) for n in range(count)]
    pairs = [(chance.randrange(count), chance.randrange(count)) for _ in range(links)]
    ties = [Tie(a, b, chance.choice(WORDS), chance.choice(["int", "pro", "coo", ""])) for a, b in pairs if a != b]
    return boxes, ties


def rectangles(drawing) -> list[tuple[float, float, float, float]]:
    """Boxes of actors and of words, as drawn; the marks of categories are inside groups and left out."""
    root = ElementTree.fromstring(drawing)
    found = []
    for rect in root.findall("rect"):
        x, y, width, height = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + width, y + height))
    return found


def overlap(one, other) -> float:
    return min(min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1]))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("seed", "count", "links"), [(1, 5, 4), (2, 12, 16), (3, 40, 45), (4, 40, 0), (5, 20, 60)])
def test_no_box_covers_another_and_none_leaves_the_drawing(seed, count, links, narrow):
    boxes, ties = sample(seed, count, links)
    result = draw(boxes, ties, narrow=narrow)
    found = rectangles(result.drawing)
    assert len(found) == len(boxes) + len(ties)
    for one, other in combinations(found, 2):
        assert overlap(one, other) <= 0.02, (one, other)
    for left, top, right, bottom in found:
        assert left >= -4
        assert top >= -4
        assert right <= result.width - 4 + 0.02
        assert bottom <= result.height - 4 + 0.02


@pytest.mark.parametrize("narrow", [False, True])
def test_every_text_stays_in_its_box(narrow):
    """Each line of text lies in a box, at the width that the house face needs at most."""
    result = draw(*sample(6, 20, 24), narrow=narrow)
    boxes = rectangles(result.drawing)
    for text in ElementTree.fromstring(result.drawing).findall("text"):
        size, x, y = (float(text.get(name)) for name in ("font-size", "x", "y"))
        wide = breadth_of(text.text, size)
        left = x - wide / 2 if text.get("text-anchor") == "middle" else x
        line = (left, y - size * 0.75, left + wide, y + size * 0.25)
        assert any(
            b[0] <= line[0] and b[1] <= line[1] and line[2] <= b[2] + 0.02 and line[3] <= b[3] + 0.5 for b in boxes
        ), text.text


def test_no_line_runs_under_a_box():
    """Every corner and every end of a curve is outside the boxes: between columns, or where a column leaves room."""
    boxes, ties = sample(7, 30, 36)
    result = draw(boxes, ties)
    found = [(x1 + 1, y1 + 1, x2 - 1, y2 - 1) for x1, y1, x2, y2 in rectangles(result.drawing)]
    paths = re.findall(r'<path d="(M[^"]*C[^"]*)" fill="none"', result.drawing)
    assert len(paths) == len(ties)
    for path in paths:
        points = [tuple(map(float, pair.split(","))) for pair in re.findall(r"-?[\d.]+,-?[\d.]+", path)]
        met = {box for box in found for x, y in points if box[0] < x < box[2] and box[1] < y < box[3]}
        assert not met


def test_an_arrow_ends_each_link_at_its_target():
    result = draw([Box("a", "A"), Box("b", "B")], [Tie("a", "b", "mène à"), Tie("b", "a", "revient")])
    left, right = sorted(box for box in rectangles(result.drawing) if box[2] - box[0] == WIDE.actor + 2 * WIDE.pad)
    tips = [
        float(path.split(",")[0]) for path in re.findall(r'<path d="M([^"C]*)L[^"C]*z" fill="#46606a"', result.drawing)
    ]
    assert sorted(tips) == [left[2], right[0]]


def test_a_chain_runs_downwards_and_a_star_to_the_right():
    chain = draw([Box(n, f"Étape {n}") for n in range(8)], [Tie(n, n + 1, "puis") for n in range(7)])
    assert chain.height > chain.width
    star = draw([Box(n, f"Acteur {n}") for n in range(6)], [Tie(0, n, "soutient") for n in range(1, 6)])
    assert star.width > star.height
    assert not star.is_large


def test_a_circle_of_links_is_drawn_whole():
    boxes = [Box(n, f"Acteur {n}") for n in range(4)]
    ties = [Tie(n, (n + 1) % 4, f"lien {n}") for n in range(4)]
    result = draw(boxes, ties)
    assert len(rectangles(result.drawing)) == 8
    assert result.drawing.count('fill="none"') == 4


def test_the_small_drawing_of_the_guides_example_fits_a_phone():
    boxes = [Box(n, name) for n, name in enumerate(["SRI", "SRI jumelé", "Association", "Office de tourisme", "CCI"])]
    ties = [Tie(0, n, "projets de développement touristique", "coo") for n in range(1, 5)]
    assert draw(boxes, ties, narrow=True).width <= 324


def test_the_same_graph_gives_the_same_drawing():
    boxes, ties = sample(8, 25, 30)
    assert draw(boxes, ties).drawing == draw(boxes, ties).drawing


def test_a_drawing_is_an_image_with_a_name_and_literal_colours():
    result = draw([Box("a", "A <script>\x00\u202e"), Box("b", "B")], [Tie("a", "b", "</svg>&", "int")])
    root = ElementTree.fromstring(result.drawing)
    assert root.get("role") == "img"
    assert root.find("title").text == "Schéma"
    assert root.find("desc").text == "Texte"
    assert "var(" not in result.drawing
    assert "currentColor" not in result.drawing
    assert "<script" not in result.drawing
    assert "\x00" not in result.drawing
    assert "\u202e" not in result.drawing
    assert {root.get("width"), root.get("height")} == {str(result.width), str(result.height)}


def test_a_category_is_a_shape_and_a_colour():
    marks = {}
    for shape in ("int", "pro", "coo", ""):
        marks[shape] = draw([Box("a", "A"), Box("b", "B")], [Tie("a", "b", "x", shape)]).drawing
    assert "<circle" in marks["coo"]
    assert marks["int"].count("<rect") == 4
    assert "M6 .5L12" in marks["pro"]
    assert "<g " not in marks[""]


def test_a_link_to_nobody_or_to_itself_is_left_out():
    result = draw([Box("a", "A")], [Tie("a", "a", "boucle"), Tie("a", "absent", "perdu")])
    assert len(rectangles(result.drawing)) == 1


def test_long_words_are_parted_and_none_is_lost():
    text = "anticonstitutionnellement " + "W" * 60 + " 🚀🚀🚀 échanges"
    for measures in (WIDE, NARROW):
        lines = wrap(text, measures.actor, measures.actor_size)
        assert all(breadth_of(line, measures.actor_size) <= measures.actor for line in lines)
        rejoined = "".join(line.removesuffix("-") for line in lines).replace(" ", "")
        assert rejoined == text.replace(" ", "")


def test_ranks_follow_the_links_and_labels_stand_between():
    found = structure(3, [(0, 1), (1, 2), (0, 2)], alone_per_row=3)
    placed = plan(found, lambda item: (10.0, 10.0), gutter=5, spacing=10, limit=1000)
    columns = [[item.node for item in column if item.node >= 0] for column in placed.columns]
    assert columns == [[0], [], [1], [], [2]]
    labels = [item.tie for column in placed.columns for item in column if item.is_label]
    assert sorted(labels) == [0, 1, 2]
    assert len(found.routes[2]) == 5  # passes the column of the actor between
    ends = [end for _, end in placed.bands]
    assert ends == sorted(ends)


def test_forty_actors_are_drawn_quickly():
    boxes, ties = sample(9, 40, 60)
    best = min(_seconds(lambda: draw(boxes, ties)) for _ in range(3))
    assert best < 1.0


def _seconds(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def test_an_empty_text_has_no_line():
    assert wrap("", 100, 14) == []
