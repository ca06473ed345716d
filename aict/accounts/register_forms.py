"""The base of the forms of a register: sections, where a row comes from, dates that make sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from aict.accounts.tenant_forms import TenantModelForm

FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Section:
    """A group of fields under one legend. A folded section opens by itself when it holds an error."""

    legend: str
    fields: tuple[str, ...]
    help: str = ""
    folded: bool = False


SHARING = Section(
    "Partage",
    ("visibility",),
    "Interne : votre collectivité seule. Réseaux : les réseaux auxquels vous avez donné un droit de lecture. "
    "Public : tout le monde.",
)
PROVENANCE = Section(
    "Source",
    ("nature", "source", "ref"),
    "D’où vient cette fiche. Une hypothèse n’est jamais montrée comme un fait.",
    folded=True,
)
FURTHEST_PLAN = 10  # years
SHARED_FIELDS = (*SHARING.fields, *PROVENANCE.fields)


def unlikely_years(values: Mapping[str, Any]) -> dict[str, str]:
    """The dates that nobody means, by name, with how to mend; the same for a form and for a file."""
    return {
        name: f"L’année {value.year} ne convient pas : donnez une date entre {FIRST_YEAR} et {LAST_YEAR}."
        for name, value in values.items()
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR
    }


def distant_years(values: Mapping[str, Any], *names: str, today: date) -> dict[str, str]:
    """The dates of a plan that are a slip of the keyboard, by name, with how to mend: more than ten years from now."""
    return {
        name: f"L’année {day.year} est trop lointaine\u00a0: vérifiez la date."
        for name in names
        if (day := values.get(name)) and day.year > today.year + FURTHEST_PLAN
    }


class DatedForm(TenantModelForm):
    """A form that refuses the years that nobody means, and an end before its start."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:  # the database says it too, of no field in particular
            self.add_error("ends", "La fin précède le début : corrigez l’une des deux dates.")
        for name, error in unlikely_years(cleaned).items():
            self.add_error(name, error)
        return cleaned


class RegisterForm(DatedForm):
    """A form in sections. Subclasses give `SECTIONS` and end their Meta.fields with SHARED_FIELDS."""

    SECTIONS: tuple[Section, ...] = ()

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField], bool]]:
        """Each section, its fields, and whether it stands open."""
        for section in (*self.SECTIONS, SHARING, PROVENANCE):
            fields = [self[name] for name in section.fields]
            yield section, fields, not section.folded or any(field.errors for field in fields)


class GroupedChoices(ModelChoiceIterator):
    """Choices under group headings: `group_by(field, "family")`, groups in order of first appearance."""

    group_of = ""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        groups: dict[str, list[Any]] = {}
        for row in self.queryset:
            groups.setdefault(self._group(row), []).append(self.choice(row))
        yield from groups.items()

    def _group(self, row: Any) -> str:
        display = getattr(row, f"get_{self.group_of}_display", None)
        return display() if display else str(getattr(row, self.group_of))


def group_by(field: Any, attribute: str) -> None:
    """Show the choices of a ModelChoiceField under the values of an attribute of their rows."""
    field.iterator = type("Grouped", (GroupedChoices,), {"group_of": attribute})
    field.widget.choices = field.choices
