"""Local roles in the API, for the members of their collectivité alone: a network never reads them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from partners.api import PlaceSerializer
from partners.models import Stakeholder
from typology.filters import LocalRoleFilter
from typology.models import LocalRole


class CitedStakeholderSerializer(serializers.ModelSerializer):
    """A stakeholder cited by a role."""

    class Meta:
        model = Stakeholder
        fields = ["id", "name"]


class LocalRoleSerializer(serializers.ModelSerializer):
    """Who does one type of action, where, in which year; neither actor nor stakeholder: the collectivité itself."""

    type = serializers.CharField(source="type.code", help_text="Code du type d’action, l’un des 27.")
    type_label = serializers.CharField(source="type.label", help_text="Libellé du type d’action.")
    category = serializers.CharField(
        source="type.purpose.category.code", help_text="Code de la catégorie, déduite du type."
    )
    territory = PlaceSerializer(allow_null=True, help_text="Nul : le rôle vaut pour tous les territoires.")
    actor = serializers.CharField(source="actor.code", default=None, help_text="Code de l’acteur d’appui, ou nul.")
    stakeholder = CitedStakeholderSerializer(allow_null=True, help_text="Partie prenante du registre, ou nul.")

    class Meta:
        model = LocalRole
        fields = ["id", "year", "territory", "type", "type_label", "category", "actor", "stakeholder", "note"]
        extra_kwargs = {"note": {"help_text": "Précision libre."}}


@extend_schema_view(
    list=extend_schema(
        summary="Rôles locaux",
        description="Qui fait quoi, par territoire et par année. Réservé aux membres de la collectivité.",
    ),
    retrieve=extend_schema(summary="Un rôle local"),
)
class LocalRoleViewSet(TenantViewSet):
    queryset = (
        LocalRole.objects.for_matrix()
        .select_related("type__purpose__category", "territory__country", "actor", "stakeholder")
        .order_by("-year", "type__order", "pk")
    )
    serializer_class = LocalRoleSerializer
    filterset_class = LocalRoleFilter
