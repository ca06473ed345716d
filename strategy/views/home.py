"""The home page: what presses, what comes, where the strategy stands, what changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aict.accounts import recent
from aict.accounts.access import requires
from aict.accounts.enums import Ability
from strategy import agenda


@requires(Ability.VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """What to do today."""
    today = timezone.localdate()
    page = agenda.of(request.access, today)
    context = {
        "today": today,
        "agenda": page,
        "figures": agenda.figures(request.access, today),
        "steps": [step.as_link(page.strategy.pk) for step in page.steps],
        "resume_url": page.resume.as_link(page.strategy.pk)["url"] if page.resume else "",
        "recent": recent.latest(request.access.collectivity, 6),
    }
    return render(request, "strategy/home.html", context)
