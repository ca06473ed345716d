"""The calendar of deadlines: its page, the secret address of the feed, and the feed itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import feeds, registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from aict.accounts.models import CalendarFeed, Membership
from partners import calendars
from partners.models import Agreement

LATE_ROWS = 20


@require_safe
@requires(Ability.VIEW)
def calendar(request: HttpRequest) -> HttpResponse:
    """What is late, what comes, and the member's own address."""
    return _page(request)


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    """The calendar; `address` is the full secret address, on the one answer that may show it."""
    on = timezone.localdate()
    agreements = Agreement.objects.for_collectivity(request.access.collectivity)
    page = registers.page_of(request, calendars.upcoming(agreements, on))
    late = [*calendars.overdue_reviews(agreements, on)[:LATE_ROWS], *calendars.unsent(agreements, on)[:LATE_ROWS]]
    mine = CalendarFeed.objects.for_collectivity(request.access.collectivity)
    context = {
        "late": [calendars.deadline(agreement, on) for agreement in late],
        "page": page,
        "deadlines": [calendars.deadline(agreement, on) for agreement in page],
        "feed": mine.filter(membership__user=request.access.user).first(),
        "address": address,
        "on": on,
    }
    return render(request, "partners/calendar_page.html", context)


@never_cache
@require_POST
@requires(Ability.VIEW)
def issue(request: HttpRequest) -> HttpResponse:
    """A new secret address, in place of the former one. This answer shows it, and nothing keeps it: no redirection."""
    membership = get_owned_or_404(request, Membership.objects.select_related("user"), user=request.access.user)
    token = feeds.issue(membership=membership)
    return _page(request, request.build_absolute_uri(reverse("partners:calendar_feed", args=[token])))


@require_POST
@requires(Ability.VIEW)
def revoke(request: HttpRequest) -> HttpResponse:
    """Close the address: the calendars that read it get no more."""
    membership = get_owned_or_404(request, Membership.objects.select_related("user"), user=request.access.user)
    if feeds.revoke(membership=membership):
        messages.success(request, "Adresse révoquée : les agendas qui la lisaient ne reçoivent plus rien.")
    return redirect("partners:calendar")


@login_not_required
@require_safe
@cache_control(private=True, no_store=True)
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What is dated as iCalendar, for whoever holds the address; 404 as soon as it is not, or no longer, one."""
    found = feeds.opened_by(token)
    if found is None:
        raise Http404
    now = timezone.now()
    feeds.note_reading(feed=found, at=now)
    rows = feeds.gathered(found, on=timezone.localdate(now))
    content = feeds.icalendar(found.collectivity, rows, at=now, link=request.build_absolute_uri)
    headers = {"Content-Disposition": 'inline; filename="echeances.ics"', "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
