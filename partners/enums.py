"""Enumerations of the partners' register. Codes are those of the import format."""

from __future__ import annotations

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


class DocumentKind(TextChoices):
    """What an attached file proves; the first three answer a step of an agreement's legal checklist."""

    DELIBERATION = "deliberation", "Délibération"
    SIGNED_TEXT = "texte-signe", "Texte signé"
    PREFECT_RECEIPT = "accuse-prefecture", "Accusé de réception de la préfecture"
    AMENDMENT = "avenant", "Avenant"
    REPORT = "bilan", "Bilan ou compte rendu"
    OTHER = "autre", "Autre document"


class ContactRole(TextChoices):
    """What a contact is for, whatever the job is called."""

    DECISION = "decision", "Décision"
    POLITICAL = "politique", "Mandat politique"
    TECHNICAL = "technique", "Interlocuteur technique"
    ECONOMIC = "economique", "Interlocuteur économique"
    PROTOCOL = "protocole", "Protocole et communication"
    OTHER = "autre", "Autre"


class CountryList(TextChoices):
    """A dated list that puts countries in groups."""

    INCOME = "revenu", "Groupe de revenu (Banque mondiale)"
    DAC = "cad", "Liste des bénéficiaires de l’aide (CAD de l’OCDE)"


class ActorSector(TextChoices):
    PUBLIC = "public", "Secteur public"
    PRIVATE = "prive", "Secteur privé"
    BOTH = "mixte", "Public et privé"


class ActorLocation(TextChoices):
    FRANCE = "france", "En France"
    ABROAD = "etranger", "À l’étranger"
    BOTH = "les-deux", "En France et à l’étranger"
    UNCERTAIN = "incertain", "Incertain"


class ActorKind(TextChoices):
    """What the source documents name."""

    ORGANISATION = "organisme", "Organisme nommé"
    NETWORK = "reseau", "Réseau"
    BODY = "instance", "Instance"
    BRAND = "marque", "Marque"
    FAMILY = "categorie", "Catégorie d’acteurs"


class TerritoryUse(TextChoices):
    """What a territory is for (product rule 9); computed from what is recorded."""

    COOPERATION = "cooperation", "Coopération"
    PROSPECTION = "prospection", "Prospection"
    BOTH = "both", "Les deux"


class SupportedCategory(TextChoices):
    """The categories of action of typology.ActionCategory, which lies above: an actor cites them by code."""

    INTERNATIONALISATION = "internationalisation", "Internationalisation"
    PROMOTION = "promotion", "Promotion"
    COOPERATION = "cooperation", "Coopération"

    @property
    def shape(self) -> str:
        """The mark of the category, for `{% category %}`."""
        return self.value[:3]

    @property
    def short_label(self) -> str:
        return str(self.label)


class ActorStatus(TextChoices):
    """What an actor named by the source documents has become since they were printed."""

    UNCHANGED = "inchange", "Nom inchangé"
    EVOLVED = "evolue", "Toujours actif, contexte changé"
    RENAMED = "renomme", "Renommé"
    REPLACED = "remplace", "Remplacé ou fusionné"
    TO_CHECK = "a-verifier", "À vérifier"

    @classmethod
    def changed(cls) -> list[ActorStatus]:
        """What the guide's wording no longer describes."""
        return [cls.EVOLVED, cls.RENAMED, cls.REPLACED]

    @property
    def kind(self) -> str:
        """The kind of `{% status %}`: a new name or a new body asks for attention."""
        return {"renomme": "warn", "remplace": "warn", "evolue": "info"}.get(self.value, "mute")


class Place(TextChoices):
    """On which side of the border a stakeholder is; it may be on both."""

    HOME = "ici", "En France"
    ABROAD = "etranger", "À l’étranger"


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
