"""What was found of a person, as a page, a file to hand over, and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header

from aict.accounts.enums import Fate
from aict.accounts.mentions import Wording
from aict.accounts.models import Change, Collectivity
from aict.accounts.personal_data import Findings, Hit, Tally
from aict.ui import typography
from partners.forms.persons import ErasureForm
from partners.models import Contact

EXPLAINED = {
    Fate.DELETE: "La fiche est supprimée, avec son historique.",
    Fate.REDACT: "Le nom est remplacé par « [personne effacée] ».",
}


@dataclass(frozen=True)
class Line:
    """A row of the page: what was found, whether it is ticked, whether its file is."""

    hit: Hit
    ticked: bool
    file_ticked: bool
    outcome: str


def grouped(hits: Sequence[Hit], erasure: ErasureForm | None) -> list[tuple[str, list[Line]]]:
    """Lines by nature of row, contacts first and the history last; all ticked, or as they were sent."""
    groups: dict[str, list[Line]] = {}
    for hit in sorted(hits, key=lambda one: (one.is_history, not isinstance(one.row, Contact))):
        ticked = erasure is None or hit.key in erasure.keys
        file_ticked = hit.key in erasure.file_keys if erasure else bool(hit.files)
        groups.setdefault("historique" if hit.is_history else hit.kind, []).append(
            Line(hit, ticked, file_ticked, EXPLAINED[hit.fate])
        )
    return list(groups.items())


def leads(found: Findings, terms: Sequence[str]) -> list[str]:
    """Names, addresses and telephones of the contacts found that were not looked for: other ways to name them."""
    wording = Wording(terms)
    contacts = [hit.row for hit in found.hits if isinstance(hit.row, Contact) and hit.fate == Fate.DELETE]
    values = [value for one in contacts for value in (one.name, one.email, one.phone)]
    return list(dict.fromkeys(value for value in values if value and not wording.is_in(value)))


def content(found: Findings, terms: Sequence[str], collectivity: Collectivity, at: datetime) -> dict[str, Any]:
    """Everything found, to hand over: a contact whole, another row by the fields that name the person."""
    return {
        "collectivite": collectivity.name,
        "produit_le": at.isoformat(timespec="seconds"),
        "recherche": list(terms),
        "comptes": [{"fonction": one.user.label, "adresse": one.user.email} for one in found.members],
        "lignes": [_line(hit) for hit in found.hits],
    }


def _line(hit: Hit) -> dict[str, Any]:
    whole = {}
    if isinstance(hit.row, Contact):
        whole = {
            "Rôle": hit.row.get_role_display(),
            "Fonction": hit.row.function,
            "Partie prenante": str(hit.row.stakeholder or ""),
            "Territoire": str(hit.row.territory or ""),
            "Nom": hit.row.name,
            "Adresse électronique": hit.row.email,
            "Téléphone": hit.row.phone,
            "Origine des données": hit.row.source,
            "Dernier contact": f"{hit.row.last_contact_on:%d/%m/%Y}",
        }
    return {
        "nature": hit.kind,
        "numero": hit.row.pk,
        "cree_le": hit.row.created_at.isoformat(timespec="seconds"),
        "champs": whole or {place.label: place.text for place in hit.places},
        "fichiers": [getattr(hit.row, "filename", "") or name for name in hit.files],
    }


def _heading(line: dict[str, Any]) -> str:
    """What a row is and since when, for a reader; its name could be that of somebody else."""
    day = typography.long_day(timezone.localtime(datetime.fromisoformat(line["cree_le"])))
    kind = line["nature"][:1].upper() + line["nature"][1:]
    is_change = line["nature"] == Change._meta.verbose_name
    return f"{kind} du {day}" if is_change else f"{kind}, enregistrement du {day}"


def response(found: dict[str, Any], format: str) -> HttpResponse:
    """The file. Raises Http404 for a format that is neither json nor html."""
    if format == "json":
        answer: HttpResponse = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1})
    elif format == "html":
        context = {
            "found": found,
            "at": datetime.fromisoformat(found["produit_le"]),
            "lines": [(_heading(line), line) for line in found["lignes"]],
        }
        answer = HttpResponse(render_to_string("partners/person_file.html", context))
    else:
        raise Http404
    answer["Content-Disposition"] = content_disposition_header(True, f"personne.{format}")
    return answer


def summary(tally: Tally) -> str:
    """What an erasure did, in a sentence that names nobody."""
    return (
        f"Effacement fait. Fiches supprimées : {tally.deleted} ; textes masqués : {tally.redacted} ; "
        f"fichiers supprimés : {tally.files}. L’historique garde la trace de ce geste, sans le nom."
    )
