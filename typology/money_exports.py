"""Exports of the money of actions: the ledger of aids, the report by public policy."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase

from aict.ui.exports import Column, file_response
from typology.policy_report import PolicyReport

AID = [
    Column("Entreprise", lambda row: row.firm.name),
    Column("SIREN", lambda row: row.firm.siren),
    Column("Groupe", lambda row: row.firm.group.name if row.firm.group_id else ""),
    Column("Montant (€ d’équivalent-subvention brut)", lambda row: row.amount),
    Column("Date d’octroi", lambda row: row.granted_on),
    Column("Mesure", lambda row: row.measure),
    Column("Régime", lambda row: row.regime.label),
    Column("Texte", lambda row: row.regime.regulation),
    Column("Action", lambda row: row.action.title if row.action_id else ""),
    Column("À déclarer avant le", lambda row: row.declare_by),
    Column("Déclarée le", lambda row: row.declared_on),
    Column("Motif du dépassement", lambda row: row.override_reason),
    Column("Remarques", lambda row: row.note),
]

POLICY = [
    Column("Politique publique", lambda row: row.label),
    Column("Lignes", lambda row: row.count),
    Column("Action, prévu (€)", lambda row: row.action.planned),
    Column("Action, réalisé (€)", lambda row: row.action.actual),
    Column("Investissement, prévu (€)", lambda row: row.investment.planned),
    Column("Investissement, réalisé (€)", lambda row: row.investment.actual),
    Column("Total prévu (€)", lambda row: row.total.planned),
    Column("Total réalisé (€)", lambda row: row.total.actual),
]


def aids(rows: QuerySet, format: str) -> HttpResponseBase:
    """The ledger as a file. Raises Http404 for a format that is neither csv nor xlsx."""
    return file_response(rows, AID, "aides-economiques", format)


def policies(report: PolicyReport, format: str) -> HttpResponseBase:
    """The report as a file: its policies, the unattached, the total, then the non-economic actions apart."""
    return file_response(report.every_row, POLICY, "depenses-par-politique", format)
