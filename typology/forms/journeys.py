"""Forms of the journeys of firms: one entry for several firms at once, then each entry by itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from aict.accounts.enums import Ability
from aict.accounts.register_forms import DatedForm
from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.fields import FoldedCheckboxes, RowsField
from partners.models import Stakeholder
from typology import journeys
from typology.enums import Stage
from typology.fields import LISTED
from typology.models import Participation


class ParticipationForm(DatedForm):
    """One entry of a firm's journey: the stage, the day, what was done. Its firm does not change."""

    class Meta(TenantModelForm.Meta):
        model = Participation
        fields = ["stage", "modality", "on", "event", "note"]
        labels = {"on": "Date"}
        help_texts = {
            "stage": "En amont : sensibilisation, information, formation, veille. Conception : stratégie, "
            "organisation, recrutement. Mise en œuvre : opérations à l’étranger.",
            "on": "Le jour, ou le premier jour, où l’entreprise a pris part.",
            "event": "Le salon, la mission ou la rencontre de cette action, s’il y en a un.",
            "note": "Formation suivie, stand partagé, diagnostic rendu… Pas de nom de personne : un poste suffit.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.fields["event"]
        event.queryset = event.queryset.filter(action=self.instance.action).for_list()
        event.empty_label = "Aucun en particulier"
        stage: Any = self.fields["stage"]
        stage.choices = [("", "Choisir un stade"), *Stage.choices]

    def _get_validation_exclusions(self) -> set[str]:
        # The same firm, stage and day once: checked although neither action nor firm is a field of this form.
        return super()._get_validation_exclusions() - {"action", "firm"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        on = cleaned.get("on")
        if on and (told := journeys.date_error(on, today=timezone.localdate())):
            self.add_error("on", told)
        return cleaned


class ParticipationsForm(ParticipationForm):
    """The same entry for every firm that took part: ticked in the register, or written one a line."""

    firms = RowsField(
        queryset=Stakeholder.objects.none(), label="Entreprises du registre", required=False, widget=FoldedCheckboxes
    )
    typed = forms.CharField(
        label="Autres entreprises",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Une par ligne : son nom au registre, son SIREN, ou « nom ; SIREN ».",
    )
    create_missing = forms.BooleanField(
        label="Ajouter au registre celles qui n’y sont pas",
        required=False,
        help_text="Leur fiche se complète ensuite, à la page des parties prenantes.",
    )

    field_order = ["firms", "typed", "create_missing", "stage", "modality", "on", "event", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["firms"]
        choices.queryset = choices.queryset.model.objects.for_collectivity(self.access.collectivity).firms()
        choices.queryset = choices.queryset.select_related("type").order_by("name", "pk")
        choices.label_from_instance = lambda row: f"{row.name}, SIREN {row.siren}" if row.siren else row.name
        if choices.queryset[: LISTED + 1].count() > LISTED:
            del self.fields["firms"]
            self.fields["typed"].label = "Entreprises"
        elif not choices.queryset:
            del self.fields["firms"]
        if not self.access.may(Ability.EDIT_STAKEHOLDERS):
            del self.fields["create_missing"]
        self.named = journeys.Named()

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"action", "firm"}  # each firm's entry is checked by `record`

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.named = journeys.read_names(self.instance.collectivity, cleaned.get("typed") or "")
        told = list(self.named.errors)
        if not cleaned.get("create_missing"):
            told += self._absent()
        if told:
            self.add_error("typed", ValidationError(told))
        count = len(self._chosen()) + len(self.named.missing)
        where = "firms" if "firms" in self.fields else "typed"
        if not count and "typed" not in self.errors:
            self.add_error(where, "Donnez au moins une entreprise.")
        elif count > journeys.AT_ONCE:
            self.add_error(where, f"{count} entreprises d’un coup, c’est trop : {journeys.AT_ONCE} au plus.")
        if error := journeys.modality_error(cleaned.get("modality", ""), count):
            self.add_error("modality", error)
        return cleaned

    def _absent(self) -> list[str]:
        told = [str(row) for row in self.named.missing[:20]]
        if len(self.named.missing) > 20:
            told.append(f"Et {len(self.named.missing) - 20} autres lignes.")
        if told and "create_missing" in self.fields:
            told.append("Corrigez ces lignes, ou cochez « Ajouter au registre celles qui n’y sont pas ».")
        return told

    def _chosen(self) -> list[Stakeholder]:
        ticked = self.cleaned_data.get("firms") or []
        return list({firm.pk: firm for firm in [*ticked, *self.named.firms]}.values())

    @transaction.atomic
    def save(self, commit: bool = True) -> journeys.Recorded:
        """Write the entry of each firm; those that the register lacks are added to it first."""
        author, data = self.access.user, self.cleaned_data
        added = journeys.create_missing(collectivity=self.instance.collectivity, named=self.named, author=author)
        return journeys.record(
            action=self.instance.action,
            firms=[*self._chosen(), *added],
            author=author,
            **{name: data[name] for name in ("stage", "modality", "on", "event", "note")},
        )
