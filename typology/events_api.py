"""Events in the API: what a network is shown says when and where, never who came nor who met whom."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from partners.api import PlaceSerializer
from typology.event_filters import EventFilter, SharedEventFilter
from typology.models import Event, StandShare


class SharedEventSerializer(serializers.ModelSerializer):
    """An event, as a network sees it."""

    country = serializers.CharField(
        source="country.code",
        default=None,
        allow_null=True,
        help_text="Code ISO 3166-1, s’il est connu.",
    )
    country_label = serializers.CharField(
        source="country.label", default=None, allow_null=True, help_text="Nom du pays en français."
    )

    class Meta:
        model = Event
        fields = ["id", "title", "kind", "starts", "ends", "place", "country", "country_label", "visibility"]
        extra_kwargs = {
            "ends": {"help_text": "Dernier jour ; nul quand l’évènement dure un jour."},
            "place": {"help_text": "Ville, salon ou site."},
        }


class StandShareSerializer(serializers.ModelSerializer):
    """The part of a stand that one body bears."""

    holder = serializers.CharField(help_text="Qui porte cette part.")

    class Meta:
        model = StandShare
        fields = ["holder", "percent"]
        extra_kwargs = {"percent": {"help_text": "Part en pourcentage ; la somme des parts fait 100."}}


class EventSerializer(SharedEventSerializer):
    """An event, for the members of its collectivité."""

    action: Any = serializers.PrimaryKeyRelatedField(read_only=True, help_text="Numéro de l’action.")
    territory = PlaceSerializer(allow_null=True, help_text="Territoire partenaire.")
    services: Any = serializers.SlugRelatedField(
        slug_field="code", many=True, read_only=True, help_text="Codes des services chargés."
    )
    shares = StandShareSerializer(many=True, help_text="Parts du stand, la plus grande d’abord.")
    firm_count = serializers.IntegerField(allow_null=True, help_text="Entreprises participantes ; nul si aucune.")
    appointment_count = serializers.IntegerField(
        allow_null=True, help_text="Rendez-vous prévus ou tenus ; nul si aucun."
    )
    guest_total = serializers.IntegerField(allow_null=True, help_text="Personnes invitées ; nul si aucune.")

    class Meta(SharedEventSerializer.Meta):
        fields = [
            *SharedEventSerializer.Meta.fields,
            "action",
            "territory",
            "services",
            "attendees",
            "stand_mode",
            "shares",
            "firm_count",
            "appointment_count",
            "guest_total",
            "objectives",
            "outcome",
            "source",
            "nature",
            "ref",
        ]


@extend_schema_view(
    list=extend_schema(
        summary="Évènements",
        description="Les missions, salons, stands, forums et délégations des actions de la collectivité.",
    ),
    retrieve=extend_schema(summary="Un évènement"),
)
class EventViewSet(TenantViewSet):
    queryset = (
        Event.objects.for_list()
        .with_counts()
        .select_related("territory__country")
        .prefetch_related("services", "shares__actor", "shares__stakeholder")
    )
    serializer_class = EventSerializer
    shared_serializer_class = SharedEventSerializer
    filterset_class = EventFilter
    shared_filterset_class = SharedEventFilter
