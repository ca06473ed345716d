"""`strategy_pdf PK --output FILE`: make the document of a strategy at once, without a worker."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aict.ui.errors import ReadableError
from strategy import documents
from strategy.models import Strategy


class Command(BaseCommand):
    help = "Fige la stratégie et en écrit le PDF dans un fichier, sans passer par le traitement de fond."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pk", type=int, metavar="NUMÉRO")
        parser.add_argument("--output", type=Path, required=True, metavar="FICHIER.pdf")
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="AAAA-MM-JJ", help="jour du document (aujourd’hui)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        strategy = Strategy.objects.select_related("collectivity").filter(pk=options["pk"]).first()
        if strategy is None:
            raise CommandError(f"Aucune stratégie n’a le numéro {options['pk']}.")
        started = time.monotonic()
        version = documents.freeze(strategy=strategy, author=None, on=options["on"] or timezone.localdate())
        try:
            documents.make_pdf(version, lambda percent, step: None)
            with version.pdf.open("rb") as stream:
                options["output"].write_bytes(stream.read())
        except ReadableError as error:
            raise CommandError(" ".join(filter(None, (error.what, error.where, error.how)))) from error
        except OSError as error:
            raise CommandError(f"Le fichier « {options['output']} » ne s’écrit pas : {error.strerror}.") from error
        seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
        self.stdout.write(f"Version {version.number} : {version.pages} pages en {seconds} s. SHA-256 {version.sha256}")
