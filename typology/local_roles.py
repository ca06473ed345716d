"""Who does what, by territory and year (SYS-16): the matrix of the 27 types, its comparison, its writes.

The guide says that roles vary with time and place, and names four fixed points. A role without territory holds in all
of them; a type that nobody holds is said to be uncovered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode

from aict.accounts import history, registers
from aict.accounts.models import Change, Collectivity, User
from aict.accounts.registers import HISTORY_ROWS
from partners.models import Stakeholder, SupportActor, Territory
from typology.models import ActionCategory, ActionType, LocalRole

FIRST_YEAR, LAST_YEAR = 1990, 2100
OWN, ACTOR, STAKEHOLDER = "own", "actor", "stakeholder"
ADDED, REMOVED, KEPT = "added", "removed", "kept"
# Fiche 1, « Qui »: « Business France avec les missions économiques » is one fixed point.
GOES_WITH = {"missions-economiques": "business-france"}


@dataclass(frozen=True)
class Scope:
    """What a matrix is about: a territory (None: all of them), a year, and the year that it is compared with."""

    territory: Territory | None
    year: int
    compared: int | None = None

    @property
    def query(self) -> str:
        """The address part that leads back here, without the comparison."""
        return urlencode({"year": self.year} | ({"territory": self.territory.pk} if self.territory else {}))

    @property
    def place(self) -> str:
        """The territory in words."""
        return str(self.territory) if self.territory else "tous les territoires"

    @property
    def url(self) -> str:
        """The page of this matrix."""
        return f"{reverse('typology:local_role_matrix')}?{self.query}"


@dataclass(frozen=True)
class Holder:
    """Who holds a role: the collectivité itself, a support actor or a stakeholder. Two are the same by kind and key."""

    kind: str
    pk: int
    name: str = field(compare=False)
    url: str = field(compare=False, default="")
    is_fixed_point: bool = field(compare=False, default=False)
    is_deleted: bool = field(compare=False, default=False)

    @classmethod
    def of(cls, role: LocalRole, collectivity: Collectivity) -> Holder:
        """The holder of a role read by `for_matrix`."""
        if role.actor:
            actor = role.actor
            fixed = actor.is_fixed_point or actor.code in GOES_WITH
            return cls(ACTOR, actor.pk, actor.acronym or actor.label, actor.get_absolute_url(), is_fixed_point=fixed)
        if role.stakeholder:
            row = role.stakeholder
            return cls(STAKEHOLDER, row.pk, row.name, row.get_absolute_url(), is_deleted=row.deleted_at is not None)
        return cls(OWN, 0, collectivity.name)

    @property
    def rank(self) -> tuple[int, str]:
        """The collectivité first, then fixed points, support actors, stakeholders; by name."""
        return ([OWN, ACTOR, STAKEHOLDER].index(self.kind) * 2 - self.is_fixed_point, self.name.casefold())


@dataclass(frozen=True)
class Part:
    """A holder on one type of action; `change` is empty when nothing is compared."""

    holder: Holder
    note: str = ""
    everywhere: bool = False
    change: str = ""


@dataclass(frozen=True)
class Line:
    """A type of action, who holds it in the year, and who held it in the year compared."""

    type: ActionType
    now: list[Part]
    before: list[Part]

    @property
    def is_uncovered(self) -> bool:
        """Whether nobody holds it."""
        return not self.now

    @property
    def added(self) -> list[Part]:
        return [part for part in self.now if part.change == ADDED]

    @property
    def removed(self) -> list[Part]:
        return [part for part in self.before if part.change == REMOVED]

    @property
    def kept(self) -> list[Part]:
        return [part for part in self.now if part.change == KEPT]


@dataclass(frozen=True)
class CategoryLines:
    """A category and the lines of its types."""

    category: ActionCategory
    lines: list[Line]

    @property
    def covered(self) -> int:
        return sum(not line.is_uncovered for line in self.lines)


@dataclass(frozen=True)
class Matrix:
    """The 27 lines under their three categories."""

    scope: Scope
    groups: list[CategoryLines]

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]

    @property
    def uncovered(self) -> list[Line]:
        """The types that nobody holds in the year."""
        return [line for line in self.lines if line.is_uncovered]

    @property
    def covered(self) -> int:
        return len(self.lines) - len(self.uncovered)

    @property
    def holders(self) -> list[Holder]:
        """Those present in the year: the columns of the cross table."""
        return sorted({part.holder for line in self.lines for part in line.now}, key=lambda holder: holder.rank)

    @property
    def crossed(self) -> list[tuple[CategoryLines, list[tuple[Line, list[Part | None]]]]]:
        """Rows of types, columns of `holders`: the part of each, or None."""
        holders = self.holders
        rows = []
        for group in self.groups:
            parts = [{part.holder: part for part in line.now} for line in group.lines]
            cells = [[held.get(holder) for holder in holders] for held in parts]
            rows.append((group, list(zip(group.lines, cells, strict=True))))
        return rows

    @property
    def changes(self) -> dict[str, int]:
        """How many roles were added, removed and kept since the year compared."""
        return {
            ADDED: sum(len(line.added) for line in self.lines),
            REMOVED: sum(len(line.removed) for line in self.lines),
            KEPT: sum(len(line.kept) for line in self.lines),
        }


@dataclass(frozen=True)
class FixedPoint:
    """One of the four printed items, and how many types it holds in a matrix."""

    actor: SupportActor
    company: list[SupportActor]
    types: int


def matrix(scope: Scope, collectivity: Collectivity) -> Matrix:
    """The matrix of a scope; two queries, whatever its size."""
    years = {scope.year, scope.compared or scope.year}
    roles = LocalRole.objects.for_collectivity(collectivity).filter(year__in=years).holding_in(scope.territory)
    held: dict[tuple[int, int], dict[Holder, Part]] = {}
    for role in roles.for_matrix():
        cell = held.setdefault((role.type_id, role.year), {})
        part = Part(Holder.of(role, collectivity), role.note, everywhere=role.territory_id is None)
        if part.holder not in cell or not part.everywhere:  # what is written for the territory itself prevails
            cell[part.holder] = part
    lines = [_line(row, scope, held) for row in ActionType.objects.for_tree()]
    grouped = groupby(lines, key=lambda line: line.type.purpose.category)
    return Matrix(scope, [CategoryLines(category, list(rows)) for category, rows in grouped])


def _line(row: ActionType, scope: Scope, held: Mapping[tuple[int, int], dict[Holder, Part]]) -> Line:
    now = held.get((row.pk, scope.year), {})
    before = held.get((row.pk, scope.compared), {}) if scope.compared else {}
    return Line(
        row,
        _compared(now, before, ADDED) if scope.compared else _sorted(now.values()),
        _compared(before, now, REMOVED),
    )


def _compared(parts: Mapping[Holder, Part], others: Mapping[Holder, Part], alone: str) -> list[Part]:
    """Each part with what became of it: in both years, or in this one alone."""
    return _sorted(
        Part(part.holder, part.note, part.everywhere, KEPT if holder in others else alone)
        for holder, part in parts.items()
    )


def _sorted(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: part.holder.rank)


def fixed_points(matrix: Matrix) -> list[FixedPoint]:
    """The four printed fixed points, and their place in the matrix; one query."""
    named = list(SupportActor.objects.current().filter(is_fixed_point=True))
    company = list(SupportActor.objects.current().filter(code__in=GOES_WITH))
    points = []
    for actor in named:
        others = [row for row in company if GOES_WITH[row.code] == actor.code]
        keys = {(ACTOR, row.pk) for row in [actor, *others]}
        held = sum(any((part.holder.kind, part.holder.pk) in keys for part in line.now) for line in matrix.lines)
        points.append(FixedPoint(actor, others, held))
    return points


def history_of(collectivity: Collectivity) -> list[Change]:
    """The latest changes of local roles, whatever the territory and the year."""
    rows = Change.objects.for_collectivity(collectivity).filter(model=LocalRole._meta.label_lower)
    return list(rows.select_related("author")[:HISTORY_ROWS])


@transaction.atomic
def assign(
    *,
    collectivity: Collectivity,
    author: User | None,
    scope: Scope,
    type: ActionType,
    own: bool,
    actors: Collection[SupportActor],
    stakeholders: Collection[Stakeholder],
    notes: Mapping[int, str] | None = None,
) -> None:
    """Make the roles of one type in one territory and year equal to what is given; each change is told.

    `notes`: precisions of the roles already there, by their key. Raises ValidationError for a foreign row.
    """
    Collectivity.objects.select_for_update().get(pk=collectivity.pk)  # two people filling the same line: one role each
    wanted = {(OWN, 0): LocalRole()} if own else {}
    wanted |= {(ACTOR, row.pk): LocalRole(actor=row) for row in actors}
    wanted |= {(STAKEHOLDER, row.pk): LocalRole(stakeholder=row) for row in stakeholders}
    for role in roles_of(collectivity, scope, type):
        holder = Holder.of(role, collectivity)
        if wanted.pop((holder.kind, holder.pk), None) is None:
            registers.remove(row=role, author=author)
        elif notes and notes.get(role.pk, role.note) != role.note:
            before = history.state_of(role)
            role.note = notes[role.pk]
            role.save()
            history.record(instance=role, author=author, before=before)
    for role in wanted.values():
        role.collectivity, role.territory, role.year, role.type = collectivity, scope.territory, scope.year, type
        role.save()
        history.record(instance=role, author=author)


def roles_of(collectivity: Collectivity, scope: Scope, type: ActionType) -> list[LocalRole]:
    """The roles written for one type, in this territory itself and this year."""
    roles = LocalRole.objects.for_collectivity(collectivity).written_for(scope.territory)
    return list(roles.filter(year=scope.year, type=type).for_matrix())


def source_year(collectivity: Collectivity, scope: Scope) -> int | None:
    """The latest earlier year that has roles written for this territory: what « reprendre » copies."""
    roles = LocalRole.objects.for_collectivity(collectivity).written_for(scope.territory)
    return next(iter(roles.filter(year__lt=scope.year).years()), None)


@transaction.atomic
def copy(*, collectivity: Collectivity, author: User | None, scope: Scope, source: int) -> int:
    """Add to a year the roles of an earlier one that it lacks; how many. Doing it twice adds nothing."""
    Collectivity.objects.select_for_update().get(pk=collectivity.pk)
    roles = LocalRole.objects.for_collectivity(collectivity).written_for(scope.territory).for_matrix()
    there = {_key(role) for role in roles.filter(year=scope.year)}
    added = 0
    for role in roles.filter(year=source):
        if _key(role) in there or (role.stakeholder and role.stakeholder.deleted_at):
            continue
        there.add(_key(role))
        role.pk, role._state.adding, role.year, role.collectivity = None, True, scope.year, collectivity
        role.save()
        history.record(instance=role, author=author)
        added += 1
    return added


def _key(role: LocalRole) -> tuple[int, int | None, int | None]:
    return role.type_id, role.actor_id, role.stakeholder_id
