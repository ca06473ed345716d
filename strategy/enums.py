"""Enumerations of the wizard: codes and labels of fiches A to D."""

from django.db.models import IntegerChoices, TextChoices

from typology.enums import Severity as Severity  # one scale for the checks of fiches 1 to 3 and of fiches A to D


class StrategyStatus(TextChoices):
    DRAFT = "draft", "Brouillon"
    IN_REVIEW = "in-review", "En relecture"
    ADOPTED = "adopted", "Adoptée"
    IN_REVISION = "in-revision", "En révision"
    ARCHIVED = "archived", "Archivée"


class StepStatus(TextChoices):
    NOT_STARTED = "not-started", "À faire"
    INCOMPLETE = "incomplete", "Incomplète"
    COMPLETE = "complete", "Complète"


class ServiceRole(TextChoices):
    PILOTE = "pilote", "Pilote"
    ASSOCIE = "associe", "Associé"
    CONSULTE = "consulte", "Consulté"
    A_MOBILISER = "a-mobiliser", "À mobiliser"


class LinkKind(TextChoices):
    ACCORD_COOPERATION = "accord-cooperation", "Accord de coopération existant"
    PARTENARIAT_STRATEGIQUE = (
        "partenariat-strategique",
        "Partenariat stratégique d’une institution ou d’un organisme du territoire",
    )
    RELATION_ECONOMIQUE = "relation-economique", "Relation économique avec l’étranger"
    PROJET_COLLABORATIF = "projet-collaboratif", "Projet collaboratif"
    PROMOTION_RECURRENTE = "promotion-recurrente", "Opération de promotion récurrente"


class FlowDirection(TextChoices):
    ENTRANT = "entrant", "Entrant"
    SORTANT = "sortant", "Sortant"


class FlowNature(TextChoices):
    EXPORT = "export", "Export"
    FILIALES = "filiales", "Filiales"
    INVESTISSEMENTS = "investissements", "Investissements"
    ETUDIANTS = "etudiants", "Étudiants"
    TOURISTES = "touristes", "Touristes"


class Topic(TextChoices):
    ATTENDUS = "attendus", "Attendus de l’AICT économique"
    TYPES_ACTION = "types-action", "Options de types d’action"
    ORIENTATIONS = "orientations-geographiques", "Grandes orientations géographiques"
    TYPES_ACTEURS = "types-acteurs", "Types d’acteurs mobilisables"


class TerritoryUse(TextChoices):
    COOPERATION = "cooperation", "Coopération"
    PROSPECTION = "prospection-promotion", "Prospection – promotion"
    BOTH = "les-deux", "Les deux"


class Horizon(TextChoices):
    LONG_TERM = "lien-long-terme", "Lien de long terme"
    ONE_OFF = "operation-ponctuelle", "Opération ponctuelle"


class Support(TextChoices):
    ACTION_EN_COURS = "action-en-cours", "Action ou partenariat en cours de la collectivité"
    PARTIE_PRENANTE = "partie-prenante", "Partie prenante du territoire"
    OPPORTUNITE = "opportunite", "Opportunité économique"


class Occasion(TextChoices):
    SIGNATURE = "signature", "Signature d’un protocole d’accord"
    SEMINAIRE = "seminaire-suivi", "Séminaire de suivi"


class Delegation(TextChoices):
    ENTREPRISES = "entreprises", "Entreprises"
    UNIVERSITES = "universites", "Universités"
    CENTRE_RECHERCHE = "centre-recherche", "Centre de recherche"
    CLUSTER = "cluster", "Cluster"
    AGENCE = "agence", "Agence"
    AUTRE = "autre", "Autre"


class SpendingNature(TextChoices):
    ACTION = "action", "Action"
    INVESTISSEMENT = "investissement", "Investissement"


class FundingStatus(TextChoices):
    REPERE = "repere", "Repéré"
    DEPOSE = "depose", "Déposé"
    OBTENU = "obtenu", "Obtenu"
    REFUSE = "refuse", "Refusé"


class Score(IntegerChoices):
    """Scale 0 to 5, ours: the guide names the criterion and gives no scale."""

    S0 = 0, "0, nul"
    S1 = 1, "1, très faible"
    S2 = 2, "2, faible"
    S3 = 3, "3, moyen"
    S4 = 4, "4, fort"
    S5 = 5, "5, très fort"
