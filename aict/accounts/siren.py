"""SIREN: nine digits, the last one a Luhn check digit (INSEE, répertoire Sirene)."""

from django.core.exceptions import ValidationError


def is_valid_siren(value: str) -> bool:
    """Whether `value` is nine digits whose Luhn sum is a multiple of ten."""
    if len(value) != 9 or not (value.isascii() and value.isdigit()):
        return False
    total = 0
    for position, digit in enumerate(reversed(value)):
        weighted = int(digit) * (2 if position % 2 else 1)
        total += weighted - 9 if weighted > 9 else weighted
    return total % 10 == 0


def validate_siren(value: str) -> None:
    """Raise ValidationError, saying how to mend, when `value` is not a SIREN."""
    if not is_valid_siren(value):
        raise ValidationError(
            f"« {value} » n’est pas un SIREN : neuf chiffres, dont le dernier est une clé de contrôle. "
            "Vérifiez la saisie."
        )
