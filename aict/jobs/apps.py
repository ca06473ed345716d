from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "aict.jobs"
    verbose_name = "traitements"

    def ready(self) -> None:
        """Import the `jobs.py` of every app: each registers its kinds of work."""
        autodiscover_modules("jobs")
