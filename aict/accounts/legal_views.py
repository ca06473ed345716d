"""Two public pages that the law asks for."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (RGAA 4.1.2): what was checked, what was not, how to report."""
    return render(request, "accounts/accessibility.html", {"contact": settings.DEFAULT_FROM_EMAIL})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What personal data is kept, why, how long and for whom: the sheet of the register (RGPD, art. 30)."""
    hours = settings.SESSION_COOKIE_AGE // 3600
    return render(request, "accounts/privacy.html", {"contact": settings.DEFAULT_FROM_EMAIL, "session_hours": hours})
