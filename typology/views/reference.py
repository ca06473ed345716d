"""Reference pages: typology, glossary, economic fields. Read-only, for every member."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from partners.models import EconomicField
from typology import advice
from typology import tree as typology_tree
from typology.enums import TermKind
from typology.filters import ActionTypeFilter, EconomicFieldFilter, GlossaryFilter
from typology.models import Action, ActionType, GlossaryTerm

GLOSSARY_HEADINGS = {
    TermKind.ABBREVIATION: "Table des abréviations",
    TermKind.EXTRA: "Autres sigles",
    TermKind.CONCEPT: "Notions",
}


@requires(Ability.VIEW)
def tree(request: HttpRequest) -> HttpResponse:
    """The three-level typology with its details and counts (SYS-08)."""
    types = list(ActionType.objects.for_tree())
    filters = ActionTypeFilter(request.GET, ActionType.objects.current())
    kept = set(filters.qs.values_list("pk", flat=True))
    logged = Action.objects.for_collectivity(request.access.collectivity).count_by_type()
    nodes = typology_tree.build(types, kept=kept, logged=logged)
    return render(
        request,
        "typology/tree.html",
        {
            "filters": filters,
            "nodes": nodes,
            "kept": len(kept),
            "own_level": advice.own_level(request.access.collectivity.kind),
            "totals": {
                "categories": len(nodes),
                "purposes": sum(len(node.purposes) for node in nodes),
                "types": len(types),
            },
        },
    )


@requires(Ability.VIEW)
def glossary(request: HttpRequest) -> HttpResponse:
    """Acronyms in their printed order, then concepts (SYS-02)."""
    filters = GlossaryFilter(request.GET, GlossaryTerm.objects.current())
    terms = list(filters.qs)
    kinds = [(kind, [term for term in terms if term.kind == kind]) for kind in TermKind]
    groups = [(GLOSSARY_HEADINGS[kind], kind == TermKind.CONCEPT, rows) for kind, rows in kinds if rows]
    return render(request, "typology/glossary.html", {"filters": filters, "groups": groups, "found": len(terms)})


@requires(Ability.VIEW)
def fields(request: HttpRequest) -> HttpResponse:
    """The eleven economic fields in their five groups (SYS-04)."""
    filters = EconomicFieldFilter(request.GET, EconomicField.objects.current())
    groups: dict[str, list[EconomicField]] = {}
    for row in filters.qs:
        groups.setdefault(row.group, []).append(row)
    found = sum(len(rows) for rows in groups.values())
    return render(request, "typology/fields.html", {"filters": filters, "groups": groups, "found": found})
