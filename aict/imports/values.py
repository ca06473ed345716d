"""One cell to one value, by the same form field as the page: the same readings, the same words when it is refused."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from aict.accounts.reference import ReferenceModel
from aict.imports.book import MAX_LISTED, Book
from aict.imports.tables import Reader
from aict.ui.fields import french_formfield
from aict.ui.spreadsheets import Cell, shown
from aict.ui.typography import fold_words

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_YES = frozenset(("oui", "o", "vrai", "true", "yes", "1", "x"))
_NO = frozenset(("non", "n", "faux", "false", "no", "0", ""))
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000  # days of a spreadsheet: 1927 to 2119


def read_attribute(model: type[models.Model], name: str, cell: Cell | None, book: Book) -> Any:
    """The value of a model's attribute. Raises ValidationError as the form of the page would."""
    field: Any = model._meta.get_field(name)
    if isinstance(field, models.ManyToManyField):
        return [] if cell is None else _several(field, shown(cell), book)
    if isinstance(field, models.ForeignKey):
        return _cited(field, cell, book)
    if field.choices:
        return _choice(field, cell)
    if isinstance(field, models.BooleanField):
        return _yes_or_no(cell)
    shape = _form_field(model, name)
    if isinstance(field, models.DateField):
        return _day(shape, cell)
    if isinstance(field, models.IntegerField):
        value = shape.clean(_SPACES.sub("", _plain(cell)))
    elif isinstance(field, models.DecimalField):
        value = shape.clean(_plain(cell))
    else:
        value = shape.clean(shown(cell))
    if value not in field.empty_values:
        _run_validators(field, shape, value)
    return value


def _run_validators(field: Any, shape: forms.Field, value: Any) -> None:
    """The validators of the model, in the words of the form, as a model form says them."""
    try:
        field.run_validators(value)
    except ValidationError as error:
        for one in error.error_list:
            one.message = shape.error_messages.get(one.code or "", one.message)
        raise


@cache
def _form_field(model: type[models.Model], name: str) -> forms.Field:
    field: Any = model._meta.get_field(name)
    shape: Any = french_formfield(field)
    return shape


def _plain(cell: Cell | None) -> str:
    """A number with a point: what a spreadsheet typed is not what a person wrote."""
    return f"{cell:f}" if isinstance(cell, Decimal) else shown(cell)


def _day(shape: forms.Field, cell: Cell | None) -> Any:
    if isinstance(cell, Decimal):
        raise ValidationError(f"{shown(cell)} est un nombre, pas une date{_serial(cell)}.")
    return shape.clean(cell if isinstance(cell, date) else shown(cell))


def _serial(number: Decimal) -> str:
    """The day that a spreadsheet may have meant by a number: told, never taken for granted."""
    if number != int(number) or not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return " : écrivez jj/mm/aaaa, par exemple 31/01/2027"
    meant = date(1899, 12, 30) + timedelta(days=int(number))
    return f" : pour un tableur, ce serait le {meant:%d/%m/%Y}. Mettez la colonne au format date"


def _cited(field: Any, cell: Cell | None, book: Book) -> Any:
    if not issubclass(field.related_model, ReferenceModel):
        raise TypeError(f"{field} needs a reader of its own")
    if cell is None:
        if not field.null:
            raise ValidationError("À remplir.")
        return None
    return book.find(book.nomenclature(field.related_model), shown(cell))


def _several(field: Any, text: str, book: Book) -> list[Any]:
    lookup = book.nomenclature(field.related_model)
    return unique([book.find(lookup, name) for name in split(text)])


def split(text: str) -> list[str]:
    """The names of a cell that holds several: one per line, or parted by semicolons."""
    return [name.strip() for name in re.split(r"[;\n]", text) if name.strip()]


def unique(rows: list[Any]) -> list[Any]:
    """Each row once, in its order."""
    return list({row.pk if hasattr(row, "pk") else row: row for row in rows}.values())


def _choice(field: Any, cell: Cell | None) -> str:
    if cell is None:
        if not field.blank:
            raise ValidationError("À remplir.")
        return ""
    names = _choices(field)
    code = names.get(fold_words(shown(cell)))
    if code is None:
        listed = ", ".join(str(label) for _, label in field.flatchoices[:MAX_LISTED])
        raise ValidationError(f"« {shown(cell)} » n’est pas une valeur admise. Écrivez l’une de celles-ci : {listed}.")
    return code


@cache
def _choices(field: Any) -> dict[str, str]:
    names = {fold_words(str(label)): code for code, label in field.flatchoices}
    return names | {fold_words(str(code)): code for code, _ in field.flatchoices}


def _yes_or_no(cell: Cell | None) -> bool:
    word = fold_words(shown(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValidationError(f"« {shown(cell)} » n’est ni oui ni non.")


def coordinate(name: str, model: type[models.Model]) -> Reader:
    """A reader of degrees: rounded to five decimals, one metre."""

    def read(cell: Cell | None, book: Book) -> Any:
        text = _plain(cell).strip().replace(",", ".").replace("−", "-")
        try:
            rounded = f"{round(Decimal(text), 5):f}" if re.fullmatch(r"-?[0-9]{1,3}\.[0-9]{6,30}", text) else None
        except InvalidOperation:
            rounded = None
        return read_attribute(model, name, rounded or cell, book)

    return read


def same(before: Any, after: Any) -> bool:
    """Whether two values of an attribute are one: spaces at the ends and kinds of line breaks do not count."""
    if isinstance(before, str) and isinstance(after, str):
        return before == after or _even(before) == _even(after)
    if isinstance(before, models.Model) and isinstance(after, models.Model):
        return before is after or (before.pk is not None and before.pk == after.pk)
    return before == after or (before in (None, "") and after in (None, ""))


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
