"""The API router: read-only views of the same querysets and filters as the pages."""

from rest_framework.routers import SimpleRouter

from partners import api as partners

router = SimpleRouter()
router.register("territoires", partners.TerritoryViewSet)
router.register("accords", partners.AgreementViewSet)
router.register("acteurs", partners.StakeholderViewSet)

urlpatterns = router.urls
