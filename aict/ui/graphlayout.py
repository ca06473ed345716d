"""Where the boxes of a graph go: columns of actors, columns of link labels between them, and nothing over anything.

Pure geometry, the same at each run. « Along » is the direction in which links flow, « across » the other one. A link
passes from column to column; where it crosses a column it keeps a place of its own there, so no line runs under a box.
After Sugiyama, Tagawa and Toda (1981): ranks, order by barycentre, then places.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Pair = tuple[int, int]
_ROUNDS = 12  # of ordering, then of placing
_PORT = 12.0  # px between two links on one side of a box
_APART = 28.0  # px between two parts that no link joins


@dataclass(eq=False)
class Item:
    """What stands in a column: an actor (`node`), the label of a link (`tie`), or a link that passes."""

    column: int
    node: int = -1
    tie: int = -1
    is_label: bool = False
    depth: float = 0.0  # px along the flow
    breadth: float = 0.0  # px across
    at: float = 0.0  # middle, across
    gap: float = 0.0  # free space wanted beside it
    before: list[Item] = field(default_factory=list)
    after: list[Item] = field(default_factory=list)

    def port(self, other: Item) -> float:
        """Where the line to a neighbour leaves this box: the lines of one side are spread in the neighbours' order."""
        side = self.after if other in self.after else self.before
        if self.node < 0 or len(side) < 2:
            return self.at
        ordered = sorted(side, key=lambda item: (item.at, item.tie))
        step = min(_PORT, (self.breadth - 12) / (len(side) - 1))
        return self.at + (ordered.index(other) - (len(side) - 1) / 2) * step


@dataclass
class Structure:
    """Actors and links in their columns; the measures do not matter yet. `routes`: each link from left to right."""

    groups: list[list[list[Item]]]  # columns of each connected part, then of the actors without a link
    routes: list[list[Item]]
    turned: set[int]  # links that run against the flow


@dataclass(frozen=True)
class Plan:
    """Start and end of each column along the flow, and the whole size, in pixels."""

    structure: Structure
    columns: Sequence[Sequence[Item]]
    bands: Sequence[tuple[float, float]]
    along: float
    across: float


def structure(count: int, ties: Sequence[Pair], *, alone_per_row: int) -> Structure:
    """Columns and order for `count` actors and their links (pairs of actors' places in the list)."""
    turned = _against(count, ties)
    straight = [(b, a) if index in turned else (a, b) for index, (a, b) in enumerate(ties)]
    ranks = _ranks(count, straight)
    parts = _parts(count, straight)
    linked = [part for part in parts if len(part) > 1]
    alone = [part[0] for part in parts if len(part) == 1]
    width = max([2 * max(ranks) + 1 if linked else 1, 2 * min(alone_per_row, len(alone)) - 1])
    groups = []
    routes: list[list[Item]] = [[] for _ in ties]
    for part in linked:
        columns = _columns(part, straight, ranks, routes, width)
        _order(columns)
        groups.append(columns)
    for start in range(0, len(alone), alone_per_row):
        row: list[list[Item]] = [[] for _ in range(width)]
        for place, node in enumerate(alone[start : start + alone_per_row]):
            row[2 * place].append(Item(2 * place, node=node))
        groups.append(row)
    return Structure(groups, routes, turned)


def plan(
    found: Structure, size: Callable[[Item], tuple[float, float]], *, gutter: float, spacing: float, limit: float
) -> Plan:
    """Give every item its place; `size` says its depth and breadth, in pixels.

    `spacing` is the space between actors of a column, `limit` the extent across beyond which the next connected part
    starts a new row of columns.
    """
    for item in (item for group in found.groups for column in group for item in column):
        item.depth, item.breadth = size(item)
        item.gap = spacing if item.node >= 0 else spacing * 0.6 if item.is_label else 8.0
        if item.node >= 0:
            item.breadth = max(item.breadth, _PORT * max(len(item.before), len(item.after)) + 8)
    columns: list[list[Item]] = []
    starts = [0]  # the first column of each row of parts
    top = across = 0.0
    for group in found.groups:
        _place(group)
        wide = _move_to(group, 0.0)
        if top and top + wide > limit:
            starts.append(len(columns))
            top = 0.0
        _move_to(group, top)
        filled = [column for column in group if column]
        columns += [[] for _ in range(starts[-1] + len(filled) - len(columns))]
        for index, column in enumerate(filled, start=starts[-1]):
            columns[index] += column
        across = max(across, top + wide)
        top += wide + _APART
    for index, column in enumerate(columns):
        for item in column:
            item.column = index
    bands = _bands(columns, gutter, set(starts))
    return Plan(found, columns, bands, bands[-1][1], across)


def _move_to(group: Sequence[Sequence[Item]], top: float) -> float:
    """Shift a part so that it starts there; its extent across."""
    items = [item for column in group for item in column]
    first = min(item.at - item.breadth / 2 for item in items)
    for item in items:
        item.at += top - first
    return max(item.at + item.breadth / 2 for item in items) - top


def _against(count: int, ties: Sequence[Pair]) -> set[int]:
    """Links that close a circle when actors are visited in their order: they are laid out the other way round."""
    leaving: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for index, (a, b) in enumerate(ties):
        leaving[a].append((index, b))
    state = [0] * count  # 0 unseen, 1 on the way, 2 done
    turned = set()
    entered = {b for _, b in ties}
    for root in sorted(range(count), key=lambda node: (node in entered, node)):
        stack = [(root, iter(leaving[root]))] if not state[root] else []
        state[root] = state[root] or 1
        while stack:
            node, rest = stack[-1]
            index, target = next(rest, (-1, -1))
            if index < 0:
                state[node] = 2
                stack.pop()
            elif state[target] == 1:
                turned.add(index)
            elif state[target] == 0:
                state[target] = 1
                stack.append((target, iter(leaving[target])))
    return turned


def _ranks(count: int, ties: Sequence[Pair]) -> list[int]:
    """Each actor one column after the farthest that leads to it; a first one stands just before its next."""
    ranks = [0] * count
    for _ in range(count):
        before = list(ranks)
        for a, b in ties:
            ranks[b] = max(ranks[b], ranks[a] + 1)
        if ranks == before:
            break
    entered = {b for _, b in ties}
    for node in range(count):
        following = [ranks[b] for a, b in ties if a == node]
        if node not in entered and following:
            ranks[node] = min(following) - 1
    return ranks


def _parts(count: int, ties: Sequence[Pair]) -> list[list[int]]:
    """Connected parts, each in the order of the list."""
    head = list(range(count))

    def top(node: int) -> int:
        while head[node] != node:
            node = head[node]
        return node

    for a, b in ties:
        one, other = sorted((top(a), top(b)))
        head[other] = one
    parts: dict[int, list[int]] = {}
    for node in range(count):
        parts.setdefault(top(node), []).append(node)
    return list(parts.values())


def _columns(
    part: Sequence[int], ties: Sequence[Pair], ranks: Sequence[int], routes: list[list[Item]], width: int
) -> list[list[Item]]:
    """The columns of a connected part: actors in the even ones, labels in the odd ones, passing links in both."""
    columns: list[list[Item]] = [[] for _ in range(width)]
    nodes = {}
    for node in part:
        nodes[node] = Item(2 * ranks[node], node=node)
        columns[2 * ranks[node]].append(nodes[node])
    labels = [0] * width
    for index, (a, b) in enumerate(ties):
        if a not in nodes:
            continue
        inner = range(2 * ranks[a] + 1, 2 * ranks[b])
        chosen = min(inner[::2], key=lambda column: labels[column])
        labels[chosen] += 1
        route = [nodes[a], *(Item(column, tie=index, is_label=column == chosen) for column in inner), nodes[b]]
        for one, other in pairwise(route):
            one.after.append(other)
            other.before.append(one)
        for item in route[1:-1]:
            columns[item.column].append(item)
        routes[index] = route
    return columns


def _order(columns: list[list[Item]]) -> None:
    """Sort each column by the mean place of the neighbours, to and fro; keep the order with the fewest crossings."""
    best = [list(column) for column in columns]
    fewest = _crossings(columns)
    for turn in range(_ROUNDS):
        if not fewest:
            break
        forward = turn % 2 == 0
        for index in range(len(columns)) if forward else reversed(range(len(columns))):
            _sort(
                columns[index], columns[index - 1 if forward else index + 1 : index if forward else index + 2], forward
            )
        crossings = _crossings(columns)
        if crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
    columns[:] = best


def _sort(column: list[Item], beside: list[list[Item]], forward: bool) -> None:
    places = {item: place for place, item in enumerate(beside[0])} if beside else {}
    if not places:
        return
    keys = {}
    for place, item in enumerate(column):
        near = [places[other] for other in (item.before if forward else item.after)]
        keys[item] = sum(near) / len(near) if near else place
    column.sort(key=lambda item: keys[item])


def _crossings(columns: Sequence[Sequence[Item]]) -> int:
    count = 0
    for one, other in pairwise(columns):
        places = {item: place for place, item in enumerate(other)}
        seen: list[int] = []
        for item in one:
            ends = sorted(places[end] for end in item.after)
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _place(columns: Sequence[Sequence[Item]]) -> None:
    """Bring each item near the middle of its neighbours, in its order, never closer than the gaps."""
    for column in columns:
        _settle(column, [(0.0, 1.0)] * len(column))
    for turn in range(2 * _ROUNDS):
        forward = turn % 2 == 0
        for column in columns if forward else reversed(columns):
            _settle(column, [_wish(item, forward, last=turn >= _ROUNDS) for item in column])


def _wish(item: Item, forward: bool, *, last: bool) -> tuple[float, float]:
    """Where an item would like to be, and how much: a link that passes pulls hard, so that it runs straight."""
    near = item.before if forward else item.after
    if last or not near:
        near = [*item.before, *item.after]
    pulls = [8.0 if item.node < 0 and other.node < 0 else 1.0 for other in near]
    total = sum(pulls)
    return (sum(p * other.at for p, other in zip(pulls, near, strict=True)) / total if near else item.at), total or 1.0


def _settle(column: Sequence[Item], wishes: Sequence[tuple[float, float]]) -> None:
    """The places nearest to the wishes (least squares) that keep order and gaps: pool adjacent violators."""
    offset = 0.0
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many items
    offsets = []
    for index, (item, (wish, weight)) in enumerate(zip(column, wishes, strict=True)):
        if index:
            previous = column[index - 1]
            offset += (previous.breadth + item.breadth) / 2 + max(previous.gap, item.gap)
        offsets.append(offset)
        blocks.append((wish - offset, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, w1, n1), (other, w2, n2) = blocks[-2:]
            blocks[-2:] = [((one * w1 + other * w2) / (w1 + w2), w1 + w2, n1 + n2)]
    means = [mean for mean, _, many in blocks for _ in range(many)]
    for item, mean, offset in zip(column, means, offsets, strict=True):
        item.at = mean + offset


def _bands(columns: Sequence[Sequence[Item]], gutter: float, starts: set[int]) -> list[tuple[float, float]]:
    """Each column's start and end along the flow; the gutter widens where links run steeply."""
    bands: list[tuple[float, float]] = []
    start = 0.0
    for index, column in enumerate(columns):
        if index:
            runs = [abs(item.port(end) - end.port(item)) for item in columns[index - 1] for end in item.after]
            wider = _APART if index in starts else min(max(runs, default=0.0) * 0.09, 2 * gutter)
            start = bands[-1][1] + gutter + wider
        bands.append((start, start + max((item.depth for item in column), default=0.0)))
    return bands
