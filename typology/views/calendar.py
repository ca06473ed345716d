"""The calendar of actions, by month or as a list; one action or event as a file for one's own calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aict.accounts import feeds
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import calendar
from typology.calendar import Entry
from typology.feeds import dated
from typology.forms.calendar import CalendarForm
from typology.models import Action, Event


@require_safe
@requires(Ability.VIEW)
def calendar_page(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    form = CalendarForm(request.GET, access=request.access)
    shown = _list(request, form, on) if form.is_list else _month(request, form, on)
    context = {"form": form, "on": on, "cut": calendar.is_cut(shown["entries"]), "filtered": _filtered(form), **shown}
    name = "typology/calendar_list.html" if form.is_list else "typology/calendar_month.html"
    return render(request, name, context)


def _month(request: HttpRequest, form: CalendarForm, on: date) -> dict[str, Any]:
    first = form.first_of_month()
    days = calendar.month_days(first)
    found = calendar.entries(request.access.collectivity, days[0], days[-1], form.chosen(), on=on)
    return {"month": calendar.month(first, found, on=on), "entries": found}


def _list(request: HttpRequest, form: CalendarForm, on: date) -> dict[str, Any]:
    start, end = form.days()
    found = calendar.entries(request.access.collectivity, start, end, form.chosen(), on=on)
    return {
        "agenda": calendar.agenda(start, found),
        "entries": found,
        "start": start,
        "end": end,
        "moved_end": form.moved_end,
    }


def _filtered(form: CalendarForm) -> bool:
    """Whether an empty calendar may be empty because of its filters."""
    return any(form.cleaned_data.get(name) for name in ("kind", "category", "territory", "service", "mine"))


@require_safe
@requires(Ability.VIEW)
def action_file(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Action.objects.select_related("type__purpose__category")
    return _file(request, calendar.action_entry(get_owned_or_404(request, rows, pk=pk)), "action")


@require_safe
@requires(Ability.VIEW)
def event_file(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Event.objects.select_related("action__type__purpose__category")
    return _file(request, calendar.event_entry(get_owned_or_404(request, rows, pk=pk)), "evenement")


def _file(request: HttpRequest, entry: Entry | None, name: str) -> HttpResponse:
    """One entry as iCalendar. Raises Http404 for what has no date."""
    if entry is None:
        raise Http404
    content = feeds.icalendar(
        request.access.collectivity, dated(entry), at=timezone.now(), link=request.build_absolute_uri
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
