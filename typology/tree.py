"""The typology as a tree for the browse page: category → purpose → types, with what is logged against each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from typology.models import ActionCategory, ActionPurpose, ActionType


@dataclass(frozen=True)
class Leaf:
    """One of the 27 types and how many actions of the collectivité are logged against it."""

    type: ActionType
    actions: int


@dataclass
class PurposeNode:
    """A purpose, the types kept by the filter, and how many it has in all."""

    purpose: ActionPurpose
    total: int = 0
    leaves: list[Leaf] = field(default_factory=list)


@dataclass
class CategoryNode:
    """A category and its purposes."""

    category: ActionCategory
    purposes: list[PurposeNode] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(node.total for node in self.purposes)

    @property
    def counts(self) -> str:
        """« 9 + 3 »: how many types each purpose has, whatever the filter."""
        return " + ".join(str(node.total) for node in self.purposes)

    @property
    def kept(self) -> list[PurposeNode]:
        """Purposes with at least one type left by the filter."""
        return [node for node in self.purposes if node.leaves]


def build(types: Iterable[ActionType], *, kept: Collection[int], logged: Mapping[int, int]) -> list[CategoryNode]:
    """The tree of `types` (in their order, with purpose and category read).

    `kept` holds the ids that the filter leaves; `logged` maps a type's id to its number of actions.
    """
    categories: dict[int, CategoryNode] = {}
    purposes: dict[int, PurposeNode] = {}
    for row in types:
        purpose = row.purpose
        category = categories.setdefault(purpose.category_id, CategoryNode(purpose.category))
        if purpose.pk not in purposes:
            purposes[purpose.pk] = PurposeNode(purpose)
            category.purposes.append(purposes[purpose.pk])
        node = purposes[purpose.pk]
        node.total += 1
        if row.pk in kept:
            node.leaves.append(Leaf(row, logged.get(row.pk, 0)))
    return list(categories.values())
