"""What an action still lacks, in the order in which it is worth mending, gathered from every area that knows.

An area adds its own findings in two lines: a function `action -> list of Gap` of its module, named in FINDERS. Such a
function costs at most one query, and reads `action` as `Action.objects.for_detail()` gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils import timezone

from aict.ui.typography import NBSP, long_day
from typology import series
from typology.enums import ActionStatus, Severity
from typology.gaps import Gap
from typology.gate import EXPECTED_RESULT, INDICATOR, LOCAL_INTEREST, gate_of
from typology.models import Action
from typology.three_services import three_services

Finder = Callable[[Action], Iterable[Gap]]


def essentials(action: Action) -> list[Gap]:
    """What the quick log leaves empty; a start that the state contradicts."""
    found = []
    if action.starts is None:
        why = "Sans date, l’action n’est ni au calendrier ni au bilan d’une année."
        found.append(Gap("dates", "Dates", why, _field(action, "starts")))
    elif action.status == ActionStatus.EN_COURS and action.starts > timezone.localdate():
        day = long_day(action.starts)
        why = f"L’action est en cours, et ne commence que le {day}{NBSP}: l’état ou la date est à revoir."
        found.append(Gap("debut-a-venir", "Début à venir", why, _field(action, "starts")))
    if action.lead_service_id is None:
        found.append(Gap("pilote", "Service pilote", "Personne ne répond de l’action.", _field(action, "lead_service")))
    return found


def promises(action: Action) -> list[Gap]:
    """What the local-interest gate asks (SYS-42), whatever the state. One query."""
    lacks = gate_of(action, indicators=action.indicator_uses.count()).lacks
    wanted = [
        (EXPECTED_RESULT, "resultat", "Résultat attendu", "Une phrase, un nombre si possible.", "expected_result"),
        (LOCAL_INTEREST, "interet", "Intérêt local", "Ce que le territoire y gagne.", "local_interest"),
    ]
    found = [Gap(code, what, why, _field(action, name)) for key, code, what, why, name in wanted if key in lacks]
    if INDICATOR in lacks:
        why = "Sans lui, on ne saura pas dire ce que l’action a apporté."
        found.append(Gap("indicateur", "Indicateur", why, f"{action.get_absolute_url()}#indicateurs"))
    return found


def money(action: Action) -> list[Gap]:
    """No amount at all, planned or estimated. One query."""
    if action.cost_estimate is not None or action.budget_lines.exclude(planned=None).exists():
        return []
    url = reverse("typology:budget_line_create", args=[action.pk])
    return [Gap("montant", "Montant prévu", "0 est une réponse : le temps des agents, par exemple.", url)]


def surroundings(action: Action) -> list[Gap]:
    """The legal ground, and what the reports count by."""
    found = []
    territory = action.territory
    if territory is not None and not territory.is_own and action.agreement_id is None:
        why = "L’accord qui lui donne une base légale, s’il existe."
        found.append(Gap("accord", "Accord", why, _field(action, "agreement"), Severity.INFO))
    for name, code, what, why in (
        ("fields", "champs", "Champs économiques", "Les filières et domaines servis."),
        ("stakeholders", "parties-prenantes", "Parties prenantes", "Ceux qui y participent, ici et là-bas."),
        ("sdgs", "odd", "ODD", "Les objectifs de développement durable servis : 1, 8, 9 ou 10 le plus souvent."),
    ):
        if not getattr(action, name).all():
            found.append(Gap(code, what, why, _field(action, name), Severity.INFO))
    return found


def seats(action: Action) -> list[Gap]:
    """The empty seats of a cooperation that involves firms (SYS-27). No query."""
    rule = three_services(action)
    url = _field(action, "associated_services")
    return (
        [Gap(f"siege-{seat.acronym.lower()}", seat.label, f"{seat.brings} manque.", url) for seat in rule.missing]
        if rule
        else []
    )


def place(action: Action) -> list[Gap]:
    """Nobody has said whether a partnership links the territories (SYS-01)."""
    if action.partnership is not None:
        return []
    url = reverse("typology:action_classification", args=[action.pk])
    return [
        Gap(
            "classement",
            "Classement",
            "Un partenariat lie-t-il les territoires ? Deux questions le disent.",
            url,
            Severity.INFO,
        )
    ]


FINDERS: tuple[Finder, ...] = (essentials, promises, money, seats, series.recurrence_gaps, place, surroundings)


def gaps(action: Action) -> list[Gap]:
    """Everything that the action lacks; what is only told comes after what is warned. Nothing for an abandoned one."""
    if action.deleted_at or action.status == ActionStatus.ABANDONNEE:
        return []
    found = [gap for finder in FINDERS for gap in finder(action)]
    return sorted(found, key=lambda gap: gap.severity == Severity.INFO)


def _field(action: Action, name: str) -> str:
    return f"{reverse('typology:action_edit', args=[action.pk])}#id_{name}"
