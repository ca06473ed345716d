"""Geographic targets in the API, for the members of their collectivité alone: a network never reads them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from partners.api import PlaceSerializer
from typology.filters import TargetFilter
from typology.models import Target


class TargetSerializer(serializers.ModelSerializer):
    """Where a mode of action aims, and why; neither territory nor country: the whole zone."""

    category = serializers.CharField(source="category.code", help_text="Code du mode, l’une des trois catégories.")
    zone = serializers.CharField(source="zone.code", help_text="Code de la zone, précédé de celui de sa fiche.")
    zone_label = serializers.CharField(source="zone.label", help_text="Libellé imprimé de la zone.")
    territory = PlaceSerializer(allow_null=True, help_text="Territoire précis, ou nul.")
    country = serializers.CharField(
        source="country.code", default=None, help_text="Pays visé en entier (ISO 3166-1 à deux lettres), ou nul."
    )

    class Meta:
        model = Target
        fields = ["id", "category", "zone", "zone_label", "territory", "country", "reason", "note"]
        extra_kwargs = {
            "reason": {"help_text": "Pourquoi ce lieu : marché, partenaire, réseau ou propre territoire."},
            "note": {"help_text": "Précision libre."},
        }


@extend_schema_view(
    list=extend_schema(
        summary="Cibles géographiques",
        description="Où vise chaque mode d’action, et pourquoi. Réservé aux membres de la collectivité.",
    ),
    retrieve=extend_schema(summary="Une cible géographique"),
)
class TargetViewSet(TenantViewSet):
    queryset = Target.objects.for_list()
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
