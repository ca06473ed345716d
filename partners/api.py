"""The partners' registers in the API: the querysets and filters of the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aict.accounts.api import TenantViewSet
from aict.accounts.enums import Ability
from partners import geojson, standing
from partners.filters import (
    AgreementFilter,
    SharedAgreementFilter,
    SharedStakeholderFilter,
    SharedTerritoryFilter,
    StakeholderFilter,
    TerritoryFilter,
)
from partners.models import Agreement, AgreementParty, Amendment, CountryGroup, Stakeholder, Territory

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


class CountryGroupSerializer(serializers.ModelSerializer):
    """Where a dated list puts a country."""

    class Meta:
        model = CountryGroup
        fields = ["list", "label", "valid_from", "valid_until", "source"]
        extra_kwargs = {
            "list": {"help_text": "`revenu` : Banque mondiale ; `cad` : bénéficiaires de l’aide, CAD de l’OCDE."},
            "label": {"help_text": "Groupe du pays, par exemple « Pays moins avancé »."},
            "valid_from": {"help_text": "Premier jour de l’édition, par exemple 2024-01-01."},
            "valid_until": {"help_text": "Dernier jour de l’édition ; null si elle n’en dit rien."},
        }


class SharedTerritorySerializer(serializers.ModelSerializer):
    """A territory, as a network sees it."""

    country = serializers.CharField(source="country.code", help_text="Code ISO 3166-1 à deux lettres.")
    country_label = serializers.CharField(source="country.label", help_text="Nom du pays en français.")
    continent = serializers.CharField(source="country.continent", help_text="Continent.")
    country_groups = CountryGroupSerializer(
        source="country.groups",
        many=True,
        help_text="Place du pays dans des listes datées, de la plus ancienne à la dernière.",
    )
    former_names: serializers.Field = serializers.SlugRelatedField(
        slug_field="name", many=True, read_only=True, help_text="Noms que le territoire a portés."
    )
    level = serializers.CharField(source="level.code", help_text="Code de l’échelon territorial.")

    class Meta:
        model = Territory
        fields = [
            "id",
            "name",
            "name_en",
            "name_local",
            "former_names",
            "country",
            "country_label",
            "country_groups",
            "continent",
            "level",
            "latitude",
            "longitude",
            "population",
            "wikidata",
            "links",
            "is_own",
            "visibility",
        ]


class TerritorySerializer(SharedTerritorySerializer):
    """A territory, for the members of its collectivité."""

    class Meta(SharedTerritorySerializer.Meta):
        fields = [*SharedTerritorySerializer.Meta.fields, *_MEMBER_ONLY]


class SharedAmendmentSerializer(serializers.ModelSerializer):
    """An avenant, as a network sees it: what it leaves empty does not change."""

    class Meta:
        model = Amendment
        fields = ["title", "deliberation_on", "effective_on", "ends", "object"]
        extra_kwargs = {
            "effective_on": {"help_text": "Jour où l’avenant prend effet, par exemple 2026-09-01."},
            "ends": {"help_text": "Nouveau dernier jour d’effet de l’accord ; null si la fin ne change pas."},
            "object": {"help_text": "Nouvel objet ; vide s’il ne change pas."},
        }


class AmendmentSerializer(SharedAmendmentSerializer):
    """An avenant, for the members: with its amount."""

    class Meta(SharedAmendmentSerializer.Meta):
        fields = [*SharedAmendmentSerializer.Meta.fields, "amount"]
        extra_kwargs = {
            **SharedAmendmentSerializer.Meta.extra_kwargs,
            "amount": {"help_text": "Nouveau montant total, en euros, par exemple 12000.00 ; null : inchangé."},
        }


class PartySerializer(serializers.ModelSerializer):
    """Another party to an agreement: exactly one of a territory, a stakeholder, or a name."""

    territory = PlaceSerializer(allow_null=True, help_text="Territoire partie à l’accord, ou null.")
    stakeholder = serializers.SerializerMethodField(help_text="Partie prenante : numéro et nom, ou null.")
    name = serializers.CharField(help_text="Autre organisme, par exemple « Agence de développement de Sfax », ou vide.")

    class Meta:
        model = AgreementParty
        fields = ["territory", "stakeholder", "name"]

    @extend_schema_field(
        {"type": "object", "nullable": True, "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    )
    def get_stakeholder(self, party: AgreementParty) -> dict[str, Any] | None:
        return {"id": party.stakeholder.pk, "name": party.stakeholder.name} if party.stakeholder else None


class SharedAgreementSerializer(serializers.ModelSerializer):
    """An agreement, as a network sees it; its status is computed on the day of the request."""

    territory: serializers.BaseSerializer = SharedPlaceSerializer()
    status = serializers.CharField(source="status_on", help_text="État calculé d’après les dates, jamais saisi.")
    in_force_from = serializers.DateField(allow_null=True, help_text="Premier jour d’effet, s’il est connu.")
    current_ends = serializers.DateField(
        source="ends_on",
        allow_null=True,
        help_text="Dernier jour d’effet au jour de la demande, avenants compris ; `ends` est celui d’origine.",
    )
    current_object = serializers.SerializerMethodField(help_text="Objet au jour de la demande, avenants compris.")
    amendments: serializers.BaseSerializer = SharedAmendmentSerializer(
        many=True, help_text="Avenants, du premier au dernier jour d’effet."
    )
    parties = serializers.SerializerMethodField(
        help_text="Autres parties à l’accord ; un réseau ne voit que celles qui sont partagées."
    )

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
            "current_ends",
            "current_object",
            "amendments",
            "parties",
            "visibility",
        ]

    def get_current_object(self, agreement: Agreement) -> str:
        return agreement.terms(self.context["on"]).object

    @extend_schema_field(PartySerializer(many=True))
    def get_parties(self, agreement: Agreement) -> list[dict[str, Any]]:
        return list(PartySerializer([one for one in agreement.parties.all() if self.shows(one)], many=True).data)

    def shows(self, party: AgreementParty) -> bool:
        """A network reads a party that is shared, or that is only a name."""
        row = party.territory or party.stakeholder
        return row is None or row.is_shared


class AgreementSerializer(SharedAgreementSerializer):
    """An agreement, for the members of its collectivité: with its amount and the reason of its status."""

    territory = PlaceSerializer()
    amendments = AmendmentSerializer(many=True, help_text="Avenants, du premier au dernier jour d’effet.")
    current_amount = serializers.SerializerMethodField(
        help_text="Montant prévisionnel au jour de la demande, avenants compris, en euros : 12000.00."
    )
    predecessor = serializers.IntegerField(
        source="predecessor_id", allow_null=True, help_text="Numéro de l’accord que celui-ci renouvelle ou remplace."
    )
    lapse_decided_on = serializers.DateField(
        allow_null=True, help_text="Jour où l’extinction a été décidée : plus d’alerte ensuite."
    )
    status_reason = serializers.SerializerMethodField(help_text="Pourquoi cet état, en une phrase.")

    class Meta(SharedAgreementSerializer.Meta):
        fields = [
            *SharedAgreementSerializer.Meta.fields,
            "status_reason",
            "amount",
            "current_amount",
            "predecessor",
            "lapse_decided_on",
            "lapse_reason",
            "state_exception",
            "state_exception_reference",
            "source",
            "nature",
            "ref",
        ]

    def shows(self, party: AgreementParty) -> bool:
        """A member reads every party."""
        return True

    @extend_schema_field({"type": "string", "format": "decimal", "nullable": True})
    def get_current_amount(self, agreement: Agreement) -> str | None:
        amount = agreement.terms(self.context["on"]).amount
        return None if amount is None else f"{amount:.2f}"

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
    is_home = serializers.BooleanField(help_text="En France : par son type, ou par son SIREN pour une entreprise.")
    is_abroad = serializers.BooleanField(
        help_text="À l’étranger : par son type, ou présente sur un territoire étranger."
    )

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
    list=extend_schema(
        summary="Territoires",
        description="Les territoires partenaires de la collectivité. Coordonnées en degrés, population en habitants.",
    ),
    retrieve=extend_schema(summary="Un territoire"),
)
class TerritoryViewSet(TenantViewSet):
    queryset = Territory.objects.for_list().prefetch_related("former_names", "country__groups")
    serializer_class = TerritorySerializer
    shared_serializer_class = SharedTerritorySerializer
    filterset_class = TerritoryFilter
    shared_filterset_class = SharedTerritoryFilter

    @extend_schema(
        summary="Territoires en GeoJSON",
        filters=True,
        description="Tous les territoires qui répondent aux filtres, sans pagination, pour un logiciel de cartographie "
        "(RFC 7946, WGS 84, longitude puis latitude en degrés). `geometry` est null sans coordonnées.",
        responses={(200, geojson.MEDIA_TYPE): geojson.SCHEMA},
        examples=[OpenApiExample("Une ville", value=geojson.EXAMPLE, media_type=geojson.MEDIA_TYPE)],
    )
    @action(detail=False, pagination_class=None, renderer_classes=[geojson.GeoJsonRenderer])
    def geojson(self, request: Request) -> Response:
        rows = self.get_serializer(self.filter_queryset(self.get_queryset()), many=True).data
        return Response(geojson.collection(rows))


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
