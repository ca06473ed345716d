"""What every template knows of the person and the collectivité."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from aict.accounts.access import NOBODY


def access(request: HttpRequest) -> dict[str, Any]:
    """`access` (user, collectivity, role, can) and whether the site is a demonstration."""
    return {"access": getattr(request, "access", NOBODY), "is_demo": settings.DEMO}
