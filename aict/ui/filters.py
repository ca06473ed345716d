"""Active filters of a list as removable chips: what is filtered, in words, and the address without it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

PAGE = "page"  # a filter removed starts again at the first page


@dataclass(frozen=True)
class Chip:
    """One active value of a filter; `url` is the same list without it."""

    label: str
    value: str
    url: str


def active_chips(form: forms.BaseForm, query: QueryDict) -> list[Chip]:
    """One chip per filled value of a bound filter form, in the order of its fields."""
    chips: list[Chip] = []
    if not form.is_bound:
        return chips
    form.is_valid()  # fills cleaned_data: the chosen rows come from there
    for bound in form.visible_fields():
        names = _parameters(bound, query)
        if isinstance(bound.field.widget, forms.MultiWidget):
            filled = [value for name in names for value in query.getlist(name) if value]
            if filled:
                chips.append(Chip(str(bound.label), " – ".join(map(_day, filled)), _without(query, names)))
            continue
        for value in query.getlist(bound.html_name):
            if value:
                text = _in_words(form, bound, value)
                chips.append(Chip(str(bound.label), text, _without(query, names, value)))
    return chips


def _parameters(bound: forms.BoundField, query: QueryDict) -> list[str]:
    widget = bound.field.widget
    if not isinstance(widget, forms.MultiWidget):
        return [bound.html_name]
    # django-filter names the two ends of a range created_after and created_before; Django, created_0 and created_1.
    suffixes = [f"_{suffix}" for suffix in getattr(widget, "suffixes", [])] or widget.widgets_names
    return [bound.html_name + suffix for suffix in suffixes]


def _in_words(form: forms.BaseForm, bound: forms.BoundField, value: str) -> str:
    """The label of a choice, the name of a chosen row (already read by the form: no new query), else the text."""
    cleaned: Any = getattr(form, "cleaned_data", {}).get(bound.name)
    if isinstance(bound.field, forms.ModelChoiceField):
        rows = cleaned if isinstance(bound.field, forms.ModelMultipleChoiceField) else [cleaned]
        for row in rows or []:
            if row is not None and str(bound.field.prepare_value(row)) == value:
                return str(row)
        return value
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return "oui"
    for key, label in getattr(bound.field, "choices", []):
        options = label if isinstance(label, (list, tuple)) else [(key, label)]
        for code, words in options:
            if str(code) == value:
                return str(words)
    return _day(value)


def _day(value: str) -> str:
    """The ISO date of a date picker as `jj/mm/aaaa`; any other text as it is."""
    return re.sub(r"^(\d{4})-(\d{2})-(\d{2})$", r"\3/\2/\1", value)


def _without(query: QueryDict, names: list[str], value: str | None = None) -> str:
    """The query string without these parameters (or without this one value of the first)."""
    rest = query.copy()
    rest.pop(PAGE, None)
    for name in names:
        kept = [item for item in rest.getlist(name) if value is not None and item != value]
        rest.setlist(name, kept) if kept else rest.pop(name, None)
    return "?" + rest.urlencode()
