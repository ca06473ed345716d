"""THE access door. A page passes `@requires(...)` and `get_owned_or_404`; the API passes TenantViewSet.

Nobody signed in: to the sign-in page. An object of another collectivité: 404. The right
collectivité and the wrong role: 403. tests/test_access_matrix.py fails on an undeclared route.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from aict.accounts.enums import ABILITIES, Ability, Role

if TYPE_CHECKING:
    from aict.accounts.models import Collectivity, Membership, User

M = TypeVar("M", bound=Model)
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """Who acts, for which collectivité, with which abilities."""

    user: User | None
    collectivity: Collectivity | None
    role: str = ""
    abilities: frozenset[Ability] = frozenset()
    unread: int = 0  # notices not read yet, for the bell of the top bar

    @classmethod
    def of(cls, membership: Membership, unread: int = 0) -> Access:
        return cls(
            user=membership.user,
            collectivity=membership.collectivity,
            role=membership.role,
            abilities=ABILITIES[membership.role],
            unread=unread,
        )

    def may(self, ability: Ability) -> bool:
        """Whether this person has the ability in this collectivité."""
        return ability in self.abilities

    @property
    def role_label(self) -> str:
        """The role in French; empty outside a collectivité."""
        return Role(self.role).label if self.role else ""

    @property
    def landing(self) -> str:
        """The route to open first: home, or the list of one's collectivités for whoever has no page to read."""
        return "home" if self.may(Ability.VIEW) else "accounts:switch"

    @property
    def can(self) -> dict[str, bool]:
        """For templates: `{% if access.can.edit_actions %}`."""
        return {ability.value: ability in self.abilities for ability in Ability}


NOBODY = Access(user=None, collectivity=None)


def requires(ability: Ability) -> Callable[[View], View]:
    """Let the view run only for a member whose role has this ability; 403 otherwise."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.access.may(ability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_ability = ability  # type: ignore[attr-defined]
        return guarded

    return decorate


def number_in(text: str) -> int | None:
    """The number of a row, as an address or a form gives it; None for anything that no row can bear."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def get_owned_or_404(request: HttpRequest, rows: Any, **lookup: Any) -> Any:
    """The row of the current collectivité that matches, else 404, whether it is foreign or unknown."""
    queryset: QuerySet = rows.for_collectivity(request.access.collectivity)
    row = queryset.filter(**lookup).first()
    if row is None:
        raise Http404
    return row
