"""Template tags of the toolkit; built in, so that no page loads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from aict.ui import typography
from aict.ui.filters import Chip, active_chips

register = template.Library()

STATUS_ICONS = {"ok": "okc", "warn": "warn", "danger": "stop", "info": "info", "mute": "wait"}
MISSING = mark_safe('<span class="missing">Manquant</span>')


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of static/img/icons.svg; the word beside it carries the meaning."""
    return format_html('<svg class="ico" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("img/icons.svg"), name)


@register.simple_tag
def shape(code: str) -> SafeString:
    """The decorative mark of a category: `int` square, `pro` triangle, `coo` disc."""
    return format_html(
        '<svg class="shape" aria-hidden="true"><use href="{}#c-{}"/></svg>', static("img/icons.svg"), code
    )


@register.simple_tag
def status(kind: str, text: str, icon_name: str = "") -> SafeString:
    """A state: icon, word, then colour. `kind` is ok, warn, danger, info or mute."""
    css = "st" if kind == "mute" else f"st st-{kind}"
    return format_html('<span class="{}">{}{}</span>', css, icon(icon_name or STATUS_ICONS[kind]), text)


@register.simple_tag
def category(row: Any) -> SafeString:
    """A category: shape and word."""
    return format_html('<span class="cat">{}{}</span>', shape(row.shape), row.short_label)


@register.simple_tag(takes_context=True)
def current(context: dict[str, Any], prefix: str) -> SafeString | str:
    """`aria-current="page"` on the navigation link whose address the page's begins with."""
    request: HttpRequest = context["request"]
    here = request.path == prefix if prefix == "/" else request.path.startswith(prefix)
    return mark_safe(' aria-current="page"') if here else ""


@register.simple_tag(takes_context=True)
def active_filters(context: dict[str, Any], form: Any) -> list[Chip]:
    """The active values of a bound filter form, each with the address that removes it."""
    return active_chips(form, context["request"].GET)


@register.filter
def euros(value: Decimal | float | None) -> str:
    """`1 234,50 €`; « Manquant » when not known, never 0."""
    return MISSING if value is None or value == "" else typography.euros(value)


@register.filter
def number(value: Decimal | float | None) -> str:
    """`1 234,5`; « Manquant » when not known, never 0."""
    return MISSING if value is None or value == "" else typography.number(value)


@register.filter
def file_size(value: int) -> str:
    """`1,8 Mo`."""
    return typography.file_size(value)


@register.filter
def day(value: date | None) -> str:
    """`31/01/2027`, for tables; « Manquant » when not known."""
    return MISSING if value is None or value == "" else date_format(value, "d/m/Y")


@register.filter
def long_day(value: date | None) -> str:
    """`31 janvier 2027`, for prose."""
    return MISSING if value is None or value == "" else typography.long_day(value)


@register.filter
def or_missing(value: Any) -> Any:
    """The value, or « Manquant »."""
    return MISSING if value is None or value == "" else value


@register.filter
def of(noun: str) -> str:
    """« de formation », « d’internationalisation ». For nouns of ours: a silent h is not guessed."""
    return f"d’{noun}" if noun[:1].lower() in "aàâeéèêiîoôuy" and noun else f"de {noun}"


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ n|plural:"accord,accords" }}`: the number and its noun (plural from 2 in French)."""
    one, many = words.split(",")
    return f"{typography.number(count)}\u00a0{many if abs(count) >= 2 else one}"
