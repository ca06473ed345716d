"""What the cells of the partners' files cite: countries and territories, by the names that people give them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from aict.imports.book import Book, Lookup
from aict.imports.tables import Column
from aict.ui.spreadsheets import Cell, shown
from partners.models import Country, Territory

TWO_COUNTRIES = (
    "Le pays et le code pays ne désignent pas le même pays : « {name} » et « {code} ». Corrigez l’un des deux."
)

PROVENANCE = (
    Column("Visibilité", "visibility", ("partage",)),
    Column("Nature", "nature"),
    Column("Source", "source", ("sources",)),
    Column("Référence", "ref", ("identifiant", "id", "code", "ref")),
)


def as_text(cell: Cell | None, _book: Book) -> str:
    """A cell that `assemble` reads with others."""
    return shown(cell).strip()


def country_of(name: str, code: str, book: Book) -> Any:
    """The country that a name and a code give, None when both are empty. Raises ValidationError when they differ."""
    countries = book.nomenclature(Country)
    found = {}
    for key, text in (("country_name", name), ("country_code", code)):
        if text:
            try:
                found[key] = book.find(countries, text)
            except ValidationError as error:
                raise ValidationError({key: error.messages}) from None
    if len({one.pk for one in found.values()}) > 1:
        raise ValidationError({"country_code": TWO_COUNTRIES.format(name=name, code=code)})
    return next(iter(found.values()), None)


def territories_of(book: Book) -> Lookup:
    """The collectivité's territories, by reference, name, and name with country."""

    def build() -> Lookup:
        lookup = Lookup("territoires de votre collectivité")
        rows = Territory.objects.for_collectivity(book.collectivity).select_related("country", "level").order_by("pk")
        for row in rows.prefetch_related("former_names"):
            lookup.add(row, [row.full_name, row.name, *(one.name for one in row.former_names.all())])
            lookup.add(row, _with_country(row), written=row.full_name)
        return lookup

    return book.own("territories", build)


def _with_country(row: Territory) -> list[str]:
    names = [row.name, *(one.name for one in row.former_names.all())]
    return [
        f"{name} {country}" for name in names for country in (row.country.label, row.country.code, row.country.iso3)
    ]
