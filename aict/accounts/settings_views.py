"""Settings of the collectivité, its logo and its colour."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from aict.accounts.access import requires
from aict.accounts.enums import Ability
from aict.accounts.models import Membership
from aict.accounts.settings_forms import SettingsForm
from aict.ui.colors import validate_accent
from aict.ui.uploads import LOGO_TYPES

# A logo opened by itself in a tab must be able to do nothing, even if a script had slipped through.
LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
ONE_YEAR = 365 * 24 * 3600


@requires(Ability.MANAGE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """Change the settings, or look at a colour before keeping it."""
    form = SettingsForm(request.POST or None, request.FILES or None, access=request.access)
    preview = ""
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            form.save()
            messages.success(request, "Réglages enregistrés.")
            return redirect("accounts:settings")
        preview = form.cleaned_data["accent"]
    request.access.collectivity.refresh_from_db()  # the frame of the page shows what is saved, the form what was asked
    return render(request, "accounts/settings.html", {"form": form, "preview": preview})


@require_safe
@cache_control(private=True, max_age=ONE_YEAR)
def logo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The logo, for the members of that collectivité; 404 for anybody else, and for an unknown type."""
    mine = [membership.collectivity for membership in Membership.objects.of(request.access.user)]
    collectivity = next((one for one in mine if one.pk == pk), None)
    name = (collectivity.logo.name if collectivity else None) or ""
    content_type = LOGO_TYPES.get(PurePosixPath(name).suffix.removeprefix("."))
    if collectivity is None or content_type is None:
        raise Http404
    try:
        response = FileResponse(collectivity.logo.open(), content_type=content_type)
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Security-Policy"] = LOGO_POLICY
    return response


@login_not_required
@require_safe
@cache_control(public=True, max_age=ONE_YEAR, immutable=True)
def accent_css(request: HttpRequest, color: str) -> HttpResponse:
    """The one variable that a collectivité may redefine. The colour is in the address, hence the long cache."""
    accent = f"#{color}"
    try:
        validate_accent(accent)
    except ValidationError:
        raise Http404 from None
    return HttpResponse(f":root{{--accent:{accent}}}\n", content_type="text/css; charset=utf-8")
