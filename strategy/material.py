"""All that a strategy holds, read once: rows of the eight steps, what they cite, and the registers beside.

Pages, checks and the document read this; nothing here queries again. Eight queries for the rows,
one UNION for every many-to-many of every step, one for actions, two for agreements and their avenants.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from aict.ui import typography
from evaluation.models import Indicator
from partners.models import Agreement, AgreementParty, EconomicField, StakeholderType
from strategy.enums import LinkKind
from strategy.models import InternationalLink, StepRow, Strategy
from strategy.steps import A2, STEPS, FieldSpec, Step
from typology.enums import ActionStatus
from typology.models import Action, BudgetLine, Sdg

PARTIES = "agreement-parties"


@dataclass(frozen=True)
class Choice:
    """A row cited by a many-to-many; `code` is the number of an action."""

    pk: int
    code: str
    label: str


@dataclass
class Material:
    """One strategy on one day."""

    strategy: Strategy
    on: date
    rows: dict[str, list[StepRow]]
    actions: list[Action]
    agreements: list[Agreement]
    _many: dict[tuple[str, int], list[Choice]] = field(default_factory=dict)

    @classmethod
    def load(cls, strategy: Strategy, on: date) -> Material:
        """Read everything in twelve queries, whatever the number of rows."""
        return cls(
            strategy=strategy,
            on=on,
            rows={step.slug: _rows(step, strategy) for step in STEPS},
            actions=list(_actions(strategy)),
            agreements=list(
                Agreement.objects.for_collectivity(strategy.collectivity)
                .select_related("territory__country")
                .prefetch_related("amendments")
            ),
            _many=_many(strategy),
        )

    def of(self, step: Step) -> list[Any]:
        """The rows of a step, in their order."""
        return self.rows[step.slug]

    def many(self, step: Step, row: StepRow, name: str) -> list[Choice]:
        """What a row cites through a many-to-many."""
        return self._many.get((f"{step.slug}.{name}", row.pk), [])

    def reference(self, name: str) -> list[Choice]:
        """A short reference list that checks need: `fiche-b-fields`, `fiche-b-types`, `hard-indicators`."""
        return self._many.get((name, 0), [])

    def covered(self) -> set[int]:
        """The numbers of the territories that are party to an agreement, whatever its state."""
        others = {choice.pk for (kind, _), rows in self._many.items() if kind == PARTIES for choice in rows}
        return {agreement.territory_id for agreement in self.agreements} | others

    def is_filled(self, step: Step, row: Any, spec: FieldSpec) -> bool:
        """Whether a field holds an answer; False and 0 are answers."""
        if spec.name == "holder":
            return bool(row.holder_actor_id or row.holder_type_id)
        model_field = row._meta.get_field(spec.name)
        if model_field.many_to_many:
            return bool(self.many(step, row, spec.name))
        value = getattr(row, model_field.attname)
        return value not in (None, "", [])

    def missing(self, step: Step, row: Any) -> list[FieldSpec]:
        """The needed fields that a row leaves empty."""
        return [spec for spec in needed_fields(step, row) if not self.is_filled(step, row, spec)]

    def text(self, step: Step, row: Any, spec: FieldSpec) -> str:
        """A field as French text; empty when it holds no answer."""
        if not self.is_filled(step, row, spec):
            return ""
        if spec.name == "holder":
            return str(row.holder)
        model_field = row._meta.get_field(spec.name)
        if model_field.many_to_many:
            return ", ".join(_short(model_field, choice) for choice in self.many(step, row, spec.name))
        if spec.choices:
            labels = dict(spec.choices.choices)
            return ", ".join(str(labels.get(code, code)) for code in getattr(row, spec.name))
        if model_field.choices:
            return str(getattr(row, f"get_{spec.name}_display")())
        return _plain(getattr(row, spec.name), spec)


def needed_fields(step: Step, row: Any) -> tuple[FieldSpec, ...]:
    """The fields that make this row complete; a flow needs its direction and nature (fiche A)."""
    if step is A2 and isinstance(row, InternationalLink) and row.kind == LinkKind.RELATION_ECONOMIQUE:
        return (*step.needed, step.spec("flow_direction"), step.spec("flow_nature"))
    return step.needed


def _rows(step: Step, strategy: Strategy) -> list[StepRow]:
    rows = list(rows_of(step, strategy))
    for row in rows:
        row.strategy = strategy  # already read: no row asks for it again
    return rows


def rows_of(step: Step, strategy: Strategy) -> QuerySet:
    """The rows of one step with the foreign keys that summaries and checks read."""
    related = [f.name for f in step.model._meta.fields if f.is_relation and f.name not in ("collectivity", "strategy")]
    related = [f"{name}__country" if name == "territory" else name for name in related]
    return step.model.objects.of(strategy).select_related(*related) if related else step.model.objects.of(strategy)


def _actions(strategy: Strategy) -> QuerySet[Action]:
    """Actions the strategy speaks of: all but those that ended before its period, or start after it."""
    own_budget = BudgetLine.objects.filter(action=OuterRef("pk"), funder=None, bearer=None)
    over = Q(status=ActionStatus.TERMINEE, ends__lt=date(strategy.period_start, 1, 1))
    return (
        Action.objects.for_collectivity(strategy.collectivity)
        .exclude(over)
        .exclude(starts__gt=date(strategy.period_end, 12, 31))
        .select_related("type__purpose__category", "territory", "agreement")
        .annotate(has_own_budget=Exists(own_budget))
        .order_by("title", "pk")
    )


def _many(strategy: Strategy) -> dict[tuple[str, int], list[Choice]]:
    """Every many-to-many of every step, and three short reference lists, in one UNION."""
    parts = [
        _links(strategy, step, m2m)
        for step in STEPS
        for m2m in step.model._meta.many_to_many
        if m2m.name in {spec.name for spec in step.fields}
    ]
    parts += [
        _list("fiche-b-fields", EconomicField.objects.current().filter(in_fiche_b=True)),
        _list("fiche-b-types", StakeholderType.objects.current().filter(in_fiche_b=True)),
        _list("hard-indicators", Indicator.objects.current().filter(access=1)),
    ]
    parts.append(_parties(strategy))
    everything = parts[0].union(*parts[1:], all=True)  # flat: nested unions overflow the parser of SQLite
    found: dict[tuple[str, int], list[tuple[int, Choice]]] = defaultdict(list)
    for kind, row, pk, code, label, order in everything:
        found[kind, row].append((order, Choice(pk, code, label)))
    return {
        key: [choice for _, choice in sorted(rows, key=lambda pair: (pair[0], pair[1].label))]
        for key, rows in found.items()
    }


def _links(strategy: Strategy, step: Step, m2m: models.ManyToManyField) -> QuerySet:
    source, target = m2m.m2m_field_name(), m2m.m2m_reverse_field_name()
    code: Any
    label: Any
    order: Any
    if m2m.related_model is Action:
        code, label, order = Cast(f"{target}_id", CharField()), F(f"{target}__title"), Value(0)
    else:
        code, label, order = F(f"{target}__code"), F(f"{target}__label"), F(f"{target}__order")
    return (
        m2m.remote_field.through.objects.filter(**{f"{source}__strategy": strategy})
        .annotate(
            kind=Value(f"{step.slug}.{m2m.name}", output_field=CharField()),
            owner=F(f"{source}_id"),
            cited=F(f"{target}_id"),
            key=code,
            text=label,
            rank=order,
        )
        .values_list("kind", "owner", "cited", "key", "text", "rank")
        .order_by()
    )


def _list(kind: str, rows: QuerySet) -> QuerySet:
    return (
        rows.annotate(
            kind=Value(kind, output_field=CharField()),
            owner=Value(0, output_field=models.BigIntegerField()),
            cited=F("pk"),
            key=F("code"),
            text=F("label"),
            rank=F("order"),
        )
        .values_list("kind", "owner", "cited", "key", "text", "rank")
        .order_by()
    )


def _parties(strategy: Strategy) -> QuerySet:
    """The territories that are other parties to the agreements."""
    rows = AgreementParty.objects.for_collectivity(strategy.collectivity)
    return (
        rows.filter(agreement__deleted_at=None, territory__isnull=False)
        .annotate(
            kind=Value(PARTIES, output_field=CharField()),
            owner=F("agreement_id"),
            cited=F("territory_id"),
            key=Cast("territory_id", CharField()),
            text=F("territory__name"),
            rank=Value(0),
        )
        .values_list("kind", "owner", "cited", "key", "text", "rank")
        .order_by()
    )


def _short(model_field: models.ManyToManyField, choice: Choice) -> str:
    if model_field.related_model is Sdg:
        return choice.code.upper().replace("-", typography.NBSP)
    return choice.label


def _plain(value: Any, spec: FieldSpec) -> str:
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, date):
        return typography.long_day(value)
    if isinstance(value, Decimal):
        return typography.euros(value) if spec.name == "amount" else typography.number(value)
    return str(value)
