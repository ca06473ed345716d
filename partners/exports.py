"""Exports of the partners' registers: the rows of the list, in CSV or XLSX, with the columns of the import format."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase

from aict.ui.exports import Column, file_response
from partners import standing
from partners.models import Agreement, AgreementParty

_PROVENANCE = [
    Column("Visibilité", lambda row: row.get_visibility_display()),
    Column("Nature", lambda row: row.get_nature_display()),
    Column("Source", lambda row: row.source),
    Column("Référence", lambda row: row.ref),
]

TERRITORY = [
    Column("Nom", lambda row: row.name),
    Column("Nom en anglais", lambda row: row.name_en),
    Column("Nom en écriture d’origine", lambda row: row.name_local),
    Column("Pays", lambda row: row.country.label),
    Column("Code pays", lambda row: row.country.code.upper()),
    Column("Échelon", lambda row: str(row.level)),
    Column("Latitude", lambda row: row.latitude),
    Column("Longitude", lambda row: row.longitude),
    Column("Population", lambda row: row.population),
    Column("Wikidata", lambda row: row.wikidata),
    Column("Liens", lambda row: row.links),
    Column("Votre territoire", lambda row: row.is_own or None),
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
    Column("Territoires", lambda row: " ; ".join(sorted(one.full_name for one in row.territories.all()))),
    Column("SIREN", lambda row: row.siren),
    Column("Groupe", lambda row: row.group.name if row.group else ""),
    Column("Section NAF", lambda row: row.naf.letter if row.naf else ""),
    Column("Version NAF", lambda row: f"NAF {row.naf.version}" if row.naf else ""),
    Column("Site", lambda row: row.website),
    Column("Actions", lambda row: row.action_count),
    Column("Remarques", lambda row: row.note),
    *_PROVENANCE,
]


CONTACT = [
    Column("Nom", lambda row: row.name),
    Column("Fonction", lambda row: row.function),
    Column("Rôle", lambda row: row.get_role_display()),
    Column("Partie prenante", lambda row: row.stakeholder.name if row.stakeholder else ""),
    Column("Territoire", lambda row: row.territory.full_name if row.territory else ""),
    Column("Adresse électronique", lambda row: row.email),
    Column("Téléphone", lambda row: row.phone),
    Column("Origine des données", lambda row: row.source),
    Column("Dernier contact", lambda row: row.last_contact_on),
]


def agreement_columns(on: date) -> list[Column]:
    """Columns of the agreements; the state and its reason are those of the day `on`."""
    return [
        Column("Territoire", lambda row: row.territory.name),
        Column("Pays", lambda row: row.territory.country.label),
        Column("Référence du territoire", lambda row: row.territory.ref),
        Column("Autres parties", lambda row: " ; ".join(party_name(party) for party in row.parties.all())),
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
        Column("Exception pour un État", lambda row: row.get_state_exception_display()),
        Column("Référence de l’exception", lambda row: row.state_exception_reference),
        Column("Accord précédent", lambda row: row.predecessor.title if row.predecessor else ""),
        Column("Avenants", lambda row: len(row.amendments.all())),
        Column(f"Fin actuelle au {on:%d/%m/%Y}", lambda row: row.terms(on).ends),
        Column(f"Montant actuel au {on:%d/%m/%Y} (€)", lambda row: row.terms(on).amount),
        Column("Avenants", lambda row: len(row.amendments.all())),
        Column("Autres parties", lambda row: _joined(row.parties.all())),
        Column("Accord précédent (référence)", lambda row: row.predecessor.ref if row.predecessor else ""),
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
    return file_response(rows.select_related("predecessor"), agreement_columns(on), "accords", format)


def stakeholders(rows: QuerySet, format: str) -> HttpResponseBase:
    """The stakeholders as a file."""
    return file_response(rows.prefetch_related("territories__country"), STAKEHOLDER, "parties-prenantes", format)


def contacts(rows: QuerySet, format: str) -> HttpResponseBase:
    """The contacts as a file, for members: personal data, to be kept no longer than here."""
    return file_response(rows, CONTACT, "contacts", format)


def party_name(party: AgreementParty) -> str:
    """A party as files name it: « Sfax (Tunisie) », a stakeholder, or another name."""
    return party.territory.full_name if party.territory else str(party)


def _joined(rows: Any) -> str:
    return " ; ".join(sorted(str(row) for row in rows))
