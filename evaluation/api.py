"""Measures and indicators in the API: the querysets and filters of the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import AccessViewSet, TenantViewSet
from aict.accounts.enums import Ability
from evaluation.filters import IndicatorFilter, MeasureFilter
from evaluation.models import Indicator, Measure
from partners.api import PlaceSerializer, SharedPlaceSerializer
from typology.models import Action


class CitedActionSerializer(serializers.ModelSerializer):
    """An action cited by a measure."""

    class Meta:
        model = Action
        fields = ["id", "title"]


class SharedCitedActionSerializer(CitedActionSerializer):
    """An action cited by a shared measure; null when the action itself is not shared."""

    def to_representation(self, action: Any) -> Any:
        return super().to_representation(action) if action.is_shared else None


class SharedMeasureSerializer(serializers.ModelSerializer):
    """A validated measure, as a network sees it: never who typed it, nor working notes."""

    indicator = serializers.CharField(source="indicator.code", help_text="Code de l’indicateur.")
    indicator_label = serializers.CharField(source="indicator.label", help_text="Libellé de l’indicateur.")
    territory = SharedPlaceSerializer(allow_null=True)
    action = SharedCitedActionSerializer(allow_null=True)

    class Meta:
        model = Measure
        fields = [
            "id",
            "indicator",
            "indicator_label",
            "year",
            "measured_on",
            "value",
            "unit",
            "scope",
            "territory",
            "action",
            "state",
            "visibility",
        ]


class MeasureSerializer(SharedMeasureSerializer):
    """A measure, for the members of its collectivité."""

    territory = PlaceSerializer(allow_null=True)  # type: ignore[assignment]
    action = CitedActionSerializer(allow_null=True)  # type: ignore[assignment]

    class Meta(SharedMeasureSerializer.Meta):
        fields = [*SharedMeasureSerializer.Meta.fields, "return_reason", "note", "source", "nature", "ref"]


@extend_schema_view(
    list=extend_schema(
        summary="Mesures",
        description="Les valeurs datées des indicateurs. Un réseau ne lit que les mesures validées et partagées.",
    ),
    retrieve=extend_schema(summary="Une mesure"),
)
class MeasureViewSet(TenantViewSet):
    queryset = Measure.objects.for_list().select_related("territory__country")
    serializer_class = MeasureSerializer
    shared_serializer_class = SharedMeasureSerializer
    filterset_class = shared_filterset_class = MeasureFilter  # reads only what is shown to both

    def get_queryset(self) -> QuerySet:
        rows = super().get_queryset()
        return rows if self.access.may(Ability.VIEW) else rows.validated()


class IndicatorSerializer(serializers.ModelSerializer):
    """An indicator of the guide: printed scores as text, unit, direction and bounds ours."""

    category = serializers.CharField(source="category.code", default=None, help_text="Code de la catégorie.")
    fiche = serializers.CharField(source="fiche.code", default=None, help_text="Code de la fiche.")

    class Meta:
        model = Indicator
        fields = [
            "code",
            "label",
            "table",
            "fiche",
            "category",
            "access_printed",
            "relevance_printed",
            "nature",
            "unit",
            "value_type",
            "direction",
            "period",
            "minimum",
            "maximum",
            "method",
            "caution",
            "off_by_default",
        ]


@extend_schema_view(
    list=extend_schema(
        summary="Indicateurs",
        description="Les indicateurs du guide, données de référence. Celui qui est masqué par défaut demande `hidden`.",
    ),
    retrieve=extend_schema(summary="Un indicateur"),
)
class IndicatorViewSet(AccessViewSet):
    """Reference data: the same for every member and network."""

    queryset = Indicator.objects.current().select_related("category", "fiche")
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """An indicator asked for by its code is shown, hidden by default or not."""
        return queryset if self.action == "retrieve" else super().filter_queryset(queryset)
