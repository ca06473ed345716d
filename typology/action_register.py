"""The register of actions as a file: the columns that the export writes and that the import reads back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import QueryDict

from aict.accounts.access import Access
from aict.jobs.exports import Register, register
from aict.ui.bulk_exports import Field, Joined, Kind, choices_of
from typology.filters import ActionPageFilter
from typology.models import Action

LABEL, DATE, AMOUNT, COUNT, FLAG = Kind.LABEL, Kind.DATE, Kind.AMOUNT, Kind.COUNT, Kind.FLAG


def _names(through: type[Model], text: Any) -> Subquery:
    """The names of the rows that an action cites by a many-to-many, in one cell."""
    rows = through._default_manager.filter(action=OuterRef("pk")).order_by().values("action")
    return Subquery(rows.annotate(names=Joined(text)).values("names"), output_field=TextField())


def _coded(name: str, header: str) -> Field:
    return Field(header, name, LABEL, choices_of(Action, name))


_GOAL = Concat(Value("ODD "), Cast("sdg__number", TextField()), output_field=TextField())
# In the order of the form; those without a key in the import are told for reading only.
FIELDS: tuple[Field, ...] = (
    Field("Titre", "title"),
    Field("Catégorie", "type__purpose__category__label", LABEL),
    Field("Finalité", "type__purpose__label", LABEL),
    Field("Type d’action", "type__label", LABEL),
    Field("Code du type", "type__code", LABEL),
    Field("Territoire", "territory__name"),
    Field("Pays", "territory__country__label", LABEL),
    Field("Accord", "agreement__title"),
    Field("Bureau", "office__name"),
    _coded("status", "État"),
    Field("Motif de la suspension ou de l’abandon", "status_reason"),
    _coded("timing", "Rythme"),
    Field("Début", "starts", DATE),
    Field("Fin", "ends", DATE),
    Field("Série", "series__name"),
    Field("Édition", "edition", COUNT),
    Field("Service pilote", "lead_service__label", LABEL),
    Field("Services associés", _names(Action.associated_services.through, "internalservice__label"), LABEL),
    Field("Délégation de l’élu référent", "elected_portfolio__label", LABEL),
    Field("Champs économiques", _names(Action.fields.through, "economicfield__label"), LABEL),
    Field("Parties prenantes", _names(Action.stakeholders.through, "stakeholder__name")),
    Field("ODD", _names(Action.sdgs.through, _GOAL), LABEL),
    Field("Étiquettes", _names(Action.tags.through, "tag__name")),
    Field("Code de la zone cible", "zone__code", LABEL),
    Field("Réponses à la fiche (codes)", _names(Action.answers.through, "ficheoption__code"), LABEL),
    Field("Partenariat entre territoires", "partnership", FLAG),
    Field("Visée économique", "economic_aim", FLAG),
    Field("Acteurs économiques associés", "economic_actors", FLAG),
    Field("Coût total estimé (€)", "cost_estimate", AMOUNT),
    Field("Montant prévu, tous financeurs (€)", "planned_total", AMOUNT),
    Field("Montant réalisé, tous financeurs (€)", "actual_total", AMOUNT),
    Field("Résultat attendu", "expected_result"),
    Field("Intérêt local", "local_interest"),
    Field("Motif de la dérogation", "gate_override_reason"),
    Field("Pourquoi aucun risque n’est évalué", "risk_waiver"),
    Field("Indicateurs suivis", "indicator_count", COUNT),
    Field("Modèle", "is_template", FLAG),
    _coded("visibility", "Visibilité"),
    _coded("nature", "Nature"),
    Field("Source", "source"),
    Field("Référence", "ref"),
)


def rows(access: Access, query: QueryDict) -> QuerySet:
    """The actions of the list page under the same filters, in the same order."""
    found = Action.objects.for_collectivity(access.collectivity).with_budget().with_spending().with_follow_up()
    filtered = ActionPageFilter(query, found, request=SimpleNamespace(access=access)).qs
    return filtered.for_list().select_related(None)


ACTIONS = register(Register(slug="actions", label="Actions", nouns="action,actions", rows=rows, fields=FIELDS))
