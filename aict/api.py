"""The API router: read-only views of the same querysets and filters as the pages."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from evaluation import api as evaluation
from partners import api as partners
from typology import api as typology

router = SimpleRouter()
router.register("territoires", partners.TerritoryViewSet)
router.register("accords", partners.AgreementViewSet)
router.register("acteurs", partners.StakeholderViewSet)
router.register("actions", typology.ActionViewSet)
router.register("mesures", evaluation.MeasureViewSet)
router.register("indicateurs", evaluation.IndicatorViewSet)

urlpatterns = [path("schema/", SpectacularAPIView.as_view(), name="schema"), *router.urls]
