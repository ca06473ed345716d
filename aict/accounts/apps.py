from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "aict.accounts"
    verbose_name = "comptes et collectivités"

    def ready(self) -> None:
        """Load the `alerts.py` and `feeds.py` of every app: what the daily run tells, what calendars show."""
        autodiscover_modules("alerts", "feeds")
