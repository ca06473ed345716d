"""Actions and representation offices in the API: the querysets and the filters of the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from aict.accounts.key_pages import KeyPagination
from partners.api import PlaceSerializer, SharedPlaceSerializer
from typology.filters import ActionFilter, OfficeFilter, SharedActionFilter, SharedOfficeFilter
from typology.models import Action, Office, OfficeCost


class SharedActionSerializer(serializers.ModelSerializer):
    """An action, as a network sees it: what, where, when; no amount, no partner, no working note."""

    type = serializers.CharField(source="type.code", help_text="Code du type d’action, l’un des 27.")
    type_label = serializers.CharField(source="type.label", help_text="Libellé du type d’action.")
    purpose = serializers.CharField(source="type.purpose.code", help_text="Code de la finalité, déduite du type.")
    category = serializers.CharField(
        source="type.purpose.category.code", help_text="Code de la catégorie, déduite du type."
    )
    territory = SharedPlaceSerializer(allow_null=True)
    fields_of_activity: Any = serializers.SlugRelatedField(
        source="fields", slug_field="code", many=True, read_only=True, help_text="Codes des champs économiques."
    )
    sdgs: Any = serializers.SlugRelatedField(
        slug_field="number", many=True, read_only=True, help_text="Numéros des ODD."
    )

    class Meta:
        model = Action
        fields = [
            "id",
            "title",
            "type",
            "type_label",
            "purpose",
            "category",
            "territory",
            "status",
            "timing",
            "starts",
            "ends",
            "fields_of_activity",
            "sdgs",
            "economic_aim",
            "expected_result",
            "local_interest",
            "visibility",
        ]


class ActionSerializer(SharedActionSerializer):
    """An action, for the members of its collectivité."""

    territory = PlaceSerializer(allow_null=True)  # type: ignore[assignment]
    lead_service = serializers.CharField(source="lead_service.code", default=None, help_text="Code du service pilote.")
    agreement: Any = serializers.PrimaryKeyRelatedField(read_only=True, help_text="Numéro de l’accord.")
    office: Any = serializers.PrimaryKeyRelatedField(read_only=True, help_text="Numéro du bureau de représentation.")
    planned_total = serializers.DecimalField(
        max_digits=16, decimal_places=2, read_only=True, allow_null=True, help_text="Euros prévus, tous financeurs."
    )
    indicator_count = serializers.IntegerField(read_only=True, help_text="Nombre d’indicateurs suivis.")

    class Meta(SharedActionSerializer.Meta):
        fields = [
            *SharedActionSerializer.Meta.fields,
            "lead_service",
            "agreement",
            "office",
            "economic_actors",
            "planned_total",
            "indicator_count",
            "gate_override_reason",
            "source",
            "nature",
            "ref",
        ]


@extend_schema_view(
    list=extend_schema(
        summary="Actions",
        description="Les actions de la collectivité, de la plus récente à la plus ancienne. La finalité et la "
        "catégorie se déduisent du type. Les pages se suivent par « next », sans numéro ni total.",
    ),
    retrieve=extend_schema(summary="Une action"),
)
class ActionViewSet(TenantViewSet):
    queryset = Action.objects.for_list().with_budget().with_follow_up().prefetch_related("fields", "sdgs")
    serializer_class = ActionSerializer
    shared_serializer_class = SharedActionSerializer
    filterset_class = ActionFilter
    shared_filterset_class = SharedActionFilter
    pagination_class = KeyPagination


class SharedOfficeSerializer(serializers.ModelSerializer):
    """An office, as a network sees it: where and what for; neither its cost nor who hosts it."""

    country = serializers.CharField(source="country.code", help_text="Code ISO 3166-1 à deux lettres.")
    country_label = serializers.CharField(source="country.label", help_text="Nom du pays en français.")
    territory = SharedPlaceSerializer(allow_null=True, help_text="Territoire partenaire où il se trouve.")

    class Meta:
        model = Office
        fields = [
            "id",
            "name",
            "place",
            "country",
            "country_label",
            "territory",
            "role",
            "starts",
            "closed_on",
            "visibility",
        ]
        extra_kwargs = {
            "place": {"help_text": "Ville."},
            "starts": {"help_text": "Premier jour d’activité, s’il est connu."},
            "closed_on": {"help_text": "Dernier jour d’activité ; nul tant que le bureau est ouvert."},
        }


class OfficeCostSerializer(serializers.ModelSerializer):
    """What an office cost in a year, in euros."""

    class Meta:
        model = OfficeCost
        fields = ["year", "amount"]
        extra_kwargs = {"amount": {"help_text": "Euros."}}


class OfficeSerializer(SharedOfficeSerializer):
    """An office, for the members of its collectivité."""

    territory = PlaceSerializer(allow_null=True)  # type: ignore[assignment]
    host: Any = serializers.PrimaryKeyRelatedField(read_only=True, help_text="Numéro de la structure d’accueil.")
    costs = OfficeCostSerializer(many=True, help_text="Coûts connus, de la dernière année à la première.")
    cost_total = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="Euros, toutes les années connues."
    )
    action_count = serializers.IntegerField(help_text="Nombre d’actions rattachées.")

    class Meta(SharedOfficeSerializer.Meta):
        fields = [
            *SharedOfficeSerializer.Meta.fields,
            "host",
            "costs",
            "cost_total",
            "action_count",
            "source",
            "nature",
            "ref",
        ]


@extend_schema_view(
    list=extend_schema(
        summary="Bureaux de représentation",
        description="Les bureaux et antennes de la collectivité, à Bruxelles ou à l’étranger, ouverts ou fermés.",
    ),
    retrieve=extend_schema(summary="Un bureau de représentation"),
)
class OfficeViewSet(TenantViewSet):
    queryset = Office.objects.for_list().with_actions().with_costs().prefetch_related("costs")
    serializer_class = OfficeSerializer
    shared_serializer_class = SharedOfficeSerializer
    filterset_class = OfficeFilter
    shared_filterset_class = SharedOfficeFilter
