"""What remains to be done on an action, and what is said about it."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aict.accounts.models import Membership
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from typology.models.actions import Action
from typology.models.events import Event


class TaskQuerySet(TenantQuerySet):
    """Queries on tasks and milestones."""

    def for_list(self) -> Self:
        """To do first, the most pressing first, those without a date last; with what a row shows."""
        return self.select_related("action", "event", "owner__user").order_by(
            F("done_on").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk"
        )

    def to_do(self) -> Self:
        """Neither done nor of a deleted action."""
        return self.live().filter(done_on=None)

    def live(self) -> Self:
        """Of actions that are not deleted."""
        return self.filter(action__deleted_at=None)

    def late(self, on: date) -> Self:
        """To do, and due before a date."""
        return self.to_do().filter(due_on__lt=on)

    def matching(self, words: str) -> Self:
        """Whose title, or that of the action, holds the words."""
        return self.filter(Q(title__icontains=words) | Q(action__title__icontains=words))


class Task(TenantModel):
    """Something to do by a day, by somebody; a milestone is a step of the action that everybody watches."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="tasks", verbose_name="action")
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name="évènement"
    )
    title = models.CharField("à faire", max_length=200)
    due_on = models.DateField("échéance", null=True, blank=True)
    owner = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name="responsable"
    )
    is_milestone = models.BooleanField("étape clé de l’action", default=False)
    done_on = models.DateField("fait le", null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "tâche"
        verbose_name_plural = "tâches"
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["collectivity", "done_on", "due_on"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('typology:action_follow_up', args=[self.action_id])}#tache-{self.pk}"


class CommentQuerySet(TenantQuerySet):
    """Queries on comments."""

    def for_thread(self) -> Self:
        """The latest first, with what a comment shows."""
        rows = self.select_related("author", "resolved_by").prefetch_related("mentions__user")
        return rows.order_by("-created_at", "-pk")

    def open(self) -> Self:
        """Not resolved yet."""
        return self.filter(resolved_at=None)


class Comment(TenantModel):
    """What a member says on an action; those mentioned are told, and somebody may close it."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="comments", verbose_name="action")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="auteur"
    )
    text = models.TextField("commentaire", max_length=4000)
    mentions = models.ManyToManyField(Membership, blank=True, related_name="+", verbose_name="à prévenir")
    resolved_at = models.DateTimeField("résolu le", null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="résolu par",
        editable=False,
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "commentaire"
        verbose_name_plural = "commentaires"
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return f"{reverse('typology:action_follow_up', args=[self.action_id])}#commentaire-{self.pk}"
