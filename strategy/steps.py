"""The eight steps of the wizard, A1 to D1: their fields, in the order of the guide's fiches A to D.

A step is data: the page, the import, the checks and the document all read this table.
`needed` fields make a row complete; a draft may leave them empty for weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.text import capfirst

from aict.accounts.enums import Ability
from strategy.enums import Delegation, Support, Topic
from strategy.models import (
    ExpectedResult,
    FundingNeed,
    InternalResource,
    InternationalLink,
    PoliticalExchange,
    Priority,
    StakeholderAssessment,
    StepRow,
    TrustEvent,
)


@dataclass(frozen=True)
class FieldSpec:
    """One field of a step: its code in the import format and its attribute on the row."""

    code: str
    name: str
    needed: bool = False
    in_summary: bool = False
    choices: type[models.TextChoices] | None = None  # for the lists of codes kept as JSON


@dataclass(frozen=True)
class Step:
    """One step. `slug` is its address and its code in the reference data and in the import format."""

    slug: str
    code: str
    short_label: str
    heading: str
    lead: str
    model: type[StepRow]
    fields: tuple[FieldSpec, ...]
    row_noun: str  # singular,plural
    add_label: str
    ability: Ability = Ability.EDIT_STRATEGY

    @property
    def fiche(self) -> str:
        """Letter of the guide's fiche."""
        return self.code[0]

    @property
    def needed(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.fields if spec.needed)

    def spec(self, name: str) -> FieldSpec:
        """The field with this attribute name."""
        return next(spec for spec in self.fields if spec.name == name)

    def label(self, name: str) -> str:
        """The French label of a field, as forms and documents show it."""
        if name == "holder":
            return "Porteur du lien"
        return capfirst(str(self.model._meta.get_field(name).verbose_name))


def _f(code: str, name: str, *flags: str, choices: type[models.TextChoices] | None = None) -> FieldSpec:
    return FieldSpec(code, name, needed="needed" in flags, in_summary="summary" in flags, choices=choices)


A1 = Step(
    slug="a-1-ressources",
    code="A1",
    short_label="Ressources internes",
    heading="Les ressources mobilisables dans la collectivité",
    lead="Qui peut agir : les services, leur rôle, ce qu’ils savent faire.",
    model=InternalResource,
    row_noun="service,services",
    add_label="Ajouter un service",
    fields=(
        _f("service", "service", "needed"),
        _f("intitule", "local_title"),
        _f("collectivite", "authority", "needed", "summary"),
        _f("role", "role", "needed", "summary"),
        _f("categories_action", "categories", "needed", "summary"),
        _f("competences", "skills"),
        _f("referent", "contact_post"),
        _f("concertation_economique", "economic_concertation", "needed"),
        _f("acteurs_economiques_associes", "actor_types"),
    ),
)

A2 = Step(
    slug="a-2-etat-des-lieux",
    code="A2",
    short_label="État des lieux",
    heading="L’état des lieux des liens internationaux",
    lead="Ce qui existe déjà : accords, partenariats, flux économiques, projets, promotion.",
    model=InternationalLink,
    row_noun="lien,liens",
    add_label="Ajouter un lien",
    fields=(
        _f("type_lien", "kind", "needed", "summary"),
        _f("sens", "flow_direction"),
        _f("nature_flux", "flow_nature"),
        _f("territory", "territory"),
        _f("territoire", "place", "needed"),
        _f("porteur", "holder", "needed", "summary"),
        _f("objet", "object", "needed"),
        _f("date_debut", "starts"),
        _f("date_fin", "ends"),
        _f("volume", "volume"),
        _f("source_donnee", "data_source"),
        _f("opportunite", "opportunity"),
    ),
)

B1 = Step(
    slug="b-1-parties-prenantes",
    code="B1",
    short_label="Parties prenantes",
    heading="Les parties prenantes du territoire",
    lead="Les acteurs du territoire, leurs forces et ce qu’ils pourraient faire à l’étranger.",
    model=StakeholderAssessment,
    row_noun="partie prenante,parties prenantes",
    add_label="Ajouter une partie prenante",
    fields=(
        _f("stakeholder", "stakeholder"),
        _f("nom", "name", "needed"),
        _f("type", "type", "needed", "summary"),
        _f("champs", "fields", "needed", "summary"),
        _f("forces", "strengths", "needed"),
        _f("impact_local", "local_impact", "needed"),
        _f("potentiel_international", "international_potential", "needed"),
        _f("territoires_actifs", "active_in"),
        _f("opportunites", "opportunities"),
        _f("categorie_action", "categories"),
    ),
)

B2 = Step(
    slug="b-2-vision-politique",
    code="B2",
    short_label="Vision politique",
    heading="La vision politique",
    lead="Les échanges avec les élus, la vision à long terme et les engagements qui en découlent.",
    model=PoliticalExchange,
    row_noun="échange,échanges",
    add_label="Ajouter un échange",
    ability=Ability.GIVE_VISION,
    fields=(
        _f("elus", "portfolios", "needed", "summary"),
        _f("date", "held_on", "needed"),
        _f("sujets", "topics", "needed", choices=Topic),
        _f("attendus", "expectations", "needed"),
        _f("articulation", "articulation"),
        _f("vision_long_terme", "long_term_vision", "needed", "summary"),
        _f("engagement_moyen_terme", "medium_term"),
        _f("engagement_court_terme", "short_term"),
        _f("services_a_mobiliser", "services"),
        _f("criteres_sollicitations", "request_criteria"),
    ),
)

C1 = Step(
    slug="c-1-priorisation",
    code="C1",
    short_label="Priorités",
    heading="Les priorités géographiques et sectorielles",
    lead="Où agir, dans quels secteurs, par quels types d’action.",
    model=Priority,
    row_noun="priorité,priorités",
    add_label="Ajouter une priorité",
    fields=(
        _f("territory", "territory"),
        _f("territoire", "place", "needed"),
        _f("champs", "fields", "needed", "summary"),
        _f("actions", "action_types", "needed"),
        _f("usage", "use", "needed", "summary"),
        _f("horizon", "horizon", "needed", "summary"),
        _f("appuis", "supports", "needed", choices=Support),
        _f("objectif", "objective", "needed"),
        _f("priorite", "level"),
        _f("langues", "languages"),
        _f("mission_prevue", "mission_planned"),
    ),
)

C2 = Step(
    slug="c-2-confiance",
    code="C2",
    short_label="Confiance",
    heading="Le climat de confiance",
    lead="Les signatures et séminaires qui ouvrent la porte aux entreprises.",
    model=TrustEvent,
    row_noun="rendez-vous,rendez-vous",
    add_label="Ajouter un rendez-vous",
    fields=(
        _f("accord", "agreement", "needed", "summary"),
        _f("collectivite_partenaire", "partner_authority", "needed"),
        _f("occasion", "occasion", "needed", "summary"),
        _f("date", "held_on", "needed", "summary"),
        _f("delegation", "delegation", "needed", choices=Delegation),
        _f("homologues", "counterparts"),
        _f("actions_court_terme", "actions"),
        _f("apports_vision", "contribution"),
    ),
)

C3 = Step(
    slug="c-3-financer",
    code="C3",
    short_label="Financement",
    heading="Le plan de financement",
    lead="Les besoins, les dispositifs qui peuvent y répondre et où en sont les demandes.",
    model=FundingNeed,
    row_noun="besoin,besoins",
    add_label="Ajouter un besoin",
    fields=(
        _f("besoin", "need", "needed"),
        _f("action", "action", "needed", "summary"),
        _f("nature", "spending_nature", "needed"),
        _f("montant", "amount", "needed", "summary"),
        _f("dispositif", "scheme", "summary"),
        _f("phase_export", "export_phase"),
        _f("beneficiaire", "beneficiary", "needed"),
        _f("beneficiary_type", "beneficiary_type"),
        _f("cofinanceurs", "cofunders"),
        _f("echeance", "deadline"),
        _f("statut", "status", "needed", "summary"),
    ),
)

D1 = Step(
    slug="d-1-resultats",
    code="D1",
    short_label="Évaluation",
    heading="Les résultats attendus et les indicateurs",
    lead="Pour chaque action : ce que l’on en attend, pour qui, et comment on le verra.",
    model=ExpectedResult,
    row_noun="résultat,résultats",
    add_label="Ajouter un résultat",
    fields=(
        _f("action", "action", "needed"),
        _f("resultat_attendu", "expected_result", "needed", "summary"),
        _f("type_impact", "impacts", "needed"),
        _f("interet_local", "local_interest", "needed"),
        _f("indicateurs", "indicators", "needed", "summary"),
        _f("valeur_depart", "baseline"),
        _f("cible", "target"),
        _f("date_cible", "target_on"),
        _f("source_donnee", "data_source"),
        _f("frequence", "frequency"),
        _f("odd", "sdgs"),
    ),
)

STEPS = (A1, A2, B1, B2, C1, C2, C3, D1)
BY_SLUG = {step.slug: step for step in STEPS}


def after(step: Step) -> Step | None:
    """The next step; None after D1."""
    position = STEPS.index(step)
    return STEPS[position + 1] if position + 1 < len(STEPS) else None


def before(step: Step) -> Step | None:
    """The previous step; None before A1."""
    position = STEPS.index(step)
    return STEPS[position - 1] if position else None
