"""Exports of the partners' registers: the rows of the list, in CSV or XLSX, with the columns of the import format."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase

from aict.ui.exports import Column, file_response
from partners import standing
from partners.models import Agreement

_PROVENANCE = [
    Column("Visibilité", lambda row: row.get_visibility_display()),
    Column("Nature", lambda row: row.get_nature_display()),
    Column("Source", lambda row: row.source),
    Column("Référence", lambda row: row.ref),
]

TERRITORY = [
    Column("Nom", lambda row: row.name),
    Column("Nom en écriture d’origine", lambda row: row.name_local),
    Column("Pays", lambda row: row.country.label),
    Column("Code pays", lambda row: row.country.code.upper()),
    Column("Échelon", lambda row: str(row.level)),
    Column("Latitude", lambda row: row.latitude),
    Column("Longitude", lambda row: row.longitude),
    Column("Population", lambda row: row.population),
    Column("Wikidata", lambda row: row.wikidata),
    Column("Actions", lambda row: row.action_count),
    Column("Remarques", lambda row: row.note),
    *_PROVENANCE,
]

STAKEHOLDER = [
    Column("Nom", lambda row: row.name),
    Column("Nom en écriture d’origine", lambda row: row.name_local),
    Column("Type", lambda row: row.type.label),
    Column("Famille", lambda row: row.type.get_family_display()),
    Column("Champs économiques", lambda row: _joined(row.fields.all())),
    Column("Territoires", lambda row: _joined(row.territories.all())),
    Column("SIREN", lambda row: row.siren),
    Column("Site", lambda row: row.website),
    Column("Actions", lambda row: row.action_count),
    Column("Remarques", lambda row: row.note),
    *_PROVENANCE,
]


def agreement_columns(on: date) -> list[Column]:
    """Columns of the agreements; the state and its reason are those of the day `on`."""
    return [
        Column("Territoire", lambda row: row.territory.name),
        Column("Pays", lambda row: row.territory.country.label),
        Column("Intitulé", lambda row: row.title),
        Column("Forme", lambda row: row.get_form_display()),
        Column("Validité", lambda row: row.get_validity_display()),
        Column("Porteur", lambda row: row.holder),
        Column("Objet", lambda row: row.object),
        Column("Montant prévisionnel (€)", lambda row: row.amount),
        Column("Délibération", lambda row: row.deliberation_on),
        Column("Transmission au préfet", lambda row: row.transmitted_on),
        Column("Signature", lambda row: row.signed_on),
        Column("Année de signature", lambda row: row.signed_year),
        Column("Début", lambda row: row.starts),
        Column("Fin", lambda row: row.ends),
        Column("Révision", lambda row: row.review_on),
        Column("Dénonciation", lambda row: row.denounced_on),
        Column(f"État au {on:%d/%m/%Y}", lambda row: row.status(on).label),
        Column("Motif de l’état", lambda row: standing.reason(row, on)),
        Column("Actions", lambda row: row.action_count),
        *_PROVENANCE,
    ]


def territories(rows: QuerySet, format: str) -> HttpResponseBase:
    """The territories as a file. Raises Http404 for a format that is neither csv nor xlsx."""
    return file_response(rows, TERRITORY, "territoires", format)


def agreements(rows: QuerySet[Agreement], on: date, format: str) -> HttpResponseBase:
    """The agreements as a file, with their state on a day."""
    return file_response(rows, agreement_columns(on), "accords", format)


def stakeholders(rows: QuerySet, format: str) -> HttpResponseBase:
    """The stakeholders as a file."""
    return file_response(rows, STAKEHOLDER, "parties-prenantes", format)


def _joined(rows: Any) -> str:
    return ", ".join(sorted(str(row) for row in rows))
