"""Everything a document needs, frozen as plain JSON data: same database and day, same snapshot, same hash.

Numbers are kept as text and dates as ISO text, so that the data survive any database unchanged.
Reference labels are copied: a nomenclature that changes later changes no frozen document.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q

from aict.accounts.models import Collectivity
from aict.accounts.tenancy import RegisterModel
from evaluation.enums import MeasureState
from evaluation.models import Indicator, IndicatorUse, Measure
from partners.models import Agreement, EconomicField, StakeholderType, Territory
from strategy import progress
from strategy.material import Material
from strategy.models import StepRow, Strategy
from strategy.steps import STEPS, Step
from typology.enums import TermKind
from typology.models import Action, ActionCategory, ActionType, BudgetLine, GlossaryTerm

FORMAT = 1
# Acronyms that the document's own sentences use, whatever the data say.
_OWN_WORDS = "AICT CGCT ODD SRDEII"

Snapshot = dict[str, Any]


def take(strategy: Strategy, on: date) -> Snapshot:
    """The strategy, its rows, what they cite, its budget, measures and open checks on a day."""
    material = Material.load(strategy, on)
    actions = _actions(material)
    steps = progress.of(material)
    snapshot = {
        "format": FORMAT,
        "on": on.isoformat(),
        "collectivity": _collectivity(strategy.collectivity),
        "strategy": _strategy(strategy),
        "steps": {step.slug: [_row(material, step, row) for row in material.of(step)] for step in STEPS},
        "territories": _territories(material),
        "agreements": [_agreement(agreement, on) for agreement in material.agreements],
        "actions": actions,
        "uses": _uses(strategy.collectivity, actions),
        "measures": _measures(strategy.collectivity),
        "progress": [_progress(item) for item in steps],
        "findings": [_finding(finding) for finding in progress.all_findings(steps)],
        "reference": _reference(),
    }
    snapshot["acronyms"] = _acronyms(snapshot)
    return snapshot


def canonical(snapshot: Snapshot) -> bytes:
    """The one way a snapshot is written as JSON, whatever the order of its keys."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(snapshot: Snapshot) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def logo(snapshot: Snapshot) -> bytes | None:
    """The logo the snapshot speaks of; None when there is none or the stored file is no longer that one."""
    wanted = snapshot["collectivity"]["logo"]
    if not wanted or not default_storage.exists(wanted["path"]):
        return None
    with default_storage.open(wanted["path"]) as stream:
        content = stream.read()
    return content if hashlib.sha256(content).hexdigest() == wanted["sha256"] else None


# Who, and what strategy ---------------------------------------------------------------------
def _collectivity(collectivity: Collectivity) -> dict[str, Any]:
    return {
        "name": collectivity.name,
        "short_name": collectivity.short_name,
        "kind": collectivity.get_kind_display(),
        "siren": collectivity.siren,
        "accent": collectivity.accent,
        "logo": _logo(collectivity),
    }


def _logo(collectivity: Collectivity) -> dict[str, str] | None:
    path = str(collectivity.logo.name or "")
    if not path or not collectivity.logo.storage.exists(path):
        return None
    with collectivity.logo.open("rb") as stream:
        return {"path": path, "sha256": hashlib.sha256(stream.read()).hexdigest()}


def _strategy(strategy: Strategy) -> dict[str, Any]:
    return {
        "title": strategy.title,
        "period_start": strategy.period_start,
        "period_end": strategy.period_end,
        "status": strategy.status,
        "status_label": strategy.get_status_display(),
        "version": strategy.version,
        "public_policies": strategy.public_policies,
        "asked_of_assembly": strategy.asked_of_assembly,
        "deliberation_number": strategy.deliberation_number,
        "adopted_on": _plain(strategy.adopted_on),
    }


# Rows ---------------------------------------------------------------------------------------
def _row(material: Material, step: Step, row: StepRow) -> dict[str, Any]:
    """A row: `fields` is what readers read, `values` what totals, grids and maps are computed from."""
    texts = {spec.name: material.text(step, row, spec) for spec in step.fields}
    return {
        "id": row.pk,
        "title": str(row),
        **_provenance(row),
        "fields": {name: text for name, text in texts.items() if text},
        "values": {spec.name: _value(material, step, row, spec.name) for spec in step.fields if spec.name != "holder"}
        | _computed(row),
    }


def _value(material: Material, step: Step, row: Any, name: str) -> Any:
    model_field = row._meta.get_field(name)
    if model_field.many_to_many:
        return [[choice.code, choice.label] for choice in material.many(step, row, name)]
    if model_field.is_relation:
        related = getattr(row, name)
        return getattr(related, "code", getattr(related, "pk", None))
    return _plain(getattr(row, name))


def _computed(row: Any) -> dict[str, Any]:
    """What a row knows of the things it cites and that no field holds."""
    scheme = getattr(row, "scheme", None)
    agreement = getattr(row, "agreement", None)
    service = getattr(row, "service", None)
    found = {}
    if hasattr(row, "ranking"):
        found["ranking"] = row.ranking
    if scheme:
        found["scheme_funder"] = str(scheme.funder) if scheme.funder_id else ""
        found["scheme_today"] = scheme.today_text if scheme.is_outdated else ""
    if agreement:
        found["agreement_territory"] = agreement.territory_id
    if service:
        found["service_label"] = service.label
    return found


def _provenance(row: StepRow | RegisterModel) -> dict[str, Any]:
    return {"nature": row.nature, "source": row.source, "assumed": sorted(map(str, row.assumed))}


def _plain(value: Any) -> Any:
    """A value as JSON without floats: text for dates and decimals."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


# Registers ----------------------------------------------------------------------------------
def _territories(material: Material) -> dict[str, dict[str, Any]]:
    """Those that a row, an action or an agreement cites, and the collectivité's own."""
    cited = {getattr(row, "territory_id", None) for rows in material.rows.values() for row in rows}
    cited |= {action.territory_id for action in material.actions}
    cited |= {agreement.territory_id for agreement in material.agreements}
    rows = Territory.objects.with_deleted_of(material.strategy.collectivity).select_related("country")
    return {
        str(territory.pk): {
            "name": territory.name,
            "full_name": territory.full_name,
            "country": territory.country.code,
            "latitude": _plain(territory.latitude),
            "longitude": _plain(territory.longitude),
            "is_own": territory.is_own,
        }
        for territory in rows.filter(Q(pk__in=cited - {None}) | Q(is_own=True, deleted_at=None)).order_by("pk")
    }


def _agreement(agreement: Agreement, on: date) -> dict[str, Any]:
    status = agreement.status(on)
    return {
        "id": agreement.pk,
        "title": agreement.title,
        "territory": agreement.territory_id,
        "form": agreement.get_form_display(),
        "holder": agreement.holder,
        "status": status.value,
        "status_label": str(status.label),
        "starts": _plain(agreement.starts),
        "ends": _plain(agreement.terms(on).ends),
        "review_on": _plain(agreement.review_on),
        **_provenance(agreement),
    }


def _actions(material: Material) -> list[dict[str, Any]]:
    """The actions of the strategy and those that its rows cite, with their budget by year and funder."""
    cited = {getattr(row, "action_id", None) for rows in material.rows.values() for row in rows} - {None}
    known = {action.pk for action in material.actions}
    cited |= {int(choice.code) for row in material.rows["c-2-confiance"] for choice in _short_actions(material, row)}
    other = Action.objects.with_deleted_of(material.strategy.collectivity).filter(pk__in=cited - known)
    other = other.select_related("type__purpose__category", "territory").order_by("title", "pk")
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    budget = BudgetLine.objects.for_collectivity(material.strategy.collectivity).filter(action__in=known | cited)
    for line in budget.select_related("funder", "bearer").order_by("year", "pk"):
        lines[line.action_id].append(
            {
                "year": line.year,
                "own": line.is_own,
                "funder": line.funder_name,
                "planned": _plain(line.planned),
                "actual": _plain(line.actual),
            }
        )
    mine = [_action(action, lines[action.pk], in_scope=True) for action in material.actions]
    return mine + [_action(action, lines[action.pk], in_scope=False) for action in other]


def _short_actions(material: Material, row: StepRow) -> list[Any]:
    step = next(step for step in STEPS if step.slug == "c-2-confiance")
    return material.many(step, row, "actions")


def _action(action: Action, budget: list[dict[str, Any]], *, in_scope: bool) -> dict[str, Any]:
    """`in_scope`: counted in the totals of the strategy, not merely cited by one of its rows."""
    return {
        "id": action.pk,
        "title": action.title,
        "type": action.type.label,
        "category": action.category.code,
        "economic": action.economic_aim,
        "territory": action.territory_id,
        "agreement": action.agreement_id,
        "status": action.status,
        "status_label": action.get_status_display(),
        "timing": action.get_timing_display(),
        "starts": _plain(action.starts),
        "ends": _plain(action.ends),
        "in_scope": in_scope,
        "budget": budget,
        **_provenance(action),
    }


def _uses(collectivity: Collectivity, actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = IndicatorUse.objects.for_collectivity(collectivity).filter(action__in=[action["id"] for action in actions])
    return [
        {
            "action": use.action_id,
            "indicator": use.indicator.code,
            "baseline": _plain(use.baseline),
            "target": _plain(use.target),
            "target_on": _plain(use.target_on),
        }
        for use in rows.select_related("indicator").order_by("action", "indicator__order", "pk")
    ]


def _measures(collectivity: Collectivity) -> list[dict[str, Any]]:
    """Every measure but those sent back to their author."""
    rows = Measure.objects.for_collectivity(collectivity).exclude(state=MeasureState.RETURNED)
    return [
        {
            "indicator": measure.indicator.code,
            "label": measure.indicator.label,
            "action": measure.action_id,
            "territory": str(measure.territory) if measure.territory_id else "",
            "year": measure.year,
            "value": _plain(measure.value),
            "unit": measure.unit,
            "scope": measure.scope,
            "note": measure.note,
            "state": measure.state,
            **_provenance(measure),
        }
        for measure in rows.select_related("indicator", "territory").order_by("indicator__order", "scope", "year", "pk")
    ]


# Checks and reference data ------------------------------------------------------------------
def _progress(item: progress.StepProgress) -> dict[str, Any]:
    return {
        "slug": item.step.slug,
        "status": item.status.value,
        "label": str(item.status.label),
        "rows": item.row_count,
        "incomplete": item.incomplete_rows,
    }


def _finding(finding: Any) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "word": finding.word,
        "step": finding.step_slug,
        "message": finding.message,
        "places": [place.label for place in finding.places],
    }


def _reference() -> dict[str, Any]:
    return {
        "categories": [[row.code, row.short_label, row.shape] for row in ActionCategory.objects.current()],
        "fields": [[row.code, row.label, row.in_fiche_b] for row in EconomicField.objects.current()],
        "actor_types": [[row.code, row.label, row.in_fiche_b] for row in StakeholderType.objects.current()],
        "units": {row.code: row.unit for row in Indicator.objects.all()},
        "action_types": {
            row.code: row.purpose.category.code for row in ActionType.objects.select_related("purpose__category")
        },
    }


def _acronyms(snapshot: Snapshot) -> list[list[str]]:
    """The acronyms of the glossary that the document's texts use, with what they stand for."""
    texts = "\n".join([_OWN_WORDS, *_texts({key: snapshot[key] for key in snapshot if key != "reference"})])
    terms = GlossaryTerm.objects.current().exclude(kind=TermKind.CONCEPT).order_by("label")
    return [
        [term.label, term.expansion]
        for term in terms
        if term.is_expanded and re.search(rf"(?<![\w-]){re.escape(term.label)}(?![\w-])", texts)
    ]


def _texts(value: Any) -> Iterable[str]:
    """Every text of a snapshot, links left out."""
    if isinstance(value, str):
        yield re.sub(r"https?://\S+", "", value)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from _texts(value[key])
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
