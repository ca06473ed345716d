"""Form of the budget lines of actions, with the aid that a line may make."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from aict.accounts import registers
from aict.accounts.tenant_forms import TenantModelForm
from typology import aid_ledger
from typology.fields import name_when_many
from typology.forms.aids import AidTermsForm
from typology.models import BudgetLine

LEAVES = "sans-aide"  # what the page sends back once it has told that the aid leaves the ledger


class BudgetLineForm(TenantModelForm):
    """What one funder plans and pays for an action in a year; `aid`: the terms of the aid, when it is one (SYS-20)."""

    class Meta(TenantModelForm.Meta):
        model = BudgetLine
        fields = ["year", "label", "planned", "actual", "nature", "policy", "funder", "bearer", "beneficiary"]
        labels = {"funder": "Financeur parmi les acteurs d’appui"}
        help_texts = {
            "planned": "En euros. 0 est une réponse : le temps des agents, par exemple.",
            "actual": "En euros. Laissez vide tant que le montant payé n’est pas connu.",
            "label": "Subvention, adhésion, déplacement… ou le nom d’un financeur absent de la liste.",
            "nature": "Un investissement demande un financeur national ou international.",
            "policy": "Les fonctions de la nomenclature M57.",
            "funder": "État, Région, Business France, Union européenne…",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["funder"].empty_label = self.fields["bearer"].empty_label = "La collectivité elle-même"
        self.fields["policy"].empty_label = "À rattacher"
        self.fields["nature"].required = False
        self.fields["nature"].needed = True
        beneficiary = self.fields["beneficiary"]
        beneficiary.empty_label = "Aucune entreprise en particulier"
        beneficiary.queryset = beneficiary.queryset.firms().select_related("type").order_by("name")
        self.fields["bearer"].queryset = self.fields["bearer"].queryset.order_by("name")
        name_when_many(self, "bearer", "beneficiary")
        sent = self.data if self.is_bound else None
        self.aid = AidTermsForm(sent, instance=aid_ledger.aid_of(self.instance), access=self.access, prefix="aid")
        self.aid.fields["measure"].required = False
        self.aid.fields[
            "measure"
        ].help_text = "Ce qui est pris en charge, pour l’attestation. Vide : le libellé de la ligne."
        if not self.is_bound and self.instance.beneficiary_id is None:  # once a firm is chosen, the server asks
            self.aid.fields["granted_on"].required = self.aid.fields["regime"].required = False
        self.told_to_leave = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["nature"] = cleaned.get("nature") or BudgetLine._meta.get_field("nature").default
        if {"planned", "actual"} <= cleaned.keys() and cleaned["planned"] is None and cleaned["actual"] is None:
            raise ValidationError("Donnez au moins un montant, prévu ou réalisé : 0 est une réponse.")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.instance.makes_aid:
            for field in self.aid.fields.values():
                field.required = False
        if not self.errors and (twin := self.instance.twin()):
            self.add_error(
                None,
                f"Cette ligne existe déjà : {twin.year}, {twin.funder_name}, même libellé, même montant. Changez-en le "
                "libellé si ce sont bien deux dépenses.",
            )

    def is_read(self) -> bool:
        """Whether the line may be saved: valid, and what it changes in the ledger of aids has been read.

        Call it in a transaction: the single undertaking is locked until its end.
        """
        if not self.is_valid():
            if self.instance.makes_aid:
                self.aid.is_valid()  # one reading tells what is wrong in both
            return False
        if not self.instance.makes_aid:
            self.told_to_leave = self.aid.instance.pk is not None
            was_told = self.data.get("aid-seen") == LEAVES
            return was_told or not self.told_to_leave
        self._put_in_step()
        if not self.aid.is_valid():
            return False
        aid_ledger.lock(self.aid.instance.firm)
        return self.aid.is_read()

    def _put_in_step(self) -> None:
        """The aid is that of the line as it is now typed; without words of its own, it takes those of the line."""
        line, aid = self.instance, self.aid
        aid_ledger.follow(line, aid.instance)
        if not aid.data.get("aid-measure", "").strip():
            sent: Any = aid.data.copy()
            sent["aid-measure"] = line.label or line.action.title[:200]
            aid.data = sent

    def save(self, commit: bool = True) -> Any:
        """Save the line and keep its aid in step: written, changed or removed. Call it in a transaction."""
        line = super().save(commit)
        if line.makes_aid and self.aid.is_bound:
            self.aid.instance.budget_line = line
            self.aid.save()
        elif self.aid.instance.pk:
            registers.remove(row=self.aid.instance, author=self.access.user)
        return line
