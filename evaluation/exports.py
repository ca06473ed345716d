"""Export of measures: the rows of the list, in CSV or XLSX."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase

from aict.ui.exports import Column, file_response

MEASURE = [
    Column("Indicateur", lambda row: row.indicator.label),
    Column("Code de l’indicateur", lambda row: row.indicator.code),
    Column("Année", lambda row: row.year),
    Column("Valeur", lambda row: row.value),
    Column("Unité", lambda row: row.unit),
    Column("Date de mesure", lambda row: row.measured_on),
    Column("Périmètre", lambda row: row.scope),
    Column("Territoire", lambda row: row.territory.name if row.territory_id else ""),
    Column("Action", lambda row: row.action.title if row.action_id else ""),
    Column("État", lambda row: row.get_state_display()),
    Column("Motif du renvoi", lambda row: row.return_reason),
    Column("Remarque", lambda row: row.note),
    Column("Visibilité", lambda row: row.get_visibility_display()),
    Column("Nature", lambda row: row.get_nature_display()),
    Column("Source", lambda row: row.source),
    Column("Référence", lambda row: row.ref),
]


def measures(rows: QuerySet, format: str) -> HttpResponseBase:
    """The measures as a file. Raises Http404 for a format that is neither csv nor xlsx."""
    return file_response(rows, MEASURE, "mesures", format)
