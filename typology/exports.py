"""Exports of what hangs on actions, and of offices: the rows of their lists, in CSV or XLSX."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase

from aict.ui.exports import Column, file_response
from typology.local_roles import ACTOR, ADDED, KEPT, OWN, REMOVED, STAKEHOLDER, Line, Matrix, Part

OFFICE = [
    Column("Nom", lambda row: row.name),
    Column("Ville", lambda row: row.place),
    Column("Pays", lambda row: row.country.label),
    Column("Code pays", lambda row: row.country.code.upper()),
    Column("Territoire", lambda row: row.territory.name if row.territory_id else ""),
    Column("Rôle", lambda row: row.role),
    Column("Structure d’accueil", lambda row: row.host.name if row.host_id else ""),
    Column("Ouverture", lambda row: row.starts),
    Column("Fermeture", lambda row: row.closed_on),
    Column("Actions", lambda row: row.action_count),
    Column("Dernière année de coût connue", lambda row: row.last_year),
    Column("Coût de cette année (€)", lambda row: row.last_cost),
    Column("Coût total connu (€)", lambda row: row.cost_total),
    Column("Coûts par année (€)", lambda row: "\n".join(f"{cost.year} : {cost.amount}" for cost in row.costs.all())),
    Column("Visibilité", lambda row: row.get_visibility_display()),
    Column("Nature", lambda row: row.get_nature_display()),
    Column("Source", lambda row: row.source),
    Column("Référence", lambda row: row.ref),
]

TASK = [
    Column("À faire", lambda row: row.title),
    Column("Action", lambda row: row.action.title),
    Column("Évènement", lambda row: row.event.title if row.event_id else ""),
    Column("Échéance", lambda row: row.due_on),
    Column("Responsable", lambda row: str(row.owner.user) if row.owner_id else ""),
    Column("Étape clé", lambda row: "oui" if row.is_milestone else "non"),
    Column("Fait le", lambda row: row.done_on),
]

EVENT = [
    Column("Intitulé", lambda row: row.title),
    Column("Genre", lambda row: row.get_kind_display()),
    Column("Action", lambda row: row.action.title),
    Column("Catégorie", lambda row: row.action.category.label),
    Column("Début", lambda row: row.starts),
    Column("Fin", lambda row: row.ends),
    Column("Lieu", lambda row: row.place),
    Column("Pays", lambda row: row.country.label if row.country_id else ""),
    Column("Territoire", lambda row: row.territory.name if row.territory_id else ""),
    Column("Services chargés", lambda row: ", ".join(service.label for service in row.services.all())),
    Column("Participants attendus ou comptés", lambda row: row.attendees),
    Column("Invités (personnes)", lambda row: row.guest_total),
    Column("Entreprises participantes", lambda row: row.firm_count),
    Column("Rendez-vous, annulés exclus", lambda row: row.appointment_count),
    Column("Portage du stand", lambda row: row.get_stand_mode_display()),
    Column("Parts du stand (%)", lambda row: "\n".join(f"{one.holder} : {one.percent}" for one in row.shares.all())),
    Column("Objectifs", lambda row: row.objectives),
    Column("Protocole", lambda row: row.protocol),
    Column("Résultats", lambda row: row.outcome),
    Column("Visibilité", lambda row: row.get_visibility_display()),
    Column("Nature", lambda row: row.get_nature_display()),
    Column("Source", lambda row: row.source),
    Column("Référence", lambda row: row.ref),
]


def offices(rows: QuerySet, format: str) -> HttpResponseBase:
    """The representation offices as a file, with their costs. Raises Http404 for another format."""
    return file_response(rows, OFFICE, "bureaux", format)


def tasks(rows: QuerySet, format: str) -> HttpResponseBase:
    """The tasks as a file. Raises Http404 for a format that is neither csv nor xlsx."""
    return file_response(rows, TASK, "taches", format)


def events(rows: QuerySet, format: str) -> HttpResponseBase:
    """The events as a file, with their stand. Raises Http404 for a format that is neither csv nor xlsx."""
    rows = rows.prefetch_related("services", "shares__actor", "shares__stakeholder")
    return file_response(rows, EVENT, "evenements", format)


_KINDS = {OWN: "collectivité", ACTOR: "acteur d’appui", STAKEHOLDER: "partie prenante"}
_CHANGES = {ADDED: "ajouté", REMOVED: "retiré", KEPT: "inchangé", "": ""}


def local_roles(matrix: Matrix, format: str) -> HttpResponseBase:
    """The matrix as a file: one line by type and holder; a type that nobody holds has one, that says so."""
    scope = matrix.scope
    rows: list[tuple[Line, Part | None]] = []
    for line in matrix.lines:
        rows += [(line, part) for part in [*line.now, *line.removed]] or [(line, None)]
    columns = [
        Column("Territoire", lambda row: scope.place),
        Column("Année", lambda row: scope.year),
        Column("Catégorie", lambda row: row[0].type.purpose.category.label),
        Column("Finalité", lambda row: row[0].type.purpose.label),
        Column("Type d’action", lambda row: row[0].type.label),
        Column("Code du type", lambda row: row[0].type.code),
        Column("Acteur", lambda row: row[1].holder.name if row[1] else "Aucun acteur"),
        Column("Nature de l’acteur", lambda row: _KINDS[row[1].holder.kind] if row[1] else ""),
        Column("Point fixe du guide", lambda row: row[1].holder.is_fixed_point if row[1] else None),
        Column("Vaut pour tous les territoires", lambda row: row[1].everywhere if row[1] else None),
        Column("Précision", lambda row: row[1].note if row[1] else ""),
    ]
    if scope.compared:
        columns.append(Column(f"Depuis {scope.compared}", lambda row: _CHANGES[row[1].change] if row[1] else ""))
    return file_response(rows, columns, f"roles-locaux-{scope.year}", format)


APPLICATION = [
    Column("Projet présenté", lambda row: row.title),
    Column("Dispositif", lambda row: row.scheme.label),
    Column("Code du dispositif", lambda row: row.scheme.code),
    Column("Appel", lambda row: row.call.title if row.call_id else ""),
    Column("Édition", lambda row: row.call.edition if row.call_id else ""),
    Column("Date limite", lambda row: row.call.closes_on if row.call_id else None),
    Column("Axe", lambda row: row.axis),
    Column("Action", lambda row: row.action.title if row.action_id else ""),
    Column("État", lambda row: row.get_state_display()),
    Column("Montant demandé (€)", lambda row: row.requested),
    Column("Déposée le", lambda row: row.filed_on),
    Column("Décision le", lambda row: row.decided_on),
    Column("Montant obtenu (€)", lambda row: row.granted),
    Column("Payée le", lambda row: row.paid_on),
    Column("Montant payé (€)", lambda row: row.paid),
    Column("Remarques", lambda row: row.note),
]


def applications(rows: QuerySet, format: str) -> HttpResponseBase:
    """The applications as a file. Raises Http404 for a format that is neither csv nor xlsx."""
    return file_response(rows, APPLICATION, "candidatures", format)
