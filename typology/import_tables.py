"""Files of actions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from aict.accounts.enums import Ability
from aict.imports.book import Book, Lookup
from aict.imports.tables import Column, Parts, Table, register
from aict.imports.values import read_attribute, split, unique
from aict.ui.spreadsheets import Cell, shown
from aict.ui.typography import fold, fold_words
from partners.import_tables.cited import PROVENANCE, as_text, territories_of
from partners.models import Agreement, Stakeholder
from typology import status_moves, tagging
from typology.gate import gate_of
from typology.models import Action, ActionType, FicheOption, Office, Tag
from typology.models.actions import other_fiche

TWO_TYPES = (
    "Le type et le code du type ne désignent pas le même type : « {name} » et « {code} ». Corrigez l’un des deux."
)
ANSWERED = (
    "L’action a répondu à la fiche de son type actuel : {named}. Changez son type depuis sa page, qui retire ces "
    "réponses, ou donnez-les dans la colonne « Réponses à la fiche »."
)
# An unknown type has no near word most often: people describe what they did. The whole list is one page away.
ALL_TYPES = " Les 27 types et leurs codes : {address}"
OTHER_PLACE = "Cet accord est passé avec « {place} », pas avec le territoire de la ligne : corrigez l’un des deux."


def _named(key: str, rows: Callable[[Book], QuerySet], noun: str, names: Callable[[Any], Sequence[str]]) -> Any:
    """What a cell may name in a register or a nomenclature: rows by their names, read once for a file."""

    def lookup(book: Book) -> Lookup:
        def build() -> Lookup:
            found = Lookup(noun)
            for row in rows(book):
                found.add(row, names(row))
            return found

        return book.own(key, build)

    return lookup


_agreements = _named(
    "agreements by title",
    lambda book: Agreement.objects.for_collectivity(book.collectivity).select_related("territory__country"),
    "accords de votre collectivité",
    lambda row: [row.title, row.ref],
)
_offices = _named(
    "offices",
    lambda book: Office.objects.for_collectivity(book.collectivity),
    "bureaux de votre collectivité",
    lambda row: [row.name, row.ref],
)
_stakeholders = _named(
    "stakeholders by name or SIREN",
    lambda book: Stakeholder.objects.for_collectivity(book.collectivity),
    "parties prenantes de votre collectivité",
    lambda row: [row.name, row.ref, row.siren],
)
_options = _named(
    "choices of the fiches",
    lambda _book: FicheOption.objects.current().select_related("section__fiche"),
    "choix des fiches 1 à 3",
    lambda row: [row.code, row.label],
)


def _place(cell: Cell | None, book: Book) -> Any:
    return None if cell is None else book.find(territories_of(book), shown(cell))


def _office(cell: Cell | None, book: Book) -> Any:
    return None if cell is None else book.find(_offices(book), shown(cell))


def _actors(cell: Cell | None, book: Book) -> list[Stakeholder]:
    return unique([book.find(_stakeholders(book), name) for name in split(shown(cell))])


def _answers(cell: Cell | None, book: Book) -> list[FicheOption]:
    return unique([book.find(_options(book), name) for name in split(shown(cell))])


def _yes_no_or_unknown(cell: Cell | None, book: Book) -> bool | None:
    """`oui`, `non`, or nothing: a question that nobody answered is not a no."""
    return None if cell is None else read_attribute(Action, "economic_aim", cell, book)


def _words(cell: Cell | None, _book: Book) -> list[str]:
    """Tags as they are written, by the rule of the form; a comma may stand in a tag of a file."""
    return tagging.words_among(split(shown(cell)))


def _replace_tags(pairs: Sequence[tuple[Action, Sequence[str]]]) -> None:
    """Give the actions these tags; those that the collectivité does not have yet are created."""
    collectivity = pairs[0][0].collectivity
    known = {fold(tag.name): tag for tag in Tag.objects.for_collectivity(collectivity)}
    fresh = {fold(name): name for _, names in pairs for name in names if fold(name) not in known}
    made = Tag.objects.bulk_create(Tag(collectivity=collectivity, name=name) for name in fresh.values())
    known |= {fold(tag.name): tag for tag in made}
    links = Action.tags.through._default_manager
    links.filter(action__in=[row for row, _ in pairs]).delete()
    links.bulk_create(
        Action.tags.through(action_id=row.pk, tag_id=known[fold(name)].pk) for row, names in pairs for name in names
    )


def _type(name: str, code: str, book: Book) -> Any:
    """The type that a label and a code give. Raises ValidationError when there is none, or two."""
    found = {}
    for key, text in (("type_label", name), ("type_code", code)):
        if text:
            try:
                found[key] = book.find(book.nomenclature(ActionType), text)
            except ValidationError as error:
                whole = f"{error.messages[0]}{ALL_TYPES.format(address=reverse('typology:tree'))}"
                raise ValidationError({key: whole}) from None
    if len({one.pk for one in found.values()}) > 1:
        raise ValidationError({"type_code": TWO_TYPES.format(name=name, code=code)})
    if not found:
        raise ValidationError({"type_label": "À remplir : l’un des 27 types, par son libellé ou son code."})
    return _whole(found.popitem()[1].pk, book)


def _whole(pk: int, book: Book) -> ActionType:
    """A type with its purpose and category, which the rules of an action read."""
    types = book.shared("types with category", lambda: ActionType.objects.select_related("purpose__category").in_bulk())
    whole: ActionType = types[pk]
    return whole


def _agreement(title: str, territory: Any, book: Book) -> Any:
    """An agreement by its title; the territory of the row tells homonyms apart."""
    if not title:
        return None
    lookup = _agreements(book)
    there = [row for row in lookup.all(title) if territory is None or row.territory_id == territory.pk]
    if len(there) == 1:
        return there[0]
    try:
        found = book.find(lookup, title)
    except ValidationError as error:
        raise ValidationError({"agreement_title": error.messages}) from None
    raise ValidationError({"agreement_title": OTHER_PLACE.format(place=found.territory.full_name)})


def _action(parts: dict[str, Any], book: Book) -> dict[str, Any]:
    if {"type_label", "type_code"} & parts.keys():
        parts["type"] = _type(parts.pop("type_label", ""), parts.pop("type_code", ""), book)
    if "agreement_title" in parts:
        parts["agreement"] = _agreement(parts.pop("agreement_title"), parts.get("territory"), book)
    if status_moves.forgets_reason(parts.get("status")):
        parts["status_reason"] = ""
    return parts


def _unfit(row: Action, lists: dict[str, list[Any]]) -> Mapping[str, str]:
    """The rules of the form that need the row and its lists: answers of its fiche, moves of its state, the gate."""
    errors: dict[str, str] = {}
    if foreign := row.foreign_answers(lists.get("answers", ())):
        errors["answers"] = other_fiche(foreign)
    has_moved = getattr(row, "category_before", None) not in (None, row.category.pk)
    if has_moved and "answers" not in lists and (left := row.foreign_answers(row.answers.all())):
        errors["type"] = ANSWERED.format(named=", ".join(f"« {option} »" for option in left))
    before = getattr(row, "status_before", "")
    given = gate_of(row, indicators=getattr(row, "indicator_count", 0))
    return errors | status_moves.refusals(
        before=before,
        after=row.status,
        reason=row.status_reason,
        given=given,
        reason_before=getattr(row, "reason_before", ""),
        taken_over=True,
    )


def action_keys(row: Action) -> list[Hashable]:
    """Folded title, type and territory."""
    return [(fold_words(row.title), row.type_id, row.territory_id)] if row.type_id else []


def _same_beginning(row: Action, candidate: Action) -> bool:
    """Editions of one action bear its title: a beginning that both give and that differs tells them apart."""
    return row.starts is None or candidate.starts is None or row.starts == candidate.starts


def _load(rows: QuerySet) -> list[Action]:
    """Actions with what their rules read, and their state as it is stored."""
    found = list(
        rows.with_follow_up()
        .select_related("type__purpose__category", "territory__country", "territory__level", "agreement", "office")
        .select_related("lead_service", "elected_portfolio", "zone")
        .prefetch_related("associated_services", "fields", "stakeholders", "sdgs", "tags")
        .prefetch_related(Prefetch("answers", FicheOption.objects.select_related("section__fiche")))
    )
    for row in found:
        row.status_before, row.reason_before = row.status, row.status_reason
        row.category_before = row.category.pk
    return found


ACTIONS = register(
    Table(
        slug="actions",
        label="Actions",
        nouns="action,actions",
        model=Action,
        ability=Ability.EDIT_ACTIONS,
        list_route="typology:action_list",
        is_feminine=True,
        rank=4,
        needed=(("title",), ("type_label", "type_code")),
        help="Reconnue par sa référence, sinon par son titre, son type, son territoire et sa date de début. "
        "La finalité et la catégorie se déduisent du type ; les 27 types et leurs codes sont dans le référentiel.",
        columns=(
            Column("Titre", "title", ("intitulé", "action", "nom", "libellé", "projet")),
            Column("Catégorie"),
            Column("Finalité"),
            Column("Type d’action", "type_label", ("type",), as_text),
            Column("Code du type", "type_code", ("code type",), as_text),
            Column("Territoire", "territory", ("ville", "partenaire", "territoire partenaire", "lieu"), _place),
            Column("Pays"),
            Column("Accord", "agreement_title", ("convention",), as_text),
            Column("Bureau", "office", (), _office),
            Column("État", "status", ("statut", "avancement")),
            Column("Motif de la suspension ou de l’abandon", "status_reason", ("motif",)),
            Column("Rythme", "timing", ("périodicité", "récurrence")),
            Column("Début", "starts", ("date de début", "date", "du")),
            Column("Fin", "ends", ("date de fin", "au")),
            Column("Série"),
            Column("Édition"),
            Column("Service pilote", "lead_service", ("service", "pilote", "direction")),
            Column("Services associés", "associated_services", ("autres services",)),
            Column("Délégation de l’élu référent", "elected_portfolio", ("élu référent", "délégation")),
            Column("Champs économiques", "fields", ("champs", "secteurs", "filières")),
            Column("Parties prenantes", "stakeholders", ("partenaires", "acteurs"), _actors),
            Column("ODD", "sdgs", ("objectifs de développement durable",)),
            Column("Étiquettes", "tags", ("étiquette", "mots-clés", "tags"), _words),
            Column("Code de la zone cible", "zone", ("zone cible", "zone")),
            Column("Réponses à la fiche (codes)", "answers", ("réponses",), _answers),
            Column("Partenariat entre territoires", "partnership", (), _yes_no_or_unknown),
            Column("Visée économique", "economic_aim"),
            Column("Acteurs économiques associés", "economic_actors"),
            Column("Coût total estimé (€)", "cost_estimate", ("coût total", "coût", "budget")),
            Column("Montant prévu, tous financeurs (€)"),
            Column("Montant réalisé, tous financeurs (€)"),
            Column("Résultat attendu", "expected_result", ("résultats attendus", "objectif")),
            Column("Intérêt local", "local_interest"),
            Column("Motif de la dérogation", "gate_override_reason"),
            Column("Pourquoi aucun risque n’est évalué", "risk_waiver"),
            Column("Indicateurs suivis"),
            Column("Modèle", "is_template"),
            *PROVENANCE,
        ),
        natural_keys=action_keys,
        agrees=_same_beginning,
        list_errors=_unfit,
        assemble=_action,
        assembled=("type", "agreement"),
        load=_load,
        parts={"tags": Parts("étiquettes", lambda row: [tag.name for tag in row.tags.all()], _replace_tags)},
    )
)
