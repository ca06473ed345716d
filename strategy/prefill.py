"""What the registers already know and a step does not yet hold, ready to be taken over.

Agreements and actions feed A2, stakeholders feed B1, agreements feed C2, actions and their
indicators feed D1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from partners.models import Agreement, Stakeholder, StakeholderType
from strategy.enums import LinkKind
from strategy.material import Material
from strategy.models import ExpectedResult, InternationalLink, StakeholderAssessment, StepRow, TrustEvent
from strategy.steps import A2, B1, C2, D1, Step
from typology.enums import Timing
from typology.models import Action

# Longest texts of the rows that are filled here: a name longer than its field is cut, never refused.
PLACE = InternationalLink._meta.get_field("place").max_length
TEXT_LIMIT = StakeholderAssessment._meta.get_field("active_in").max_length


@dataclass(frozen=True)
class Suggestion:
    """A row that could be added: `key` names it in the form, `origin` says where it comes from."""

    key: str
    label: str
    origin: str
    build: Callable[[], tuple[StepRow, dict[str, list[Any]]]]


def suggestions(step: Step, material: Material) -> list[Suggestion]:
    """What may be taken over into this step; empty for a step that no register feeds."""
    feeders = {A2.slug: _links, B1.slug: _stakeholders, C2.slug: _trust_events, D1.slug: _results}
    feeder = feeders.get(step.slug)
    return feeder(material) if feeder else []


def _base(material: Material) -> dict[str, Any]:
    return {"collectivity": material.strategy.collectivity, "strategy": material.strategy}


def _links(material: Material) -> list[Suggestion]:
    """One cooperation link per territory with an agreement; recurring promotion; cooperation projects."""
    known = {(row.territory_id, row.kind) for row in material.of(A2)}
    found = []
    for agreement in material.agreements:
        key = (agreement.territory_id, LinkKind.ACCORD_COOPERATION)
        if key not in known:
            known.add(key)
            found.append(_link_from_agreement(material, agreement))
    for action in material.actions:
        kind = _link_kind(action)
        if kind and (action.territory_id, kind) not in known:
            known.add((action.territory_id, kind))
            found.append(_link_from_action(material, action, kind))
    return found


def _link_kind(action: Action) -> LinkKind | None:
    if action.territory is None or action.territory.is_own:
        return None
    if action.category.code == "promotion" and action.timing == Timing.RECURRENT:
        return LinkKind.PROMOTION_RECURRENTE
    return LinkKind.PROJET_COLLABORATIF if action.category.code == "cooperation" else None


def _link_from_agreement(material: Material, agreement: Agreement) -> Suggestion:
    def build() -> tuple[StepRow, dict[str, list[Any]]]:
        row = InternationalLink(
            **_base(material),
            kind=LinkKind.ACCORD_COOPERATION,
            territory=agreement.territory,
            place=agreement.territory.full_name[:PLACE],
            holder_type=_local_authority(),
            object=agreement.terms(material.on).object,
            starts=agreement.starts or agreement.signed_on,
            ends=agreement.terms(material.on).ends,
        )
        return row, {}

    return Suggestion(f"accord-{agreement.pk}", str(agreement.territory), f"accord « {agreement.title} »", build)


def _link_from_action(material: Material, action: Action, kind: LinkKind) -> Suggestion:
    def build() -> tuple[StepRow, dict[str, list[Any]]]:
        row = InternationalLink(
            **_base(material),
            kind=kind,
            territory=action.territory,
            place=str(action.territory)[:PLACE],
            holder_type=_local_authority(),
            object=action.title,
            starts=action.starts,
            ends=action.ends,
        )
        return row, {}

    return Suggestion(f"action-{action.pk}", str(action.territory), f"action « {action.title} »", build)


def _local_authority() -> StakeholderType | None:
    return StakeholderType.objects.filter(code="collectivite").first()


def _stakeholders(material: Material) -> list[Suggestion]:
    known = {row.stakeholder_id for row in material.of(B1)}
    rows = Stakeholder.objects.for_collectivity(material.strategy.collectivity).exclude(pk__in=known - {None})
    return [_assessment(material, stakeholder) for stakeholder in _with_links(rows)]


def _with_links(rows: QuerySet[Stakeholder]) -> QuerySet[Stakeholder]:
    return rows.select_related("type").prefetch_related("territories", "fields").order_by("name", "pk")


def _assessment(material: Material, stakeholder: Stakeholder) -> Suggestion:
    def build() -> tuple[StepRow, dict[str, list[Any]]]:
        row = StakeholderAssessment(
            **_base(material),
            stakeholder=stakeholder,
            name=stakeholder.name,
            type=stakeholder.type,
            active_in="\n".join(str(territory) for territory in stakeholder.territories.all())[:TEXT_LIMIT],
        )
        return row, {"fields": list(stakeholder.fields.all())}

    return Suggestion(f"acteur-{stakeholder.pk}", stakeholder.name, str(stakeholder.type), build)


def _trust_events(material: Material) -> list[Suggestion]:
    known = {row.agreement_id for row in material.of(C2)}
    return [_trust_event(material, agreement) for agreement in material.agreements if agreement.pk not in known]


def _trust_event(material: Material, agreement: Agreement) -> Suggestion:
    def build() -> tuple[StepRow, dict[str, list[Any]]]:
        row = TrustEvent(**_base(material), agreement=agreement, partner_authority=str(agreement.territory))
        return row, {"actions": [action for action in material.actions if action.agreement_id == agreement.pk]}

    status = agreement.status(material.on).label.lower()
    return Suggestion(f"accord-{agreement.pk}", agreement.title, f"{agreement.territory}, {status}", build)


def _results(material: Material) -> list[Suggestion]:
    known = {row.action_id for row in material.of(D1)}
    return [_result(material, action) for action in material.actions if action.pk not in known]


def _result(material: Material, action: Action) -> Suggestion:
    def build() -> tuple[StepRow, dict[str, list[Any]]]:
        uses = list(action.indicator_uses.select_related("indicator"))
        first = uses[0] if uses else None
        row = ExpectedResult(
            **_base(material),
            action=action,
            expected_result=action.expected_result,
            local_interest=action.local_interest,
            baseline=first.baseline if first else None,
            target=first.target if first else None,
            target_on=first.target_on if first else None,
            data_source=first.data_source if first else "",
            frequency=first.frequency if first else "",
        )
        return row, {"indicators": [use.indicator for use in uses], "sdgs": list(action.sdgs.all())}

    return Suggestion(f"action-{action.pk}", action.title, action.category.short_label, build)
