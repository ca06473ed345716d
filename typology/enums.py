"""Enumerations of actions and funding. Codes are those of the import format."""

from django.db.models import TextChoices

# Codes of the three categories of action.
INTERNATIONALISATION, PROMOTION, COOPERATION = "internationalisation", "promotion", "cooperation"


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
    ABANDONNEE = "abandonnee", "Abandonnée"


# How the `status` tag of the toolkit draws each state.
STATUS_KINDS: dict[str, str] = {
    ActionStatus.PREVUE: "mute",
    ActionStatus.PROGRAMMEE: "info",
    ActionStatus.EN_COURS: "info",
    ActionStatus.TERMINEE: "ok",
    ActionStatus.SUSPENDUE: "warn",
    ActionStatus.ABANDONNEE: "mute",
}
STATUS_ICONS: dict[str, str] = {
    ActionStatus.PREVUE: "todo",
    ActionStatus.PROGRAMMEE: "cal",
    ActionStatus.EN_COURS: "clock",
    ActionStatus.TERMINEE: "okc",
    ActionStatus.SUSPENDUE: "wait",
    ActionStatus.ABANDONNEE: "x",
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


class Question(TextChoices):
    """The seven questions of fiches 1 to 3."""

    QUOI = "quoi", "Quoi"
    QUI = "qui", "Qui"
    OU = "ou", "Où"
    QUAND = "quand", "Quand"
    COMMENT = "comment", "Comment"
    COMBIEN = "combien", "Combien"
    POURQUOI = "pourquoi", "Pourquoi"


class ActionLinkKind(TextChoices):
    """What an action does for another one (product rule 8)."""

    LEADS_TO = "mene-a", "mène à"
    SUPPORTS = "appuie", "appuie"
    FOLLOWS = "suit", "fait suite à"


class LineNature(TextChoices):
    """Guide, fiche 3, « Combien »: an investment needs funders, an action does not."""

    ACTION = "action", "Action"
    INVESTMENT = "investissement", "Intervention en investissement"


class RiskLevel(TextChoices):
    LOW = "faible", "Faible"
    MEDIUM = "moyen", "Moyen"
    HIGH = "eleve", "Élevé"


class RiskSide(TextChoices):
    """Whose fear it is (guide, fiche 3, « Pourquoi »)."""

    SOLIDARITY = "solidarite", "Acteurs de la solidarité"
    ECONOMY = "economie", "Acteurs économiques"
    BOTH = "deux", "Les deux"


class EventKind(TextChoices):
    MISSION = "mission", "Mission"
    FAIR = "salon", "Salon ou foire"
    STAND = "stand", "Stand"
    FORUM = "forum", "Forum ou rencontre"
    DELEGATION_IN = "delegation-recue", "Délégation reçue"
    DELEGATION_OUT = "delegation-envoyee", "Délégation envoyée"


class StandMode(TextChoices):
    """Guide, fiche 2, « Combien »: how a stand is shared."""

    REGIONS = "mutualise-regions", "Mutualisé avec des Régions"
    CITIES = "mutualise-villes", "Mutualisé avec des villes partenaires"
    NETWORKS = "mutualise-reseaux", "Mutualisé avec un réseau thématique"
    DELEGATED = "delegue", "Délégué à un organisme spécialisé"
    ALONE = "seul", "Porté seul"


class AppointmentStatus(TextChoices):
    PLANNED = "prevu", "Prévu"
    HELD = "tenu", "Tenu"
    CANCELLED = "annule", "Annulé"


class AppointmentOutcome(TextChoices):
    """What came out of an appointment that was held."""

    NONE = "sans-suite", "Sans suite"
    CONTACT = "contact", "Contact à suivre"
    QUOTE = "devis", "Devis ou offre"
    ORDER = "commande", "Commande"
    PARTNERSHIP = "partenariat", "Partenariat"
    SETTLEMENT = "implantation", "Projet d’implantation"


class ProgrammeKind(TextChoices):
    """A moment of a programme."""

    PROTOCOL = "protocole", "Protocole"
    ECONOMIC = "rencontre-economique", "Rencontre économique"
    VISIT = "visite", "Visite"
    RECEPTION = "reception", "Réception ou repas"
    TRAVEL = "deplacement", "Déplacement"
    FREE = "libre", "Temps libre"


class Stage(TextChoices):
    """Guide, fiche 1, « Quoi »: the three stages of support to a firm."""

    UPSTREAM = "amont", "En amont"
    DESIGN = "conception", "Conception"
    DELIVERY = "mise-en-oeuvre", "Mise en œuvre"


class Modality(TextChoices):
    """Guide, fiche 1, « Quoi »: a firm alone, or a group."""

    INDIVIDUAL = "individuelle", "Individuelle"
    COLLECTIVE = "collective", "Collective"


class CampaignKind(TextChoices):
    """Guide, fiche 2: marketing carries a brand; promotion makes the territory known, with or without one."""

    MARKETING = "marketing", "Marketing territorial"
    PROMOTION = "promotion", "Promotion"


class MobilityKind(TextChoices):
    INTERNSHIP = "stage", "Stage"
    APPRENTICESHIP = "apprentissage", "Apprentissage"
    VIE = "vie", "Volontariat international (V.I.E)"
    CIVIC = "service-civique", "Service civique ou volontariat de solidarité"
    STUDY = "etudes", "Séjour d’études"
    OTHER = "autre", "Autre"


class MobilityDirection(TextChoices):
    SENT = "envoi", "Envoi de jeunes"
    HOSTED = "accueil", "Accueil de jeunes"


class ApplicationState(TextChoices):
    SPOTTED = "reperee", "Repérée"
    FILED = "deposee", "Déposée"
    OBTAINED = "obtenue", "Obtenue"
    REFUSED = "refusee", "Refusée"
    PAID = "payee", "Payée"


class CallState(TextChoices):
    """Where a call stands on a day; computed from its dates, never stored."""

    UPCOMING = "a-venir", "À venir"
    OPEN = "ouvert", "Ouvert"
    CLOSING = "bientot-clos", "Bientôt clos"
    CLOSED = "clos", "Clos"
    UNDATED = "sans-date", "Dates à préciser"


class SchemeReach(TextChoices):
    """Where the projects of a scheme may take place."""

    EVERYWHERE = "partout", "Tous pays"
    EUROPE = "europe", "Union européenne et pays associés"
    OUTSIDE = "hors-ue", "Hors de l’Union européenne"
    DEVELOPMENT = "developpement", "Pays bénéficiaires de l’aide publique au développement"


class RegimeKind(TextChoices):
    """Legal ground of an aid."""

    DE_MINIMIS = "de-minimis", "De minimis"
    COVERED = "couvert", "Régime exempté, notifié ou autre, hors de minimis"


class Severity(TextChoices):
    """How grave a finding is; advice in every case, but where a gate says « blocage »."""

    BLOCAGE = "blocage", "Blocage"
    ALERTE = "alerte", "Alerte"
    INFO = "info", "Information"
