from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "aict.accounts"
    verbose_name = "comptes et collectivités"

    def ready(self) -> None:
        """Load the `alerts.py` of every app: each says what the daily run tells."""
        autodiscover_modules("alerts")
