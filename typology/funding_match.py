"""Which schemes could fund an action, and why (SYS-39): category, place, domains, SDGs, open calls.

The category and the place exclude; the rest ranks. A missing place excludes nothing. It is a lead to check with the
funder, never a promise of eligibility. Export instruments are for firms: they have their own table (SYS-40).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from aict.accounts import history
from aict.accounts.models import User
from aict.ui.typography import NBSP, fold_words, long_day
from partners import country_lists
from partners.enums import CountryList
from partners.models import Country
from typology.enums import SchemeKind, SchemeReach
from typology.models import Action, FundingApplication, FundingCall, FundingScheme

_STEM = 6  # letters that two words of one family share: « économie » and « économique »
_EMPTY = {"avec", "dans", "pour", "entre", "leurs", "notamment", "autres", "local", "locale", "locaux"}
DOMAIN, GOAL, CALL, PLACE = 2, 2, 3, 1  # what each reason weighs


@dataclass(frozen=True)
class Match:
    """A scheme that could fund an action: its calls to come, its reasons, its weight, and whether it was spotted."""

    scheme: FundingScheme
    calls: list[FundingCall]
    reasons: list[str]
    weight: int
    application: FundingApplication | None


@dataclass(frozen=True)
class Where:
    """What the place of an action says to a funder; all None when it has no territory."""

    country: Country | None
    receives_aid: bool | None  # on the DAC list, or on the latest one known

    @classmethod
    def of(cls, action: Action, on: date) -> Where:
        """The place of an action on a date; two queries at most."""
        if action.territory is None:
            return cls(None, None)
        country = action.territory.country
        groups = {row.list: row.group for row in country_lists.placings(country, on)}
        group = groups.get(CountryList.DAC.label)
        return cls(country, None if group is None else group != country_lists.ABSENT)

    def why_not(self, reach: str) -> bool:
        """Whether a scheme of this reach is closed to the place."""
        if self.country is None:
            return False
        if reach == SchemeReach.EUROPE:
            return not self.country.in_eu and self.country.continent != "Europe"
        if reach == SchemeReach.OUTSIDE:
            return self.country.in_eu
        return reach == SchemeReach.DEVELOPMENT and self.receives_aid is False

    def why(self, reach: str) -> str:
        """Why a scheme of this reach suits the place; empty when it says nothing of it."""
        if self.country is None or reach == SchemeReach.EVERYWHERE:
            return ""
        if reach == SchemeReach.EUROPE and not self.country.in_eu:
            return f"Territoire{NBSP}: {self.country} est hors de l’Union, vérifiez que ce pays est associé"
        if reach == SchemeReach.DEVELOPMENT:
            return f"Territoire{NBSP}: {self.country} reçoit l’aide publique au développement"
        inside = "dans" if reach == SchemeReach.EUROPE else "hors de"
        return f"Territoire{NBSP}: {self.country}, {inside} l’Union européenne"


def matches(action: Action, *, on: date) -> list[Match]:
    """The schemes in force on a date that suit an action, the best first; the number of queries is constant."""
    rows = FundingScheme.objects.for_list().filter(kind__in=[SchemeKind.PROGRAMME, SchemeKind.OTHER])
    rows = rows.filter(categories=action.category.pk).in_force(on)
    calls: dict[int, list[FundingCall]] = {}
    watched = FundingCall.objects.filter(collectivity=action.collectivity_id).open_on(on).order_by("closes_on", "pk")
    for call in watched.prefetch_related("sdgs"):
        calls.setdefault(call.scheme_id, []).append(call)
    asked = {row.scheme_id: row for row in action.applications.all()}
    where, words = Where.of(action, on), _stems(_texts(action))
    goals = {goal.number for goal in action.sdgs.all()}
    found = [
        _match(scheme, calls.get(scheme.pk, []), asked.get(scheme.pk), action, where, words, goals)
        for scheme in rows
        if not where.why_not(scheme.reach)
    ]
    return sorted(found, key=lambda match: -match.weight)


def _match(
    scheme: FundingScheme,
    calls: list[FundingCall],
    application: FundingApplication | None,
    action: Action,
    where: Where,
    words: set[str],
    goals: set[int],
) -> Match:
    reasons, weight = [f"Catégorie{NBSP}: {action.category.label}"], 0
    domains = [domain for domain in scheme.domains if _shares(domain, words)]
    if domains:
        reasons.append(f"Domaine{NBSP}: {', '.join(domains)}")
        weight += DOMAIN * min(len(domains), 2)
    offered = {goal.number for row in [scheme, *calls] for goal in row.sdgs.all()}
    if shared := sorted(goals & offered):
        reasons.append("ODD servis aussi" + NBSP + ": " + ", ".join(str(number) for number in shared))
        weight += GOAL * len(shared)
    if place := where.why(scheme.reach):
        reasons.append(place)
        weight += PLACE
    for call in calls:
        until = f" jusqu’au {long_day(call.closes_on)}" if call.closes_on else ""
        reasons.append(f"Appel suivi{until}{NBSP}: {call.title}")
        weight += CALL
    return Match(scheme, calls, reasons, weight, application)


def _texts(action: Action) -> Iterable[str]:
    yield from (action.title, action.expected_result, action.local_interest, action.type.label, action.type.details)
    yield from (field.label for field in action.fields.all())


def _stems(texts: Iterable[str]) -> set[str]:
    words = fold_words(" ".join(texts)).split()
    return {word.rstrip("sx")[:_STEM] for word in words if len(word) > 3 and word not in _EMPTY}


def _shares(domain: str, words: set[str]) -> bool:
    """Whether the action speaks of a domain: two of its words, or its only one."""
    wanted = _stems([domain])
    return bool(wanted) and len(wanted & words) >= min(2, len(wanted))


@transaction.atomic
def spot(
    *, action: Action, scheme: FundingScheme, call: FundingCall | None, author: User | None
) -> tuple[FundingApplication, bool]:
    """The application of an action to a scheme, spotted now when there was none; and whether it is new."""
    Action.objects.select_for_update().get(pk=action.pk)  # twice the same click makes one application
    known = action.applications.filter(scheme=scheme).first()
    if known:
        return known, False
    made = FundingApplication(
        collectivity=action.collectivity, scheme=scheme, call=call, action=action, title=action.title
    )
    made.full_clean()
    made.save()
    history.record(instance=made, author=author)
    return made, True
