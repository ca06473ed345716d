"""Exports of supported firms, youth mobility and good practices, in CSV or XLSX."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase

from aict.ui.exports import Column, file_response
from typology.journeys import stage_label

FIRM = [
    Column("Entreprise", lambda row: row.name),
    Column("SIREN", lambda row: row.siren),
    Column("Stade actuel", lambda row: stage_label(row.current_stage)),
    Column("Actions", lambda row: row.action_count),
    Column("Première participation", lambda row: row.first_on),
    Column("Dernière participation", lambda row: row.last_on),
]


def firms(rows: QuerySet, format: str) -> HttpResponseBase:
    """The supported firms as a file. Raises Http404 for a format that is neither csv nor xlsx."""
    return file_response(rows, FIRM, "entreprises-accompagnees", format)


PRACTICE = [
    Column("Intitulé", lambda row: row.title),
    Column("Fiche", lambda row: row.fiche.label),
    Column("Porteur", lambda row: row.holder),
    Column("Lieu", lambda row: row.place),
    Column("Territoire", lambda row: row.territory.name if row.territory_id else ""),
    Column("Action", lambda row: row.action.title if row.action_id else ""),
    Column("Faits", lambda row: row.facts),
    Column("Chiffres", lambda row: row.figures),
    Column("Ce que d’autres peuvent en reprendre", lambda row: row.lesson),
    Column("Vérification", lambda row: "source donnée" if row.is_verified else "non vérifié"),
    Column("Visibilité", lambda row: row.get_visibility_display()),
    Column("Nature", lambda row: row.get_nature_display()),
    Column("Source", lambda row: row.source),
    Column("Référence", lambda row: row.ref),
]


def practices(rows: QuerySet, format: str) -> HttpResponseBase:
    """The good practices as a file. Raises Http404 for another format."""
    return file_response(rows, PRACTICE, "bonnes-pratiques", format)


MOBILITY = [
    Column("Programme ou promotion", lambda row: row.label),
    Column("Action", lambda row: row.action.title),
    Column("Forme", lambda row: row.get_kind_display()),
    Column("Sens", lambda row: row.get_direction_display()),
    Column("Jeunes", lambda row: row.young),
    Column("Pays", lambda row: row.country.label),
    Column("Code pays", lambda row: row.country.code.upper()),
    Column("Territoire", lambda row: row.territory.name if row.territory_id else ""),
    Column("Zone prioritaire", lambda row: "oui" if row.is_priority_zone else "non"),
    Column("Secteur", lambda row: row.field.label if row.field_id else ""),
    Column("Partenaires", lambda row: "\n".join(sorted(partner.name for partner in row.partners.all()))),
    Column("Début", lambda row: row.starts),
    Column("Fin", lambda row: row.ends),
    Column("En emploi au retour", lambda row: row.employed),
    Column("Remarques", lambda row: row.note),
]


def mobilities(rows: QuerySet, format: str) -> HttpResponseBase:
    """The mobilities as a file; what is not known stays empty. Raises Http404 for another format."""
    return file_response(rows, MOBILITY, "mobilite-des-jeunes", format)
