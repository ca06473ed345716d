"""Colours: the palette that SVG needs as literals, and the contrast that an accent must reach."""

import re

from django.core.exceptions import ValidationError

# SVG in the PDF ignores page CSS: these are the values of static/css/tokens.css (a test compares them).
PALETTE = {
    "accent": "#0b5d6b",
    "ink-900": "#0e2930",
    "ink-800": "#173a43",
    "ink-600": "#46606a",
    "ink-400": "#6d858d",
    "line-strong": "#b4c3c7",
    "line": "#d8e1e3",
    "sunken": "#eaf0f1",
    "ground": "#f4f7f7",
    "surface": "#ffffff",
    "cat-int": "#2a3570",
    "cat-pro": "#bb7b0e",
    "cat-coo": "#a83e6c",
}
MINIMUM_CONTRAST = 4.5  # WCAG 2.1, 1.4.3, level AA


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 to 1 (WCAG 2.1)."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.1)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def validate_accent(color: str) -> None:
    """Raise ValidationError when the colour is malformed or too pale on the page ground."""
    if not re.fullmatch(r"#[0-9a-f]{6}", color):
        raise ValidationError("Donnez une couleur de la forme #0b5d6b (six chiffres hexadécimaux, en minuscules).")
    ratio = contrast(color, PALETTE["ground"])
    if ratio < MINIMUM_CONTRAST:
        figure = f"{ratio:.2f}".replace(".", ",")
        raise ValidationError(f"Contraste de {figure} sur le fond des pages : il faut au moins 4,5. Foncez la couleur.")
