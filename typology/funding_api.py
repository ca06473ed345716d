"""Funding in the API: schemes, reference data for all; calls and applications, for the members alone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aict.accounts.api import AccessViewSet, TenantViewSet
from typology.funding_filters import FundingApplicationFilter, FundingCallFilter, FundingSchemeFilter
from typology.models import FundingApplication, FundingCall, FundingScheme


def _codes(help_text: str, slug: str = "code") -> Any:
    return serializers.SlugRelatedField(slug_field=slug, many=True, read_only=True, help_text=help_text)


def _texts(help_text: str) -> Any:
    return serializers.ListField(child=serializers.CharField(), help_text=help_text)


class FundingSchemeSerializer(serializers.ModelSerializer):
    """A scheme as the guide prints it, with what it has become."""

    funder = serializers.CharField(source="funder.code", default=None, help_text="Code de l’acteur qui finance.")
    phase = serializers.CharField(source="phase.code", default=None, help_text="Code de la phase d’export.")
    successor = serializers.CharField(source="successor.code", default=None, help_text="Code du successeur.")
    parent: Any = serializers.CharField(source="parent.code", default=None, help_text="Code du programme parent.")
    categories = _codes("Codes des catégories d’action.")
    sdgs = _codes("Numéros des ODD nommés.", slug="number")
    domains = _texts("Domaines.")
    beneficiaries = _texts("Bénéficiaires.")
    provides = _texts("Ce que le dispositif apporte.")

    class Meta:
        model = FundingScheme
        fields = [
            "code",
            "label",
            "label_printed",
            "acronym",
            "kind",
            "details",
            "funder",
            "scope",
            "domains",
            "beneficiaries",
            "provides",
            "categories",
            "sdgs",
            "phase",
            "phase_is_deduced",
            "footnote",
            "reach",
            "valid_from",
            "valid_until",
            "parent",
            "successor",
            "is_printed",
            "today_status",
            "today_text",
            "today_is_checked",
        ]
        extra_kwargs = {
            "code": {"help_text": "Code stable."},
            "label": {"help_text": "Libellé, en casse de phrase."},
            "label_printed": {"help_text": "Libellé tel qu’imprimé, quand il diffère."},
            "acronym": {"help_text": "Sigle."},
            "kind": {"help_text": "Programme, instrument export, autre appui ou cadre de planification."},
            "details": {"help_text": "Précision imprimée."},
            "scope": {"help_text": "Objet."},
            "phase_is_deduced": {"help_text": "Vrai si nous rattachons l’instrument à sa phase par déduction."},
            "footnote": {"help_text": "Note du tableau des instruments export."},
            "reach": {"help_text": "Où les projets ont lieu."},
            "valid_from": {"help_text": "Début de validité, nul s’il est inconnu."},
            "valid_until": {"help_text": "Fin de validité, nulle si elle est inconnue."},
            "is_printed": {"help_text": "Faux pour un successeur que le guide ne cite pas."},
            "today_status": {"help_text": "État actuel."},
            "today_text": {"help_text": "Ce que le dispositif est devenu : note de notre plume."},
            "today_is_checked": {"help_text": "Vrai si cette note a été vérifiée sur une page publique."},
        }


@extend_schema_view(
    list=extend_schema(
        summary="Dispositifs de financement",
        description="Les dispositifs que nomme le guide et leurs successeurs : données de référence.",
    ),
    retrieve=extend_schema(summary="Un dispositif de financement"),
)
class FundingSchemeViewSet(AccessViewSet):
    queryset = FundingScheme.objects.for_list()
    serializer_class = FundingSchemeSerializer
    filterset_class = FundingSchemeFilter
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"


class FundingCallSerializer(serializers.ModelSerializer):
    """A call that the collectivité watches."""

    scheme = serializers.CharField(source="scheme.code", help_text="Code du dispositif.")
    axes = serializers.ListField(
        source="axis_list", child=serializers.CharField(), help_text="Axes entre lesquels une candidature choisit."
    )
    sdgs = _codes("Numéros des ODD visés.", slug="number")

    class Meta:
        model = FundingCall
        fields = ["id", "scheme", "title", "edition", "opens_on", "closes_on", "axes", "sdgs", "amount_max", "website"]
        extra_kwargs = {
            "title": {"help_text": "Intitulé."},
            "opens_on": {"help_text": "Ouverture."},
            "closes_on": {"help_text": "Date limite de dépôt."},
            "website": {"help_text": "Page de l’appel."},
        }


@extend_schema_view(
    list=extend_schema(
        summary="Appels à projets",
        description="Les appels que la collectivité surveille. Réservé à ses membres.",
    ),
    retrieve=extend_schema(summary="Un appel à projets"),
)
class FundingCallViewSet(TenantViewSet):
    queryset = FundingCall.objects.for_list().prefetch_related("sdgs")
    serializer_class = FundingCallSerializer
    filterset_class = FundingCallFilter


class FundingApplicationSerializer(serializers.ModelSerializer):
    """An application, with its dates and amounts."""

    scheme = serializers.CharField(source="scheme.code", help_text="Code du dispositif.")
    call: Any = serializers.PrimaryKeyRelatedField(read_only=True, help_text="Numéro de l’appel, ou nul.")
    action: Any = serializers.PrimaryKeyRelatedField(read_only=True, help_text="Numéro de l’action, ou nul.")

    class Meta:
        model = FundingApplication
        fields = [
            "id",
            "title",
            "scheme",
            "call",
            "axis",
            "action",
            "state",
            "requested",
            "filed_on",
            "decided_on",
            "granted",
            "paid_on",
            "paid",
        ]
        extra_kwargs = {
            "title": {"help_text": "Projet présenté."},
            "axis": {"help_text": "Axe de l’appel."},
            "state": {"help_text": "Repérée, déposée, obtenue, refusée ou payée."},
            "requested": {"help_text": "Euros demandés."},
            "filed_on": {"help_text": "Jour du dépôt."},
            "decided_on": {"help_text": "Jour de la décision."},
            "granted": {"help_text": "Euros obtenus."},
            "paid_on": {"help_text": "Jour du paiement."},
            "paid": {"help_text": "Euros payés."},
        }


@extend_schema_view(
    list=extend_schema(
        summary="Candidatures à un financement",
        description="Ce que la collectivité demande, du repérage au paiement. Réservé à ses membres.",
    ),
    retrieve=extend_schema(summary="Une candidature"),
)
class FundingApplicationViewSet(TenantViewSet):
    queryset = FundingApplication.objects.for_list()
    serializer_class = FundingApplicationSerializer
    filterset_class = FundingApplicationFilter
