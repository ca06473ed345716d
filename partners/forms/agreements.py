"""The form of an agreement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from aict.accounts import history
from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section, group_by
from aict.accounts.tenancy import OTHER_TENANT
from aict.ui.fields import FoldedCheckboxes, RowsField
from partners.entry_rules import ASK_FOR_AMOUNT, NOT_A_PARTNER, agreement_errors
from partners.models import Agreement, AgreementParty, Stakeholder, Territory

PARTY_NAME = 200  # characters, as AgreementParty.name
MOST_NAMES = 50
MOST_CHOICES = 300  # a longer list helps nobody
SAME_PARTNER = "Choisissez un accord passé avec le même territoire, ou laissez vide."
ENDS_BEFORE_START = "La fin précède le début : corrigez l’une des deux dates."
ALREADY_FIRST = "« {} » est déjà le premier partenaire : décochez-le ici."


class AgreementForm(RegisterForm):
    """An agreement: the mandatory facts of CGCT L.1115-1, the dates from which its state is computed."""

    party_territories = RowsField(
        queryset=Territory.objects.none(), required=False, label="Autres territoires", widget=FoldedCheckboxes
    )
    party_stakeholders = RowsField(
        queryset=Stakeholder.objects.none(), required=False, label="Parties prenantes", widget=FoldedCheckboxes
    )
    party_names = forms.CharField(
        required=False,
        label="Autres organismes",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Un par ligne : un organisme qui n’est ni un territoire ni une partie prenante du registre.",
    )

    SECTIONS = (
        Section("Avec qui, sous quelle forme", ("territory", "title", "form", "validity", "holder", "predecessor")),
        Section(
            "Autres parties",
            ("party_territories", "party_stakeholders", "party_names"),
            "L’accord couvre chaque territoire qui en est partie, le premier comme les autres.",
            folded=True,
        ),
        Section("Objet et montant", ("object", "amount"), "Obligatoires dans tout accord (CGCT, art. L.1115-1)."),
        Section(
            "Décision et entrée en vigueur",
            ("deliberation_on", "transmitted_on", "signed_on", "signed_year"),
            "Un accord délibéré n’entre en vigueur qu’une fois transmis au préfet. L’état se calcule d’après ces "
            "dates, il ne se saisit pas.",
        ),
        Section(
            "Durée",
            ("starts", "ends", "review_on", "denounced_on"),
            "Un accord sans date de fin demande une date de révision.",
        ),
        Section(
            "Accord avec un État étranger",
            ("state_exception", "state_exception_reference"),
            "Interdit, sauf les cas de l’article L.1115-5 du CGCT. Laissez vide pour tout autre territoire.",
            folded=True,
        ),
    )

    class Meta(RegisterForm.Meta):
        model = Agreement
        fields = [
            "territory",
            "title",
            "form",
            "validity",
            "holder",
            "predecessor",
            "object",
            "amount",
            "deliberation_on",
            "transmitted_on",
            "signed_on",
            "signed_year",
            "starts",
            "ends",
            "review_on",
            "denounced_on",
            "state_exception",
            "state_exception_reference",
            *SHARED_FIELDS,
        ]
        help_texts = {"amount": "En euros. 0 est une réponse, vide n’en est pas une (CGCT, art. L.1115-1)."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territory = self.fields["territory"]
        territory.queryset = territory.queryset.abroad().for_list()
        territory.label_from_instance = lambda row: row.full_name
        territory.error_messages["invalid_choice"] = NOT_A_PARTNER
        self.fields["amount"].required = True
        self.fields["amount"].error_messages["required"] = ASK_FOR_AMOUNT
        self._offer_predecessors()
        self._offer_parties()

    def _offer_predecessors(self) -> None:
        """The agreements with the same partner, once it is known; all of them until then."""
        field = self.fields["predecessor"]
        rows = field.queryset.exclude(pk=self.instance.pk).select_related("territory")
        chosen = self.data.get("territory") if self.is_bound else self.initial.get("territory")
        number = str(chosen or "")
        if number.isdecimal() and len(number) < 19:
            rows = rows.covering(int(number))
        elif (rows := rows.filter(territory__deleted_at=None)).count() > MOST_CHOICES:
            rows = rows.none()
            field.help_text = "Enregistrez d’abord l’accord avec son territoire : ses accords seront proposés ici."
        field.queryset = rows.order_by("territory__name", "-starts", "pk")
        field.empty_label = "Aucun : c’est le premier"
        field.error_messages["invalid_choice"] = SAME_PARTNER
        group_by(field, "territory")

    def _offer_parties(self) -> None:
        parties = self._parties()
        territories, stakeholders = (
            {getattr(one, name) for one in parties} for name in ("territory_id", "stakeholder_id")
        )
        collectivity = self.access.collectivity
        one, two = self.fields["party_territories"], self.fields["party_stakeholders"]
        rows = Territory.objects.choosable(collectivity, Q(pk__in=territories - {None}))
        one.queryset = rows.abroad().for_list()
        one.label_from_instance = lambda row: row.full_name
        two.queryset = Stakeholder.objects.choosable(collectivity, Q(pk__in=stakeholders - {None})).order_by(
            "name", "pk"
        )
        one.error_messages["invalid_choice"] = NOT_A_PARTNER
        two.error_messages["invalid_choice"] = OTHER_TENANT
        if parties:
            self.initial.setdefault("party_territories", [pk for pk in territories if pk])
            self.initial.setdefault("party_stakeholders", [pk for pk in stakeholders if pk])
            self.initial.setdefault("party_names", "\n".join(party.name for party in parties if party.name))

    def _parties(self) -> list[AgreementParty]:
        rows = self.instance.parties.select_related("territory", "stakeholder") if self.instance.pk else ()
        return list(rows)

    def clean_party_names(self) -> list[str]:
        names = list(dict.fromkeys(" ".join(line.split()) for line in self.cleaned_data["party_names"].splitlines()))
        names = [name for name in names if name]
        if len(names) > MOST_NAMES:
            raise ValidationError(f"{len(names)} organismes : {MOST_NAMES} au plus.")
        for name in names:
            if len(name) > PARTY_NAME:
                raise ValidationError(f"« {name[:40]}… » a {len(name)} caractères : {PARTY_NAME} au plus.")
        if len({name.casefold() for name in names}) < len(names):
            raise ValidationError("Un organisme est nommé deux fois.")
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, error in agreement_errors(cleaned).items():
            self.add_error(name, error)
        first, others = cleaned.get("territory"), list(cleaned.get("party_territories") or ())
        self.instance.chosen_territories = others
        if first is not None and first in others:
            self.add_error("party_territories", ALREADY_FIRST.format(first))
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            # Beside the date; a field in error is left out of the constraint, which would say it at the top.
            self.add_error("ends", ENDS_BEFORE_START)
        return cleaned

    def sections(self) -> Iterator[tuple[Section, list[forms.BoundField], bool]]:
        """A folded section also stands open when it holds what somebody chose or wrote."""
        for section, fields, is_open in super().sections():
            yield section, fields, is_open or (section in self.SECTIONS and any(field.value() for field in fields))

    @transaction.atomic
    def save(self, commit: bool = True) -> Agreement:
        """Save the agreement, then make its other parties those that are chosen; the history tells both."""
        is_new = self.instance.pk is None
        agreement = super().save(commit)
        before = self._parties()
        wanted = [
            *({"territory": row} for row in self.cleaned_data["party_territories"]),
            *({"stakeholder": row} for row in self.cleaned_data["party_stakeholders"]),
            *({"name": name} for name in self.cleaned_data["party_names"]),
        ]
        kept = [one for one in before if self._facts(one) in wanted]
        AgreementParty.objects.filter(pk__in={one.pk for one in before} - {one.pk for one in kept}).delete()
        known = [self._facts(one) for one in kept]
        for facts in wanted:
            if facts not in known:
                AgreementParty.objects.create(collectivity=agreement.collectivity, agreement=agreement, **facts)
        if not is_new:
            told = {"before": _named(before), "after": _named(self._parties())}
            history.record_parts(instance=agreement, author=self.access.user, label="autres parties", **told)
        return agreement

    @staticmethod
    def _facts(party: AgreementParty) -> dict[str, Any]:
        """The one of the three that a party is."""
        facts = {"territory": party.territory, "stakeholder": party.stakeholder, "name": party.name}
        return {name: value for name, value in facts.items() if value}


def _named(parties: list[AgreementParty]) -> str:
    return ", ".join(sorted(str(party) for party in parties))
