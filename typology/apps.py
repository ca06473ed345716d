from django.apps import AppConfig


class TypologyConfig(AppConfig):
    name = "typology"
    verbose_name = "typologie et actions"

    def ready(self) -> None:
        from typology import jobs  # noqa: F401  declares the background work
