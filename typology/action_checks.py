"""The checks that fiches 1 to 3 suggest for an action: advice, never prohibition.

Codes, severities and messages are those of the reference data (a test compares them); what mends each is ours. A rule
takes the sheet of the action and the day, and gives None when it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from aict.ui.typography import NBSP
from partners.models import Agreement
from typology import risks, targeting, zones
from typology.budget import has_wider_funder
from typology.enums import (
    COOPERATION,
    INTERNATIONALISATION,
    PROMOTION,
    LineNature,
    Question,
    Severity,
    StandMode,
)
from typology.links import related
from typology.models import Action, TargetZone
from typology.questions import Sheet, load, question_url
from typology.three_services import ThreeServices, three_services

# Fiche 2, « Pourquoi »: where the legitimacy of a collectivité is « à interroger ».
TO_QUESTION = {"filieres", "tourisme", "enseignement-superieur"}


@dataclass(frozen=True)
class Finding:
    """One check that fired: how grave, what, under which question, and the address that mends it."""

    code: str
    severity: Severity
    question: Question
    text: str
    url: str
    link: str


@dataclass(frozen=True)
class Found:
    """What a rule adds to its message, and where to mend it; empty: the form of the question."""

    detail: str = ""
    url: str = ""
    link: str = "Répondre"


Rule = Callable[[Sheet, date], Found | None]


@dataclass(frozen=True)
class Check:
    """A rule of one category of action."""

    code: str
    category: str
    severity: Severity
    question: Question
    message: str
    find: Rule


CHECKS: list[Check] = []


def check(category: str, question: Question, code: str, severity: Severity, message: str) -> Callable[[Rule], Rule]:
    """Register a rule."""

    def register(find: Rule) -> Rule:
        CHECKS.append(Check(code, category, severity, question, message, find))
        return find

    return register


def checks(action: Action, *, on: date, sheet: Sheet | None = None) -> list[Finding]:
    """Every check of its fiche that fires for an action, in the order of the questions."""
    sheet = sheet or load(action)
    findings = []
    for one in CHECKS:
        if one.category != action.category.code or (found := one.find(sheet, on)) is None:
            continue
        text = f"{one.message} {found.detail}".rstrip()
        url = found.url or question_url(action, one.question)
        findings.append(Finding(one.code, one.severity, one.question, text, url, found.link))
    order = list(Question)
    return sorted(findings, key=lambda row: order.index(row.question))


@dataclass(frozen=True)
class Brief:
    """What the page of an action says of its sheet."""

    answered: int
    findings: int
    seats: ThreeServices | None


def brief(action: Action, *, on: date) -> Brief:
    """Progress, the number of findings, and the three seats of an action read by `for_detail()`."""
    sheet = load(action)
    return Brief(sheet.answered, len(checks(action, on=on, sheet=sheet)), three_services(action))


# Fiche 1 ----------------------------------------------------------------------------------
@check(
    INTERNATIONALISATION,
    Question.OU,
    "zone-peu-ciblee",
    Severity.INFO,
    "Zone rarement visée par l’export : existe-t-il un partenariat de coopération sur lequel s’appuyer ?",
)
def _seldom_aimed_at(sheet: Sheet, on: date) -> Found | None:
    action = sheet.action
    zone = action.zone
    if zone is None and action.territory:
        reading = zones.proposed(action.territory, list(TargetZone.objects.current().filter(category=action.category)))
        zone = reading.zone if reading else None
    if zone is None or zone.code != TargetZone.SELDOM:
        return None
    if action.territory is None:
        return Found("Précisez le territoire : l’outil dira si une coopération peut servir d’appui.")
    country = action.territory.country
    names = sorted(targeting.partners_in(action.collectivity, [country.pk])[country.pk])
    if names:
        return Found(f"Vous y coopérez déjà ({', '.join(names)}) : appuyez-vous sur ce lien.", link="Revoir")
    return Found(f"Aucune coopération n’est enregistrée avec ce pays : {country}.", link="Revoir")


@check(
    INTERNATIONALISATION,
    Question.POURQUOI,
    "action-isolee",
    Severity.INFO,
    "Action d’export sans lien avec une action de promotion ou de coopération : chercher un croisement.",
)
def _isolated(sheet: Sheet, on: date) -> Found | None:
    action = sheet.action
    if any(row.crosses for row in related(action)):
        return None
    return Found(url=f"{action.get_absolute_url()}#liens", link="Relier à une autre action")


# Fiche 2 ----------------------------------------------------------------------------------
@check(
    PROMOTION,
    Question.COMBIEN,
    "hors-strategie",
    Severity.ALERTE,
    "Action de promotion non rattachée à une stratégie : retombées limitées à craindre.",
)
def _outside_any_strategy(sheet: Sheet, on: date) -> Found | None:
    action = sheet.action
    # Strategies live in the layer above: their rows are reached backwards. Hors stratégie: none of them cites it.
    cited = any(rows.exists() for rows in (action.strategy_results, action.funding_needs, action.trust_events))
    if cited:
        return None
    return Found("Hors stratégie : citez-la à l’étape D1.", reverse("strategy:strategy_list"), "Ouvrir les stratégies")


@check(
    PROMOTION,
    Question.COMBIEN,
    "stand-non-mutualise",
    Severity.INFO,
    "Stand porté seul : peut-il être mutualisé ou délégué ?",
)
def _stand_borne_alone(sheet: Sheet, on: date) -> Found | None:
    if "seul" in sheet.codes("partage_stand"):
        return Found()
    alone = sheet.action.events.filter(deleted_at=None, stand_mode=StandMode.ALONE).order_by("starts").first()
    return (
        Found(f"C’est le cas de «{NBSP}{alone}{NBSP}».", alone.get_absolute_url(), "Voir l’évènement")
        if alone
        else None
    )


@check(
    PROMOTION,
    Question.POURQUOI,
    "legitimite-a-interroger",
    Severity.INFO,
    "Promotion d’une filière, du tourisme ou de l’enseignement supérieur : préciser l’apport de la collectivité.",
)
def _legitimacy_to_question(sheet: Sheet, on: date) -> Found | None:
    """Until the note of « Pourquoi » says it."""
    if sheet.notes.get(Question.POURQUOI) or not sheet.codes("objets") & TO_QUESTION:
        return None
    return Found("Apport à préciser : dites-le dans les précisions de cette question.", link="Préciser l’apport")


# Fiche 3 ----------------------------------------------------------------------------------
@check(
    COOPERATION,
    Question.QUI,
    "trois-services",
    Severity.ALERTE,
    "Coopération impliquant des acteurs économiques : il manque l’un des trois services (relations internationales, "
    "technique, développement économique).",
)
def _three_services(sheet: Sheet, on: date) -> Found | None:
    table = three_services(sheet.action)
    if table is None or table.is_full:
        return None
    return Found(f"{table.text}.", link="Associer les services")


@check(
    COOPERATION,
    Question.COMMENT,
    "cooperation-sans-accord",
    Severity.ALERTE,
    "Action de coopération sans accord de territoire à territoire : indiquer la forme retenue.",
)
def _without_agreement(sheet: Sheet, on: date) -> Found | None:
    """None cited, none in force with the territory, no form chosen."""
    action = sheet.action
    if action.agreement_id or sheet.codes("formes_accord"):
        return None
    if action.territory_id:
        agreements = Agreement.objects.for_collectivity(action.collectivity).covering(action.territory_id)
        if agreements.in_force(on).exists():
            return None
    return Found(link="Indiquer la forme")


@check(COOPERATION, Question.COMBIEN, "sans-indicateur", Severity.ALERTE, "Pas d’indicateur de résultat formulé.")
def _without_indicator(sheet: Sheet, on: date) -> Found | None:
    if sheet.indicators:
        return None
    return Found(url=reverse("evaluation:indicator_use_create", args=[sheet.action.pk]), link="Choisir un indicateur")


@check(
    COOPERATION,
    Question.COMBIEN,
    "investissement-sans-bailleur",
    Severity.ALERTE,
    "Investissement prévu sans bailleur national ou international.",
)
def _investment_without_funder(sheet: Sheet, on: date) -> Found | None:
    planned = any(line.nature == LineNature.INVESTMENT for line in sheet.lines)
    named = sheet.codes("bailleurs_nationaux") | sheet.codes("bailleurs_internationaux")
    if not (planned or "investissement" in sheet.codes("nature")) or named:
        return None
    applications = sheet.action.applications.select_related("scheme__funder")
    return None if has_wider_funder(sheet.lines, applications) else Found(link="Nommer un bailleur")


@check(
    COOPERATION,
    Question.COMBIEN,
    "cout-non-rattache",
    Severity.INFO,
    "Coût non rattaché à une politique publique thématique.",
)
def _cost_of_no_policy(sheet: Sheet, on: date) -> Found | None:
    loose = [line for line in sheet.lines if line.policy_id is None]
    if not loose:
        return None
    where = reverse("typology:budget_line_edit", args=[sheet.action.pk, loose[0].pk])
    count = "Une ligne de budget" if len(loose) == 1 else f"{len(loose)}{NBSP}lignes de budget"
    return Found(f"{count} à rattacher.", where, "Ouvrir la ligne" if len(loose) == 1 else "Ouvrir la première")


@check(
    COOPERATION,
    Question.POURQUOI,
    "risques-non-examines",
    Severity.INFO,
    "Risques redoutés par les acteurs économiques non examinés.",
)
def _risks_unexamined(sheet: Sheet, on: date) -> Found | None:
    table = risks.risks(sheet)
    if table is None or not table.is_asked or table.is_examined:
        return None
    where = f"{reverse('typology:action_questions', args=[sheet.action.pk])}#risques"
    return Found("Évaluez-en un au moins, ou écrivez pourquoi aucun ne l’est.", where, "Voir les risques")
