"""`load_reference`: make every nomenclature equal to fixtures/reference/. Idempotent."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from aict.accounts import reference_rows


class Command(BaseCommand):
    help = "Charge les nomenclatures de fixtures/reference/ ; relancée, ne change rien."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.FIXTURES_DIR / "reference"
        # Bottom layer first: a nomenclature cites only those of the layers below.
        order = ["aict.accounts", "partners", "typology", "evaluation", "strategy"]
        names = [config.name for config in apps.get_app_configs() if config.name in order]
        with transaction.atomic():
            for name in sorted(names, key=order.index):
                if find_spec(f"{name}.nomenclatures") is None:
                    continue
                for report in import_module(f"{name}.nomenclatures").load(folder):
                    if options["verbosity"]:
                        self.stdout.write(
                            f"{report.name} : {report.created} créés, {report.updated} modifiés, "
                            f"{report.unchanged} inchangés, {report.retired} retirés, {report.deleted} supprimés"
                        )
        reference_rows.bump()
