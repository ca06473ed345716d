"""The API router: read-only views of the same querysets and filters as the pages."""

from typing import Any

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from aict.accounts.api import AccessView
from aict.accounts.enums import Ability
from evaluation import api as evaluation
from partners import api as partners
from partners import support_api
from typology import api as typology
from typology import events_api, funding_api, local_roles_api, money_api, practices_api, targets_api

router = SimpleRouter()
router.register("territoires", partners.TerritoryViewSet)
router.register("accords", partners.AgreementViewSet)
router.register("acteurs", partners.StakeholderViewSet)
router.register("acteurs-appui", support_api.SupportActorViewSet)
router.register("actions", typology.ActionViewSet)
router.register("bureaux", typology.OfficeViewSet)
router.register("evenements", events_api.EventViewSet)
router.register("roles-locaux", local_roles_api.LocalRoleViewSet)
router.register("cibles", targets_api.TargetViewSet)
router.register("bonnes-pratiques", practices_api.PracticeViewSet)
router.register("dispositifs", funding_api.FundingSchemeViewSet)
router.register("appels", funding_api.FundingCallViewSet)
router.register("candidatures", funding_api.FundingApplicationViewSet)
router.register("budgets", money_api.BudgetLineViewSet)
router.register("aides", money_api.AidLineViewSet)
router.register("mesures", evaluation.MeasureViewSet)
router.register("indicateurs", evaluation.IndicatorViewSet)


class Index(AccessView):
    """The addresses of the API that its reader may open: all for a member, those of what is shared for a network."""

    schema = None

    def get(self, request: Request) -> Response:
        addresses = {
            prefix: f"{viewset.queryset.model._meta.model_name}-list"
            for prefix, viewset, _ in router.registry
            if self.access.may(Ability.VIEW) or viewset().is_open_to_networks
        }
        return Response(
            {name: reverse(route, request=request) for name, route in (addresses | {"schema": "schema"}).items()}
        )


class Unknown(APIView):
    """Any other address: 404 in JSON. It ends with a slash, so that a missing one is still added."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("Cette adresse n’existe pas. Celles de l’API sont à /api/v1/.")


urlpatterns = [
    path("", Index.as_view(), name="api"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    *router.urls,
    re_path("^.*/$", Unknown.as_view(), name="api-unknown"),
]
