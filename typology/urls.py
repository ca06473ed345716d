"""Addresses of the reference pages, actions and budget lines."""

from django.http import Http404
from django.urls import path

from typology.views import reference

app_name = "typology"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("actions/", later, name="action_list"),
    path("actions/nouvelle/", later, name="action_create"),
    path("actions/<int:pk>/", later, name="action_detail"),
    path("referentiel/typologie/", reference.tree, name="tree"),
    path("referentiel/glossaire/", reference.glossary, name="glossary"),
    path("referentiel/champs/", reference.fields, name="fields"),
]
