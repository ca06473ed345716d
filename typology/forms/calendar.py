"""What a reader asks of the calendar: the view, the days, and the filters."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from aict.accounts.access import Access
from aict.accounts.models import Membership
from aict.accounts.register_forms import FIRST_YEAR, LAST_YEAR
from aict.ui.fields import FrenchDateField
from partners.models import InternalService, Territory
from typology.calendar import Filters, Kind
from typology.fields import name_when_many
from typology.models import ActionCategory

LIST_DAYS = 92  # days of the list when nobody asks for others
MOST_DAYS = 366  # days of the list at most
_MONTH = re.compile(r"(\d{4})-(\d{2})")
BOUNDS = (date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


class CalendarForm(forms.Form):
    """The calendar's filters, read from its address. What cannot be read is told, and the rest holds."""

    kind = forms.ChoiceField(choices=[("", "Tout"), *Kind.choices], label="Genre", required=False)
    category = forms.ModelChoiceField(
        queryset=ActionCategory.objects.current(), to_field_name="code", label="Catégorie", required=False,
        empty_label="Toutes",
    )  # fmt: skip
    territory = forms.ModelChoiceField(
        queryset=Territory.objects.none(), label="Territoire", required=False, empty_label="Tous"
    )
    service = forms.ModelChoiceField(
        queryset=InternalService.objects.current(), to_field_name="code", label="Service", required=False,
        empty_label="Tous",
    )  # fmt: skip
    du = FrenchDateField(label="Du", required=False)
    au = FrenchDateField(label="Au", required=False)
    mine = forms.BooleanField(label="Les miens seulement", required=False)
    vue = forms.CharField(widget=forms.HiddenInput, required=False)
    mois = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, access: Access) -> None:
        super().__init__(data)
        self.access = access
        self.fields["territory"].queryset = Territory.objects.visible_to(access).order_by("name")  # type: ignore[attr-defined]
        name_when_many(self, "territory")
        self.is_list = data.get("vue") == "liste"
        for name in ("mois",) if self.is_list else ("vue", "du", "au"):
            del self.fields[name]
        self.is_valid()

    def chosen(self) -> Filters:
        """The filters that could be read."""
        kind, read = self.cleaned_data.get("kind"), self.cleaned_data.get
        return Filters(
            kinds=(kind,) if kind else (),
            category=read("category"),
            territory=read("territory"),
            service=read("service"),
            member=self._member() if read("mine") else None,
        )

    def _member(self) -> int:
        own = Membership.objects.for_collectivity(self.access.collectivity).filter(user=self.access.user)
        return own.values_list("pk", flat=True).first() or 0

    def first_of_month(self) -> date:
        """The first day of the month asked for; of this month when it cannot be read."""
        read = _MONTH.fullmatch(self.cleaned_data.get("mois") or "")
        if read and FIRST_YEAR <= int(read[1]) <= LAST_YEAR and 1 <= int(read[2]) <= 12:
            return date(int(read[1]), int(read[2]), 1)
        return timezone.localdate().replace(day=1)

    @property
    def moved_end(self) -> date | None:
        """The last day asked for, when it comes before the first or too long after: another one is shown."""
        asked = self.cleaned_data.get("au")
        return asked if asked and asked != self.days()[1] else None

    def days(self) -> tuple[date, date]:
        """The first and last days of the list: at most a year, within the years of the registers."""
        first, last = BOUNDS
        start = min(max(self.cleaned_data.get("du") or timezone.localdate(), first), last)
        asked = self.cleaned_data.get("au")
        end = asked if asked and asked >= start else start + timedelta(days=LIST_DAYS)
        return start, min(end, start + timedelta(days=MOST_DAYS), last)
