"""Actions in the API: the queryset and the filter of the page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from partners.api import PlaceSerializer, SharedPlaceSerializer
from typology.filters import ActionFilter, SharedActionFilter
from typology.models import Action


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
    planned_total = serializers.DecimalField(
        max_digits=16, decimal_places=2, read_only=True, allow_null=True, help_text="Euros prévus, tous financeurs."
    )
    indicator_count = serializers.IntegerField(read_only=True, help_text="Nombre d’indicateurs suivis.")

    class Meta(SharedActionSerializer.Meta):
        fields = [
            *SharedActionSerializer.Meta.fields,
            "lead_service",
            "agreement",
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
        description="Les actions de la collectivité. La finalité et la catégorie se déduisent du type.",
    ),
    retrieve=extend_schema(summary="Une action"),
)
class ActionViewSet(TenantViewSet):
    queryset = Action.objects.for_list().with_budget().with_follow_up().prefetch_related("fields", "sdgs")
    serializer_class = ActionSerializer
    shared_serializer_class = SharedActionSerializer
    filterset_class = ActionFilter
    shared_filterset_class = SharedActionFilter
