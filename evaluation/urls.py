"""Addresses."""

from django.http import Http404
from django.urls import path

app_name = "evaluation"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("evaluation/mesures/", later, name="measure_list"),
    path("evaluation/mesures/<int:pk>/", later, name="measure_detail"),
]
