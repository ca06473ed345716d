"""Typed links between actions (product rule 8): what leads to, supports or follows what."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from aict.accounts.tenancy import TenantModel, TenantQuerySet
from typology.enums import ActionLinkKind
from typology.models.actions import Action


class ActionLinkQuerySet(TenantQuerySet):
    """Queries on links between actions."""

    def around(self, action: Action) -> Self:
        """Links from or to an action, towards actions that are not deleted."""
        mine = Q(source=action, target__deleted_at=None) | Q(target=action, source__deleted_at=None)
        return (
            self.filter(mine)
            .select_related("source__type__purpose__category", "target__type__purpose__category")
            .order_by("kind", "pk")
        )


class ActionLink(TenantModel):
    """`source` leads to, supports or follows `target`."""

    source = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="links", verbose_name="action")
    kind = models.CharField("lien", max_length=10, choices=ActionLinkKind.choices)
    target = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="back_links", verbose_name="action liée")
    note = models.CharField("précision", max_length=250, blank=True)

    objects = ActionLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien entre actions"
        verbose_name_plural = "liens entre actions"
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "source", "kind", "target"],
                name="action_link_once",
                violation_error_message="Ce lien est déjà enregistré.",
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")),
                name="action_link_not_to_itself",
                violation_error_message="Une action ne peut pas être liée à elle-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target}"

    def clean(self) -> None:
        """Two actions cannot each come after the other."""
        super().clean()
        if self.kind != ActionLinkKind.FOLLOWS or not self.source_id or not self.target_id:
            return
        mirror = ActionLink.objects.for_collectivity(self.collectivity).filter(
            kind=ActionLinkKind.FOLLOWS, source=self.target_id, target=self.source_id
        )
        if mirror.exclude(pk=self.pk).exists():
            raise ValidationError(
                f"« {self.target} » fait déjà suite à « {self.source} » : l’inverse ne peut pas l’être."
            )
