"""The API router: read-only views of the same querysets and filters as the pages."""

from rest_framework.routers import SimpleRouter

router = SimpleRouter()

urlpatterns = router.urls
