"""The money of actions in the API, for the members of their collectivité alone: a network never reads any of it."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from aict.accounts.filters import YearFilter
from partners.models import Stakeholder
from typology.aid_filters import AidFilter
from typology.enums import LineNature
from typology.models import Action, AidLine, BudgetLine, PublicPolicy


class FundedActionSerializer(serializers.ModelSerializer):
    """The action of an amount."""

    class Meta:
        model = Action
        fields = ["id", "title"]


class FirmSerializer(serializers.ModelSerializer):
    """The firm that receives an aid."""

    group = serializers.CharField(
        source="group.name", default=None, help_text="Groupe avec lequel elle forme une entreprise unique, ou nul."
    )

    class Meta:
        model = Stakeholder
        fields = ["id", "name", "siren", "group"]


class BearerSerializer(serializers.ModelSerializer):
    """A stakeholder that bears a cost, or for which it is borne."""

    class Meta:
        model = Stakeholder
        fields = ["id", "name"]


class BudgetLineSerializer(serializers.ModelSerializer):
    """A budget line, in euros; neither support actor nor stakeholder: the collectivité itself bears it."""

    action = FundedActionSerializer(help_text="Action de la ligne.")
    policy = serializers.CharField(source="policy.code", default=None, help_text="Code de la politique, ou nul.")
    funder = serializers.CharField(source="funder.code", default=None, help_text="Code de l’acteur d’appui, ou nul.")
    bearer = BearerSerializer(allow_null=True, help_text="Partie prenante qui supporte le coût, ou nul.")
    beneficiary = BearerSerializer(allow_null=True, help_text="Entreprise pour laquelle il est pris en charge, ou nul.")

    class Meta:
        model = BudgetLine
        fields = [
            "id",
            "action",
            "year",
            "label",
            "nature",
            "policy",
            "funder",
            "bearer",
            "beneficiary",
            "planned",
            "actual",
        ]
        extra_kwargs = {
            "year": {"help_text": "Année de la dépense."},
            "label": {"help_text": "Libellé."},
            "nature": {"help_text": "Action ou intervention en investissement."},
            "planned": {"help_text": "Montant prévu, en euros ; nul : inconnu."},
            "actual": {"help_text": "Montant réalisé, en euros ; nul : inconnu."},
        }


class AidLineSerializer(serializers.ModelSerializer):
    """An aid to a firm, in euros of gross grant equivalent."""

    firm = FirmSerializer(help_text="Entreprise aidée.")
    regime = serializers.CharField(source="regime.code", help_text="Code du régime.")
    regulation = serializers.CharField(source="regime.regulation", help_text="Texte du régime.")
    action = FundedActionSerializer(allow_null=True, help_text="Action de l’aide, ou nul.")
    declare_by = serializers.DateField(allow_null=True, help_text="Dernier jour pour la déclarer, ou nul.")

    class Meta:
        model = AidLine
        fields = [
            "id",
            "firm",
            "amount",
            "granted_on",
            "regime",
            "regulation",
            "measure",
            "action",
            "declare_by",
            "declared_on",
            "override_reason",
            "note",
        ]
        extra_kwargs = {
            "amount": {"help_text": "En euros d’équivalent-subvention brut."},
            "granted_on": {"help_text": "Date d’octroi."},
            "measure": {"help_text": "Ce qui est pris en charge."},
            "declared_on": {"help_text": "Date de la déclaration au registre national, ou nul."},
            "override_reason": {"help_text": "Motif écrit quand le cumul dépasse le plafond."},
            "note": {"help_text": "Remarques."},
        }


def _own_actions(request: Any) -> Any:
    access = getattr(request, "access", None)
    return Action.objects.for_collectivity(access.collectivity) if access else Action.objects.none()


class BudgetLineFilter(django_filters.FilterSet):
    """Budget lines of the members."""

    action = django_filters.ModelChoiceFilter(queryset=_own_actions, label="Action")
    year = YearFilter(label="Année")
    policy = django_filters.ModelChoiceFilter(
        queryset=PublicPolicy.objects.all(), to_field_name="code", label="Politique publique"
    )
    nature = django_filters.ChoiceFilter(choices=LineNature.choices, label="Nature")

    class Meta:
        model = BudgetLine
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(
        summary="Lignes de budget",
        description="Ce que chaque financeur prévoit et paie, par action et par année. Réservé aux membres.",
    ),
    retrieve=extend_schema(summary="Une ligne de budget"),
)
class BudgetLineViewSet(TenantViewSet):
    queryset = BudgetLine.objects.for_table().filter(action__deleted_at=None).select_related("action")
    serializer_class = BudgetLineSerializer
    filterset_class = BudgetLineFilter


@extend_schema_view(
    list=extend_schema(
        summary="Aides aux entreprises",
        description="Le registre des aides. Réservé aux membres de la collectivité : un réseau ne le lit jamais.",
    ),
    retrieve=extend_schema(summary="Une aide"),
)
class AidLineViewSet(TenantViewSet):
    queryset = AidLine.objects.for_ledger()
    serializer_class = AidLineSerializer
    filterset_class = AidFilter
