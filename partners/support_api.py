"""The actors of the support system in the API: reference data, with the filters of the directory."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import AccessViewSet
from partners.filters import ActorFilter
from partners.models import SupportActor


class SupportActorSerializer(serializers.ModelSerializer):
    """An actor as the source documents name it; local corrections belong to a collectivité and are not here."""

    stakeholder_type = serializers.CharField(
        source="stakeholder_type.code", default=None, help_text="Code du type de partie prenante."
    )
    names: Any = serializers.ListField(
        child=serializers.CharField(), help_text="Tous les noms imprimés, fautes comprises."
    )
    missions: Any = serializers.ListField(child=serializers.CharField(), help_text="Missions, reformulées.")
    categories: Any = serializers.ListField(child=serializers.CharField(), help_text="Codes des catégories d’action.")
    cited_in: Any = serializers.ListField(
        child=serializers.CharField(), help_text="Parties des documents qui le citent."
    )

    class Meta:
        model = SupportActor
        fields = [
            "code",
            "label",
            "acronym",
            "names",
            "kind",
            "stakeholder_type",
            "sector",
            "sector_is_certain",
            "location",
            "location_is_certain",
            "on_map",
            "map_label",
            "missions",
            "categories",
            "site_printed",
            "is_fixed_point",
            "today_status",
            "today",
            "today_is_checked",
            "cited_in",
        ]
        extra_kwargs = {
            "sector_is_certain": {"help_text": "Vrai si la prose le dit ; faux si nous le déduisons."},
            "location_is_certain": {"help_text": "Vrai si la prose le dit ; faux si nous le déduisons."},
            "site_printed": {"help_text": "Adresse telle qu’imprimée, non vérifiée, souvent périmée."},
            "today": {"help_text": "Ce que l’acteur est devenu : note de notre plume."},
            "today_is_checked": {"help_text": "Vrai si cette note a été vérifiée sur une page publique."},
        }


@extend_schema_view(
    list=extend_schema(
        summary="Acteurs d’appui",
        description="Les acteurs nommés par le guide et la note, données de référence, aux positions du guide.",
    ),
    retrieve=extend_schema(summary="Un acteur d’appui"),
)
class SupportActorViewSet(AccessViewSet):
    """Reference data: the same for every member and network."""

    queryset = SupportActor.objects.for_list().placed_for(None)
    serializer_class = SupportActorSerializer
    filterset_class = ActorFilter
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
