from django.apps import AppConfig


class TypologyConfig(AppConfig):
    name = "typology"
    verbose_name = "typologie et actions"
