"""The sheet of an action by the seven questions of its fiche (SYS-10): what answers each, progress, gaps.

One rule says whether a question is answered: a choice of its fiche, a note in one's own words, or one of the data of
the action that answer it. Title and type are known from the first minute: they alone do not answer « Quoi ».
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from aict.accounts import history
from aict.accounts.models import User
from aict.ui.typography import euros, long_day
from typology.enums import COOPERATION, Question
from typology.models import Action, ActionType, BudgetLine, FicheOption, FicheSection, QuestionNote, RiskAssessment
from typology.models.actions import other_fiche
from typology.question_lists import AnswerList, lists_of

# Data of the action that one may correct under the question that they answer.
FIELDS: Mapping[str, tuple[str, ...]] = {
    Question.QUOI: ("fields",),
    Question.QUI: ("lead_service", "associated_services", "elected_portfolio", "economic_actors"),
    Question.OU: ("territory", "zone"),
    Question.QUAND: ("timing", "starts", "ends"),
    Question.COMMENT: ("agreement",),
    Question.COMBIEN: ("cost_estimate",),
    Question.POURQUOI: ("local_interest", "expected_result", "risk_waiver"),
}
_COOPERATION_ALONE = ("economic_actors", "risk_waiver")


@dataclass(frozen=True)
class Fact:
    """One datum of the action as text; empty when missing."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class Chosen:
    """A list with what is chosen in it."""

    list: AnswerList
    options: Sequence[FicheOption]


@dataclass(frozen=True)
class Part:
    """One question of the sheet."""

    question: Question
    section: FicheSection
    facts: Sequence[Fact]
    lists: Sequence[Chosen]
    note: str
    is_answered: bool
    url: str  # of its form

    @property
    def code(self) -> str:
        return str(self.question.value)

    @property
    def label(self) -> str:
        return str(self.question.label)

    @property
    def lacks(self) -> list[str]:
        """The headings of the lists left without an answer, of those that every action can answer."""
        return [row.list.heading for row in self.lists if row.list.needed and not row.options]

    @property
    def state(self) -> str:
        """For the stepper: complete, incomplete, not-started."""
        if not self.is_answered:
            return "not-started"
        return "incomplete" if self.lacks else "complete"

    @property
    def word(self) -> str:
        if not self.is_answered:
            return "Sans réponse"
        return "À préciser" if self.lacks else "Répondu"


@dataclass(frozen=True)
class Sheet:
    """All that the sheet of one action holds, read once; pages and checks query nothing more of it."""

    action: Action
    sections: Sequence[FicheSection]
    chosen: Sequence[FicheOption]
    notes: Mapping[str, str]
    lines: Sequence[BudgetLine]
    risks: Sequence[RiskAssessment]
    indicators: int

    @property
    def number(self) -> str:
        """« fiche 3 »."""
        return f"fiche {self.sections[0].fiche.number}" if self.sections else "fiche"

    def codes(self, group: str) -> set[str]:
        """The short codes chosen in a list: « filieres », « seul »…"""
        return {row.code.split(f"-{group.replace('_', '-')}-", 1)[1] for row in self.chosen if row.group == group}

    @cached_property
    def parts(self) -> list[Part]:
        """The seven questions, in the order of the fiche."""
        by_code = {section.code.rpartition("-")[2]: section for section in self.sections}
        return [self._part(question, by_code[question.value]) for question in Question if question.value in by_code]

    def part(self, question: str) -> Part:
        return next(part for part in self.parts if part.code == question)

    @property
    def answered(self) -> int:
        """How many of the seven are answered."""
        return sum(part.is_answered for part in self.parts)

    @property
    def gaps(self) -> list[Part]:
        """The questions that nothing answers."""
        return [part for part in self.parts if not part.is_answered]

    def _part(self, question: Question, section: FicheSection) -> Part:
        rows = [
            Chosen(row, [option for option in self.chosen if (option.question, option.group) == (question, row.group)])
            for row in lists_of(self.action.category.code, [question])
        ]
        note = self.notes.get(question.value, "")
        return Part(
            question=question,
            section=section,
            facts=_FACTS[question](self),
            lists=rows,
            note=note,
            is_answered=bool(note or any(row.options for row in rows) or _is_told(self, question)),
            url=question_url(self.action, question),
        )


def load(action: Action) -> Sheet:
    """The sheet of an action read by `for_detail()`, in six queries."""
    sections = FicheSection.objects.current().filter(fiche__category=action.category).select_related("fiche")
    notes = QuestionNote.objects.for_collectivity(action.collectivity).filter(action=action)
    return Sheet(
        action=action,
        sections=list(sections),
        # Of this fiche: a file that changed the type may have left answers of the former one.
        chosen=list(action.answers.of_category(action.category).order_by("order")),
        notes=dict(notes.values_list("question", "text")),
        lines=list(action.budget_lines.for_table()),
        risks=list(action.risks.for_table()),
        indicators=action.indicator_uses.count(),
    )


def question_url(action: Action, question: str) -> str:
    """The form of one question of an action."""
    return reverse("typology:action_question", args=[action.pk, str(question)])


def fields_of(sheet: Sheet, question: str) -> tuple[str, ...]:
    """The fields of the action that the form of a question shows; no reason for assessing no risk once one is."""
    action = sheet.action
    left: tuple[str, ...] = () if action.category.code == COOPERATION else _COOPERATION_ALONE
    if sheet.risks and not action.risk_waiver:
        left = (*left, "risk_waiver")
    return tuple(name for name in FIELDS[question] if name not in left)


# What answers a question without a choice nor a note ---------------------------------------
def _is_told(sheet: Sheet, question: Question) -> bool:
    action = sheet.action
    told: dict[Question, Any] = {
        Question.QUOI: False,
        Question.QUI: action.lead_service_id,
        Question.OU: action.territory_id or action.zone_id,
        Question.QUAND: action.starts,
        Question.COMMENT: action.agreement_id,
        Question.COMBIEN: action.cost_estimate is not None or sheet.lines,
        Question.POURQUOI: action.local_interest or action.expected_result,
    }
    return bool(told[question])


# Facts shown under each question ----------------------------------------------------------
def _names(rows: Iterable[Any]) -> str:
    return ", ".join(str(row) for row in rows)


def _what(sheet: Sheet) -> list[Fact]:
    action = sheet.action
    return [
        Fact("Type", action.type.label),
        Fact("Finalité", action.type.purpose.label),
        Fact("Champs économiques", _names(action.fields.all())),
    ]


def _who(sheet: Sheet) -> list[Fact]:
    action = sheet.action
    facts = [
        Fact("Service pilote", str(action.lead_service or "")),
        Fact("Services associés", _names(action.associated_services.all())),
        Fact("Élu référent", str(action.elected_portfolio or "")),
        Fact("Parties prenantes", _names(action.stakeholders.all())),
    ]
    if action.category.code == COOPERATION:
        facts.append(Fact("Acteurs économiques", "associés" if action.economic_actors else "non associés"))
    return facts


def _where(sheet: Sheet) -> list[Fact]:
    action = sheet.action
    territory = action.territory
    return [
        Fact("Territoire", territory.full_name if territory else "", territory.get_absolute_url() if territory else ""),
        Fact("Zone de la fiche", action.zone.full_label if action.zone else ""),
    ]


def _when(sheet: Sheet) -> list[Fact]:
    action = sheet.action
    return [
        Fact("Rythme", action.get_timing_display()),
        Fact("Début", long_day(action.starts) if action.starts else ""),
        Fact("Fin", long_day(action.ends) if action.ends else ""),
    ]


def _how(sheet: Sheet) -> list[Fact]:
    agreement = sheet.action.agreement
    return [Fact("Accord", str(agreement or ""), agreement.get_absolute_url() if agreement else "")]


def _how_much(sheet: Sheet) -> list[Fact]:
    known = [line.planned for line in sheet.lines if line.planned is not None]
    estimate = sheet.action.cost_estimate
    return [
        Fact("Coût total estimé", euros(estimate) if estimate is not None else ""),
        Fact("Budget prévu", euros(sum(known, Decimal(0))) if known else ""),
        Fact("Indicateurs suivis", str(sheet.indicators or "")),
    ]


def _why(sheet: Sheet) -> list[Fact]:
    action = sheet.action
    return [Fact("Intérêt local", action.local_interest), Fact("Résultat attendu", action.expected_result)]


_FACTS: Mapping[str, Any] = {
    Question.QUOI: _what,
    Question.QUI: _who,
    Question.OU: _where,
    Question.QUAND: _when,
    Question.COMMENT: _how,
    Question.COMBIEN: _how_much,
    Question.POURQUOI: _why,
}


# Writing ----------------------------------------------------------------------------------
def choices(action: Action, question: str) -> dict[str, list[FicheOption]]:
    """By list, what the fiche of the action offers to a question, and what was chosen before it was retired."""
    rows = FicheOption.objects.of_category(action.category).answers().filter(question=question)
    kept = set(action.answers.filter(question=question, retired=True).values_list("pk", flat=True))
    found: dict[str, list[FicheOption]] = {}
    for row in rows:
        if not row.retired or row.pk in kept:
            found.setdefault(row.group, []).append(row)
    return found


@transaction.atomic
def answer(action: Action, question: str, options: Iterable[FicheOption]) -> None:
    """Replace the choices of one question, and of that one alone.

    Raises ValidationError, in French, when a choice is not of this question, or is of another category's fiche.
    """
    rows = list(options)
    if foreign := action.foreign_answers(rows) or [row for row in rows if row.question != question]:
        raise ValidationError({"answers": other_fiche(foreign)})
    wanted = {row.pk for row in rows}
    held = set(action.answers.filter(question=question).values_list("pk", flat=True))
    action.answers.remove(*(held - wanted))
    action.answers.add(*(wanted - held))


def write_note(action: Action, question: str, text: str, author: User | None) -> None:
    """Keep, change or take away the note of one question; the history of the action says it."""
    notes = QuestionNote.objects.for_collectivity(action.collectivity).filter(action=action, question=question)
    before = notes.values_list("text", flat=True).first() or ""
    if text == before:
        return
    if text:
        QuestionNote.objects.update_or_create(
            collectivity=action.collectivity, action=action, question=question, defaults={"text": text}
        )
    else:
        notes.delete()
    label = f"précisions, {Question(question).label.lower()}"
    history.record_parts(instance=action, author=author, label=label, before=before, after=text)


def leave_zone(action: Action, kind: ActionType) -> list[str]:
    """Empty the zone of another fiche, before an action is saved with another type; its label when it leaves."""
    if not action.zone or action.zone.category_id == kind.purpose.category_id:
        return []
    label, action.zone = action.zone.label, None
    return [label]


def left_in_words(labels: Sequence[str]) -> str:
    """What a person is told of the answers that left with the former fiche."""
    return (
        "La catégorie de l’action a changé : les réponses de l’ancienne fiche ont été retirées "
        f"({', '.join(labels)}). L’historique les garde."
    )


def leave_answers(action: Action) -> list[str]:
    """Take away the answers of another fiche, once an action is saved with another type; their labels."""
    gone = action.foreign_answers(action.answers.select_related("section__fiche").order_by("order"))
    action.answers.remove(*gone)
    return [str(row) for row in gone]
