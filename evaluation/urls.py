"""Addresses of the indicator library, the indicators of an action, and measures."""

from django.http import Http404
from django.urls import path

from evaluation.views import indicators

app_name = "evaluation"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("referentiel/indicateurs/", indicators.indicator_list, name="indicator_list"),
    path("referentiel/indicateurs/<slug:code>/", indicators.indicator_detail, name="indicator_detail"),
    path("evaluation/mesures/", later, name="measure_list"),
    path("evaluation/mesures/<int:pk>/", later, name="measure_detail"),
]
