"""Dated lists that put countries in groups: loaded from the fixtures, and told of one country with their dates."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Max, Min

from aict.accounts.reference import read_yaml
from aict.ui.typography import long_day
from partners.enums import CountryList
from partners.models import Country, CountryGroup

ABSENT = "Absent de la liste"


@dataclass(frozen=True)
class Placing:
    """Where one list puts a country: `group`, and when and by whom it was said."""

    list: str
    group: str
    period: str
    source: str
    is_over: bool = False


def placings(country: Country, on: date) -> list[Placing]:
    """The place of a country in each list on a date, or in the latest edition known; two queries.

    A country that the list does not name is said absent from it: that is an answer (not eligible for aid).
    """
    known = CountryGroup.objects.current().filter(valid_from__lte=on)
    own = {row.list: row for row in known.filter(country=country).order_by("valid_from")}  # the latest of each
    found = []
    for name in CountryList:
        if row := own.get(name.value):
            found.append(_placing(name, row.label, (row.valid_from, row.valid_until), row.source, on))
        elif name == CountryList.DAC and (edition := _latest_edition(known)):
            found.append(_placing(name, ABSENT, (edition["first"], edition["last"]), edition["source"], on))
    return found


def _latest_edition(known: Any) -> dict[str, Any] | None:
    """Source and dates of the latest list of aid recipients, whichever country they are of."""
    editions = known.filter(list=CountryList.DAC).order_by().values("source")
    dated: list[dict[str, Any]] = list(editions.annotate(first=Min("valid_from"), last=Max("valid_until")))
    return max(dated, key=lambda edition: edition["first"], default=None)


def _placing(name: CountryList, group: str, dates: tuple[date, date | None], source: str, on: date) -> Placing:
    first, last = dates
    period = f"du {long_day(first)} au {long_day(last)}" if last else f"depuis le {long_day(first)}"
    return Placing(name.label, group, period, source, bool(last and last < on))


def groups(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of CountryGroup, for `load_reference`; the countries must be loaded before."""
    countries = {row.code: row for row in Country.objects.all()}
    lists = read_yaml(folder / "country_groups.yaml")
    yield from _incomes(folder / "pays.csv", lists["income"], countries)
    for edition in lists["dac"]:
        for group in edition["groups"]:
            yield from _rows(CountryList.DAC, edition, group["label"], group["countries"], countries)


def _incomes(path: Path, edition: dict[str, Any], countries: dict[str, Country]) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["rnb_bm"]:
                label = edition["labels"][row["rnb_bm"]]
                yield from _rows(CountryList.INCOME, edition, label, [row["iso2"].lower()], countries)


def _rows(
    name: CountryList, edition: dict[str, Any], label: str, codes: Iterable[str], countries: dict[str, Country]
) -> Iterator[dict[str, Any]]:
    for code in codes:
        yield {
            "code": f"{name}-{edition['edition']}-{code}",
            "label": label,
            "country": countries[code],
            "list": name.value,
            "valid_from": edition["valid_from"],
            "valid_until": edition["valid_until"],
            "source": edition["source"],
        }
