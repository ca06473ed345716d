"""Addresses."""

from django.http import Http404
from django.urls import path

app_name = "jobs"


def later(request, **kwargs):
    raise Http404


urlpatterns = [
    path("traitements/", later, name="job_list"),
    path("traitements/<int:pk>/", later, name="job_detail"),
]
