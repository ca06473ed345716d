"""THE access door of the API: every viewset of a tenant's data derives from TenantViewSet."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from aict.accounts.access import NOBODY, Access
from aict.accounts.enums import Ability
from aict.accounts.middleware import AccessMiddleware
from aict.accounts.tenancy import RegisterQuerySet

NO_SUCH_OBJECT = "Cet objet n’existe pas, ou il ne vous est pas ouvert."


class AccessView(APIView):
    """Who reads, for which collectivité: `self.access`. Members and networks enter; nobody else does."""

    metadata_class = None  # OPTIONS would answer without asking whose object it is
    access: Access = NOBODY

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Resolve the collectivité once authentication is done."""
        super().initial(request, *args, **kwargs)
        # The session's person was resolved by the middleware; a token's is known only now.
        self.access = request.access if request.access.user == request.user else AccessMiddleware.resolve(request)
        if not (self.access.may(Ability.VIEW) or (self.is_open_to_networks and self.access.may(Ability.VIEW_SHARED))):
            raise PermissionDenied
        refuse_null_bytes(request)

    def handle_exception(self, exc: Exception) -> Response:
        """An object that is not there, or not the reader's: said in French, and alike."""
        return super().handle_exception(NotFound(NO_SUCH_OBJECT) if isinstance(exc, Http404) else exc)

    @property
    def is_open_to_networks(self) -> bool:
        """Whether somebody who reads only what is shared may enter."""
        return True


class AccessViewSet(AccessView, ReadOnlyModelViewSet):
    """List and detail behind the door."""


class TenantViewSet(AccessViewSet):
    """List and detail of one register, for members and for the networks it is shared with.

        class TerritoryViewSet(TenantViewSet):
            queryset = Territory.objects.for_list()
            serializer_class = TerritorySerializer  # for the members
            shared_serializer_class = SharedTerritorySerializer  # for networks: allow-listed fields only
            filterset_class = TerritoryFilter  # the one of the page
            shared_filterset_class = TerritoryFilter  # for networks: reads only fields that they are shown

        router.register("territories", TerritoryViewSet)  # in aict/api.py

    Give `queryset` its joins: the base narrows it to what the caller may see. Without
    `shared_serializer_class`, or when the model has no visibility, networks get 403.
    Without `shared_filterset_class`, networks filter by nothing: a filter answers about what it reads.
    `self.access` is the caller's Access. Nobody signed in: 403. A stranger's object: 404.
    A filter that cannot be read: 400.
    """

    queryset: Any
    serializer_class: Any
    shared_serializer_class: type[BaseSerializer] | None = None
    filterset_class: Any = None
    shared_filterset_class: Any = None
    lookup_value_regex = "[0-9]+"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once the caller is known, a network gets its own filters."""
        super().initial(request, *args, **kwargs)
        if not self.access.may(Ability.VIEW):
            self.filterset_class = self.shared_filterset_class

    @property
    def is_open_to_networks(self) -> bool:
        """With a projection for them, of a model that says what is shared."""
        return self.shared_serializer_class is not None and isinstance(self.queryset, RegisterQuerySet)

    def get_queryset(self) -> QuerySet:
        """Rows of `queryset` that the caller may see, always in a stated order."""
        rows = super().get_queryset()
        if isinstance(rows, RegisterQuerySet):
            rows = rows.visible_to(self.access)
        else:
            rows = rows.for_collectivity(self.access.collectivity)
        return rows if rows.ordered else rows.order_by("pk")

    def get_serializer_class(self) -> type[BaseSerializer]:
        """Every field for a member; the shared projection for a network."""
        is_schema = getattr(self, "swagger_fake_view", False)
        if is_schema or self.access.may(Ability.VIEW) or self.shared_serializer_class is None:
            return self.serializer_class
        return self.shared_serializer_class


def refuse_null_bytes(request: Request) -> None:
    """Answer 400 to a NUL byte in the address: PostgreSQL cannot hold one, and some form fields let it pass."""
    names = [name for name, values in request.query_params.lists() if any("\x00" in part for part in [name, *values])]
    if names:
        raise ValidationError(
            {name.replace("\x00", ""): ["Un caractère nul (NUL) ne peut pas être lu."] for name in names}
        )
