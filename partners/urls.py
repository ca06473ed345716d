"""Addresses."""

from django.http import Http404
from django.urls import path

app_name = "partners"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("partenaires/territoires/", later, name="territory_list"),
    path("partenaires/territoires/<int:pk>/", later, name="territory_detail"),
    path("partenaires/accords/<int:pk>/", later, name="agreement_detail"),
    path("partenaires/acteurs/<int:pk>/", later, name="stakeholder_detail"),
]
