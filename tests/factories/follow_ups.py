"""Tasks and comments of actions: `TaskFactory(collectivity=c)` makes its action."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from typology.models import Comment, Task


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    action = factory.SubFactory("tests.factories.ActionFactory", collectivity=factory.SelfAttribute("..collectivity"))
    title = factory.Sequence(lambda n: f"Envoyer la lettre {n}")


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    action = factory.SubFactory("tests.factories.ActionFactory", collectivity=factory.SelfAttribute("..collectivity"))
    text = factory.Sequence(lambda n: f"Faut-il prévoir un interprète ? {n}")
