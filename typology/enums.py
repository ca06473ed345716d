"""Enumerations of actions and funding. Codes are those of the import format."""

from django.db.models import TextChoices


class Timing(TextChoices):
    """Union of the three « Quand » of fiches 1 to 3."""

    PONCTUEL = "ponctuel", "Ponctuel"
    RECURRENT = "recurrent", "Récurrent"
    PERMANENT = "permanent", "Permanent"


class ActionStatus(TextChoices):
    PREVUE = "prevue", "Prévue"
    PROGRAMMEE = "programmee", "Programmée"
    EN_COURS = "en-cours", "En cours"
    TERMINEE = "terminee", "Terminée"
    SUSPENDUE = "suspendue", "Suspendue"


# How the `status` tag of the toolkit draws each state.
STATUS_KINDS: dict[str, str] = {
    ActionStatus.PREVUE: "mute",
    ActionStatus.PROGRAMMEE: "info",
    ActionStatus.EN_COURS: "info",
    ActionStatus.TERMINEE: "ok",
    ActionStatus.SUSPENDUE: "warn",
}
STATUS_ICONS: dict[str, str] = {
    ActionStatus.PREVUE: "todo",
    ActionStatus.PROGRAMMEE: "cal",
    ActionStatus.EN_COURS: "clock",
    ActionStatus.TERMINEE: "okc",
    ActionStatus.SUSPENDUE: "wait",
}


class TargetReason(TextChoices):
    """Why a territory or zone is aimed at."""

    MARKET = "marche", "Marché"
    PARTNER = "partenaire", "Territoire partenaire"
    NETWORK = "reseau", "Réseau"
    OWN = "propre-territoire", "Territoire de la collectivité"


class SchemeStatus(TextChoices):
    """What a funding scheme has become since the guide was printed."""

    INCHANGE = "inchange", "En vigueur"
    EVOLUE = "evolue", "En vigueur, modifié"
    REMPLACE = "remplace", "Remplacé"
    CLOS = "clos", "Clos"
    A_VERIFIER = "a-verifier", "À vérifier"


class SchemeKind(TextChoices):
    PROGRAMME = "programme", "Programme ou appel à projets"
    EXPORT_INSTRUMENT = "instrument-export", "Instrument export"
    OTHER = "autre", "Autre appui"
    PLANNING = "cadre", "Cadre de planification"


class SkillKind(TextChoices):
    SAVOIR_FAIRE = "savoir-faire", "Savoir-faire"
    SAVOIR = "savoir", "Savoir"
    SAVOIR_ETRE = "savoir-etre", "Savoir-être"


class TermKind(TextChoices):
    ABBREVIATION = "abreviation", "Table des abréviations"
    EXTRA = "autre-sigle", "Autre sigle"
    CONCEPT = "notion", "Notion"
