"""The format of the file: each list, its keys, and the attribute each key fills.

How a value is read follows from the model field (text, choice, date, number, code of a nomenclature, reference);
`Reading` names the few that the field does not tell. Keys marked « ours » go beyond shared case files.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from django.db import models

from aict.accounts.models import Collectivity
from evaluation.models import IndicatorUse, Measure
from partners.models import Agreement, Stakeholder, Territory
from strategy.imports.report import Section
from strategy.models import Strategy
from strategy.steps import STEPS, Step
from typology.models import Action, BudgetLine


class Reading(Enum):
    """How a value is read when its model field does not say it."""

    PLAIN = auto()
    LOWER = auto()  # a code that the file writes in capitals
    COORDINATE = auto()  # rounded to five decimals: one metre
    LINES = auto()  # a list of texts, kept one per line
    OWN_OR_ACTOR = auto()  # `own`, or the code of a support actor
    HOLDER = auto()  # the code of a support actor or of a stakeholder type


@dataclass(frozen=True)
class Column:
    """One key of the file and the attribute it fills."""

    key: str
    name: str
    reading: Reading = Reading.PLAIN
    choices: type[models.TextChoices] | None = None


@dataclass(frozen=True)
class Table:
    """One list of the file and the model its rows become."""

    section: Section
    model: type[models.Model]
    columns: tuple[Column, ...]
    handled: frozenset[str] = frozenset()  # keys read by planning.py itself


def _columns(names: str, *special: Column) -> tuple[Column, ...]:
    return (*(Column(name, name) for name in names.split()), *special)


PROVENANCE = _columns("nature source assumed")
_PROVENANCE_KEYS = frozenset(column.key for column in PROVENANCE)
_REF = frozenset({"ref"})

COLLECTIVITY = Table(
    Section("collectivity", "Collectivité", is_feminine=True),
    Collectivity,
    _columns("name short_name siren kind seat department region population population_year website"),
    _PROVENANCE_KEYS,
)
TERRITORIES = Table(
    Section("territories", "Territoires"),
    Territory,
    _columns(
        "name name_local level population wikidata note visibility nature source assumed",
        Column("country", "country", Reading.LOWER),
        Column("latitude", "latitude", Reading.COORDINATE),
        Column("longitude", "longitude", Reading.COORDINATE),
    ),
    _REF,
)
AGREEMENTS = Table(
    Section("agreements", "Accords"),
    Agreement,
    _columns(
        "territory title form validity holder object amount deliberation_on transmitted_on signed_on signed_year "
        "starts ends review_on denounced_on state_exception state_exception_reference visibility nature source assumed"
    ),
    _REF,
)
STAKEHOLDERS = Table(
    Section("stakeholders", "Parties prenantes", is_feminine=True),
    Stakeholder,
    _columns(
        "name name_local type fields siren website note visibility nature source assumed",
        Column("active_in", "territories"),
    ),
    _REF,
)
ACTIONS = Table(
    Section("actions", "Actions", is_feminine=True),
    Action,
    _columns(
        "title type territory agreement status status_reason timing starts ends lead_service associated_services "
        "fields stakeholders expected_result local_interest gate_override_reason visibility nature source assumed",
        Column("sdg", "sdgs"),
    ),
    _REF | {"budget", "indicators", "mode"},
)
BUDGET = Table(
    Section("actions / budget", "Lignes de budget", is_feminine=True),
    BudgetLine,
    _columns("year planned actual label", Column("funder", "funder", Reading.OWN_OR_ACTOR)),
)
USES = Table(
    Section("actions / indicators", "Indicateurs suivis"),
    IndicatorUse,
    _columns("baseline target target_on data_source frequency", Column("code", "indicator")),  # ours, but for the code
)
MEASURES = Table(
    Section("measures", "Mesures", is_feminine=True),
    Measure,
    _columns(
        "indicator territory action year measured_on value unit scope note state return_reason visibility "
        "nature source assumed"
    ),
)
STRATEGY = Table(
    Section("strategy", "Stratégie", is_feminine=True),
    Strategy,
    _columns("title public_policies asked_of_assembly"),
    _REF | {"period", "steps"},
)
_READINGS = {"holder": Reading.HOLDER, "active_in": Reading.LINES, "languages": Reading.LINES}


def _step_table(step: Step) -> Table:
    return Table(
        Section(f"strategy / {step.slug}", f"Étape {step.code}, {step.row_noun.split(',')[1]}"),
        step.model,
        tuple(Column(f.code, f.name, _READINGS.get(f.name, Reading.PLAIN), f.choices) for f in step.fields),
        _REF | {"provenance"},
    )


STEP_TABLES = {step.slug: _step_table(step) for step in STEPS}
# Known and not for us: what describes or verifies the file.
OUTSIDE = frozenset({"case", "expected_totals", "expected_checks"})
