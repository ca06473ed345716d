"""Typed links between actions, read from either end (SYS-09, product rule 8).

An action may link to actions of any category: that crossing is what links are for. A circle of « mène à » is allowed:
a twinning leads to a trade mission, which brings the twinning new projects, and the link says nothing of dates. « Fait
suite à » does: two actions cannot each follow the other (ActionLink.clean).
"""

from __future__ import annotations

from dataclasses import dataclass

from typology.enums import ActionLinkKind
from typology.models import Action, ActionLink

# Seen from the target.
BACKWARDS: dict[str, str] = {
    ActionLinkKind.LEADS_TO: "est préparée par",
    ActionLinkKind.SUPPORTS: "est appuyée par",
    ActionLinkKind.FOLLOWS: "a pour suite",
}
BACK = "inverse"

# What a person chooses from: each kind in both directions, « mene-a » and « mene-a-inverse ».
RELATIONS: list[tuple[str, str]] = [
    choice
    for kind in ActionLinkKind
    for choice in ((kind.value, str(kind.label)), (f"{kind.value}-{BACK}", BACKWARDS[kind]))
]


@dataclass(frozen=True)
class Related:
    """A link as one of its two actions reads it: « mène à », and the other action."""

    link: ActionLink
    words: str
    other: Action
    crosses: bool


def related(action: Action) -> list[Related]:
    """The links of an action, both ways, in one query; those to a deleted action are left out."""
    found = []
    for link in ActionLink.objects.for_collectivity(action.collectivity).around(action):
        is_source = link.source_id == action.pk
        other = link.target if is_source else link.source
        words = link.get_kind_display() if is_source else BACKWARDS[link.kind]
        found.append(Related(link, words, other, other.category != action.category))
    return found


def join(link: ActionLink, *, action: Action, relation: str, other: Action) -> None:
    """Put the ends of a link in their places, from what a person chose on the page of `action`."""
    kind = relation.removesuffix(f"-{BACK}")
    link.kind = kind
    link.source, link.target = (other, action) if kind != relation else (action, other)
