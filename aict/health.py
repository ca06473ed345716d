"""The health page: whether this process answers and reaches its database. For probes, not for people."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; otherwise 503 with Retry-After and no detail."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"etat": "base de données injoignable"}, status=503, headers={"Retry-After": "10"})
    return JsonResponse({"etat": "ok"})
