"""Forms of calls for projects and of applications (SYS-39)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone

from aict.accounts.register_forms import DatedForm, group_by
from aict.accounts.tenant_forms import TenantModelForm
from typology import applications
from typology.enums import ApplicationState
from typology.fields import name_when_many, propose_sdgs
from typology.models import FundingApplication, FundingCall


def _offer_schemes(form: TenantModelForm) -> None:
    scheme = form.fields["scheme"]
    scheme.queryset = scheme.queryset.order_by("order", "pk")
    scheme.label_from_instance = lambda row: f"{row.label} (remplacé ou clos)" if row.is_outdated else row.label
    scheme.empty_label = "Choisir"
    group_by(scheme, "kind")


class CallForm(DatedForm):
    """An edition of a scheme: when it opens and closes, what it funds."""

    class Meta(TenantModelForm.Meta):
        model = FundingCall
        fields = [
            "scheme",
            "title",
            "edition",
            "opens_on",
            "closes_on",
            "axes",
            "sdgs",
            "amount_max",
            "website",
            "note",
        ]
        help_texts = {
            "title": "Tel que le financeur l’écrit.",
            "closes_on": "Rappelée 60, 30, 15 et 7 jours avant à ceux qui suivent les actions.",
            "axes": "Un par ligne. Une candidature choisit alors l’un d’eux.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_schemes(self)
        propose_sdgs(self.fields["sdgs"])


class ApplicationForm(TenantModelForm):
    """What the collectivité asks, of which scheme, for which action. Its state moves by gestures of their own."""

    class Meta(TenantModelForm.Meta):
        model = FundingApplication
        fields = ["title", "scheme", "call", "axis", "action", "requested", "note"]
        help_texts = {
            "call": "Facultatif : certains dispositifs se demandent toute l’année.",
            "axis": "L’un des axes de l’appel, s’il en donne.",
            "action": "Celle que ce financement aiderait.",
            "requested": "En euros. 0 est une réponse : certains dispositifs n’apportent qu’une mise en relation.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_schemes(self)
        call, action = self.fields["call"], self.fields["action"]
        call.queryset = call.queryset.select_related("scheme").order_by("scheme__order", "-closes_on", "pk")
        call.label_from_instance = lambda row: f"{row.title} ({row.edition})" if row.edition else row.title
        call.empty_label, action.empty_label = "Aucun", "Aucune en particulier"
        action.queryset = action.queryset.order_by("title", "pk")
        name_when_many(self, "call", "action")


class MoveForm(DatedForm):
    """The step that an application takes: its day, and its amount where it has one."""

    class Meta(TenantModelForm.Meta):
        model = FundingApplication
        fields = ["filed_on", "requested", "decided_on", "granted", "paid_on", "paid"]

    def __init__(self, *args: Any, state: ApplicationState, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(applications.ASKED[state]):
            del self.fields[name]
        for name, field in self.fields.items():
            field.required = name != "requested"
        self.instance.state = state

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._refuse_future(cleaned, timezone.localdate())
        return cleaned

    def _refuse_future(self, cleaned: dict[str, Any], on: date) -> None:
        for name, value in list(cleaned.items()):
            if isinstance(value, date) and value > on:
                self.add_error(name, "Ce jour n’est pas encore venu : enregistrez cette étape une fois faite.")

    def _get_validation_exclusions(self) -> set[str]:
        # The dates and amounts of earlier steps are no fields here, and the rules compare with them.
        compared = {"state", *(name for names in applications.ASKED.values() for name in names)}
        return super()._get_validation_exclusions() - (compared - set(self.errors))

    def _update_errors(self, errors: Any) -> None:
        # The call may have changed its axes since: that is mended on the other form, and does not stop this step.
        told = errors.update_error_dict({})
        kept = {name: found for name, found in told.items() if name in self.fields or name == NON_FIELD_ERRORS}
        if kept:
            super()._update_errors(ValidationError(kept))

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save if the move is still allowed. Raises ValidationError when a colleague has moved it since."""
        stored = FundingApplication.objects.select_for_update().get(pk=self.instance.pk)
        applications.check_move(stored, self.instance.state)
        return super().save(commit)
