"""Charts: exact geometry, missing never drawn as 0, user text harmless, the same drawing at each run."""

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from aict.ui import charts
from aict.ui.charts import BarRow, Lane, Period, QuadrantPoint, Span
from aict.ui.colors import PALETTE
from aict.ui.svg import clean, fig, identifier, mark
from aict.ui.timelines import coverage, duration

ACCENT = PALETTE["accent"]
HOSTILE = "<script>alert(1)</script>\x00\u202e\" onload='x' صفاقس 😀"
SVG = "{http://www.w3.org/2000/svg}"


def line(points, **more):
    return charts.line(points, title="Titre", description="Texte", chart_id="Ligne 1", **more)


def quadrant(points, **more):
    names = {"title": "Acteurs", "description": "Texte", "x_label": "Impact", "y_label": "Potentiel", "chart_id": "q"}
    return charts.quadrant(points, **(names | more))


def timeline(lanes, **more):
    span = {"first": date(2000, 1, 1), "last": date(2029, 12, 31), "today": date(2026, 7, 1)}
    return charts.timeline(lanes, **(span | {"title": "Frise", "description": "Texte", "chart_id": "f"} | more))


def bars(rows, **more):
    return charts.bars(rows, title="Barres", description="Texte", chart_id="b", **more)


def parse(markup):
    """The drawing as XML: what a strict reader, such as that of the PDF, must be able to read."""
    return ElementTree.fromstring(f"<div>{markup}</div>")


def attributes(markup, name, element="rect"):
    return [node.get(name) for node in parse(markup).iter() if node.tag.endswith(element)]


# --- What every drawing keeps -------------------------------------------------------------

HOSTILE_DRAWINGS = [
    lambda: line([(HOSTILE, Decimal(3)), ("b", None)], unit=HOSTILE),
    lambda: charts.line([("a", None)], title=HOSTILE, description=HOSTILE, chart_id=HOSTILE),
    lambda: quadrant([QuadrantPoint(HOSTILE, 1, 2, HOSTILE)], x_label=HOSTILE, y_label=HOSTILE, corner=HOSTILE),
    lambda: timeline([Lane(HOSTILE, [Span(date(2020, 1, 1), None)], HOSTILE)], title=HOSTILE, chart_id=HOSTILE),
    lambda: bars([BarRow(HOSTILE, 5), BarRow(HOSTILE * 30, None)], unit=HOSTILE),
    lambda: charts.spark([1, None, 2], label=HOSTILE),
    lambda: charts.matrix_mark(["int"], HOSTILE),
    lambda: charts.progress_to_target(baseline=1, value=2, target=3, maximum=4, title=HOSTILE),
    lambda: charts.bar(0.5, color=ACCENT, label=HOSTILE),
    lambda: mark("disc", ACCENT, HOSTILE),
]


@pytest.mark.parametrize("draw", HOSTILE_DRAWINGS)
def test_hostile_text_stays_text_and_the_drawing_stays_readable(draw):
    drawing = draw()
    tree = parse(drawing)
    assert "<script" not in drawing
    assert "\x00" not in drawing
    assert "\u202e" not in drawing
    assert not any(name.startswith("on") for node in tree.iter() for name in node.attrib)


@pytest.mark.parametrize("draw", HOSTILE_DRAWINGS)
def test_the_same_data_gives_the_same_drawing(draw):
    assert draw() == draw()


@pytest.mark.parametrize("draw", HOSTILE_DRAWINGS)
def test_a_drawing_owes_nothing_to_page_css(draw):
    drawing = draw()
    assert "var(" not in drawing
    assert "currentColor" not in drawing
    assert "<use" not in drawing
    assert " style=" not in drawing


def test_a_chart_is_an_image_with_a_title_and_a_description_of_its_own():
    figure = parse(line([("2026", Decimal(1))]))[0]
    assert figure.get("role") == "img"
    assert figure.get("aria-labelledby") == "ligne-1-t ligne-1-d"
    assert {node.get("id"): node.text for node in figure if node.get("id")} == {
        "ligne-1-t": "Titre",
        "ligne-1-d": "Texte",
    }


def test_a_decorative_bar_is_hidden_and_a_named_one_is_an_image():
    assert 'aria-hidden="true"' in charts.bar(0.5, color=ACCENT)
    named = charts.bar(0.5, color=ACCENT, label="La moitié")
    assert 'role="img" aria-label="La moitié"><title>La moitié</title>' in named


# --- Primitives ---------------------------------------------------------------------------


def test_text_is_cut_with_an_ellipsis_and_kept_on_one_line():
    assert clean("Sfax\n et\tKaunas") == "Sfax et Kaunas"
    assert clean("Communauté de communes", 10) == "Communaut…"
    assert clean("صفاقس") == "صفاقس"


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (-0.001, "0"), (12.345, "12.35"), (0.5, "0.5"), (100, "100")])
def test_a_coordinate_is_short(value, text):
    assert fig(value) == text


@pytest.mark.parametrize(("name", "result"), [("Été 2027", "ete-2027"), ("<a>", "a"), ("", "figure"), ("صف", "figure")])
def test_an_id_is_derived_from_its_argument(name, result):
    assert identifier(name) == result


def test_an_unknown_mark_is_a_mistake():
    with pytest.raises(ValueError, match="unknown mark"):
        mark("star", ACCENT)


# --- Cells --------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "width"), [(0, "0%"), (0.25, "25%"), (1, "100%"), (1.7, "100%"), (-0.3, "0%")])
def test_a_bar_is_as_long_as_its_share_and_stays_in_its_cell(share, width):
    assert attributes(charts.bar(share, color=ACCENT), "width")[1] == width


def test_a_planned_bar_is_an_outline_around_what_is_spent():
    outline, full = attributes(charts.planned_bar(1, 0.5, color=ACCENT), "width")
    assert (outline, full) == ("99%", "49.5%")


def test_progress_goes_from_the_start_to_the_value():
    drawing = charts.progress_to_target(baseline=20, value=50, target=80, maximum=100)
    assert attributes(drawing, "x") == ["20%"]
    assert attributes(drawing, "width") == ["30%"]
    assert attributes(drawing, "x1", "line")[1:] == ["20%", "80%"]


def test_progress_downwards_is_drawn_from_the_value_to_the_start():
    drawing = charts.progress_to_target(baseline=50, value=20, target=10, maximum=100)
    assert (attributes(drawing, "x"), attributes(drawing, "width")) == (["20%"], ["30%"])


def test_a_missing_value_has_no_band_and_a_dotted_line():
    drawing = charts.progress_to_target(baseline=20, value=None, target=80, maximum=100)
    assert attributes(drawing, "width") == []
    assert "stroke-dasharray" in drawing


def test_a_value_of_zero_has_a_band():
    drawing = charts.progress_to_target(baseline=0, value=0, target=80, maximum=100)
    assert attributes(drawing, "width") == ["0.6%"]
    assert "stroke-dasharray" not in drawing


def test_progress_survives_a_scale_of_zero():
    assert "<svg" in charts.progress_to_target(baseline=None, value=0, target=None, maximum=0)


def test_a_missing_value_breaks_a_spark():
    assert charts.spark([1, 2, None, 3, 4], label="x").count("<polyline") == 2
    assert charts.spark([1, 2, 3, 4], label="x").count("<polyline") == 1


def test_a_value_alone_in_a_spark_is_a_dot():
    assert charts.spark([None, 4, None, 6, 9], label="x").count("<circle") == 2


def test_a_spark_without_value_is_dotted():
    drawing = charts.spark([None, None], label="x")
    assert "stroke-dasharray" in drawing
    assert "<circle" not in drawing


def test_the_shapes_of_a_matrix_are_drawn_in_place_and_named():
    drawing = charts.matrix_mark(["int", "pro", "coo"], "Les trois catégories")
    assert [PALETTE[name] in drawing for name in ("cat-int", "cat-pro", "cat-coo")] == [True] * 3
    assert ">Les trois catégories</title>" in drawing
    assert "<svg" not in charts.matrix_mark([], "")


# --- Lines and bars -----------------------------------------------------------------------


def test_a_line_is_dotted_across_what_is_missing():
    drawing = line([("2024", Decimal(1)), ("2025", None), ("2026", Decimal(3))])
    assert "manquant" in drawing
    assert 'stroke-dasharray="2 4"' in drawing
    assert 'stroke-width="2.5"' not in drawing


def test_a_line_without_gap_is_full():
    drawing = line([("2024", Decimal(1)), ("2025", Decimal(0)), ("2026", Decimal(3))])
    assert "manquant" not in drawing
    assert drawing.count('stroke-width="2.5"') == 2


def test_a_line_starts_from_zero_and_writes_french_figures():
    drawing = line([("2024", Decimal("1234.5")), ("2025", Decimal("-200"))], unit="k€")
    assert "1\u00a0234,5" in drawing
    assert "−200" in drawing
    assert ">0</text>" in drawing


@pytest.mark.parametrize("points", [[], [("2026", None)], [("2026", None), ("2027", None)]])
def test_a_line_without_value_says_so(points):
    assert "Aucune mesure" in line(points)


def test_a_line_of_one_value_or_of_many_or_of_huge_ones_holds():
    assert "<circle" in line([("2026", Decimal(5))])
    assert "<circle" in line([("2026", Decimal(0)), ("2027", Decimal(0))])
    assert "<circle" in line([("2026", Decimal("1e30")), ("2027", Decimal("1e-9"))])
    many = line([(str(year), Decimal(year)) for year in range(1990, 2030)])
    assert many.count("2029</text>") == 1
    assert 'x="-' not in many


def test_a_missing_bar_is_dotted_and_a_zero_is_an_empty_bar():
    drawing = bars([BarRow("Énergie", 10), BarRow("Eau", None), BarRow("Santé", 0)], unit="actions")
    assert attributes(drawing, "width") == ["100%", "100%", "100%", "0%"]
    assert "manquant" in drawing
    assert "10\u00a0actions" in drawing


def test_a_negative_bar_goes_the_other_way():
    drawing = bars([BarRow("Perte", -50), BarRow("Gain", 50)])
    assert attributes(drawing, "x") == [None, "0%", None, "50%"]


def test_tables_repeat_every_figure_and_name_what_is_missing():
    table = charts.line_table([("2024", Decimal("7.5")), ("2025", None)], title="Entreprises", unit="entreprises")
    html = render_to_string("ui/chart_table.html", {"table": table})
    assert "7,5" in html
    assert html.count('<span class="missing">Manquant</span>') == 1
    assert "Valeur (entreprises)" in html
    assert charts.bars_table([BarRow("Eau", 0)], title="x", head="Secteur").rows == [("Eau", "0")]


def test_a_folded_table_has_a_summary():
    table = charts.ChartTable("Titre", ("A", "B"), [("1", "2")])
    assert "Voir les chiffres" in render_to_string("ui/chart_table.html", {"table": table, "fold": True})


# --- Quadrant -----------------------------------------------------------------------------


def discs(drawing):
    return [
        (float(node.get("cx").rstrip("%")), float(node.get("cy"))) for node in parse(drawing).iter("circle")
    ]  # fmt: skip


def test_the_corners_of_the_quadrant_are_the_ends_of_its_scales():
    assert discs(quadrant([QuadrantPoint("bas", 0, 0), QuadrantPoint("haut", 5, 5)])) == [(5, 276), (97, 24)]


def test_points_at_one_place_are_put_side_by_side():
    placed = discs(quadrant([QuadrantPoint(str(index), 3, 3) for index in range(6)]))
    assert len(set(placed)) == 6
    for index, (x1, y1) in enumerate(placed):
        for x2, y2 in placed[index + 1 :]:
            assert ((x1 - x2) * 5.6) ** 2 + (y1 - y2) ** 2 >= 21**2


def test_groups_have_shapes_and_a_legend():
    points = [QuadrantPoint(str(index), 1, index, name) for index, name in enumerate("abcd")]
    assert [name for _, name in charts.quadrant_groups(points)] == list("abcd")
    assert len({look for look, _ in charts.quadrant_groups(points)}) == 4
    assert quadrant(points).count("<path") == 3


def test_a_point_without_criterion_is_listed_and_not_drawn():
    points = [QuadrantPoint("Sans note", None, 3), QuadrantPoint("Noté", 4, 3)]
    assert len(discs(quadrant(points))) == 1
    rows = charts.quadrant_table(points, title="x", x_label="X", y_label="Y").rows
    assert rows == [["Sans note (non placé)", None, "3"], ["1. Noté", "4", "3"]]


def test_a_quadrant_on_another_scale():
    assert ">100</text>" in quadrant([QuadrantPoint("x", 50, 50)], maximum=100)


# --- Timeline -----------------------------------------------------------------------------


def lane(*terms):
    return Lane("Accord", [Span(*term) for term in terms])


def test_coverage_joins_touching_terms_and_finds_the_gaps():
    lanes = [
        lane((date(2001, 1, 1), date(2003, 12, 31))),
        lane((date(2004, 1, 1), date(2004, 12, 31))),
        lane((date(2006, 1, 1), date(2007, 12, 31))),
    ]
    assert coverage(lanes, until=date(2026, 7, 1)) == [
        Period(date(2001, 1, 1), date(2004, 12, 31), True),
        Period(date(2005, 1, 1), date(2005, 12, 31), False),
        Period(date(2006, 1, 1), date(2007, 12, 31), True),
        Period(date(2008, 1, 1), date(2026, 7, 1), False),
    ]


def test_a_term_without_end_covers_for_ever():
    lanes = [lane((date(1990, 5, 1), None)), lane((date(2000, 1, 1), date(2001, 1, 1)))]
    assert coverage(lanes, until=date(2026, 7, 1)) == [Period(date(1990, 5, 1), None, True)]


def test_a_term_inside_another_changes_nothing():
    lanes = [lane((date(2000, 1, 1), date(2029, 1, 1))), lane((date(2003, 1, 1), date(2004, 1, 1)))]
    assert coverage(lanes, until=date(2026, 7, 1)) == [Period(date(2000, 1, 1), date(2029, 1, 1), True)]


def test_no_term_no_period():
    assert coverage([], until=date(2026, 7, 1)) == []
    assert "aucun accord daté" in timeline([])


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2004, 1, 1), date(2006, 2, 28), "2\u00a0ans 2\u00a0mois"),
        (date(2011, 1, 1), date(2011, 12, 31), "1\u00a0an"),
        (date(2024, 2, 29), date(2024, 2, 29), "1\u00a0jour"),
        (date(2024, 1, 31), date(2024, 3, 30), "2\u00a0mois"),
        (date(2024, 1, 5), date(2024, 1, 20), "16\u00a0jours"),
    ],
)
def test_a_duration_counts_both_days(start, end, words):
    assert duration(start, end) == words


def test_gaps_are_hatched_with_their_length_and_today_is_marked():
    drawing = timeline([lane((date(2001, 1, 1), date(2005, 12, 31))), lane((date(2015, 1, 1), date(2028, 12, 31)))])
    assert drawing.count("url(#f-gap)") == 1
    assert "9\u00a0ans" in drawing
    assert "aujourd’hui" in drawing
    assert "1\u00a0période non couverte" in drawing


def test_terms_are_placed_on_the_scale_and_an_amendment_is_lighter():
    first, last = date(2000, 1, 1), date(2003, 12, 31)
    spans = [Span(first, date(2000, 12, 31)), Span(date(2001, 1, 1), last, extended=True)]
    drawing = timeline([Lane("A", spans)], first=first, last=last, today=date(2026, 7, 1))
    assert attributes(drawing, "x")[:2] == ["0%", "25.05%"]
    assert "prolongée par avenant" in drawing
    assert "aujourd’hui" not in drawing


def test_a_timeline_over_centuries_or_of_one_day_holds():
    old = timeline([lane((date(1, 1, 1), date(9999, 12, 31)))], first=date(1, 1, 1), last=date(9999, 12, 31))
    assert "<rect" in old
    day = date(2026, 7, 1)
    assert "<rect" in timeline([lane((day, day))], first=day, last=day)


def test_the_table_of_a_timeline_tells_each_period():
    table = charts.timeline_table([lane((date(2001, 1, 1), date(2001, 12, 31)))], today=date(2002, 6, 30))
    assert table.rows == [
        ("Couvert", "01/01/2001", "31/12/2001", "1\u00a0an"),
        ("Non couvert", "01/01/2002", "30/06/2002", "6\u00a0mois"),
    ]


def test_labels_of_gaps_never_overlap():
    years = [lane((date(year, 1, 1), date(year, 6, 30))) for year in range(2000, 2020)]
    xs = [float(x) for x in re.findall(r'<text x="([\d.]+)%" y="38"', timeline(years))]
    assert 0 < len(xs) < 20
    gaps = [abs(one - other) for index, one in enumerate(xs) for other in xs[index + 1 :]]
    assert min(gaps) > 5
