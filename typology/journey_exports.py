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
