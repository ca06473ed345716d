"""Choices of the forms: one of the 27 types under its purpose, rows by name when too many to list, the SDGs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator

LISTED = 300  # options of a select: beyond, the name is typed
_NAMED = 20  # homonyms read for one name, and names proposed near another
_NUMBERED = re.compile(r"(.+) \(n°\s?([0-9]{1,9})\)")


class TypesByPurpose(ModelChoiceIterator):
    """Choices under one heading per purpose, in the order of the guide, read in one query."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        rows = self.queryset.select_related("purpose__category").order_by("order")
        for purpose, types in groupby(rows, key=lambda row: row.purpose):
            yield (purpose.heading, [self.choice(row) for row in types])


class TypeSelect(forms.Select):
    """The select of the types; each option tells static/js/combobox.js what choosing it implies."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-combobox": "type,types", **(attrs or {})})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        row = getattr(value, "instance", None)
        if row is not None:
            category = row.purpose.category
            shows = f"purpose-{row.purpose_id} category-{category.pk}" + (" aid" if row.may_be_state_aid else "")
            option["attrs"] |= {
                "data-shows": shows,
                "data-words": f"{category.label} {row.purpose.label} {row.details}",
            }
        return option


class ActionTypeField(forms.ModelChoiceField):
    """A select of the 27 types."""

    iterator = TypesByPurpose


class _ActionTypeFilterField(ActionTypeField):
    def __init__(self, *, null_label: str | None = None, null_value: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # an action always has a type: there is no « none » to filter


class ActionTypeChoiceFilter(django_filters.ModelChoiceFilter):
    """The same select in a filter."""

    field_class = _ActionTypeFilterField


def _name_of(rows: Any) -> str:
    """The field that names a row: an agreement has a title."""
    return "name" if "name" in {field.name for field in rows.model._meta.get_fields()} else "title"


def row_named(rows: Any, label_of: Callable[[Any], str], words: str) -> Any:
    """The one row of a register with this name. Raises ValidationError, in French, with the names that are near.

    « Sfax (Tunisie) »: what a label adds to the name tells homonyms apart; « (n° 12) » does when nothing else can.
    """
    name = _name_of(rows)
    if numbered := _NUMBERED.fullmatch(words):
        own, number = numbered.groups()
        if found := rows.filter(pk=int(number), **{f"{name}__iexact": own}).first():
            return found
    plain = words.rpartition(" (")[0]
    named = rows.filter(**{f"{name}__iexact": plain or words}) | rows.filter(**{f"{name}__iexact": words})
    same = list(named[:_NAMED])
    same = [row for row in same if label_of(row).casefold() == words.casefold()] or same
    if len(same) == 1:
        return same[0]
    near = same or list(rows.filter(**{f"{name}__icontains": words})[:5])
    told = ", ".join(f"« {label} »" for label in _told_apart(near, label_of))
    if same:
        raise ValidationError(f"Plusieurs fiches portent ce nom : écrivez l’une de celles-ci. {told}.")
    hint = f"Noms proches : {told}." if told else "Ajoutez d’abord sa fiche, ou laissez vide."
    raise ValidationError(f"Aucune fiche ne s’appelle « {words[:80]} ». {hint}")


def _told_apart(rows: list[Any], label_of: Callable[[Any], str]) -> list[str]:
    """The labels of rows, with their number when two read alike."""
    labels = [label_of(row) for row in rows]
    alike = {label.casefold() for label in labels if [other.casefold() for other in labels].count(label.casefold()) > 1}
    return [
        f"{label} (n° {row.pk})" if label.casefold() in alike else label
        for row, label in zip(rows, labels, strict=True)
    ]


class RowByNameField(forms.ModelChoiceField):
    """A row of a long register, found by its name: no select holds thousands of options. Needs no JavaScript."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        words = str(value or "").replace("\x00", "").strip()
        return row_named(self.queryset, self.label_from_instance, words) if words else None

    def prepare_value(self, value: Any) -> Any:
        """The name of the row already chosen; what was typed, otherwise."""
        given = str(value) if isinstance(value, int) else ""
        row = self.queryset.filter(pk=value).first() if given else None
        return self.label_from_instance(row) if row else value


class RowsByNameField(forms.ModelMultipleChoiceField):
    """Several rows of a long register, one name a line. Needs no JavaScript."""

    widget = forms.Textarea
    MOST = 200

    def clean(self, value: Any) -> Any:
        text = value if isinstance(value, str) else ""
        lines = list(dict.fromkeys(line.replace("\x00", "").strip() for line in text.splitlines() if line.strip()))
        if len(lines) > self.MOST:
            raise ValidationError(f"{len(lines)} noms : écrivez-en {self.MOST} au plus.")
        if self.required and not lines:
            raise ValidationError(self.error_messages["required"], code="required")
        found, errors = self._rows_of(lines)
        if errors:
            raise ValidationError(errors)
        return self.queryset.filter(pk__in=found)

    def _rows_of(self, lines: list[str]) -> tuple[list[int], list[str]]:
        """The ids of the rows named, and what is wrong with the others; names that are exact take one query."""
        exact: dict[str, list[int]] = {}
        for name, pk in self.queryset.filter(**{f"{_name_of(self.queryset)}__in": lines}).values_list(
            _name_of(self.queryset), "pk"
        ):
            exact.setdefault(name, []).append(pk)
        found, errors = [], []
        for line in lines:
            if len(exact.get(line, ())) == 1:
                found += exact[line]
                continue
            try:
                found.append(row_named(self.queryset, self.label_from_instance, line).pk)
            except ValidationError as wrong:
                errors += wrong.messages
        return found, errors

    def prepare_value(self, value: Any) -> Any:
        """The names of the rows already chosen; what was typed, otherwise."""
        if isinstance(value, str) or not value:
            return value
        keys = [getattr(row, "pk", row) for row in value]
        rows = list(self.queryset.filter(pk__in=keys).order_by(_name_of(self.queryset)))
        alike = self._homonyms(rows)
        return "\n".join(
            f"{self.label_from_instance(row)} (n° {row.pk})" if row.pk in alike else self.label_from_instance(row)
            for row in rows
        )

    def _homonyms(self, rows: list[Any]) -> set[int]:
        """The chosen rows whose name another row of the register bears too."""
        name = _name_of(self.queryset)
        names = [getattr(row, name) for row in rows]
        found = [bearer for (bearer,) in self.queryset.filter(**{f"{name}__in": names}).values_list(name)]
        return {row.pk for row in rows if found.count(getattr(row, name)) > 1}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "").split("\n") != str(data or "").replace("\r", "").split("\n")


def name_when_many(form: forms.BaseForm, *names: str) -> None:
    """Turn the selects and checkboxes that would hold more than LISTED options into fields where names are typed."""
    for name in names:
        field: Any = form.fields[name]
        if field.queryset.order_by()[: LISTED + 1].count() <= LISTED:
            continue
        several = isinstance(field, forms.ModelMultipleChoiceField)
        hint = (
            "Un nom par ligne, tel qu’il est au registre." if several else "Écrivez le nom tel qu’il est au registre."
        )
        typed: Any = (RowsByNameField if several else RowByNameField)(
            queryset=field.queryset,
            label=field.label,
            required=field.required,
            help_text=f"{field.help_text} {hint}".strip(),
        )
        typed.label_from_instance = field.label_from_instance
        form.fields[name] = typed


def list_or_name(form: Any, name: str) -> None:
    """For a filter by a row that has a name: its options in one short query, or the name typed when they are many."""
    field = form.fields[name]
    rows = list(field.queryset.values_list("pk", "name")[: LISTED + 1])
    if len(rows) <= LISTED:
        field.widget.choices = [("", field.empty_label), *rows]
        return
    name_when_many(form, name)
    form.fields[name].help_text = ""  # a filter shows its label alone


class ProposedSdgs(forms.CheckboxSelectMultiple):
    """The goals that the guide quotes first (SYS-49); the others under « Autres ODD », open when one is chosen."""

    template_name = "typology/_sdgs.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [option for _, group, _ in context["widget"]["optgroups"] for option in group]
        first = [option for option in options if option["value"].instance.is_proposed]
        others = [option for option in options if not option["value"].instance.is_proposed]
        context["widget"] |= {"first": first, "others": others, "opens": any(row["selected"] for row in others)}
        return context


def propose_sdgs(field: Any) -> None:
    """Make a choice of SDGs propose 1, 8, 9 and 10 first and alone (SYS-49), with the wording of each."""
    field.label_from_instance = lambda row: f"{row} : {row.label}"
    attrs = field.widget.attrs
    field.widget = ProposedSdgs(attrs)
    field.widget.choices = field.choices
