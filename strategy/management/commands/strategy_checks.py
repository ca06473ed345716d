"""`strategy_checks <pk>`: one line per finding: severity, code, step, rows, message."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from strategy import checks
from strategy.material import Material
from strategy.models import Strategy


class Command(BaseCommand):
    help = "Liste les vérifications d’une stratégie : sévérité, code, étape, lignes, message, entre tabulations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pk", type=int, help="numéro de la stratégie")
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="jour de lecture, AAAA-MM-JJ")

    def handle(self, *args: Any, **options: Any) -> None:
        strategy = Strategy.objects.select_related("collectivity").filter(pk=options["pk"]).first()
        if strategy is None:
            everything = Strategy.objects.select_related("collectivity")
            known = ", ".join(f"{row.pk} ({row.collectivity}, {row.period})" for row in everything)
            raise CommandError(f"Aucune stratégie n° {options['pk']}. Stratégies connues : {known or 'aucune'}.")
        for finding in checks.run(Material.load(strategy, options["on"] or timezone.localdate())):
            rows = ",".join(place.ref for place in finding.places) or "-"
            self.stdout.write("\t".join((finding.severity, finding.code, finding.step_slug, rows, finding.message)))
