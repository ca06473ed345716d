"""The home page: what is late, what is missing, where the strategy stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aict.accounts.access import requires
from aict.accounts.enums import Ability


@requires(Ability.VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """What to do today."""
    return render(request, "strategy/home.html")
