"""The component page; included by aict/urls.py only in DEBUG."""

from django.urls import path

from aict.ui import views

app_name = "ui"

urlpatterns = [path("", views.components, name="components")]
