from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ImportsConfig(AppConfig):
    name = "aict.imports"
    verbose_name = "imports"

    def ready(self) -> None:
        """Load the `import_tables.py` of every app: each registers what can be imported into its registers."""
        autodiscover_modules("import_tables")
