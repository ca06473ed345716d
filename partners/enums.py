"""Enumerations of the partners' register. Codes are those of the import format."""

from django.db.models import TextChoices


class AgreementForm(TextChoices):
    """How a partnership is put in writing (guide, fiche 3, « Comment ») ; twinnings are ours."""

    JUMELAGE = "jumelage", "Jumelage"
    CONVENTION_GENERALE = "convention-generale", "Convention générale"
    ACCORD_PROJET = "accord-projet", "Accord rattaché à un projet"
    NON_CONTRACTUALISE = "non-contractualise", "Action non contractualisée, informelle"
    INTERMEDIAIRE = "intermediaire", "Mise en œuvre par un intermédiaire (association, organisme économique)"


class Validity(TextChoices):
    """Guide, fiche 3, « Quand »."""

    SANS_DUREE = "sans-duree", "Sans durée de validité"
    REVISABLE = "revisable", "Révisable à échéance"
    ACCORD_PROJET = "accord-projet", "Accord-projet limité dans le temps"


class AgreementStatus(TextChoices):
    """Computed from dates, never stored."""

    PROJET = "projet", "Projet"
    DELIBERE = "delibere", "Délibéré, non transmis"
    EN_VIGUEUR = "en-vigueur", "En vigueur"
    A_REVOIR = "a-revoir", "À revoir"
    EXPIRE = "expire", "Expiré"
    DENONCE = "denonce", "Dénoncé"


class StateException(TextChoices):
    """CGCT L.1115-5: the cases in which an agreement with a foreign State is allowed."""

    AUTORISATION = "loi", "accord autorisé par la loi ou par un engagement international de la France"
    GECT = "gect", "création d’un groupement européen de coopération territoriale ou eurorégional"
    OUTRE_MER = "outre-mer", "collectivité d’outre-mer, dans les cas prévus par la loi"


class StakeholderFamily(TextChoices):
    ECONOMIE = "economie", "Monde économique"
    SAVOIR = "savoir", "Enseignement et recherche"
    DEVELOPPEMENT = "developpement", "Développement et promotion du territoire"
    ASSOCIATION = "association", "Monde associatif et réseaux"
    PUBLIC = "public", "Sphère publique"
    ETRANGER = "etranger", "À l’étranger"


class ServiceFamily(TextChoices):
    SRI = "SRI", "Relations internationales"
    SDE = "SDE", "Développement économique"
    OTHER = "autre", "Autre service"
