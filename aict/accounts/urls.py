"""Addresses."""

from django.http import Http404
from django.urls import path

app_name = "accounts"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("theme/<slug:color>.css", later, name="accent_css"),
    path("logo/<int:pk>/", later, name="logo"),
    path("accessibilite/", later, name="accessibility"),
    path("donnees-personnelles/", later, name="privacy"),
    path("reglages/", later, name="settings"),
    path("collectivites/", later, name="switch"),
    path("membres/", later, name="member_list"),
]
