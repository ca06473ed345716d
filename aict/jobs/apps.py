from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "aict.jobs"
    verbose_name = "traitements"
