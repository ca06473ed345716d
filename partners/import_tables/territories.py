"""Files of territories."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.core.exceptions import ValidationError

from aict.accounts.enums import Ability
from aict.imports.book import Book
from aict.imports.tables import Column, Table, register
from aict.imports.values import coordinate
from aict.ui.typography import fold_words
from partners import entry_rules
from partners.import_tables.cited import PROVENANCE, as_text, country_of
from partners.models import Territory


def _territory(parts: dict[str, Any], book: Book) -> dict[str, Any]:
    if {"country_name", "country_code"} & parts.keys():
        parts["country"] = country_of(parts.pop("country_name", ""), parts.pop("country_code", ""), book)
        if parts["country"] is None:
            raise ValidationError({"country_name": "À remplir."})
    if "wikidata" in parts:
        parts["wikidata"] = parts["wikidata"].strip().upper()
    return parts


def _merged(row: Territory) -> str:
    """Why a merged territory cannot be restored; empty for the others."""
    if row.merged_into is None:
        return ""
    return f"Ce territoire est fusionné dans « {row.merged_into} » : retirez la ligne."


def territory_keys(row: Territory) -> list[Hashable]:
    """Folded name and country."""
    return [(fold_words(row.name), row.country_id)] if row.country_id else []


TERRITORIES = register(
    Table(
        slug="territoires",
        label="Territoires",
        nouns="territoire,territoires",
        model=Territory,
        ability=Ability.EDIT_PARTNERS,
        list_route="partners:territory_list",
        rank=1,
        needed=(("name",), ("country_name", "country_code")),
        help="Reconnu par sa référence, sinon par son nom et son pays.",
        columns=(
            Column(
                "Nom",
                "name",
                ("nom en français", "territoire", "ville", "ville partenaire", "collectivité partenaire", "partenaire"),
            ),
            Column("Nom en anglais", "name_en", ("name", "english name")),
            Column("Nom en écriture d’origine", "name_local", ("nom local",)),
            Column("Pays", "country_name", ("country", "état"), as_text),
            Column("Code pays", "country_code", ("code iso", "iso", "iso2", "country code"), as_text),
            Column("Échelon", "level", ("niveau", "type de territoire")),
            Column("Latitude", "latitude", ("lat",), coordinate("latitude", Territory)),
            Column("Longitude", "longitude", ("lon", "lng", "long"), coordinate("longitude", Territory)),
            Column("Population", "population", ("habitants", "nombre d’habitants")),
            Column("Wikidata", "wikidata", ("identifiant wikidata",)),
            Column("Liens", "links", ("site", "sites", "lien", "url")),
            Column("Votre territoire", "is_own", ("territoire de la collectivité",)),
            Column("Actions"),
            Column("Remarques", "note", ("remarque", "note", "notes", "commentaire", "commentaires")),
            *PROVENANCE,
        ),
        natural_keys=territory_keys,
        gone=_merged,
        errors=entry_rules.territory_errors,
        assemble=_territory,
        assembled=("country",),
        load=lambda rows: rows.select_related("country", "level", "merged_into"),
    )
)
