"""Addresses."""

from django.http import Http404
from django.urls import path

app_name = "strategy"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("strategies/", later, name="strategy_list"),
    path("strategies/<int:pk>/", later, name="strategy_detail"),
]
