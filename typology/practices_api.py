"""Good practices in the API: what a collectivité shares, read by its networks with an allow-listed set of fields."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from partners.api import PlaceSerializer, SharedPlaceSerializer
from typology.journey_filters import PracticeFilter, SharedPracticeFilter
from typology.models import Practice


class SharedPracticeSerializer(serializers.ModelSerializer):
    """A good practice, as a network sees it: neither the action behind it nor the words of its source."""

    fiche = serializers.CharField(source="fiche.code", help_text="Code de la fiche pratique qu’elle illustre.")
    fiche_label = serializers.CharField(source="fiche.label", help_text="Libellé de la fiche pratique.")
    territory = SharedPlaceSerializer(allow_null=True, help_text="Territoire partenaire, ou nul.")
    is_verified = serializers.BooleanField(help_text="Faux : aucune source n’est donnée, « non vérifié ».")

    class Meta:
        model = Practice
        fields = [
            "id",
            "title",
            "fiche",
            "fiche_label",
            "holder",
            "place",
            "territory",
            "facts",
            "figures",
            "lesson",
            "is_verified",
            "visibility",
        ]
        extra_kwargs = {
            "holder": {"help_text": "Qui la porte."},
            "place": {"help_text": "Où elle a lieu."},
            "facts": {"help_text": "Faits, un par ligne."},
            "figures": {"help_text": "Chiffres, un par ligne."},
        }


class PracticeSerializer(SharedPracticeSerializer):
    """A good practice, for the members of its collectivité."""

    territory = PlaceSerializer(allow_null=True)  # type: ignore[assignment]
    action: Any = serializers.PrimaryKeyRelatedField(read_only=True, help_text="Numéro de l’action, ou nul.")

    class Meta(SharedPracticeSerializer.Meta):
        fields = [*SharedPracticeSerializer.Meta.fields, "action", "source", "nature", "ref"]


@extend_schema_view(
    list=extend_schema(
        summary="Bonnes pratiques",
        description="Les bonnes pratiques écrites par la collectivité. Sans source, elles sont « non vérifiées ».",
    ),
    retrieve=extend_schema(summary="Une bonne pratique"),
)
class PracticeViewSet(TenantViewSet):
    queryset = Practice.objects.for_list().select_related("territory__country")
    serializer_class = PracticeSerializer
    shared_serializer_class = SharedPracticeSerializer
    filterset_class = PracticeFilter
    shared_filterset_class = SharedPracticeFilter
