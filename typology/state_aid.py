"""State aid: three rolling years, single undertakings, the ceiling, the date by which an aid is declared (SYS-20).

Pure functions over plain values, proven against a day-by-day oracle in tests/typology/test_aid_property.py.

The law behind them, Regulation (EU) 2023/2831:
- art. 2(2): firms that control one another form a single undertaking; their aids are added together;
- art. 3(2): its aids over any period of three years stay within the ceiling. The period rolls (recital 11): each new
  aid is added to those of the three years that end on its own date;
- art. 3(3): an aid counts from the day when the firm acquires the right to it, whenever it is paid;
- art. 6: it is declared on the national register within twenty working days.
The three years are counted as Regulation (EEC, Euratom) 1182/71, art. 3(2)(c), counts years, and the working days as
its art. 2(2) and 3(1) say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from aict.accounts.siren import is_valid_siren

if TYPE_CHECKING:
    from partners.models import Stakeholder

YEARS = 3
DECLARATION_DAYS = 20
FIRST_YEAR = 1990  # no aid is recorded before; nor more than AHEAD years from now
AHEAD = 1
MOST = Decimal("9999999999.99")  # euros of one aid: what the ledger can hold

_DAY = timedelta(days=1)


# The window ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Window:
    """Three years, both ends included: `end` is the day of a grant, `start` the morrow of the same date, earlier."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def window(end: date, years: int = YEARS) -> Window:
    """The rolling window that ends on this day. What was granted exactly three years earlier, to the day, is out.

    Three years before a 29 February is the 28th: the window then opens on 1 March. The aid of a 29 February is out
    from 1 March of the third year.
    """
    return Window(_years_before(end, years) + _DAY, end)


def leaves_on(granted_on: date, years: int = YEARS) -> date:
    """The first day on which an aid of this date counts no more."""
    try:
        return granted_on.replace(year=granted_on.year + years)
    except ValueError:  # granted on a 29 February, and that year has none
        return date(granted_on.year + years, 3, 1)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # a 29 February, and that year has none
        return date(day.year - years, 2, 28)


# Totals and ceilings ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aid:
    """One aid to a firm of a single undertaking, in euros of gross grant equivalent.

    `family`: the regimes that are counted together, empty for those that no ceiling bounds. `ceiling`: what the regime
    allowed on the day of the grant. `key`: tells an aid from its twin; None for the one that is not saved yet.
    """

    granted_on: date
    amount: Decimal
    family: str
    ceiling: Decimal | None = None
    years: int = YEARS
    firm: str = ""
    measure: str = ""
    key: int | None = None


@dataclass(frozen=True)
class Line:
    """One row of the arithmetic: an aid, the sum so far, and what it leaves under the ceiling."""

    aid: Aid
    running: Decimal
    remaining: Decimal | None
    is_new: bool


@dataclass(frozen=True)
class Total:
    """What a single undertaking received in a window, the oldest aid first, against the ceiling of its last day."""

    window: Window
    lines: tuple[Line, ...]
    ceiling: Decimal | None

    @property
    def amount(self) -> Decimal:
        """Euros in the window."""
        return self.lines[-1].running if self.lines else Decimal(0)

    @property
    def remaining(self) -> Decimal | None:
        """Euros left under the ceiling, negative above it; None without a ceiling."""
        return None if self.ceiling is None else self.ceiling - self.amount

    @property
    def is_exceeded(self) -> bool:
        """Strictly above: reaching the ceiling is allowed."""
        return self.remaining is not None and self.remaining < 0

    @property
    def excess(self) -> Decimal:
        """Euros above the ceiling; 0 within it."""
        return max(-(self.remaining or Decimal(0)), Decimal(0))


def total(aids: Iterable[Aid], *, family: str, on: date, ceiling: Decimal | None, new: Aid | None = None) -> Total:
    """The sum of one family over the window that ends on a day, with its arithmetic."""
    rows = [aid for aid in aids if aid.family == family]
    span = window(on, max((aid.years for aid in rows), default=YEARS))
    rows = sorted((aid for aid in rows if aid.granted_on in span), key=_in_order)
    lines, running = [], Decimal(0)
    for aid in rows:
        running += aid.amount
        lines.append(Line(aid, running, None if ceiling is None else ceiling - running, aid is new))
    return Total(span, tuple(lines), ceiling)


def worst(totals: Iterable[Total]) -> Total | None:
    """The window that leaves least under its ceiling, the earliest of equals; None when there is none."""
    bounded = [row for row in totals if row.remaining is not None]
    return min(bounded, key=lambda row: (row.remaining, row.window.end), default=None)


def exceeded(aids: Sequence[Aid], *, family: str) -> list[Total]:
    """Every window that ends on the date of a grant and goes above the ceiling of that day, the earliest first."""
    return [row for row in _closing(aids, family) if row.is_exceeded]


@dataclass(frozen=True)
class Comparison:
    """A new or changed aid beside those already granted: `own`, the window that it closes; `worst`, the tightest of
    all those that contain it, which a back-dated aid makes a later one."""

    aid: Aid
    own: Total
    worst: Total

    @property
    def is_bounded(self) -> bool:
        """Whether a ceiling holds it: a notified or exempted regime has its own rules."""
        return self.own.ceiling is not None

    @property
    def is_exceeded(self) -> bool:
        return self.worst.is_exceeded

    @property
    def is_later(self) -> bool:
        """Whether the tightest window closes after this aid: it pushes an aid granted since over the ceiling."""
        return self.worst.window.end > self.aid.granted_on


def compare(new: Aid, others: Iterable[Aid]) -> Comparison:
    """Set a new aid beside the others of its single undertaking, before it is saved.

    Every window of three years that contains it is looked at. A total only rises on the day of a grant: the windows
    that end on its own date, and on those of the aids granted until it leaves, are all that can be the worst.
    """
    aids = [*(aid for aid in others if new.key is None or aid.key != new.key), new]
    own = total(aids, family=new.family, on=new.granted_on, ceiling=new.ceiling, new=new)
    if new.ceiling is None:
        return Comparison(new, own, own)
    gone = leaves_on(new.granted_on, new.years)
    later = [row for row in _closing(aids, new.family, new) if new.granted_on <= row.window.end < gone]
    return Comparison(new, own, worst(later) or own)


def _closing(aids: Iterable[Aid], family: str, new: Aid | None = None) -> list[Total]:
    """The window that each grant of a family closes, with the ceiling of the regime in force on that day."""
    rows = [aid for aid in aids if aid.family == family and aid.ceiling is not None]
    ceilings = {row.granted_on: row.ceiling for row in sorted(rows, key=_in_order)}
    return [total(rows, family=family, on=day, ceiling=ceiling, new=new) for day, ceiling in ceilings.items()]


def _in_order(aid: Aid) -> tuple[date, bool, int]:
    """By date; on the same day the saved ones first, in the order in which they were saved."""
    return aid.granted_on, aid.key is None, aid.key or 0


# Declaring ----------------------------------------------------------------------------------------------------------


def declare_by(granted_on: date, days: int = DECLARATION_DAYS) -> date:
    """The last day to declare an aid: so many working days after the grant, whose own day does not count.

    Regulation 1182/71: art. 3(1), the day of the event is not counted; art. 2(2), a working day is neither a Saturday,
    a Sunday nor a public holiday.
    """
    day = granted_on
    while days:
        day += _DAY
        days -= is_working(day)
    return day


def is_working(day: date) -> bool:
    """Whether offices are open: Monday to Friday, public holidays excepted."""
    return day.weekday() < 5 and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of all France (code du travail, art. L.3133-1).

    Alsace and Moselle have two more, overseas one: there the real deadline is a day or two later, never earlier.
    """
    easter = easter_sunday(year)
    moving = (easter + timedelta(days=after) for after in (1, 39, 50))  # Easter Monday, Ascension, Whit Monday
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset([*moving, *(date(year, month, day) for month, day in fixed)])


def easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar: the Sunday after the full moon that follows 20 March, by the computus."""
    century, golden = year // 100, year % 19
    lost = century - century // 4 - (8 * century + 13) // 25  # leap days left out, less the drift of the moon
    moon = (lost + 19 * golden + 15) % 30  # days from 21 March to the ecclesiastical full moon
    moon -= (moon + golden // 11) // 29  # two of its values are never used in one cycle of nineteen years
    full = date(year, 3, 21) + timedelta(days=moon)
    return full + timedelta(days=(6 - full.weekday()) or 7)


# What may be recorded -----------------------------------------------------------------------------------------------


def firm_refusal(firm: Stakeholder) -> str:
    """Why no aid may be recorded for this stakeholder, with how to mend; empty when one may."""
    if not firm.is_firm:
        return f"« {firm} » n’est pas une entreprise : une aide économique va à une entreprise nommée."
    if not is_valid_siren(firm.siren):
        return f"« {firm} » n’a pas de SIREN valable : complétez d’abord sa fiche, le cumul des aides en dépend."
    return ""


def date_refusal(granted_on: date, *, on: date) -> str:
    """Why no aid is dated so, with how to mend; empty when it may be. `on`: today."""
    if date(FIRST_YEAR, 1, 1) <= granted_on <= leaves_on(on, AHEAD):
        return ""
    return (
        f"Le {granted_on:%d/%m/%Y} ne peut pas être une date d’octroi : donnez un jour entre {FIRST_YEAR} et dans "
        "un an, celui où l’entreprise acquiert le droit à l’aide."
    )
