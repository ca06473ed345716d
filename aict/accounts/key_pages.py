"""Pages by key in the API, for a register that may hold hundreds of thousands of rows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from aict.accounts.registers import PAGE_SIZE
from aict.ui import keyset

_PARAMETERS = {
    keyset.AFTER: "Clé de la page suivante, telle que « next » la donne ; illisible : première page.",
    keyset.BEFORE: "Clé de la page précédente, telle que « previous » la donne ; illisible : première page.",
}


class KeyPagination(BasePagination):
    """`{next, previous, results}`: the keys of aict.ui.keyset, those of the page of the register.

    What changes beside page numbers: there is no `count`, for counting 200,000 rows costs more than reading fifty, and
    no `?page=`; a reader follows `next` until it is null. The rows come in the order of `listed_on`, which the queryset
    annotates. The thousandth page costs what the first one does.
    """

    by = "listed_on"
    page_size = PAGE_SIZE

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: APIView | None = None) -> list[Any]:
        self._address = request.build_absolute_uri()
        self._page = keyset.page(queryset, request.query_params, by=self.by, size=self.page_size)
        return self._page.object_list

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(keyset.AFTER, keyset.BEFORE, self._page.next_key),
                "previous": self._link(keyset.BEFORE, keyset.AFTER, self._page.previous_key),
                "results": data,
            }
        )

    def _link(self, name: str, other: str, key: str) -> str | None:
        """The same address and filters, from this key on; None when there is no such page."""
        return replace_query_param(remove_query_param(self._address, other), name, key) if key else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["results"],
            "properties": {
                "next": link | {"example": f"https://aict.example.org/api/v1/actions/?{keyset.AFTER}=CLÉ"},
                "previous": link | {"example": f"https://aict.example.org/api/v1/actions/?{keyset.BEFORE}=CLÉ"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {"name": name, "required": False, "in": "query", "description": words, "schema": {"type": "string"}}
            for name, words in _PARAMETERS.items()
        ]
