"""Export of actions: the rows of the list, in CSV or XLSX."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase

from aict.ui.exports import Column, file_response

ACTION = [
    Column("Titre", lambda row: row.title),
    Column("Catégorie", lambda row: row.category.label),
    Column("Finalité", lambda row: row.type.purpose.label),
    Column("Type d’action", lambda row: row.type.label),
    Column("Code du type", lambda row: row.type.code),
    Column("Territoire", lambda row: row.territory.name if row.territory_id else ""),
    Column("Pays", lambda row: row.territory.country.label if row.territory_id else ""),
    Column("Accord", lambda row: row.agreement.title if row.agreement_id else ""),
    Column("État", lambda row: row.get_status_display()),
    Column("Rythme", lambda row: row.get_timing_display()),
    Column("Début", lambda row: row.starts),
    Column("Fin", lambda row: row.ends),
    Column("Service pilote", lambda row: row.lead_service.label if row.lead_service_id else ""),
    Column("Visée économique", lambda row: "oui" if row.economic_aim else "non"),
    Column("Acteurs économiques associés", lambda row: "oui" if row.economic_actors else "non"),
    Column("Montant prévu, tous financeurs (€)", lambda row: row.planned_total),
    Column("Résultat attendu", lambda row: row.expected_result),
    Column("Intérêt local", lambda row: row.local_interest),
    Column("Motif de la dérogation", lambda row: row.gate_override_reason),
    Column("Indicateurs suivis", lambda row: row.indicator_count),
    Column("Visibilité", lambda row: row.get_visibility_display()),
    Column("Nature", lambda row: row.get_nature_display()),
    Column("Source", lambda row: row.source),
    Column("Référence", lambda row: row.ref),
]


def actions(rows: QuerySet, format: str) -> HttpResponseBase:
    """The actions as a file. Raises Http404 for a format that is neither csv nor xlsx."""
    rows = rows.select_related("agreement")
    return file_response(rows, ACTION, "actions", format)
