"""`{% load glossary %}{{ text|expand }}`: acronyms of a text explained on the spot."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from typology import glossary

register = template.Library()


@register.filter
def expand(text: Any) -> SafeString | str:
    """Plain text, escaped, with the first occurrence of each known acronym in `<abbr title="…">`."""
    return glossary.marked(str(text)) if text else ""
