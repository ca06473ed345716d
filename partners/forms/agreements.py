"""The form of an agreement."""

from __future__ import annotations

from typing import Any

from aict.accounts.register_forms import SHARED_FIELDS, RegisterForm, Section
from partners.entry_rules import ASK_FOR_AMOUNT, NOT_A_PARTNER, agreement_errors
from partners.models import Agreement


class AgreementForm(RegisterForm):
    """An agreement: the mandatory facts of CGCT L.1115-1, the dates from which its state is computed."""

    SECTIONS = (
        Section("Avec qui, sous quelle forme", ("territory", "title", "form", "validity", "holder")),
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, error in agreement_errors(cleaned).items():
            self.add_error(name, error)
        return cleaned
