from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "strategy"
    verbose_name = "stratégie"

    def ready(self) -> None:
        from strategy import jobs  # noqa: F401  declares the background work
