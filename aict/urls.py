"""All addresses. Each app owns its own; the API router is in api.py."""

from django.conf import settings
from django.urls import include, path

from aict.accounts.urls import session_urlpatterns
from aict.health import health
from strategy.views import home

urlpatterns = [
    path("", home.home, name="home"),
    path("sante/", health, name="health"),
    path("", include("aict.accounts.urls")),
    path("", include("aict.jobs.urls")),
    path("", include("aict.imports.urls")),
    path("", include("partners.urls")),
    path("", include("typology.urls")),
    path("", include("evaluation.urls")),
    path("", include("strategy.urls")),
    path("compte/", include(session_urlpatterns)),
    path("api/v1/", include("aict.api")),
]

if settings.DEBUG:
    urlpatterns += [path("_ui/", include("aict.ui.urls"))]
