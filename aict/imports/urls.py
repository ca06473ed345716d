"""Addresses of the imports."""

from django.urls import path

from aict.imports import views

app_name = "imports"

urlpatterns = [
    path("imports/", views.upload, name="upload"),
    path("imports/<int:pk>/colonnes/", views.columns, name="columns"),
    path("imports/<int:pk>/apercu/", views.preview, name="preview"),
    path("imports/<int:pk>/resultat/", views.result, name="result"),
    path("imports/<int:pk>/refus.csv", views.refusals, name="refusals"),
    path("imports/<int:pk>/abandonner/", views.discard, name="discard"),
]
