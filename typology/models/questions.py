"""What the sheet of an action says question by question (SYS-10), and the risks of a cooperation (SYS-25)."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from partners.models.territories import COOPERATION
from typology.enums import Question, RiskLevel, RiskSide
from typology.models.actions import Action
from typology.models.nomenclatures import FicheOption


class QuestionNote(TenantModel):
    """What is said in one's own words under one of the seven questions."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="notes", verbose_name="action")
    question = models.CharField("question", max_length=10, choices=Question.choices)
    text = models.TextField("précisions", max_length=4000)

    class Meta:
        verbose_name = "précision d’une action"
        verbose_name_plural = "précisions d’une action"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "action", "question"],
                name="question_note_once",
                violation_error_message="Cette question a déjà ses précisions.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_question_display()} : {self.text[:80]}"


class RiskAssessmentQuerySet(TenantQuerySet):
    """Queries on assessed risks."""

    def for_table(self) -> Self:
        return self.select_related("risk").order_by("risk__order", "pk")


class RiskAssessment(TenantModel):
    """A fear of the guide's fiche 3, how strong it is for this cooperation, and what is done about it."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="risks", verbose_name="action")
    risk = models.ForeignKey(FicheOption, on_delete=models.PROTECT, related_name="+", verbose_name="risque")
    side = models.CharField("qui le redoute", max_length=12, choices=RiskSide.choices, default=RiskSide.BOTH)
    level = models.CharField("niveau", max_length=8, choices=RiskLevel.choices)
    mitigation = models.TextField("ce qui est fait pour l’éviter", blank=True, max_length=2000)

    objects = RiskAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "risque évalué"
        verbose_name_plural = "risques évalués"
        ordering = ["risk__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "action", "risk"],
                name="risk_once_per_action",
                violation_error_message="Ce risque est déjà évalué pour cette action : modifiez son évaluation.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk} ({self.get_level_display().lower()})"

    @property
    def level_kind(self) -> str:
        """What the `status` tag draws its level with."""
        return {RiskLevel.LOW: "info", RiskLevel.MEDIUM: "warn", RiskLevel.HIGH: "danger"}[RiskLevel(self.level)]

    def clean(self) -> None:
        """A fear of fiche 3, for a cooperation."""
        super().clean()
        if self.risk_id and self.risk.group != FicheOption.RISKS:
            raise ValidationError({"risk": "Ce choix n’est pas un risque de la fiche 3 : prenez-en un dans sa liste."})
        if self.action_id and self.action.category.code != COOPERATION:
            raise ValidationError("Ces risques sont ceux d’une coopération : cette action est d’une autre catégorie.")
