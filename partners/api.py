"""The partners' registers in the API: the querysets and filters of the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import TenantViewSet
from aict.accounts.enums import Ability
from partners import standing
from partners.filters import AgreementFilter, SharedAgreementFilter, SharedStakeholderFilter, StakeholderFilter, TerritoryFilter
from partners.models import Agreement, Stakeholder, Territory

# A network never gets notes, sources, working assumptions or keys of import.
_MEMBER_ONLY = ["note", "source", "nature", "ref"]


class PlaceSerializer(serializers.ModelSerializer):
    """A territory cited by another row."""

    country = serializers.CharField(source="country.code", help_text="Code ISO 3166-1 à deux lettres.")

    class Meta:
        model = Territory
        fields = ["id", "name", "country"]


class SharedPlaceSerializer(PlaceSerializer):
    """The territory of a shared agreement: its country alone when the territory itself is not shared."""

    def to_representation(self, territory: Territory) -> dict[str, Any]:
        shown = super().to_representation(territory)
        if not territory.is_shared:
            shown |= {"id": None, "name": None}
        return shown


class SharedTerritorySerializer(serializers.ModelSerializer):
    """A territory, as a network sees it."""

    country = serializers.CharField(source="country.code", help_text="Code ISO 3166-1 à deux lettres.")
    country_label = serializers.CharField(source="country.label", help_text="Nom du pays en français.")
    continent = serializers.CharField(source="country.continent", help_text="Continent.")
    level = serializers.CharField(source="level.code", help_text="Code de l’échelon territorial.")

    class Meta:
        model = Territory
        fields = [
            "id",
            "name",
            "name_local",
            "country",
            "country_label",
            "continent",
            "level",
            "latitude",
            "longitude",
            "population",
            "wikidata",
            "is_own",
            "visibility",
        ]


class TerritorySerializer(SharedTerritorySerializer):
    """A territory, for the members of its collectivité."""

    class Meta(SharedTerritorySerializer.Meta):
        fields = [*SharedTerritorySerializer.Meta.fields, *_MEMBER_ONLY]


class SharedAgreementSerializer(serializers.ModelSerializer):
    """An agreement, as a network sees it; its status is computed on the day of the request."""

    territory: serializers.BaseSerializer = SharedPlaceSerializer()
    status = serializers.CharField(source="status_on", help_text="État calculé d’après les dates, jamais saisi.")
    in_force_from = serializers.DateField(allow_null=True, help_text="Premier jour d’effet, s’il est connu.")

    class Meta:
        model = Agreement
        fields = [
            "id",
            "territory",
            "title",
            "form",
            "validity",
            "holder",
            "object",
            "status",
            "in_force_from",
            "deliberation_on",
            "transmitted_on",
            "signed_on",
            "signed_year",
            "starts",
            "ends",
            "review_on",
            "denounced_on",
            "visibility",
        ]


class AgreementSerializer(SharedAgreementSerializer):
    """An agreement, for the members of its collectivité: with its amount and the reason of its status."""

    territory = PlaceSerializer()
    status_reason = serializers.SerializerMethodField(help_text="Pourquoi cet état, en une phrase.")

    class Meta(SharedAgreementSerializer.Meta):
        fields = [
            *SharedAgreementSerializer.Meta.fields,
            "status_reason",
            "amount",
            "state_exception",
            "state_exception_reference",
            "source",
            "nature",
            "ref",
        ]

    def get_status_reason(self, agreement: Agreement) -> str:
        on: date = self.context["on"]
        return standing.reason(agreement, on)


class SharedStakeholderSerializer(serializers.ModelSerializer):
    """A stakeholder, as a network sees it: an organisation, never a person."""

    type = serializers.CharField(source="type.code", help_text="Code du type de partie prenante.")
    family = serializers.CharField(source="type.family", help_text="Famille du type.")
    fields_of_activity: serializers.Field = serializers.SlugRelatedField(
        source="fields", slug_field="code", many=True, read_only=True, help_text="Codes des champs économiques."
    )

    class Meta:
        model = Stakeholder
        fields = ["id", "name", "name_local", "type", "family", "fields_of_activity", "website", "visibility"]


class StakeholderSerializer(SharedStakeholderSerializer):
    """A stakeholder, for the members of its collectivité."""

    territories: serializers.Field = serializers.PrimaryKeyRelatedField(
        many=True, read_only=True, help_text="Territoires de présence."
    )
    group = serializers.CharField(
        source="group.name", default=None, allow_null=True, help_text="Groupe d’entreprises (entreprise unique)."
    )
    naf = serializers.CharField(
        source="naf.letter", default=None, allow_null=True, help_text="Lettre de la section NAF d’une entreprise."
    )
    naf_version = serializers.CharField(
        source="naf.version", default=None, allow_null=True, help_text="Version de la NAF : « rév. 2 » ou « 2025 »."
    )
    is_home = serializers.BooleanField(help_text="En France : un SIREN, ou présente sur un territoire français.")
    is_abroad = serializers.BooleanField(help_text="À l’étranger : par son type, ou présente sur un territoire étranger.")

    class Meta(SharedStakeholderSerializer.Meta):
        fields = [
            *SharedStakeholderSerializer.Meta.fields,
            "siren",
            "group",
            "naf",
            "naf_version",
            "is_home",
            "is_abroad",
            "territories",
            *_MEMBER_ONLY,
        ]


@extend_schema_view(
    list=extend_schema(summary="Territoires", description="Les territoires partenaires de la collectivité."),
    retrieve=extend_schema(summary="Un territoire"),
)
class TerritoryViewSet(TenantViewSet):
    queryset = Territory.objects.for_list()
    serializer_class = TerritorySerializer
    shared_serializer_class = SharedTerritorySerializer
    filterset_class = shared_filterset_class = TerritoryFilter


@extend_schema_view(
    list=extend_schema(
        summary="Accords",
        description="Les accords de la collectivité. `status` est l’état du jour, calculé d’après les dates.",
    ),
    retrieve=extend_schema(summary="Un accord"),
)
class AgreementViewSet(TenantViewSet):
    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    shared_serializer_class = SharedAgreementSerializer
    filterset_class = AgreementFilter
    shared_filterset_class = SharedAgreementFilter

    def get_queryset(self) -> QuerySet:
        rows = super().get_queryset().for_list(timezone.localdate())
        return rows if self.access.may(Ability.VIEW) else rows.for_networks()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "on": timezone.localdate()}


@extend_schema_view(
    list=extend_schema(summary="Parties prenantes", description="Les organismes qui agissent avec la collectivité."),
    retrieve=extend_schema(summary="Une partie prenante"),
)
class StakeholderViewSet(TenantViewSet):
    queryset = Stakeholder.objects.for_list().with_place()
    serializer_class = StakeholderSerializer
    shared_serializer_class = SharedStakeholderSerializer
    filterset_class = StakeholderFilter
    shared_filterset_class = SharedStakeholderFilter
