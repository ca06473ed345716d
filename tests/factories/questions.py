"""What the sheet of an action says question by question, for tests."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from typology.models import Action, ActionType, FicheOption, QuestionNote, RiskAssessment


class CooperationFactory(DjangoModelFactory):
    """A cooperation, with firms."""

    class Meta:
        model = Action

    title = factory.Sequence(lambda n: f"Coopération {n}")
    type = factory.LazyFunction(lambda: ActionType.objects.filter(purpose__category__code="cooperation").first())


class QuestionNoteFactory(DjangoModelFactory):
    class Meta:
        model = QuestionNote

    action = factory.SubFactory(CooperationFactory, collectivity=factory.SelfAttribute("..collectivity"))
    question = "pourquoi"
    text = "Ce que les listes ne disent pas."


class RiskAssessmentFactory(DjangoModelFactory):
    class Meta:
        model = RiskAssessment

    action = factory.SubFactory(CooperationFactory, collectivity=factory.SelfAttribute("..collectivity"))
    risk = factory.LazyFunction(lambda: FicheOption.objects.risks().get(code__endswith="-delocalisation"))
    side = "economie"
    level = "moyen"
    mitigation = "Une clause de maintien de l’activité."
