"""Form of the tasks and milestones of an action."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from aict.accounts.enums import Ability
from aict.accounts.register_forms import DatedForm
from aict.accounts.tenant_forms import TenantModelForm
from typology import tasks
from typology.models import Task

FURTHEST = 20  # years: nobody plans a task beyond, a date after that is a slip of the keyboard


class TaskForm(DatedForm):
    """What is to be done for an action, by when, by whom."""

    class Meta(TenantModelForm.Meta):
        model = Task
        fields = ["title", "due_on", "owner", "event", "is_milestone"]
        help_texts = {
            "title": "Un verbe d’abord : envoyer, réserver, relancer.",
            "due_on": "Un rappel part sept jours avant, la veille, puis en cas de retard.",
            "owner": "Prévenu·e dans l’outil et par le résumé du jour.",
            "is_milestone": "Une étape clé paraît sur la frise de l’action ; son retard est dit à tous les services.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner, event = self.fields["owner"], self.fields["event"]
        able = Q(pk__in=owner.queryset.able_to(Ability.EDIT_ACTIONS).values("pk"))
        owner.queryset = (
            owner.queryset.filter(able | Q(pk=self.instance.owner_id)).select_related("user").order_by("user__label")
        )
        owner.empty_label = "Personne pour l’instant"
        event.queryset = event.queryset.filter(action=self.instance.action_id)
        event.empty_label = "L’action entière"
        if not event.queryset.exists():
            del self.fields["event"]

    def clean_due_on(self) -> Any:
        due = self.cleaned_data["due_on"]
        furthest = timezone.localdate() + timedelta(days=366 * FURTHEST)
        if due and due > furthest and due != self.instance.due_on:
            raise ValidationError(
                f"Le {due:%d/%m/%Y} est à plus de {FURTHEST} ans : vérifiez l’année, ou laissez la date vide."
            )
        return due

    def save(self, commit: bool = True) -> Any:
        """Save, then tell the new owner."""
        task = super().save(commit)
        if commit and task.owner_id and task.owner_id != self._loaded["owner_id"]:
            tasks.tell_owner(task=task, author=self.access.user)
        return task
