"""The annexes: open checks, acronyms, sources, method and hash."""

from __future__ import annotations

from aict.ui.typography import NBSP
from strategy.document.frozen import Frozen
from strategy.document.parts import (
    Block,
    Cell,
    Chapter,
    Column,
    Heading,
    Row,
    Section,
    Sources,
    Table,
    Terms,
    paragraphs,
)
from strategy.document.words import counted, full_day, line, listed, prose, sentence
from strategy.enums import Severity
from strategy.steps import BY_SLUG

_PLACES = 8  # named under a check


def chapter(data: Frozen, *, number: int, sha256: str) -> Chapter:
    """What remains to mend, and what lets a reader check."""
    sections = [Section("points-ouverts", "", "Les points ouverts", _open(data))]
    if data.snapshot["acronyms"]:
        terms = tuple((term, prose(expansion)) for term, expansion in data.snapshot["acronyms"])
        sections.append(Section("sigles", "", "Les sigles employés", (Terms(terms),)))
    sections += [
        Section("sources", "", "Les sources", _sources(data)),
        Section("methode", "", "La méthode et l’empreinte", _method(data, number, sha256)),
    ]
    return Chapter("annexes", "", "Annexes", "Ce qui reste à faire, et de quoi vérifier.", tuple(sections))


# Open checks ----------------------------------------------------------------------------------
def _open(data: Frozen) -> tuple[Block, ...]:
    findings = data.findings
    if not findings:
        return (paragraphs("Aucun contrôle ne relève de manque ni d’incohérence."),)
    rows = tuple(
        Row(
            Cell(finding["word"], css=f"severity-{finding['severity']}"),
            (Cell(BY_SLUG[finding["step"]].code), Cell(line(finding["message"]), note=_places(finding["places"]))),
        )
        for finding in findings
    )
    columns = (Column("Gravité", 13), Column("Étape", 9), Column("Ce que le contrôle relève", 78))
    return (
        paragraphs(_how_many(data), _what_it_means(data)),
        Table("Contrôles ouverts", columns, rows),
    )


def _how_many(data: Frozen) -> str:
    nouns = {
        Severity.BLOCAGE: ("blocage,blocages", False),
        Severity.ALERTE: ("alerte,alertes", True),
        Severity.INFO: ("information,informations", True),
    }
    tally = {severity: sum(f["severity"] == severity for f in data.findings) for severity in nouns}
    said = [counted(count, nouns[s][0], feminine=nouns[s][1]) for s, count in tally.items() if count]
    day = full_day(data.on)
    return sentence(
        f"au {day}, {counted(len(data.findings), 'contrôle reste ouvert,contrôles restent ouverts')} : {listed(said)}"
    )


def _what_it_means(data: Frozen) -> str:
    said = "Une alerte ou une information n’empêche rien : elle appelle un choix, que l’assemblée peut assumer."
    blocked = any(finding["severity"] == Severity.BLOCAGE for finding in data.findings)
    return f"Un blocage empêche la mise en relecture. {said}" if blocked else said


def _places(places: list[str]) -> str:
    more = len(places) - _PLACES
    return " ; ".join(map(line, places[:_PLACES])) + (f" ; et {more} de plus" if more > 0 else "")


# Sources and method ---------------------------------------------------------------------------
def _sources(data: Frozen) -> tuple[Block, ...]:
    if not data.sources:
        return (paragraphs("Aucune source n’est encore citée."),)
    entries = tuple((source.number, source.text, _rests(source.rests), source.assumption) for source in data.sources)
    return (
        paragraphs(
            "Chaque source est suivie de ce qui s’appuie sur elle. Celles d’une hypothèse disent d’où vient la "
            "supposition, sans en faire un fait."
        ),
        Sources(entries),
    )


def _rests(rests: tuple[str, ...]) -> str:
    more = len(rests) - _PLACES
    return " ; ".join(rests[:_PLACES]) + (f" ; et {more} de plus" if more > 0 else "")


def _method(data: Frozen, number: int, sha256: str) -> tuple[Block, ...]:
    groups = " ".join(sha256[start : start + 8] for start in range(0, 64, 8))
    return (
        paragraphs(
            "Ce document suit les fiches A à D du guide de l’ARRICOD sur l’action internationale économique des "
            "collectivités territoriales. Les échelles de 0 à 5 et leur produit sont propres à l’outil.",
            "Les totaux économiques additionnent les montants prévus de tous les financeurs et laissent de côté les "
            "actions sans visée économique. Une donnée absente est dite manquante ; elle ne compte jamais pour zéro.",
            f"L’état d’un accord est déduit de ses dates au {full_day(data.on)} (CGCT, art.{NBSP}L.1115-1). "
            "Fond de carte : Natural Earth, domaine public.",
        ),
        Heading("Empreinte"),
        paragraphs(
            f"Les données de la version {number} sont figées. Les mêmes données donnent la même empreinte ; un seul "
            "caractère changé en donne une autre."
        ),
        paragraphs(f"SHA-256 : {groups}", css="hash"),
    )
