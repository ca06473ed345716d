"""Form fields that read what French users write, and say how to mend what they cannot read."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from aict.ui.typography import french

# Ordinary, no-break and narrow no-break spaces: all are thousands separators in pasted French amounts.
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\t"))


_DASHES = BLANK_CHOICE_DASH[0][1]
_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")

# Ours in place of Django's, for every model form. Codes are those of its fields and validators.
_MESSAGES = {
    "required": "À remplir.",
    "max_length": "Trop long : %(show_value)s caractères, %(limit_value)s au plus.",
    "min_value": "Trop petit : %(limit_value)s au moins.",
    "max_value": "Trop grand : %(limit_value)s au plus.",
    "max_digits": "Trop de chiffres : %(max)s au plus.",
    "max_decimal_places": "Trop de chiffres après la virgule : %(max)s au plus.",
    "max_whole_digits": "Trop de chiffres avant la virgule : %(max)s au plus.",
}


class FrenchDecimalField(forms.DecimalField):
    """Reads `1 234,56 €`, `1234.56` and `1234`; shows a comma. `unit`: what may be written after the number."""

    widget = forms.TextInput

    def __init__(self, *, unit: str = "€", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        text = str(value).translate(_SPACES).removesuffix(self.unit).replace("−", "-").replace(",", ".")
        try:
            if isinstance(value, str) and not _PLAIN.fullmatch(text):  # nobody writes an amount 1e9, 1_000 or NaN
                raise ValidationError("")
            number = super().to_python(text)
        except ValidationError:
            raise ValidationError(
                f"« {value} » n’est pas un nombre. Écrivez par exemple 1 234,56.", code="invalid"
            ) from None
        return number

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not value.is_finite():
            raise ValidationError("Écrivez un nombre, par exemple 1 234,56.", code="invalid")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal) or not value.is_finite():
            return value
        return plain(value, self.decimal_places).replace(".", ",")


def plain(value: Decimal, places: int | None) -> str:
    """`12500`, `12500.50`: cents are two figures, and what is whole has none."""
    if places == 2 and value != value.to_integral():
        return f"{value:.2f}"
    return f"{value.normalize():f}"


class DatePicker(forms.DateInput):
    """A date picker; it becomes a text field when what was typed is no date, so that nothing typed is lost."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not parse_date_or_none(shown):
            context["widget"]["type"] = "text"
        return context


def parse_date_or_none(text: str) -> date | None:
    """The date of an ISO text; None when it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class FrenchDateField(forms.DateField):
    """Reads the ISO date of a date picker and `jj/mm/aaaa`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["input_formats"] = ["%Y-%m-%d", "%d/%m/%Y"]
        kwargs["widget"] = DatePicker()
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(
                f"« {value} » n’est pas une date du calendrier. Écrivez jj/mm/aaaa, par exemple 31/01/2027.",
                code="invalid",
            ) from None


class TimePicker(forms.TimeInput):
    """A time picker; it becomes a text field when what was typed is no time, so that nothing typed is lost."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if not _is_iso(time, context["widget"]["value"]):
            context["widget"]["type"] = "text"
        return context


class FrenchTimeField(forms.TimeField):
    """Reads the time of a time picker, `9h30`, `9 h 30` and `9 h`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["input_formats"] = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"]
        kwargs["widget"] = TimePicker()
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value.translate(_SPACES).lower() if isinstance(value, str) else value)
        except ValidationError:
            raise ValidationError(
                f"« {value} » n’est pas une heure. Écrivez par exemple 9 h 30 ou 14:00.", code="invalid"
            ) from None


class MomentPicker(forms.DateTimeInput):
    """A picker of day and time; it becomes a text field when what was typed is neither."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if not _is_iso(datetime, context["widget"]["value"]):
            context["widget"]["type"] = "text"
        return context


class FrenchMomentField(forms.DateTimeField):
    """Reads the day and time of a picker, and `jj/mm/aaaa 9h30`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["input_formats"] = [f"{day} {hour}" for day in ("%d/%m/%Y", "%Y-%m-%d") for hour in ("%H:%M", "%Hh%M")]
        kwargs["input_formats"] += ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        kwargs["widget"] = MomentPicker()
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"(?<=\d)\s*h\s*(?=\d)", "h", value) if isinstance(value, str) else value
        try:
            return super().to_python(text)
        except (ValidationError, OverflowError):
            raise ValidationError(
                f"« {value} » n’est pas un jour et une heure. Écrivez par exemple 31/01/2027 9h30.", code="invalid"
            ) from None


def _is_iso(kind: type[time] | type[datetime], text: str | None) -> bool:
    """Whether a picker can show it: nothing, or an ISO text."""
    try:
        return not text or kind.fromisoformat(text) is not None
    except ValueError:
        return False


class YesNoField(forms.TypedChoiceField):
    """Yes, no or not answered: false is an answer, not a missing field."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(
            choices=[("True", "Oui"), ("False", "Non"), ("", "Pas encore répondu")],
            coerce=lambda value: value == "True",
            empty_value=None,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows; a number too large for the database is an unknown row, not a failure (SQLite overflows)."""

    def _check_values(self, value: Any) -> Any:
        try:
            return super()._check_values(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class FoldedCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes that fold when they are many: what is chosen stays in sight."""

    template_name = "ui/folded_checkboxes.html"
    FOLD_OVER = 12

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [option for _, group, _ in context["widget"]["optgroups"] for option in group]
        context["widget"]["folds"] = len(options) > self.FOLD_OVER
        context["widget"]["total"] = len(options)
        context["widget"]["chosen"] = [option["label"] for option in options if option["selected"]]
        return context


def french_formfield(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """`formfield_callback` of every model form: numbers and dates as French users write them."""
    if isinstance(field, models.BooleanField) and field.null:
        return YesNoField(label=_capital(field), required=False, help_text=field.help_text, **kwargs)
    shown = _formfield(field, kwargs)
    if shown:
        in_our_words(shown)
        if isinstance(field, models.DecimalField | models.PositiveIntegerField) and _lowest(field) == 0:
            noun = "montant" if isinstance(field, models.DecimalField) else "nombre"
            shown.error_messages["min_value"] = f"Un {noun} ne peut pas être négatif."
    return shown


def in_our_words(field: forms.Field) -> None:
    """Replace Django's messages by ours; a message written for this very field stays. Its help is set as French.

    A browser holding `maxlength` cuts what is pasted without a word: the refusal says it, and keeps what was typed.
    """
    field.help_text = french(str(field.help_text))
    field.widget.attrs.pop("maxlength", None)
    for code, message in _MESSAGES.items():
        if field.error_messages.get(code) in (None, forms.Field.default_error_messages.get(code)):
            field.error_messages[code] = message
    if isinstance(field, FrenchDecimalField):
        _say_limits(field)
    _name_empty(field)


def _say_limits(field: FrenchDecimalField) -> None:
    """The limits of a number are told with a comma."""
    for code, limit in (("min_value", field.min_value), ("max_value", field.max_value)):
        if isinstance(limit, Decimal) and field.error_messages[code] == _MESSAGES[code]:
            field.error_messages[code] = _MESSAGES[code] % {"limit_value": str(limit).replace(".", ",")}


def _name_empty(field: forms.Field) -> None:
    """A word in place of the dashes of an empty choice."""
    word = "Choisir…" if field.required else "À préciser"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == _DASHES:
            field.empty_label = word
    elif isinstance(field, forms.ChoiceField):
        field.choices = [(value, word if label == _DASHES else label) for value, label in field.choices]


def _lowest(field: models.Field) -> Any:
    # PositiveIntegerField's own floor comes from the database: 0 on those that we support.
    limits = [check.limit_value for check in field.validators if isinstance(check, MinValueValidator)]
    return max(limits, default=None)


def _formfield(field: models.Field, kwargs: dict[str, Any]) -> forms.Field | None:
    if isinstance(field, models.DecimalField):
        kwargs.setdefault("form_class", FrenchDecimalField)
    elif isinstance(field, models.DateTimeField):
        kwargs.setdefault("form_class", FrenchMomentField)
    elif isinstance(field, models.DateField):
        kwargs.setdefault("form_class", FrenchDateField)
    elif isinstance(field, models.TimeField):
        kwargs.setdefault("form_class", FrenchTimeField)
    elif isinstance(field, models.TextField) and not isinstance(field, models.JSONField):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
    elif isinstance(field, models.URLField):
        kwargs.setdefault("assume_scheme", "https")
    elif isinstance(field, models.ManyToManyField):
        kwargs.setdefault("widget", FoldedCheckboxes)
        kwargs.setdefault("form_class", RowsField)
    return field.formfield(**kwargs)


def _capital(field: models.Field) -> str:
    name = str(field.verbose_name)
    return name[:1].upper() + name[1:]


class LeanSelect(forms.Select):
    """A select that writes its options itself: the same HTML as the template, without a template for each option."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = self.format_value(value)[:1] or [""]
        known = {key: each for key, each in self.build_attrs(self.attrs, attrs).items() if key != "class"}
        written = format_html_join(
            "",
            "{}",
            (
                (mark_safe(f" {key}") if each is True else format_html(' {}="{}"', key, each),)  # noqa: S308
                for key, each in known.items()
                if each is not False and each is not None
            ),
        )
        options = "".join(_options(self.choices, chosen))
        return format_html(
            '<select class="form-select" name="{}"{}>{}</select>',
            name,
            written,
            mark_safe(options),  # noqa: S308
        )


def _options(choices: Any, chosen: list[str]) -> list[str]:
    """The options of a select, escaped; `chosen` is emptied by the first that is selected."""
    written = []
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            written.append(f'<optgroup label="{conditional_escape(value)}">')
            written += [*_options(label, chosen), "</optgroup>"]
            continue
        text = "" if value is None else str(value)
        mark = ""
        if text in chosen:
            chosen.clear()
            mark = " selected"
        written.append(f'<option value="{conditional_escape(text)}"{mark}>{conditional_escape(label)}</option>')
    return written


def lean_selects(form: forms.BaseForm) -> None:
    """Make the plain selects of a form write their own options: for the filters of a long list."""
    for field in form.fields.values():
        if type(field.widget) is forms.Select:
            widget = LeanSelect(field.widget.attrs)
            widget.is_required, widget.choices = field.widget.is_required, field.widget.choices
            field.widget = widget
