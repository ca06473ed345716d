"""Tenancy: the base of every model that belongs to a collectivité, closed by default.

A query starts with `Model.objects.for_collectivity(c)`; a write is refused when it would join
objects of two collectivités. tests/test_consistency.py fails on a model that is neither a
TenantModel nor declared reference data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models

from aict.accounts.enums import Ability, Fate, SourceNature, Visibility

if TYPE_CHECKING:
    from aict.accounts.access import Access
    from aict.accounts.models import Collectivity

SHARED = (Visibility.NETWORK, Visibility.PUBLIC)  # what a partner network may read
OTHER_TENANT = "Cet élément n’existe pas dans votre collectivité."


class TenantQuerySet(models.QuerySet):
    """Queries of one collectivité."""

    def for_collectivity(self, collectivity: Collectivity | None) -> Self:
        """Rows of this collectivité; none at all when it is None."""
        return self.none() if collectivity is None else self.filter(collectivity=collectivity)


class TenantModel(models.Model):
    """A row that belongs to one collectivité and may only point at rows of the same one."""

    collectivity = models.ForeignKey(
        "accounts.Collectivity", on_delete=models.CASCADE, related_name="+", verbose_name="collectivité"
    )
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if errors := self._foreign_pointers():
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if errors := self._foreign_pointers():
            raise ValidationError(errors)
        super().save(*args, **kwargs)

    def fate_of_mention(self, named: set[str]) -> Fate:
        """What erasing a person does to this row, which names that person in the fields `named`."""
        return Fate.REDACT

    def set_related(self, name: str, rows: Iterable[models.Model]) -> None:
        """Replace a many-to-many, refusing rows of another collectivité.

        Raises ValidationError naming the field when a row belongs to another collectivité.
        """
        rows = list(rows)
        if any(isinstance(row, TenantModel) and row.collectivity_id != self.collectivity_id for row in rows):
            raise ValidationError({name: OTHER_TENANT})
        getattr(self, name).set(rows)

    def _foreign_pointers(self) -> dict[str, str]:
        errors = {}
        for field in self._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or not issubclass(field.related_model, TenantModel):
                continue
            if getattr(self, field.attname) is None:
                continue
            if getattr(self, field.name).collectivity_id != self.collectivity_id:
                errors[field.name] = OTHER_TENANT
        return errors


class RegisterQuerySet(TenantQuerySet):
    """Rows of a register: deleting is a state, so that what cites them stays readable."""

    def for_collectivity(self, collectivity: Collectivity | None) -> Self:
        """Rows of this collectivité that are not deleted."""
        return super().for_collectivity(collectivity).filter(deleted_at=None)

    def deleted_of(self, collectivity: Collectivity | None) -> Self:
        """Deleted rows of this collectivité, that can be restored."""
        return super().for_collectivity(collectivity).exclude(deleted_at=None)

    def with_deleted_of(self, collectivity: Collectivity | None) -> Self:
        """Rows of this collectivité, deleted or not: a page cited elsewhere stays readable."""
        return super().for_collectivity(collectivity)

    def choosable(self, collectivity: Collectivity | None, keep: models.Q) -> Self:
        """Live rows to choose from, plus those already chosen (`keep`): saving a form never drops a deleted one."""
        return self.with_deleted_of(collectivity).filter(models.Q(deleted_at=None) | keep)

    def visible_to(self, access: Access) -> Self:
        """Everything for a member who may view; for a partner network, only what is shared."""
        rows = self.for_collectivity(access.collectivity)
        if access.may(Ability.VIEW):
            return rows
        if access.may(Ability.VIEW_SHARED):
            return rows.filter(visibility__in=SHARED)
        return rows.none()


class RegisterModel(TenantModel):
    """A row of a register (partners, agreements, actions…): shared or not, soft deletion, known source."""

    ref = models.SlugField(
        "référence", max_length=80, blank=True, help_text="Clé de l’import ; laissez vide si vous saisissez ici."
    )
    visibility = models.CharField("visibilité", max_length=10, choices=Visibility.choices, default=Visibility.INTERNAL)
    nature = models.CharField("nature", max_length=10, choices=SourceNature.choices, blank=True)
    source = models.TextField("source", blank=True, max_length=2000)
    assumed = models.JSONField("champs supposés", default=list, blank=True)
    deleted_at = models.DateTimeField("supprimé le", null=True, blank=True, editable=False)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "ref"],
                condition=~models.Q(ref=""),
                name="%(app_label)s_%(class)s_ref_once",
                violation_error_message="Cette référence est déjà prise dans votre collectivité.",
            )
        ]

    @property
    def is_shared(self) -> bool:
        """Whether a partner network may read this row; the twin of `visible_to` for a row cited by another."""
        return self.visibility in SHARED and self.deleted_at is None
