"""One row of the file to one draft: its values are read, compared with what is there, validated, never written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from aict.accounts import history
from aict.accounts.models import Collectivity
from aict.accounts.register_forms import unlikely_years
from strategy.imports import columns as c
from strategy.imports.columns import Column, Table
from strategy.imports.reading import Row
from strategy.imports.report import Outcome, Refusal, Report, Section, shown
from strategy.imports.values import Catalog, RefusedError, read

Reason = tuple[str, Any, str]  # key, value, reason
# Attributes filled from a block of the row rather than from a key of their own.
_BLOCKS = {"period_start": "period", "period_end": "period", "economic_aim": "mode", "economic_actors": "mode"}


@dataclass
class Draft:
    """One accepted row, ready to be written: the instance as it will be, and what was there before."""

    table: Table
    instance: Any
    values: dict[str, Any]
    related: dict[str, list[Any]]
    outcome: Outcome
    before: dict[str, str] = field(default_factory=dict)


class Drafter:
    """Reads rows for one collectivité, and keeps the drafts and the report."""

    def __init__(self, collectivity: Collectivity, report: Report) -> None:
        self.collectivity = collectivity
        self.report = report
        self.catalog = Catalog(collectivity)
        self.drafts: list[Draft] = []
        self._lines: dict[tuple[str, str], int] = {}

    def rows(self, section: Section, raw: Any) -> list[Row]:
        """The rows of a list; what is not a row is refused here."""
        if raw is None:
            return []
        self.report.count(section)
        if not isinstance(raw, list):
            self.refuse(section, Row(), "", "", raw, "cette rubrique doit être une liste.")
            return []
        for place, item in enumerate(raw, start=1):
            if not isinstance(item, Row):
                self.refuse(section, Row(), f"n° {place}", "", item, f"{shown(item)} n’est pas un bloc de clés.")
        return [item for item in raw if isinstance(item, Row)]

    def register(self, table: Table, row: Row, wrong: Iterable[Reason] = (), **extra: Any) -> Draft | None:
        """A row of a register, matched by its reference."""
        ref = self.new_ref(table, row)
        if not ref:
            return None
        known = self.catalog.rows(table.model)
        instance = known.get(ref) or table.model()
        if getattr(instance, "deleted_at", None):
            reason = "cet élément a été supprimé dans l’application : rétablissez-le, ou retirez la ligne."
            wrong = [*wrong, ("ref", ref, reason)]
        draft = self.draft(table, row, instance, ref, wrong, ref=ref, **extra)
        if draft:
            known[ref] = draft.instance
        else:
            self.catalog.lost.setdefault(table.model, set()).add(ref)
        return draft

    def new_ref(self, table: Table, row: Row) -> str:
        """The row's reference, once in its list; empty when it is refused."""
        ref = row.get("ref")
        if not isinstance(ref, str) or not ref.strip():
            self.refuse(table.section, row, "", "ref", ref, "une référence est obligatoire, en lettres.")
            return ""
        first = self._lines.setdefault((table.section.key, ref), row.line)
        if first != row.line:
            self.refuse(table.section, row, ref, "ref", ref, f"cette référence est déjà prise à la ligne {first}.")
            return ""
        return ref

    def draft(
        self, table: Table, row: Row, instance: Any, name: str, wrong: Iterable[Reason] = (), **extra: Any
    ) -> Draft | None:
        """Read the values of a row and settle it; None when it is refused.

        `name` is what the report calls the row, `wrong` the reasons already found, `extra` attributes besides.
        """
        values = self.values(table, row, name, wrong)
        return None if values is None else self.settle(table, row, instance, name, {**values, **extra})

    def values(self, table: Table, row: Row, ref: str, wrong: Iterable[Reason] = ()) -> dict[str, Any] | None:
        """The attributes that a row fills; None, with one refusal per bad value, when there is one."""
        values: dict[str, Any] = {}
        reasons = list(wrong)
        for column, raw in self._said(table, row):
            try:
                values.update(read(column, table.model, raw, self.catalog))
            except RefusedError as refused:
                reasons.append((column.key, raw, str(refused)))
        self._refuse_all(table, row, ref, reasons)
        return None if reasons else values

    def _said(self, table: Table, row: Row) -> Iterable[tuple[Column, Any]]:
        """Keys of the row that we know, with their value; the others are noted as ignored."""
        by_key = {column.key: column for column in table.columns}
        for key, raw in row.items():
            if key in by_key:
                yield by_key[key], raw
            elif key not in table.handled and raw not in (None, [], ""):
                self.report.ignored[f"{table.section.key.replace(' / ', '.')}.{key}"] += 1
        if "provenance" in table.handled:
            provenance = row.get("provenance")
            said = provenance if isinstance(provenance, Row) else Row()
            yield from ((column, said.get(column.key)) for column in c.PROVENANCE)

    def settle(self, table: Table, row: Row, instance: Any, ref: str, values: dict[str, Any]) -> Draft | None:
        """Compare with what is there, then validate what would change; None when it is refused."""
        many = {f.name for f in table.model._meta.many_to_many}
        is_new = instance.pk is None
        changed = {n: v for n, v in values.items() if n not in many and (is_new or _differs(instance, n, v))}
        moved = {n: v for n, v in values.items() if n in many and _is_moved(instance, n, v)}
        outcome = Outcome.CREATED if is_new else Outcome.UPDATED if changed or moved else Outcome.UNCHANGED
        draft = Draft(table, instance, changed, moved, outcome)
        if outcome is not Outcome.UNCHANGED:
            draft.before = {} if is_new else history.state_of(instance)
            reasons = self._apply(table, row, instance, changed)
            self._refuse_all(table, row, ref, reasons)
            if reasons:
                return None
        self.report.count(table.section, outcome)
        self.drafts.append(draft)
        return draft

    def _apply(self, table: Table, row: Row, instance: Any, changed: dict[str, Any]) -> list[Reason]:
        """Set the values and validate the instance; the reasons that refuse it."""
        for name, value in changed.items():
            setattr(instance, name, value)
        fields = instance._meta.fields
        if any(f.name == "collectivity" for f in fields):
            instance.collectivity = self.collectivity
        # References were resolved one by one: asking the database again for each would only be slow.
        given = {f.name for f in fields if f.is_relation and f.is_cached(instance) and getattr(instance, f.name)}
        if unlikely := unlikely_years(changed):
            return _reasons(table, row, ValidationError(unlikely))
        try:
            instance.clean_fields(exclude=given | {"collectivity"})
            instance.clean()
            instance.validate_constraints(exclude={"collectivity"})
        except ValidationError as error:
            return _reasons(table, row, error)
        return []

    def _refuse_all(self, table: Table, row: Row, ref: str, reasons: list[Reason]) -> None:
        for place, (key, raw, reason) in enumerate(reasons):
            self.refuse(table.section, row, ref, key, raw, reason, is_counted=place == 0)

    def refuse(
        self, section: Section, row: Row, ref: str, key: str, raw: Any, reason: str, *, is_counted: bool = True
    ) -> None:
        """Note why a row is refused; it counts once however many reasons it has."""
        line = getattr(row, "lines", {}).get(key, row.line)
        self.report.refusals.append(Refusal(section.key, line, ref, key, shown(raw) if key else "", reason))
        if is_counted:
            self.report.count(section, Outcome.REFUSED)

    def withdraw(self, draft: Draft, row: Row, reason: str, *, key: str = "", raw: Any = None) -> None:
        """Take back a row that was accepted on its own, and say why."""
        self.forget(draft)
        self.refuse(draft.table.section, row, draft.instance.ref, key, raw, reason)

    def forget(self, draft: Draft) -> None:
        """Neither write nor count a row that was accepted: what it depends on is refused."""
        self.drafts = [one for one in self.drafts if one is not draft]
        self.report.counts[draft.table.section] -= Counter({draft.outcome: 1})


def _reasons(table: Table, row: Row, error: ValidationError) -> list[Reason]:
    """What a model refuses, under the keys of the file."""
    named = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    keys = {column.name: column.key for column in table.columns} | _BLOCKS
    reasons = []
    for name, messages in named.items():
        key = "" if name == "__all__" else keys.get(name, name)
        reasons.append((key, row.get(key), " ".join(messages)))
    return reasons


def _differs(instance: Any, name: str, value: Any) -> bool:
    current = getattr(instance, instance._meta.get_field(name).attname)
    if isinstance(value, models.Model):
        return value.pk is None or bool(current != value.pk)
    return bool(current != value)


def _is_moved(instance: Any, name: str, rows: list[Any]) -> bool:
    if instance.pk is None:
        return bool(rows)
    return {row.pk for row in getattr(instance, name).all()} != {row.pk for row in rows}
