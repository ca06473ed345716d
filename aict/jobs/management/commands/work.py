"""`work`: the worker and its clock in one process, for an installation without a separate beat.

Celery's own `--beat` runs the clock in a child, which outlives a worker killed outright; here it is a thread.
"""

from argparse import ArgumentParser
from typing import Any

from celery.beat import EmbeddedService
from django.core.management.base import BaseCommand

from aict.celery import app
from aict.ui.pdf import warm_up


class Command(BaseCommand):
    help = "Fait les travaux demandés (documents, exports) et relance ceux qui se sont perdus."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loglevel", default="INFO")

    def handle(self, *args: Any, **options: Any) -> None:
        warm_up()
        EmbeddedService(app, thread=True).start()
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        app.worker_main(["worker", "--pool=solo", f"--loglevel={options['loglevel']}", *quiet])
