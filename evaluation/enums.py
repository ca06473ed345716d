"""Enumerations of evaluation."""

from django.db.models import TextChoices


class IndicatorTable(TextChoices):
    """Where the guide gives an indicator."""

    IMPACT = "impact", "Indicateurs d’impact"
    INTERNATIONALISATION = "internationalisation", "Indicateurs d’internationalisation des territoires"
    RESULT = "resultat", "Indicateurs de résultat des fiches 1 à 3"


class Direction(TextChoices):
    UP = "up", "hausse souhaitée"
    DOWN = "down", "baisse souhaitée"
    NEUTRAL = "neutral", "indicateur de contexte"


class IndicatorNature(TextChoices):
    MOYEN = "moyen", "Moyen engagé"
    REALISATION = "realisation", "Réalisation"
    RESULTAT = "resultat", "Résultat"
    RETOMBEE_INDIRECTE = "retombee-indirecte", "Retombée indirecte"


class ValueType(TextChoices):
    INTEGER = "integer", "nombre entier"
    DECIMAL = "decimal", "nombre décimal"
    PERCENT = "percent", "pourcentage"
    AMOUNT = "amount", "montant"
    SCORE = "score", "note"
    RANK = "rank", "rang"
    TEXT = "text", "texte"


class MeasureState(TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Soumise"
    VALIDATED = "validated", "Validée"
    RETURNED = "returned", "Renvoyée"


# How the `status` tag of the toolkit draws each state.
STATE_KINDS: dict[str, str] = {
    MeasureState.DRAFT: "mute",
    MeasureState.SUBMITTED: "info",
    MeasureState.VALIDATED: "ok",
    MeasureState.RETURNED: "warn",
}
STATE_ICONS: dict[str, str] = {
    MeasureState.DRAFT: "pen",
    MeasureState.SUBMITTED: "clock",
    MeasureState.VALIDATED: "okc",
    MeasureState.RETURNED: "redo",
}


class Frequency(TextChoices):
    PER_OPERATION = "par-operation", "Par opération"
    YEARLY = "annuelle", "Annuelle"
    MULTI_YEAR = "pluriannuelle", "Pluriannuelle"
