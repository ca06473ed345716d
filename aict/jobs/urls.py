"""Addresses."""

from django.urls import path

from aict.jobs import views

app_name = "jobs"

urlpatterns = [
    path("traitements/", views.job_list, name="job_list"),
    path("traitements/<int:pk>/", views.job_detail, name="job_detail"),
    path("traitements/<int:pk>/etat/", views.job_state, name="job_state"),
    path("traitements/<int:pk>/relancer/", views.job_retry, name="job_retry"),
    path("exports/<int:pk>/", views.export_download, name="export_download"),
]
