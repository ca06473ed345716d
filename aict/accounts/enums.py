"""Roles, abilities and the one table that joins them. Code and templates ask abilities, never roles."""

from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    ADMIN = "admin", "administration"
    OFFICER = "officer", "relations internationales"
    ECONOMIC = "economic", "développement économique"
    ELECTED = "elected", "élu·e"
    NETWORK = "network", "réseau partenaire"


class Ability(StrEnum):
    """What a person may do in one collectivity."""

    VIEW = "view"
    VIEW_SHARED = "view_shared"
    EDIT_PARTNERS = "edit_partners"
    EDIT_STAKEHOLDERS = "edit_stakeholders"
    EDIT_ACTIONS = "edit_actions"
    EDIT_MEASURES = "edit_measures"
    EDIT_STRATEGY = "edit_strategy"
    GIVE_VISION = "give_vision"
    ADOPT_STRATEGY = "adopt_strategy"
    MAKE_DOCUMENT = "make_document"
    EXPORT = "export"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_SETTINGS = "manage_settings"


_READER = {Ability.VIEW, Ability.VIEW_SHARED, Ability.MAKE_DOCUMENT, Ability.EXPORT}
_AUTHOR = _READER | {
    Ability.EDIT_STAKEHOLDERS,
    Ability.EDIT_ACTIONS,
    Ability.EDIT_MEASURES,
    Ability.EDIT_STRATEGY,
    Ability.GIVE_VISION,
}

ABILITIES: dict[str, frozenset[Ability]] = {
    Role.ADMIN: frozenset(Ability),
    Role.OFFICER: frozenset(_AUTHOR | {Ability.EDIT_PARTNERS, Ability.ADOPT_STRATEGY}),
    Role.ECONOMIC: frozenset(_AUTHOR),
    # An elected official reads everything and gives the long-term vision (step B2), nothing else.
    Role.ELECTED: frozenset(_READER | {Ability.GIVE_VISION}),
    Role.NETWORK: frozenset({Ability.VIEW_SHARED}),
}


class Visibility(TextChoices):
    """Who beyond the collectivité may read an object."""

    INTERNAL = "internal", "interne"
    NETWORK = "network", "réseaux partenaires"
    PUBLIC = "public", "public"


class Fate(StrEnum):
    """What becomes of a row that names a person, when that person is erased."""

    REDACT = "redact"  # the name is replaced, the row stays
    DELETE = "delete"  # the row is about the person alone
    KEEP = "keep"  # an act kept as an archive


class CollectivityKind(TextChoices):
    REGION = "region", "région"
    METROPOLE = "metropole", "métropole"
    COMMUNAUTE_URBAINE = "communaute-urbaine", "communauté urbaine"
    EPCI = "epci", "autre intercommunalité"
    DEPARTEMENT = "departement", "département"
    COMMUNE = "commune", "commune"
    OTHER = "autre", "autre"


class SourceNature(TextChoices):
    """What a recorded row rests on: a public fact with its source, or a working assumption."""

    FACT = "fait", "fait"
    ASSUMPTION = "hypothese", "hypothèse"
