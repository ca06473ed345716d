"""Addresses."""

from django.http import Http404
from django.urls import path

app_name = "typology"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("actions/", later, name="action_list"),
    path("actions/nouvelle/", later, name="action_create"),
    path("actions/<int:pk>/", later, name="action_detail"),
    path("referentiel/typologie/", later, name="tree"),
    path("referentiel/glossaire/", later, name="glossary"),
]
