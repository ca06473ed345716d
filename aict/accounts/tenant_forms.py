"""The base of every form that writes a tenant's data: narrowed choices, tenant check, history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import Q

from aict.accounts import history
from aict.accounts.access import Access
from aict.accounts.reference import ReferenceModel
from aict.accounts.tenancy import OTHER_TENANT, RegisterModel, TenantModel
from aict.ui.fields import french_formfield, in_our_words


class TenantModelForm(forms.ModelForm):
    """A model form for one collectivité. Subclasses write `class Meta(TenantModelForm.Meta)`."""

    class Meta:
        formfield_callback = french_formfield

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access = access
        if self.instance.pk is None:
            self.instance.collectivity = access.collectivity
        self._before = history.state_of(self.instance) if self.is_bound else {}
        self._loaded = {field.attname: getattr(self.instance, field.attname) for field in self._columns}
        for name, field in self.fields.items():
            in_our_words(field)  # those that the form declares itself
            self._narrow(name, field)

    def _narrow(self, name: str, field: forms.Field) -> None:
        """The leak everyone forgets: a choice list shows this collectivité's rows only.

        A row already cited stays a choice though deleted or retired since: saving never drops it unseen.
        """
        if not isinstance(field, forms.ModelChoiceField):
            return
        field.error_messages["invalid_choice"] = OTHER_TENANT
        model = field.queryset.model
        if issubclass(model, RegisterModel):
            field.queryset = model.objects.choosable(self.access.collectivity, self._cited(name))
        elif issubclass(model, TenantModel):
            field.queryset = model.objects.for_collectivity(self.access.collectivity)
        elif issubclass(model, ReferenceModel):
            field.queryset = model.objects.filter(Q(retired=False) | self._cited(name))

    def _cited(self, name: str) -> Q:
        """The rows that a field of the saved row already cites."""
        if self.instance.pk is None or name not in {field.name for field in self.instance._meta.get_fields()}:
            return Q(pk__in=[])
        if self.instance._meta.get_field(name).many_to_many:
            return Q(pk__in=getattr(self.instance, name).values("pk"))
        return Q(pk=getattr(self.instance, f"{name}_id"))

    def _get_validation_exclusions(self) -> set[str]:
        # Uniqueness inside the collectivité is checked although no form shows that field.
        return super()._get_validation_exclusions() - {"collectivity"}

    def _update_errors(self, errors: ValidationError) -> None:
        """What is refused already is not judged a second time by the model, which has not seen what was typed."""
        if hasattr(errors, "error_dict"):
            known = set(self.errors) - {NON_FIELD_ERRORS}
            errors = ValidationError({name: told for name, told in errors.error_dict.items() if name not in known})
        super()._update_errors(errors)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            rows = value if isinstance(self.fields.get(name), forms.ModelMultipleChoiceField) else [value]
            if any(
                isinstance(row, TenantModel) and row.collectivity_id != self.instance.collectivity_id for row in rows
            ):
                self.add_error(name, ValidationError(OTHER_TENANT))
        return cleaned

    @property
    def _columns(self) -> list[models.Field]:
        return [field for field in self.instance._meta.concrete_fields if not field.primary_key]

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save and write one history row.

        Of a row that exists, only the columns that changed are written: a form opened before a colleague
        adopted, deleted or validated the row does not undo it.
        """
        if self.instance.pk is None or not commit or self.errors:
            instance = super().save(commit)
        else:
            instance = self.instance
            names = {f.name for f in self._columns if getattr(instance, f.attname) != self._loaded[f.attname]}
            instance.save(update_fields=[*names, "updated_at"])
            self._save_m2m()
        if commit:
            history.record(instance=instance, author=self.access.user, before=self._before)
        return instance
