"""The first pages: cover, one page for elected officials, introduction."""

from __future__ import annotations

import re
from decimal import Decimal

from aict.ui.typography import NBSP, euros
from strategy.document import drawings
from strategy.document.budget import costs, economic_total, period, planned, told_years
from strategy.document.chapter_b import vision_of
from strategy.document.chapter_c import by_level
from strategy.document.frozen import Frozen
from strategy.document.funding import obtained, total
from strategy.document.parts import (
    PLAIN,
    Bullet,
    Bullets,
    Cell,
    Chapter,
    Column,
    Cover,
    Essential,
    Figure,
    Prose,
    Row,
    Section,
    Table,
    paragraphs,
)
from strategy.document.pressing import pressing
from strategy.document.words import about, counted, figured, full_day, line, listed, sentence, shortened
from strategy.enums import StepStatus, StrategyStatus, TerritoryUse
from strategy.steps import C1, D1, STEPS

_ASKED = 5  # requests on the page for elected officials
_ASKED_LENGTH = 140  # characters of each
_VISION_LENGTH = 240
_CHOICES = 4
_BULLET = re.compile(r"^\s*(?:[-–•*]|\d{1,2}[.)])\s+")


def cover(data: Frozen, *, number: int, sha256: str) -> Cover:
    """Title, period, state, version, day, vote, hash, map with its arcs."""
    strategy = data.strategy
    title = line(strategy["title"])
    groups = [sha256[start : start + 8] for start in range(0, 64, 8)]
    return Cover(
        title=title,
        period="" if says_period(data) else period_of(data),
        map=drawings.cover_map(data),
        status=(f"{strategy['status_label']}, version {number}", f"Arrêté au {full_day(data.on)}"),
        vote=_vote(data),
        hash_lines=(" ".join(groups[:4]), " ".join(groups[4:])),
        size="short" if len(title) <= 60 else "medium" if len(title) <= 110 else "long",
    )


def period_of(data: Frozen) -> str:
    """« 2027-2032 »."""
    return f"{data.strategy['period_start']}-{data.strategy['period_end']}"


def full_title(data: Frozen) -> str:
    """The title with the years, said once."""
    title = line(data.strategy["title"])
    return title if says_period(data) else f"{title}, {period_of(data)}"


def says_period(data: Frozen) -> bool:
    """Whether the title already holds the years, however they are written: « 2027-2032 », « de 2027 à 2032 »."""
    return all(str(data.strategy[name]) in data.strategy["title"] for name in ("period_start", "period_end"))


def _vote(data: Frozen) -> tuple[str, ...]:
    strategy = data.strategy
    if strategy["deliberation_number"] and strategy["adopted_on"]:
        return (
            f"Délibération n°{NBSP}{line(strategy['deliberation_number'])}",
            f"du {full_day(strategy['adopted_on'])}",
        )
    return ("Délibération : à venir",)


def edition(data: Frozen, number: int) -> str:
    """« Stratégie 2027-2032, brouillon, version 7, 23 novembre 2026 »: the running footer."""
    strategy = data.strategy
    state = strategy["status_label"].lower()
    return f"Stratégie {period_of(data)}, {state}, version {number}, {full_day(data.on)}"


# One page for elected officials ---------------------------------------------------------------
def essential(data: Frozen) -> Essential:
    """Vision, four figures, small map, choices, what presses, costs, what is asked of the assembly."""
    origin = vision_of(data)
    outside = sum(
        (planned(action, within=period(data)) for action in data.actions if not action["economic"]), Decimal(0)
    )
    return Essential(
        on=full_day(data.on),
        vision=shortened(origin.text("long_term_vision"), _VISION_LENGTH) if origin else "",
        vision_mark=origin.mark if origin else PLAIN,
        figures=_figures(data),
        map=drawings.uses_map(data, chart_id="carte-essentiel", labels=False),
        legend=drawings.uses_legend(data, numbered=True),
        choices=tuple(
            Bullet(shortened(row.title, 45), shortened(row.text("objective"), 80) or "objectif à écrire", row.mark)
            for row in by_level(data)[:_CHOICES]
        ),
        more_choices=_more(data),
        pressing=pressing(data),
        costs=costs(data),
        funding=_funding(data),
        outside=f"Hors total : {euros(outside)} de coopération non économique." if outside else "",
        asked=tuple(shortened(text, _ASKED_LENGTH) for text in asked(data)[:_ASKED]),
    )


def _more(data: Frozen) -> str:
    """« et trois autres priorités (C1) »."""
    left = len(data.rows(C1)) - _CHOICES
    return f"et {counted(left, 'autre priorité,autres priorités', feminine=True)} (C1)." if left > 0 else ""


def asked(data: Frozen) -> list[str]:
    """What is asked of the assembly, one request per line, with no dash or number in front."""
    texts = (line(_BULLET.sub("", text)) for text in data.strategy["asked_of_assembly"].splitlines())
    return [text for text in texts if text]


def _figures(data: Frozen) -> tuple[Figure, ...]:
    return (_places(data), _actions(data), _budget(data), _results(data))


def _places(data: Frozen) -> Figure:
    rows = data.rows(C1)
    kinds: dict[str, set[str]] = {}
    for row in rows:
        kinds.setdefault(str(row.values["territory"] or row.title.casefold()), set()).add(row.values["use"])
    tally = {use: sum(drawings.merged(found) == use for found in kinds.values()) for use in TerritoryUse}
    words = {
        TerritoryUse.COOPERATION: f"{{}}{NBSP}en coopération",
        TerritoryUse.PROSPECTION: f"{{}}{NBSP}en prospection",
        TerritoryUse.BOTH: f"{{}}{NBSP}pour les deux",
    }
    parts = [words[use].format(count) for use, count in tally.items() if count]
    if silent := len(kinds) - sum(tally.values()):
        parts.append(f"{silent}{NBSP}à préciser")
    said = listed(parts)
    noun = "territoires prioritaires" if len(kinds) > 1 else "territoire prioritaire"
    return Figure(str(len(kinds)) if kinds else "", f"{noun} : {said}" if said else noun)


def _actions(data: Frozen) -> Figure:
    count = len(data.actions)
    parts = [
        f"{found}{NBSP}en {label.lower()}"
        for code, label, _ in data.categories
        if (found := sum(action["category"] == code for action in data.actions))
    ]
    noun = "actions" if count > 1 else "action"
    return Figure(str(count) if count else "", f"{noun} : {listed(parts)}" if parts else "actions")


def _budget(data: Frozen) -> Figure:
    amount = economic_total(data, period(data))
    label = f"de budget économique saisi, {told_years(data)}" if amount else "budget économique"
    return Figure(about(amount) if amount else "", label)


def _funding(data: Frozen) -> str:
    """Apart from the budget: the needs of the plan are counted on another base."""
    whole = total(data)
    if not whole:
        return "Plan de financement : aucun besoin n’est encore chiffré."
    return f"Plan de financement : {about(obtained(data))} obtenus sur {about(whole)} de besoins."


def _results(data: Frozen) -> Figure:
    rows = data.rows(D1)
    targets = sum(row.values["target"] is not None for row in rows)
    return Figure(f"{targets}{NBSP}/{NBSP}{len(rows)}" if rows else "", "résultats attendus assortis d’une cible")


# Introduction ---------------------------------------------------------------------------------
def introduction(data: Frozen) -> Chapter:
    """What the document gathers, the policies it serves, how to read it."""
    said = [_gathers(data), _period(data)]
    policies = [text for part in data.strategy["public_policies"].splitlines() if (text := line(_BULLET.sub("", part)))]
    if not policies:
        said.append("Les politiques publiques que la stratégie sert ne sont pas encore nommées.")
    sections = [Section("presentation", "", "", (paragraphs(*said),))]
    if policies:
        sections.append(Section("politiques", "", "Les politiques publiques liées", (_listed_apart(policies),)))
    requests = asked(data)
    if len(requests) > _ASKED or any(len(text) > _ASKED_LENGTH for text in requests):
        bullets = Bullets(tuple(Bullet("", text) for text in requests))
        sections.append(Section("demandes", "", "Ce qui est demandé à l’assemblée", (bullets,)))
    steps = (paragraphs("Chaque étape du guide est une section de ce document, sous son code."), _steps(data))
    sections += [
        Section("lecture", "", "Faits et hypothèses", (paragraphs(*_how_to_read(data)),)),
        Section("etapes", "", "Huit étapes, du diagnostic à l’évaluation", steps),
    ]
    return Chapter("introduction", "", "Introduction", "", tuple(sections))


def _listed_apart(texts: list[str]) -> Prose | Bullets:
    """One text is a paragraph, several are bullets."""
    return Bullets(tuple(Bullet("", text) for text in texts)) if len(texts) > 1 else paragraphs(*texts)


def _gathers(data: Frozen) -> str:
    nouns = {
        "a-1-ressources": "service,services",
        "a-2-etat-des-lieux": "lien international,liens internationaux",
        "b-1-parties-prenantes": "partie prenante,parties prenantes",
        "b-2-vision-politique": "échange avec les élus,échanges avec les élus",
        "c-1-priorisation": "priorité,priorités",
        "c-2-confiance": "rendez-vous avec nos partenaires,rendez-vous avec nos partenaires",
        "c-3-financer": "besoin de financement,besoins de financement",
        "d-1-resultats": "résultat attendu,résultats attendus",
    }
    said = [figured(len(data.rows(step)), nouns[step.slug]) for step in STEPS if data.rows(step)]
    if not said:
        return "Cette stratégie est ouverte ; aucune de ses huit étapes n’est encore remplie."
    return sentence(f"cette stratégie réunit {listed(said)}")


def _period(data: Frozen) -> str:
    strategy = data.strategy
    said = f"Elle couvre les années {strategy['period_start']} à {strategy['period_end']}"
    if strategy["period_start"] == strategy["period_end"]:
        said = f"Elle couvre l’année {strategy['period_start']}"
    if strategy["status"] == StrategyStatus.ADOPTED and strategy["adopted_on"]:
        return f"{said} et a été adoptée le {full_day(strategy['adopted_on'])}."
    return (
        f"{said}. Le présent document l’arrête au {full_day(data.on)}, à l’état « {strategy['status_label'].lower()} »."
    )


def _how_to_read(data: Frozen) -> tuple[str, ...]:
    tally = data.natures
    facts, guesses, silent = tally["fait"], tally["hypothese"], tally[""]
    whole = facts + guesses + silent
    if not whole:
        return ("Aucune ligne n’est encore écrite.",)
    parts = [
        figured(count, words)
        for count, words in (
            (facts, "énonce un fait public,énoncent un fait public"),
            (guesses, "est une hypothèse de travail,sont des hypothèses de travail"),
            (silent, "ne dit pas sur quoi elle repose,ne disent pas sur quoi elles reposent"),
        )
        if count
    ]
    return (
        sentence(f"sur {figured(whole, 'ligne,lignes')}, {listed(parts)}"),
        "Un numéro en exposant renvoie à la liste des sources, à la fin du document. L’étiquette « hypothèse » suit "
        "ce qui est supposé ; la lettre h suit une valeur supposée au sein d’une ligne qui énonce un fait.",
    )


def _steps(data: Frozen) -> Table:
    state = {item["slug"]: item for item in data.snapshot["progress"]}
    rows = []
    for step in STEPS:
        item = state[step.slug]
        lacking = figured(item["incomplete"], "ligne incomplète,lignes incomplètes")
        note = lacking if item["incomplete"] and item["status"] != StepStatus.NOT_STARTED else ""
        cells = (Cell(step.heading, note=step.lead), Cell(str(item["rows"]), css="r"), Cell(item["label"], note=note))
        rows.append(Row(Cell(step.code), cells))
    columns = (Column("Étape", 10), Column("Ce qu’elle traite", 58), Column("Lignes", 10, "r"), Column("État", 22))
    return Table("Les huit étapes", columns, tuple(rows))
