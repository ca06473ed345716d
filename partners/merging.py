"""Merging two territories that are one partner: what cites the one goes to the other, and nothing is lost.

What moves is read from the registry of models, so that a relation added one day in any app is never forgotten.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import ForeignKey, Q
from django.utils import timezone

from aict.accounts import history
from aict.accounts.models import Change, User
from aict.accounts.tenancy import OTHER_TENANT, TenantModel
from aict.ui.typography import number
from partners.models import Agreement, AgreementParty, FormerName, Territory

STATE = "pays"  # code of the level of a State
FAR = 150  # km between two places beyond which they are hardly one partner
EARTH = 6371.0  # km, mean radius


class NotMergeable(Exception):  # noqa: N818
    """Why two territories cannot be merged, in words for the reader."""


@dataclass(frozen=True)
class Part:
    """How many rows of one kind; `nouns` feeds the `plural` filter."""

    count: int
    nouns: str

    def __str__(self) -> str:
        one, many = self.nouns.split(",")
        return f"{self.count} {one if self.count < 2 else many}"


@dataclass(frozen=True)
class Merge:
    """What goes to the territory that is kept, and what is let go because it is there already."""

    moved: list[Part]
    dropped: list[Part]

    def __str__(self) -> str:
        told = ", ".join(map(str, self.moved)) or "rien ne s’y rattachait"
        return f"{told} ; en double et laissé : {', '.join(map(str, self.dropped))}" if self.dropped else told


@dataclass(frozen=True)
class Value:
    """A field on which two territories differ, and what the one that is kept will hold."""

    label: str
    kept: str
    merged: str
    after: str
    is_former: bool = False  # the other's name, that may be kept as a former name


def refusal(kept: Territory, merged: Territory) -> str:
    """Why `merged` cannot go into `kept`; empty when it can."""
    if kept.collectivity_id != merged.collectivity_id:
        return OTHER_TENANT
    if kept.is_own or merged.is_own:
        return "Le territoire de votre collectivité ne se fusionne avec aucun partenaire."
    if kept.pk == merged.pk:
        return "Un territoire ne se fusionne pas avec lui-même : choisissez-en un autre."
    for territory in (kept, merged):
        if territory.deleted_at:
            return f"« {territory} » est supprimé : rétablissez-le d’abord, ou choisissez un autre territoire."
    if kept.level.code == STATE and _without_exception(merged):
        return (
            f"« {kept} » est un État, et « {merged} » a des accords qu’un État ne peut pas passer sans l’une des "
            "exceptions de l’article L.1115-5 du CGCT. Gardez plutôt l’autre fiche, ou corrigez d’abord ces accords."
        )
    return ""


def preview(kept: Territory, merged: Territory) -> Merge:
    """What `merge` would do; nothing is written."""
    doubles = _doubles(kept, merged)
    gone = Counter(_nouns(field) for field, row in doubles if _is_at(field, row, merged))
    cited: Counter[str] = Counter()
    for field in relations():
        cited[_nouns(field)] += _citing(field, merged).count()
    return Merge(moved=_parts(cited - gone), dropped=_parts(Counter(_nouns(field) for field, _ in doubles)))


def differences(kept: Territory, merged: Territory) -> list[Value]:
    """The fields on which the two differ, with what the territory that is kept will hold."""
    taken = _taken(kept, merged)
    found = []
    for name in ("name", "country", "level", *_FILLED, "visibility"):
        field: Any = kept._meta.get_field(name)
        one, other = (_shown(territory, field) for territory in (kept, merged))
        if one != other:
            after = str(taken[name]) if name in _JOINED and name in taken else other if name in taken else one
            is_former = name in _NAMES and name not in taken and bool(other)
            found.append(Value(str(field.verbose_name), one, other, after, is_former))
    return found


def spare_names(kept: Territory, merged: Territory) -> list[str]:
    """The names of `merged` that `kept` neither bears, nor bore, nor takes: those that may become former names."""
    taken = _taken(kept, merged)
    known = {str(taken.get(name) or getattr(kept, name)).casefold() for name in _NAMES}
    formers = FormerName.objects.filter(territory__in=(kept, merged)).values_list("name", flat=True)
    known.update(name.casefold() for name in formers)
    return list({name.casefold(): name for name in _names(merged) if name.casefold() not in known}.values())


def apart(kept: Territory, merged: Territory) -> int | None:
    """Km between the two as the crow flies when they are far apart; None when near, or when one has no coordinates."""
    degrees = [(row.latitude, row.longitude) for row in (kept, merged)]
    if any(value is None for pair in degrees for value in pair):
        return None
    (lat, lon), (lat_2, lon_2) = ([math.radians(float(value or 0)) for value in pair] for pair in degrees)
    half = math.sin((lat_2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat_2) * math.sin((lon_2 - lon) / 2) ** 2
    km = 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))
    return round(km) if km > FAR else None


@transaction.atomic
def merge(*, kept: Territory, merged: Territory, author: User | None, on: date, keep_names: bool) -> Merge:
    """Move everything from `merged` to `kept`; leave `merged` among the deleted rows, with where it went.

    With `keep_names`, its names become former names of `kept` until the day `on`; without, they were those of a
    duplicate, and only the former names it already had move. Its values fill the empty ones, and both histories tell
    it. Raises NotMergeable.
    """
    rows = _locked(kept, merged)
    if kept.pk not in rows or merged.pk not in rows:
        raise NotMergeable("L’un des deux territoires n’existe plus.")
    kept, merged = rows[kept.pk], rows[merged.pk]
    if reason := refusal(kept, merged):
        raise NotMergeable(reason)
    done, before = preview(kept, merged), history.state_of(kept)
    for _, row in _doubles(kept, merged):
        _let_go(row, author)
    for field in relations():
        _move(field, kept, merged)
    _hand_over(kept, merged, on if keep_names else None)
    told = {"fusion": ["", f"« {merged} » fusionné ici : {done}"]}
    history.record(instance=kept, author=author, before=before, told=told)
    told = {"fusion": ["", f"fusionné dans « {kept} » : {done}"]}
    history.record(instance=merged, author=author, verb=Change.Verb.DELETED, told=told)
    return done


def relations() -> Iterator[ForeignKey]:
    """Every foreign key that points at a territory, hidden ones and those of link tables included."""
    for relation in Territory._meta.get_fields(include_hidden=True):
        field = getattr(relation, "remote_field", None)
        if relation.auto_created and not relation.concrete and isinstance(field, ForeignKey):
            yield field


def _locked(*territories: Territory) -> dict[int, Territory]:
    # Always in the order of their numbers, so that two merges at once never wait for each other.
    rows = Territory.objects.filter(pk__in=[one.pk for one in territories]).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(of=("self",)).select_related("level", "collectivity")}


def _without_exception(territory: Territory) -> bool:
    """Whether an agreement of this territory would be refused to a State (CGCT L.1115-5)."""
    bare = Q(state_exception="") | Q(state_exception_reference="")
    return Agreement.objects.covering(territory).filter(bare).exists()


def _citing(field: ForeignKey, territory: Territory) -> models.QuerySet:
    return field.model._base_manager.filter(**{field.name: territory})


def _is_at(field: ForeignKey, row: models.Model, territory: Territory) -> bool:
    return bool(getattr(row, field.attname) == territory.pk)


def _nouns(field: ForeignKey) -> str:
    """« accord,accords »; a row of a link table counts as the one at its other end."""
    if field.model is Territory:
        return "territoire déjà fusionné,territoires déjà fusionnés"
    options = (field.model._meta.auto_created or field.model)._meta
    return f"{options.verbose_name},{options.verbose_name_plural}"


def _parts(counts: Counter[str]) -> list[Part]:
    return [Part(count, nouns) for nouns, count in counts.most_common() if count]


def _doubles(kept: Territory, merged: Territory) -> list[tuple[ForeignKey, models.Model]]:
    """The rows that would be there twice: those of `merged` with a twin at `kept`, and parties to themselves."""
    found: dict[tuple[str, Any], tuple[ForeignKey, models.Model]] = {}
    for field in relations():
        for keys, condition in _rules(field):
            there = {_key(row, keys) for row in _citing(field, kept).filter(condition)}
            for row in _citing(field, merged).filter(condition):
                if _key(row, keys) in there:
                    found[field.model._meta.label, row.pk] = (field, row)
    both = (kept, merged)
    field = AgreementParty._meta.get_field("territory")
    for row in AgreementParty.objects.filter(territory__in=both, agreement__territory__in=both):
        found[row._meta.label, row.pk] = (field, row)
    return list(found.values())


def _rules(field: ForeignKey) -> Iterator[tuple[list[str], Q]]:
    """The other columns of each rule of uniqueness that a foreign key takes part in, with its condition.

    A model also says with `ONE_BY` what its form refuses twice without the database knowing.
    """
    options = field.model._meta
    unique = [one for one in options.constraints if isinstance(one, models.UniqueConstraint)]
    rules = [(one.fields, one.condition or Q()) for one in unique]
    rules += [(names, Q()) for names in (*options.unique_together, getattr(field.model, "ONE_BY", ()))]
    for names, condition in [*rules, ((field.name,) if field.unique else (), Q())]:
        if field.name in names:
            yield [options.get_field(name).attname for name in names if name != field.name], condition


def _key(row: models.Model, keys: Iterable[str]) -> tuple[Any, ...]:
    values = (getattr(row, key) for key in keys)
    return tuple(value.casefold() if isinstance(value, str) else value for value in values)


def _let_go(row: models.Model, author: User | None) -> None:
    if isinstance(row, TenantModel):  # its history keeps what it held
        history.record(instance=row, author=author, verb=Change.Verb.DELETED)
    row.delete()


def _move(field: ForeignKey, kept: Territory, merged: Territory) -> None:
    changes: dict[str, Any] = {field.name: kept}
    if issubclass(field.model, TenantModel):
        changes["updated_at"] = timezone.now()
    _citing(field, merged).update(**changes)


_NAMES = ("name", "name_en", "name_local")
# What the territory that is kept takes when it has none; both texts are put together for the last two.
_JOINED = {"links": "\n", "note": "\n\n"}
_FILLED = (
    *("name_en", "name_local", "latitude", "longitude", "population", "wikidata", "nature", "source", "ref"),
    *_JOINED,
)


def _taken(kept: Territory, merged: Territory) -> dict[str, Any]:
    """What the territory that is kept takes from the other, by field; it never loses a value of its own."""
    taken = {}
    for name in _FILLED:
        own, other = getattr(kept, name), getattr(merged, name)
        if own in (None, "") and other not in (None, ""):
            taken[name] = other
    for name, glue in _JOINED.items():
        own, other = getattr(kept, name).strip(), getattr(merged, name).strip()
        text = glue.join(dict.fromkeys([*own.split(glue), *other.split(glue)])) if own and other else own or other
        if text != own and len(text) <= (Territory._meta.get_field(name).max_length or len(text)):
            taken[name] = text  # too long for both: the other one stays readable in the merged row
    return taken


def _hand_over(kept: Territory, merged: Territory, on: date | None) -> None:
    """Give the values of the merged row to the one that is kept, its names too until the day `on`, and close it."""
    taken = _taken(kept, merged)
    names = spare_names(kept, merged) if on else []
    if "ref" in taken:
        merged.ref = ""  # a reference is borne once: an import that knows it now finds the row that is kept
    merged.deleted_at, merged.merged_into = timezone.now(), kept
    merged.save(update_fields=["deleted_at", "merged_into", "ref", "updated_at"])
    for name, value in taken.items():
        setattr(kept, name, value)
    kept.save(update_fields=[*taken, "updated_at"])
    known = {name.casefold() for name in _names(kept)}
    for former in FormerName.objects.filter(territory=kept).order_by("-until", "pk"):
        if former.name.casefold() in known:
            former.delete()
        known.add(former.name.casefold())
    for name in names:
        FormerName.objects.create(territory=kept, name=name, until=on, collectivity=kept.collectivity)


def _names(territory: Territory) -> list[str]:
    return [value for name in _NAMES if (value := getattr(territory, name))]


def _shown(territory: Territory, field: Any) -> str:
    value = getattr(territory, field.name)
    return number(value) if isinstance(value, int) else history.as_text(territory, field)
