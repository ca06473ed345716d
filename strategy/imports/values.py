"""One value of the file to one value of a model. Raises RefusedError, with a reason in French, or answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from django.db import models

from aict.accounts.models import Collectivity
from aict.accounts.reference import ReferenceModel
from aict.accounts.tenancy import TenantModel
from partners.models import StakeholderType, SupportActor
from strategy.imports.columns import Column, Reading
from strategy.imports.report import shown

OWN = "own"
MAX_HINTS = 100


class RefusedError(Exception):
    """A value cannot be accepted; the message is a reason in French."""


class Catalog:
    """What a value may cite: nomenclatures by code, the tenant's registers by reference. One query each."""

    def __init__(self, collectivity: Collectivity) -> None:
        self.collectivity = collectivity
        self._codes: dict[type[models.Model], dict[str, models.Model]] = {}
        self._rows: dict[type[models.Model], dict[str, Any]] = {}
        self.lost: dict[type[models.Model], set[str]] = {}
        self._hints = 0

    def rows(self, model: type[Any]) -> dict[str, Any]:
        """Rows of a register by reference, deleted ones included; those of this import join them."""
        if model not in self._rows:
            many = [field.name for field in model._meta.many_to_many]
            found = (
                model.objects.filter(collectivity=self.collectivity) if self.collectivity.pk else model.objects.none()
            )
            self._rows[model] = {row.ref: row for row in found.exclude(ref="").prefetch_related(*many)}
        return self._rows[model]

    def code(self, model: type[Any], code: object) -> models.Model:
        """The row of a nomenclature; a near miss is proposed."""
        if model not in self._codes:
            self._codes[model] = {row.code: row for row in model.objects.all()}
        if not isinstance(code, str):
            raise RefusedError("un code est attendu, en lettres.")
        if code not in self._codes[model]:
            hint = self._hint(code, self._codes[model])
            raise RefusedError(f"{shown(code)} ne figure pas dans la nomenclature « {model._meta.verbose_name} »{hint}")
        return self._codes[model][code]

    def ref(self, model: type[Any], ref: object) -> models.Model:
        """The row of a register; a foreign reference and an unknown one answer alike."""
        if not isinstance(ref, str):
            raise RefusedError("une référence est attendue, en lettres.")
        if ref in self.lost.get(model, ()):
            raise RefusedError(f"dépend de {shown(ref)}, qui est refusé.")
        row = self.rows(model).get(ref)
        if row is None or getattr(row, "deleted_at", None):
            hint = self._hint(ref, self.rows(model))
            raise RefusedError(f"aucun élément du fichier ni du registre n’a la référence {shown(ref)}{hint}")
        return row

    def _hint(self, word: str, known: Iterable[str]) -> str:
        """The nearest known word, for the first refusals only: comparing costs more than reading."""
        self._hints += 1
        near = get_close_matches(word[:80], known, n=1) if self._hints <= MAX_HINTS else []
        return f" ; vouliez-vous dire « {near[0]} » ?" if near else "."


def read(column: Column, model: type[models.Model], raw: Any, catalog: Catalog) -> dict[str, Any]:
    """The attributes that one value fills: one, or the two halves of a holder."""
    if column.reading is Reading.HOLDER:
        return _holder(raw, catalog)
    if column.reading is Reading.OWN_OR_ACTOR:
        return {column.name: None if raw in (None, OWN) else catalog.code(SupportActor, raw)}
    field: Any = model._meta.get_field(column.name)
    if field.many_to_many:
        return {column.name: _unique([_cited(field, item, catalog) for item in _list(raw)])}
    if isinstance(field, models.ForeignKey):
        value = raw.lower() if column.reading is Reading.LOWER and isinstance(raw, str) else raw
        return {column.name: None if raw is None else _cited(field, value, catalog)}
    if isinstance(field, models.JSONField):
        return {column.name: [_coded(column, item) for item in _list(raw)]}
    if column.reading is Reading.LINES:
        return {column.name: _text(field, "\n".join(_text(None, item) for item in _list(raw)))}
    return {column.name: _scalar(column, field, raw)}


def _scalar(column: Column, field: Any, raw: Any) -> Any:
    if isinstance(field, models.BooleanField):
        if raw is not None and not isinstance(raw, bool):
            raise RefusedError("true ou false est attendu.")
        return raw
    if isinstance(field, models.DateField):
        return None if raw is None else _day(raw)
    if isinstance(field, models.DecimalField):
        number = None if raw is None else _number(raw)
        return _rounded(number) if number is not None and column.reading is Reading.COORDINATE else number
    if isinstance(field, models.IntegerField):
        if raw is not None and (isinstance(raw, bool) or not isinstance(raw, int)):
            raise RefusedError("un nombre entier est attendu.")
        return raw
    if field.choices:
        return _choice(dict(field.flatchoices), raw)
    return _text(field, raw)


def _holder(raw: Any, catalog: Catalog) -> dict[str, Any]:
    """The two lists share no code (format of the cases)."""
    if raw is None:
        return {"holder_actor": None, "holder_type": None}
    try:
        return {"holder_actor": catalog.code(SupportActor, raw), "holder_type": None}
    except RefusedError:
        return {"holder_actor": None, "holder_type": catalog.code(StakeholderType, raw)}


def _cited(field: Any, raw: Any, catalog: Catalog) -> models.Model:
    model = field.related_model
    if issubclass(model, ReferenceModel):
        return catalog.code(model, raw)
    if issubclass(model, TenantModel):
        return catalog.ref(model, raw)
    raise TypeError(f"{model} can be cited by no file")


def _unique(rows: list[models.Model]) -> list[models.Model]:
    return list({id(row): row for row in rows}.values())


def _list(raw: Any) -> list[Any]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise RefusedError("une liste est attendue, entre crochets.")
    return raw


def _coded(column: Column, raw: Any) -> str:
    return _choice(dict(column.choices.choices), raw) if column.choices else _text(None, raw)


def _choice(labels: Mapping[Any, Any], raw: Any) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str) or raw not in labels:
        raise RefusedError(f"{shown(raw)} n’est pas un code admis ; les codes sont {', '.join(map(str, labels))}.")
    return raw


def _day(raw: Any) -> date:
    if not isinstance(raw, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw, re.ASCII):
        raise RefusedError("une date est attendue, sous la forme AAAA-MM-JJ.")
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise RefusedError("cette date n’existe pas dans le calendrier.") from None


def _number(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise RefusedError("un nombre est attendu, sans espace ni unité, avec un point pour les décimales.")
    return Decimal(raw)


def _rounded(coordinate: Decimal) -> Decimal:
    try:
        return round(coordinate, 5)
    except InvalidOperation:  # more digits than decimals are computed with
        raise RefusedError("ce nombre est trop grand pour une coordonnée, en degrés.") from None


def _text(field: Any, raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise RefusedError("un texte est attendu.")
    text = str(raw).strip()
    if "\0" in text:
        raise RefusedError("le texte contient un caractère nul : effacez-le.")
    longest = getattr(field, "max_length", None)
    if longest and len(text) > longest:
        raise RefusedError(f"le texte compte {len(text)} caractères ; {longest} au plus.")
    return text
