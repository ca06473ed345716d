"""The component page: every component of templates/ui/ and every chart, with sample data. Only in DEBUG."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import SafeString

from aict.ui import charts, samples, worldmap
from aict.ui.charts import CATEGORY_MARKS
from aict.ui.colors import PALETTE
from aict.ui.svg import mark, tag


@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """All the pieces of the interface, each with its rule."""
    request.GET = QueryDict("q=Sfax&state=en-vigueur")  # so that the filters show what is active
    return render(request, "ui/components.html", {**_pieces(), **_cells(), **_drawings()})


def _pieces() -> dict[str, Any]:
    return {
        "swatches": [(_swatch(color), name, color, use) for name, color, use in samples.swatches()],
        "steps": samples.STEPS,
        "facts": samples.FACTS,
        "changes": samples.CHANGES,
        "sample_messages": samples.MESSAGES,
        "filters": samples.SampleFilters(QueryDict("q=Sfax&state=en-vigueur")),
        "refused": samples.refused_form(),
        "sectioned": samples.SampleForm(auto_id="section_%s", initial={"visibility": "internal"}),
        "page": samples.page(),
        "deleted": samples.SampleRow(),
        "documents": samples.DOCUMENTS,
    }


def _cells() -> dict[str, Any]:
    """What is drawn inside table cells."""
    widest = max(planned for _, _, planned, _ in samples.BUDGET)
    bars = []
    for code, label, planned, actual in samples.BUDGET:
        kind, color = CATEGORY_MARKS[code]
        drawing = charts.planned_bar(planned / widest, actual / widest, color=PALETTE[color])
        bars.append((mark(kind, PALETTE[color]), label, drawing, planned, actual))
    progress = [
        (label, charts.progress_to_target(baseline=base, value=value, target=target, maximum=top), value, target)
        for label, base, value, target, top in samples.PROGRESS
    ]
    matrix = [(place, [_marks(cell) for cell in cells]) for place, cells in samples.MATRIX]
    return {
        "budget": bars,
        "progress": progress,
        "matrix_head": samples.MATRIX_HEAD,
        "matrix": matrix,
        "share": charts.bar(0.71, color=PALETTE["accent"], mark=0.9),
        "sparks": [
            ("Étudiants accueillis", charts.spark([12, 14, 13, 19, 24], label="De 12 à 24 en cinq ans")),
            ("Nuitées", charts.spark([None, 4, None, 6, 9], label="De 4 à 9, deux années manquantes")),
            ("Investissements", charts.spark([], label="Aucune mesure")),
        ],
    }


def _drawings() -> dict[str, Any]:
    """Whole charts, each with its table."""
    axes: dict[str, Any] = {"x_label": "Impact local", "y_label": "Potentiel international"}
    first, last = samples.date(1998, 1, 1), samples.date(2030, 12, 31)
    span: dict[str, Any] = {"first": first, "last": last, "today": samples.TODAY}
    words: dict[str, Any] = {"title": "Où agit la Métropole", "description": "Dix territoires. La liste suit la carte."}
    line = {"title": "Entreprises accompagnées", "unit": "entreprises"}
    bars = {"title": "Entreprises par secteur"}
    return {
        "quadrant": charts.quadrant(
            samples.STAKEHOLDERS, title="Acteurs", description="Huit acteurs placés sur neuf.", chart_id="acteurs",
            corner="À associer d’abord", **axes,
        ),
        "quadrant_groups": charts.quadrant_groups(samples.STAKEHOLDERS),
        "quadrant_table": charts.quadrant_table(samples.STAKEHOLDERS, title="Acteurs", **axes),
        "timeline": charts.timeline(
            samples.LANES, title="Frise 1998-2030", description="Quatre accords, trois périodes non couvertes.",
            chart_id="frise", **span,
        ),
        "timeline_table": charts.timeline_table(samples.LANES, today=samples.TODAY),
        "line": charts.line(samples.SERIES, description="De 22 à 46 ; 2022 manque.", chart_id="entreprises", **line),
        "line_table": charts.line_table(samples.SERIES, **line),
        "bars": charts.bars(samples.BARS, description="Quatre secteurs mesurés.", chart_id="secteurs", **bars),
        "bars_table": charts.bars_table(samples.BARS, head="Secteur", **bars),
        "map": worldmap.world_map(samples.PLACES, chart_id="carte", home=samples.HOME, arcs=True, **words),
        "map_groups": worldmap.grouped([*samples.PLACES, samples.HOME]),
        "locator": worldmap.locator_map(
            samples.PLACES[0], title="Sfax, en Tunisie", description="À 1 200 km de Valmarée.", chart_id="sfax",
            home=samples.HOME,
        ),
        "cover": worldmap.world_map(samples.PLACES, chart_id="couverture", home=samples.HOME, arcs=True,
                                    palette="cover", **words),
    }  # fmt: skip


def _swatch(color: str) -> SafeString:
    box = tag("rect", width=40, height=24, fill=color, stroke=PALETTE["line-strong"])
    return tag("svg", box, width=40, height=24, viewBox="0 0 40 24", aria_hidden="true")


def _marks(cell: str) -> SafeString:
    codes = cell.split()
    return charts.matrix_mark(codes, ", ".join(samples.CATEGORY_NAMES[code] for code in codes))
