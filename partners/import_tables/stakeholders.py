"""Files of stakeholders, firms included."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.core.exceptions import ValidationError

from aict.accounts.enums import Ability
from aict.imports.book import Book, Lookup
from aict.imports.tables import Column, Table, register
from aict.imports.values import read_attribute, split, unique
from aict.ui.spreadsheets import Cell, shown
from aict.ui.typography import fold_words
from partners import entry_rules
from partners.import_tables.cited import PROVENANCE, as_text, territories_of
from partners.models import FirmGroup, NafSection, Stakeholder, Territory


def _places(cell: Cell | None, book: Book) -> list[Territory]:
    return unique([book.find(territories_of(book), name) for name in split(shown(cell))])


def _group(cell: Cell | None, book: Book) -> FirmGroup | None:
    if cell is None:
        return None

    def build() -> Lookup:
        lookup = Lookup("groupes d’entreprises")
        for row in FirmGroup.objects.for_collectivity(book.collectivity):
            lookup.add(row, [row.name])
        return lookup

    return book.find(book.own("groups", build), shown(cell))


def _siren(cell: Cell | None, book: Book) -> Any:
    """Nine digits, whatever the spaces between them."""
    return read_attribute(Stakeholder, "siren", "".join(shown(cell).split()) or None, book)


def _stakeholder(parts: dict[str, Any], book: Book) -> dict[str, Any]:
    if "naf_letter" in parts:
        parts["naf"] = _section(parts.pop("naf_letter"), parts.pop("naf_version", ""), book)
    parts.pop("naf_version", None)
    return parts


def _section(letter: str, version: str, book: Book) -> NafSection | None:
    """A section by its letter and its version; a letter alone when one version has it."""
    if not letter:
        return None
    rows = book.shared("naf", lambda: list(NafSection.objects.all()))
    named = fold_words(version.upper().removeprefix("NAF"))
    found = [
        row
        for row in rows
        if fold_words(row.letter) == fold_words(letter) and (not version or fold_words(row.version) == named)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValidationError(
            {"naf_letter": f"La section « {letter} » existe en plusieurs versions : donnez la version."}
        )
    raise ValidationError({"naf_letter": f"« {letter} » n’est pas une section de la nomenclature {version or 'NAF'}."})


def stakeholder_keys(row: Stakeholder) -> list[Hashable]:
    """SIREN, else folded name and type."""
    keys: list[Hashable] = [("siren", row.siren)] if row.siren else []
    return [*keys, (fold_words(row.name), row.type_id)] if row.type_id else keys


def _same_organisation(row: Stakeholder, candidate: Stakeholder) -> bool:
    return not (row.siren and candidate.siren) or row.siren == candidate.siren


STAKEHOLDERS = register(
    Table(
        slug="parties-prenantes",
        label="Parties prenantes",
        nouns="partie prenante,parties prenantes",
        model=Stakeholder,
        ability=Ability.EDIT_STAKEHOLDERS,
        list_route="partners:stakeholder_list",
        is_feminine=True,
        rank=2,
        needed=(("name",), ("type",)),
        help="Reconnue par sa référence, sinon par son SIREN, sinon par son nom et son type.",
        columns=(
            Column("Nom", "name", ("organisme", "raison sociale", "structure", "dénomination", "entreprise")),
            Column("Nom en écriture d’origine", "name_local", ("nom local",)),
            Column("Type", "type", ("type d’acteur", "type de partie prenante", "catégorie")),
            Column("Famille"),
            Column("Champs économiques", "fields", ("champs", "secteurs", "filières", "domaine")),
            Column("Territoires", "territories", ("présence", "territoire", "pays", "présent à"), _places),
            Column("SIREN", "siren", ("n° siren", "numéro siren"), _siren),
            Column("Groupe", "group", ("groupe d’entreprises",), _group),
            Column("Section NAF", "naf_letter", ("naf", "section"), as_text),
            Column("Version NAF", "naf_version", (), as_text),
            Column("Site", "website", ("site web", "site internet", "url", "adresse web")),
            Column("Actions"),
            Column("Remarques", "note", ("remarque", "note", "notes", "commentaire", "commentaires")),
            *PROVENANCE,
        ),
        natural_keys=stakeholder_keys,
        agrees=_same_organisation,
        errors=entry_rules.stakeholder_errors,
        assemble=_stakeholder,
        assembled=("naf",),
        load=lambda rows: rows.select_related("type", "group", "naf").prefetch_related(
            "fields", "territories__country"
        ),
    )
)
