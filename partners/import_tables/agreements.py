"""Files of agreements."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from aict.accounts.enums import Ability
from aict.imports.book import Book, Lookup
from aict.imports.tables import Column, Parts, Table, register
from aict.imports.values import split
from aict.ui.spreadsheets import Cell, shown
from aict.ui.typography import fold_words
from partners import entry_rules, legal_cover
from partners.exports import party_name
from partners.import_tables.cited import PROVENANCE, as_text, territories_of
from partners.models import Agreement, AgreementParty, Country, Stakeholder, Territory


def _by_ref(book: Book) -> dict[str, Territory]:
    def build() -> dict[str, Territory]:
        rows = Territory.objects.for_collectivity(book.collectivity).exclude(ref="").select_related("country", "level")
        return {row.ref: row for row in rows}

    return book.own("territories by ref", build)


def _partner(name: str, country: str, ref: str, book: Book) -> Any:
    """The territory that a row of agreements names; a country tells homonyms apart."""
    if ref and (row := _by_ref(book).get(ref)):
        return row
    if not name:
        raise ValidationError({"territory_name": "À remplir."})
    lookup = territories_of(book)
    if country:
        try:
            label = book.find(book.nomenclature(Country), country).label
        except ValidationError as error:
            raise ValidationError({"territory_country": error.messages}) from None
        found = lookup.all(f"{name} {label}")
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                {
                    "territory_name": f"« {name} » ({label}) n’est pas un territoire de votre collectivité : "
                    "importez ou ajoutez d’abord le territoire."
                }
            )
    try:
        return book.find(lookup, name)
    except ValidationError as error:
        raise ValidationError({"territory_name": error.messages}) from None


def _agreement(parts: dict[str, Any], book: Book) -> dict[str, Any]:
    if {"territory_name", "territory_country", "territory_ref"} & parts.keys():
        name, country = parts.pop("territory_name", ""), parts.pop("territory_country", "")
        parts["territory"] = _partner(name, country, parts.pop("territory_ref", ""), book)
    return parts


@dataclass(frozen=True)
class PartyCell:
    """Another party as a cell names it; two are the same when they read the same."""

    text: str
    territory: Any = field(default=None, compare=False)
    stakeholder: Any = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.text


def _parties(cell: Cell | None, book: Book) -> list[PartyCell]:
    """Territories and stakeholders are recognised by their names; any other name is kept as it is."""

    def actors() -> Lookup:
        lookup = Lookup("parties prenantes")
        for row in Stakeholder.objects.for_collectivity(book.collectivity).order_by("pk"):
            lookup.add(row, [row.name])
        return lookup

    found = []
    for name in split(shown(cell)):
        if len(name) > 200:
            raise ValidationError(f"Trop long : {len(name)} caractères, 200 au plus pour une partie.")
        places, stakeholders = territories_of(book).all(name), book.own("stakeholders", actors).all(name)
        if len(places) == 1:
            found.append(PartyCell(places[0].full_name, territory=places[0]))
        elif len(stakeholders) == 1:
            found.append(PartyCell(stakeholders[0].name, stakeholder=stakeholders[0]))
        else:
            found.append(PartyCell(name))
    return list(dict.fromkeys(found))


def _replace_parties(pairs: Sequence[tuple[Agreement, Sequence[PartyCell]]]) -> None:
    AgreementParty.objects.filter(agreement__in=[row for row, _ in pairs]).delete()
    AgreementParty.objects.bulk_create(
        AgreementParty(
            collectivity_id=row.collectivity_id,
            agreement=row,
            territory=cell.territory,
            stakeholder=cell.stakeholder,
            name="" if cell.territory or cell.stakeholder else cell.text,
        )
        for row, cells in pairs
        for cell in cells
    )


def _unfit_parties(row: Agreement, lists: dict[str, list[Any]]) -> dict[str, str]:
    """What refuses a party in the form refuses it here (partners.legal_cover)."""
    stand_in = Agreement(territory_id=row.territory_id, state_exception=row.state_exception)
    stand_in.state_exception_reference = row.state_exception_reference
    errors = []
    for cell in lists.get("parties", ()):
        try:
            legal_cover.refuse_party(
                AgreementParty(
                    agreement=stand_in, territory=cell.territory, stakeholder=cell.stakeholder, name=cell.text
                )
            )
        except ValidationError as error:
            errors += error.messages
    return {"parties": " ".join(errors)} if errors else {}


def agreement_keys(row: Agreement) -> list[Hashable]:
    """Territory, form and folded title."""
    territory = row.territory_id or (id(row.territory) if getattr(row, "territory", None) else None)
    return [(territory, row.form, fold_words(row.title))] if territory else []


def _same_dates(row: Agreement, candidate: Agreement) -> bool:
    """Successive agreements bear the same title: a date that both give and that differs tells them apart."""
    names = ("starts", "signed_on", "signed_year", "deliberation_on")
    pairs = [(getattr(row, name), getattr(candidate, name)) for name in names]
    return all(one is None or other is None or one == other for one, other in pairs)


def _load_agreements(rows: QuerySet) -> list[Agreement]:
    """Agreements with what their rules read; previous agreements are wired in memory."""
    found = list(rows.select_related("territory__level", "territory__country").with_parties().order_by("pk"))
    by_number = {row.pk: row for row in found}
    for row in found:
        if row.predecessor_id in by_number:
            row.predecessor = by_number[row.predecessor_id]
    return found


AGREEMENTS = register(
    Table(
        slug="accords",
        label="Accords",
        nouns="accord,accords",
        model=Agreement,
        ability=Ability.EDIT_PARTNERS,
        list_route="partners:agreement_list",
        rank=3,
        needed=(("territory_name", "territory_ref"), ("title",)),
        help="Reconnu par sa référence, sinon par son territoire, sa forme, son intitulé et ses dates. Le territoire "
        "doit exister. Les avenants et l’accord précédent ne sont pas lus : ils restent ce qu’ils sont.",
        columns=(
            Column(
                "Territoire",
                "territory_name",
                ("territoire partenaire", "partenaire", "ville", "ville partenaire", "nom du territoire"),
                as_text,
            ),
            Column("Pays", "territory_country", ("country", "code pays"), as_text),
            Column("Référence du territoire", "territory_ref", (), as_text),
            Column("Autres parties", "parties", ("parties", "signataires"), _parties),
            Column("Intitulé", "title", ("titre", "nom", "accord", "nom de l’accord")),
            Column("Forme", "form", ("type", "type d’accord", "nature de l’accord")),
            Column("Validité", "validity"),
            Column("Porteur", "holder", ("signataire", "collectivité")),
            Column("Objet", "object", ("description", "objectif")),
            Column("Montant prévisionnel (€)", "amount", ("montant", "montant prévisionnel", "budget")),
            Column("Délibération", "deliberation_on", ("date de délibération", "délibéré le")),
            Column("Transmission au préfet", "transmitted_on", ("transmission", "date de transmission", "transmis le")),
            Column("Signature", "signed_on", ("date de signature", "signé le")),
            Column("Année de signature", "signed_year", ("année", "année de création")),
            Column("Début", "starts", ("date de début", "du", "début de l’accord")),
            Column("Fin", "ends", ("date de fin", "au", "échéance", "expiration")),
            Column("Révision", "review_on", ("date de révision", "à revoir le")),
            Column("Dénonciation", "denounced_on", ("dénoncé le", "date de dénonciation")),
            Column("Exception pour un État", "state_exception", ("exception",)),
            Column("Référence de l’exception", "state_exception_reference"),
            Column("Accord précédent"),
            Column("Accord précédent (référence)"),
            Column("Fin actuelle"),
            Column("Montant actuel"),
            Column("État"),
            Column("Avenants"),
            Column("Motif de l’état"),
            Column("Actions"),
            *PROVENANCE,
        ),
        natural_keys=agreement_keys,
        agrees=_same_dates,
        errors=entry_rules.agreement_errors,
        list_errors=_unfit_parties,
        assemble=_agreement,
        assembled=("territory",),
        load=_load_agreements,
        parts={
            "parties": Parts(
                "autres parties",
                lambda row: [PartyCell(party_name(party)) for party in row.parties.all()],
                _replace_parties,
            )
        },
    )
)
