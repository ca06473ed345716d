"""Mobility of young people (SYS-41): how many left or came, and how many of those known found a job afterwards.

What is not known stays so: a mobility whose returns nobody has asked about weighs neither on the rate nor against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from aict.accounts.register_forms import distant_years
from typology.enums import MobilityDirection
from typology.models import Action, Mobility


@dataclass(frozen=True)
class Totals:
    """What mobilities sum up to; `asked` is the young people of those whose returns are known."""

    records: int
    young: int | None
    sent: int | None
    hosted: int | None
    asked: int | None
    employed: int | None

    @property
    def rate(self) -> Decimal | None:
        """Percent of young people in a job afterwards, among those known, to one decimal; None when none is."""
        if not self.asked or self.employed is None:
            return None
        return (Decimal(100 * self.employed) / self.asked).quantize(Decimal("0.1"))


def totals(rows: QuerySet[Mobility]) -> Totals:
    """The totals of these mobilities, in one query; None where nothing is recorded."""
    known = Q(employed__isnull=False)
    found = rows.order_by().aggregate(
        records=Count("pk"),
        all_young=Sum("young"),
        sent=Sum("young", filter=Q(direction=MobilityDirection.SENT)),
        hosted=Sum("young", filter=Q(direction=MobilityDirection.HOSTED)),
        asked=Sum("young", filter=known),
        all_employed=Sum("employed"),
    )
    return Totals(young=found.pop("all_young"), employed=found.pop("all_employed"), **found)


def _of(action: Action) -> QuerySet[Mobility]:
    return Mobility.objects.for_collectivity(action.collectivity).filter(action=action)


def young_people(action: Action) -> Decimal | None:
    """« Mobilité des jeunes » : young people sent and hosted under the action; None without a record."""
    found = totals(_of(action)).young
    return None if found is None else Decimal(found)


def employment_rate(action: Action) -> Decimal | None:
    """« Emploi au retour », in percent of the young people whose return is known; None until one is."""
    return totals(_of(action)).rate


def errors(values: dict[str, Any], *, today: date) -> dict[str, str]:
    """What cannot be of a mobility, by field, with how to mend; the same for a form and for a file."""
    found = distant_years(values, "starts", "ends", today=today)
    back = values.get("ends") or values.get("starts")
    if values.get("employed") is not None and back and back > today:
        found["employed"] = (
            f"Personne n’est encore de retour avant le {back:%d/%m/%Y} : laissez vide, et revenez le remplir ensuite."
        )
    country, territory = values.get("country"), values.get("territory")
    if country and territory and territory.country_id != country.pk:
        found["country"] = f"« {territory} » est ailleurs : {territory.country}. Corrigez le pays ou le territoire."
    return found
